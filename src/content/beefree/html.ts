// POST /v1/{message|page|popup|amp}/html and the other names for it: a template becomes HTML (Beefree spec 3.1, 7).
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { renderHtml, type Target } from '../render/render.ts';
import { isObject, objectBody, optionalText, templateOf, type JsonObject } from './body.ts';
import type { BeefreeConfig } from './config.ts';
import { renderSettings } from './render-settings.ts';
import type { ContentRoute } from './route.ts';
import { warn } from './warnings.ts';

/** What templates can be rendered as. */
export const COLLECTIONS: readonly Target[] = ['message', 'page', 'popup', 'amp'];

const forMessages = {
  outlookBackgrounds: Type.Optional(
    Type.Boolean({ description: 'Draw background pictures of rows in Outlook, too.' }),
  ),
  darkMode: Type.Optional(Type.Boolean({ description: 'Add a dark form of the colours.' })),
};

/** The body of a request for one template. */
export const htmlBody = (collection: Target) =>
  Type.Object({
    page: Type.Object({}, { description: 'The template, as the editor saves it.' }),
    beautifyHtmlEnabled: Type.Optional(
      Type.Boolean({ default: false, description: 'Indent the HTML instead of minifying it.' }),
    ),
    language: Type.Optional(
      Type.String({ description: 'Language of a stored translation, such as it-IT.' }),
    ),
    ...(collection === 'message' ? forMessages : {}),
  });

const schema = (collection: Target) => ({
  summary: `Renders a template as ${collection}`,
  security: [{ bearer: [] }],
  body: htmlBody(collection),
  response: { 200: Type.String({ description: 'The HTML itself.' }) },
});

const resources: ContentRoute[] = COLLECTIONS.map((target) => (app, { config }) => {
  app.post(`/v1/${target}/html`, { schema: schema(target) }, (request, reply) => {
    return sendHtml(reply, htmlOf(objectBody(request), target, config));
  });
});

/** A name that no documentation has, and one demo uses. */
const jsonToHtml: ContentRoute = (app, { config }) => {
  const options = { schema: { ...schema('message'), hide: true } };
  app.post('/v1/conversion/json-to-html', options, (request, reply) => {
    return sendHtml(reply, htmlOf(objectBody(request), 'message', config));
  });
};

/**
 * The parsers behind the hosted service, which its vendor's own Python client calls (Beefree spec 7): Basic instead of
 * Bearer, `b=1` to indent, and never a complaint about the template.
 */
const parsers: ContentRoute[] = (['email', 'pages'] as const).map((kind) => (app, { config }) => {
  const target = kind === 'email' ? 'message' : 'page';
  const options = { schema: { ...schema(target), hide: true }, config: { basicKey: true } };
  app.post(`/v3/parser/${kind}`, options, (request, reply) => {
    const body = objectBody(request);
    const isPage = isObject(body['body']) || Array.isArray(body['rows']);
    const template = body['page'] === undefined && isPage ? { page: body } : templateOf(body, true);
    const beautify = (request.query as { b?: unknown }).b === '1';
    return sendHtml(reply, rendered(config, { body, template, target, beautify }));
  });
});

export const htmlRoutes: ContentRoute[] = [...resources, jsonToHtml, ...parsers];

interface Wanted {
  readonly body: JsonObject;
  readonly template: JsonObject;
  readonly target: Target;
  readonly beautify: boolean;
}

/** The HTML for one body, and what was repaired or left out. Throws as `renderHtml`. */
export function htmlOf(body: JsonObject, target: Target, config: BeefreeConfig): Rendered {
  const template = templateOf(body, config.lenientTemplates);
  return rendered(config, { body, template, target, beautify: wantsIndented(body) });
}

type Rendered = ReturnType<typeof renderHtml>;

function rendered(config: BeefreeConfig, wanted: Wanted): Rendered {
  const { body, template, target, beautify } = wanted;
  return renderHtml(template, {
    ...renderSettings(config, body),
    target,
    language: optionalText(body, 'language', ''),
    beautify,
  });
}

function sendHtml(reply: FastifyReply, { html, warnings }: Rendered): FastifyReply {
  reply.header('x-html-size', Buffer.byteLength(html));
  warn(reply, warnings);
  return reply.type('text/html; charset=utf-8').send(html);
}

/** The documentation prints the name in two ways. */
function wantsIndented(body: JsonObject): boolean {
  const given = body['beautifyHtmlEnabled'] ?? body['beautifulHtmlEnabled'];
  return given === true || given === 'true';
}
