// POST /v1/conversion/html-to-json: an e-mail as HTML becomes a template (Beefree spec 3.13).
import Type from 'typebox';
import type { FastifyRequest } from 'fastify';
import { importHtml } from '../import/import.ts';
import { isObject } from './body.ts';
import { missingField } from './errors.ts';
import type { ContentRoute } from './route.ts';

const schema = {
  summary: 'Turns the HTML of an e-mail into a template',
  description: 'The body is the HTML itself, as text/html.',
  security: [{ bearer: [] }],
  body: Type.String({ description: 'The HTML.' }),
  response: { 200: Type.Object({ page: Type.Unknown({ description: 'The template.' }) }) },
};

const htmlToJson: ContentRoute = (app, { newId }) => {
  const options = { schema, config: { textBody: true } };
  app.post('/v1/conversion/html-to-json', options, (request, reply) => {
    const template = importHtml(htmlOf(request), { id: newId });
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(template));
  });
};

/** The body; some clients wrap it as `{"html": …}` or as one JSON string. */
export function htmlOf({ body }: FastifyRequest): string {
  const text = typeof body === 'string' ? body.replace(/^\uFEFF/, '') : '';
  if (text.trim() === '') throw missingField('html');
  if (!/^\s*[{"]/.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    const html = isObject(value) ? value['html'] : value;
    return typeof html === 'string' && html.trim() !== '' ? html : text;
  } catch {
    // Merge tags in front of the document look like JSON too.
    return text;
  }
}

export const conversionRoutes: ContentRoute[] = [htmlToJson];
