// POST /v1/{message|page|popup|amp}/html: a template becomes HTML (Beefree spec 3.1).
import Type from 'typebox';
import { renderHtml, type Target } from '../render/render.ts';
import { objectBody, optionalText, templateOf, type JsonObject } from './body.ts';
import { renderSettings } from './render-settings.ts';
import type { ContentRoute } from './route.ts';
import { warn } from './warnings.ts';

const COLLECTIONS: readonly Target[] = ['message', 'page', 'popup', 'amp'];

const forMessages = {
  outlookBackgrounds: Type.Optional(
    Type.Boolean({ description: 'Draw background pictures of rows in Outlook, too.' }),
  ),
  darkMode: Type.Optional(Type.Boolean({ description: 'Add a dark form of the colours.' })),
};

const schema = (collection: Target) => ({
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
    ...(collection === 'message' ? forMessages : {}),
  }),
  response: { 200: Type.String({ description: 'The HTML itself.' }) },
});

export const htmlRoutes: ContentRoute[] = COLLECTIONS.map((target) => (app, { config }) => {
  app.post(`/v1/${target}/html`, { schema: schema(target) }, (request, reply) => {
    const body = objectBody(request);
    const { html, warnings } = renderHtml(templateOf(body, config.lenientTemplates), {
      ...renderSettings(config, body),
      target,
      language: optionalText(body, 'language', ''),
      beautify: wantsIndented(body),
    });
    reply.header('x-html-size', Buffer.byteLength(html));
    warn(reply, warnings);
    return reply.type('text/html; charset=utf-8').send(html);
  });
});

/** The documentation prints the name in two ways. */
function wantsIndented(body: JsonObject): boolean {
  const given = body['beautifyHtmlEnabled'] ?? body['beautifulHtmlEnabled'];
  return given === true || given === 'true';
}
