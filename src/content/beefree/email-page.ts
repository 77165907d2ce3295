// POST /v1/conversion/email-to-page and /page-to-email: a template for the other medium (Beefree spec 3.12).
import Type from 'typebox';
import { emailToPage } from '../convert/email-to-page.ts';
import { pageToEmail } from '../convert/page-to-email.ts';
import { flag } from '../template/values.ts';
import { isObject, objectBody, templateOf, type JsonObject } from './body.ts';
import type { ContentRoute } from './route.ts';

const template = Type.Object({ page: Type.Object({}) }, { description: 'A template.' });
const common = {
  security: [{ bearer: [] }],
  response: { 200: Type.Object({ page: Type.Unknown({ description: 'The template.' }) }) },
};

const toPageSchema = {
  summary: 'Turns a template for e-mails into one for pages',
  ...common,
  body: Type.Object({ template }),
};

const toEmailSchema = {
  summary: 'Turns a template for pages into one for e-mails',
  ...common,
  body: Type.Object({
    template,
    disableHtmlSanitizer: Type.Optional(
      Type.Boolean({ default: false, description: 'Leave html blocks as they are.' }),
    ),
  }),
};

export const emailPageRoutes: ContentRoute[] = [
  (app) => {
    app.post('/v1/conversion/email-to-page', { schema: toPageSchema }, (request, reply) => {
      const document = documentOf(objectBody(request));
      const text = JSON.stringify({ ...document, page: emailToPage(document) });
      return reply.type('application/json; charset=utf-8').send(text);
    });
  },
  (app) => {
    app.post('/v1/conversion/page-to-email', { schema: toEmailSchema }, (request, reply) => {
      const body = objectBody(request);
      const document = documentOf(body);
      const sanitize = !flag(body['disableHtmlSanitizer']);
      const text = JSON.stringify({ ...document, page: pageToEmail(document, { sanitize }) });
      return reply.type('application/json; charset=utf-8').send(text);
    });
  },
];

/** The document with its comments; some clients send it bare. */
function documentOf(body: JsonObject): JsonObject {
  const { page, comments } = templateOf(body, false);
  const kept = comments ?? body['comments'];
  return { ...(page === undefined ? {} : { page }), ...(isObject(kept) ? { comments: kept } : {}) };
}
