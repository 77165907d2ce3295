// Who is there: asked by clients before they log in (Beebox spec 2.8).
import Type from 'typebox';
import { json, openRoute, type Route } from './route.ts';

export const whois: Route[] = [
  openRoute(
    'GET',
    '/whois',
    {
      summary: 'Says that this is a server of this protocol.',
      answer: json(
        Type.Object({
          name: Type.Literal('Beebox API'),
          version: Type.String(),
          vendor: Type.String(),
        }),
      ),
    },
    async ({ version, config }) => ({
      kind: 'json',
      value: { name: 'Beebox API', version, vendor: config.vendor },
    }),
  ),
];
