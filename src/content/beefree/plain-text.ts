// POST /v1/{message|page}/plain-text: a template becomes text (Beefree spec 3.6).
import Type from 'typebox';
import { plainText } from '../plain-text/plain-text.ts';
import { objectBody, optionalText, templateOf } from './body.ts';
import type { ContentRoute } from './route.ts';

const schema = {
  summary: 'Turns a template into plain text',
  security: [{ bearer: [] }],
  body: Type.Object({
    page: Type.Object({}, { description: 'The template, as the editor saves it.' }),
    language: Type.Optional(
      Type.String({ description: 'Language of a stored translation, such as it-IT.' }),
    ),
  }),
  response: { 200: Type.String({ description: 'The text itself.' }) },
};

/** The documentation names messages only; pages have words too. */
const COLLECTIONS = ['message', 'page'] as const;

export const plainTextRoutes: ContentRoute[] = COLLECTIONS.map(
  (collection) =>
    (app, { config }) => {
      app.post(`/v1/${collection}/plain-text`, { schema }, (request, reply) => {
        const body = objectBody(request);
        const text = plainText(templateOf(body, config.lenientTemplates), {
          language: optionalText(body, 'language', ''),
        });
        return reply.type('text/plain; charset=utf-8').send(text);
      });
    },
);
