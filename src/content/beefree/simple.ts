// POST /v1/conversion/simple-to-full-json and /full-to-simple-json: templates as language models write them (Beefree spec 3.10, 3.11).
import Type from 'typebox';
import { simpleTemplate } from '../simple/schema.ts';
import { simpleToFull } from '../simple/to-full.ts';
import { fullToSimple } from '../simple/to-simple.ts';
import { isObject, objectBody, templateOf, type JsonObject } from './body.ts';
import type { ContentRoute } from './route.ts';

const security = [{ bearer: [] }];
const JSON_TYPE = 'application/json; charset=utf-8';

const toFullSchema = {
  summary: 'Turns a simple template into a full one',
  description:
    'Without defaults left open: the answer can be loaded into the editor. An error lists every violation of the schema in `details`, a line each, with its JSON pointer.',
  security,
  body: Type.Object({ template: simpleTemplate }),
  response: {
    200: Type.Object({ page: Type.Unknown(), comments: Type.Object({}) }),
  },
};

const toSimpleSchema = {
  summary: 'Turns a template into a simple one',
  description: 'What the simple schema has no word for is left out.',
  security,
  body: Type.Object({
    page: Type.Object({}, { description: 'The template, as the editor saves it.' }),
    type: Type.Optional(
      Type.String({
        enum: ['email', 'page', 'popup'],
        description: 'What the template is for; guessed when it is missing. An extension.',
      }),
    ),
  }),
  response: { 200: Type.Object({ template: simpleTemplate }) },
};

const toFull: ContentRoute = (app, { newId }) => {
  app.post('/v1/conversion/simple-to-full-json', { schema: toFullSchema }, (request, reply) => {
    const { template } = objectBody(request);
    const full = simpleToFull(template, { id: newId });
    return reply.type(JSON_TYPE).send(JSON.stringify(full));
  });
};

const TYPES = ['email', 'page', 'popup'] as const;

const toSimple: ContentRoute = (app) => {
  app.post('/v1/conversion/full-to-simple-json', { schema: toSimpleSchema }, (request, reply) => {
    const body = objectBody(request);
    const type = TYPES.find((one) => one === body['type']);
    const template = fullToSimple(documentOf(body), type);
    return reply.type(JSON_TYPE).send(JSON.stringify({ template }));
  });
};

/** The document; one demo puts the whole of it under `page`. */
function documentOf(body: JsonObject): JsonObject {
  const document = templateOf(body, false);
  const { page } = document;
  const nested = isObject(page) && page['rows'] === undefined && isObject(page['page']);
  return nested ? page : document;
}

export const simpleRoutes: ContentRoute[] = [toFull, toSimple];
