// POST /v1/{message|page|popup|amp}/html: a template becomes HTML (Beefree spec 3.1).
import Type from 'typebox';
import { renderHtml, type Target } from '../render/render.ts';
import { objectBody, optionalText, templateOf, type JsonObject } from './body.ts';
import { renderSettings } from './render-settings.ts';
import type { ContentRoute } from './route.ts';

const COLLECTIONS: readonly Target[] = ['message', 'page', 'popup', 'amp'];

const schema = (collection: Target) => ({
const forMessages = {
  outlookBackgrounds: Type.Optional(
    Type.Boolean({ description: 'Draw background pictures of rows in Outlook, too.' }),
  ),
  darkMode: Type.Optional(Type.Boolean({ description: 'Add a dark form of the colours.' })),
};

  summary: `Renders a template as ${collection}`,
  security: [{ bearer: [] }],
  body: Type.Object({
    page: Type.Object({}, { description: 'The template, as the editor saves it.' }),
    beautifyHtmlEnabled: Type.Optional(
      Type.Boolean({ default: false, description: 'Indent the HTML instead of minifying it.' }),
    ),
    language: Type.Optional(
      Type.String({ description: 'Language of a stored translation, such as it-IT.' }),
    ),
  }),
    ...(collection === 'message' ? forMessages : {}),
  response: { 200: Type.String({ description: 'The HTML itself.' }) },
});

export const htmlRoutes: ContentRoute[] = COLLECTIONS.map((target) => (app, { config }) => {
  app.post(`/v1/${target}/html`, { schema: schema(target) }, (request, reply) => {
    const body = objectBody(request);
    const { html, warnings } = renderHtml(templateOf(body, config.lenientTemplates), {
      target,
      ...renderSettings(config, body),
      language: optionalText(body, 'language', ''),
      beautify: wantsIndented(body),
    });
    reply.header('x-html-size', Buffer.byteLength(html));
    if (warnings.length > 0) reply.header('x-render-warnings', warningsHeader(warnings));
    return reply.type('text/html; charset=utf-8').send(html);
  });
});

/** Characters of the header; proxies refuse headers of some 8000. */
const HEADER_LENGTH = 2000;

/** Warnings on one line of ASCII, which is all that a header can hold. */
function warningsHeader(warnings: readonly string[]): string {
  const line = warnings.join('; ').replaceAll(/[^\x20-\x7e]+/g, '?');
  return line.length > HEADER_LENGTH ? `${line.slice(0, HEADER_LENGTH)}...` : line;
}

/** The documentation prints the name in two ways. */
function wantsIndented(body: JsonObject): boolean {
  const given = body['beautifyHtmlEnabled'] ?? body['beautifulHtmlEnabled'];
  return given === true || given === 'true';
}
