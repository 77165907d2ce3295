// POST /v1/{message|page}/merge-rows and /synced-rows: saved rows and their copies in templates (Beefree spec 3.7, 3.8).
import Type from 'typebox';
import { mergeRows } from '../saved-rows/merge-rows.ts';
import { syncedRows } from '../saved-rows/synced-rows.ts';
import {
  isObject,
  objectBody,
  optionalText,
  requiredText,
  templateIn,
  type JsonObject,
} from './body.ts';
import { missingField, wrongField } from './errors.ts';
import type { ContentRoute } from './route.ts';

const security = [{ bearer: [] }];
const template = Type.Object({ page: Type.Object({}) }, { description: 'A template.' });
const webFonts = Type.Optional(
  Type.Array(Type.Object({ name: Type.String(), fontFamily: Type.String(), url: Type.String() }), {
    description: 'Fonts that the rows may need.',
  }),
);

const mergeSchema = {
  summary: 'Puts new versions of saved rows into a template',
  security,
  body: Type.Object({
    rows: Type.Array(Type.Object({}), { description: 'New versions of saved rows.' }),
    template,
    rowIdentifierLabel: Type.Optional(
      Type.String({ default: 'guid', description: 'Member of `metadata` that identifies a row.' }),
    ),
    webFonts,
  }),
  response: {
    200: Type.Object({
      template,
      warnings: Type.Optional(Type.Array(Type.Object({ msg: Type.String() }))),
    }),
  },
};

const syncedSchema = {
  summary: 'Lists the rows of a template that follow a saved row',
  security,
  body: Type.Object({
    rowIdentifierLabel: Type.String({ description: 'Member of `metadata` that identifies a row.' }),
    template,
    webFonts,
  }),
  response: {
    200: Type.Object({
      syncedRows: Type.Array(
        Type.Object({
          rowIdentifier: Type.Union([Type.String(), Type.Number(), Type.Null()]),
          rowIndex: Type.Integer(),
        }),
      ),
    }),
  },
};

const JSON_TYPE = 'application/json; charset=utf-8';

export const savedRowRoutes: ContentRoute[] = (['message', 'page'] as const).map(
  (collection) => (app) => {
    app.post(`/v1/${collection}/merge-rows`, { schema: mergeSchema }, (request, reply) => {
      const body = objectBody(request);
      const { template: merged, unmatched } = mergeRows({
        rows: objectsIn(body, 'rows'),
        template: templateIn(body, 'template'),
        label: optionalText(body, 'rowIdentifierLabel', 'guid'),
        webFonts: objectsIn({ webFonts: body['webFonts'] ?? [] }, 'webFonts'),
      });
      return reply.type(JSON_TYPE).send(JSON.stringify(withWarnings(merged, unmatched)));
    });
    app.post(`/v1/${collection}/synced-rows`, { schema: syncedSchema }, (request, reply) => {
      const body = objectBody(request);
      const label = requiredText(body, 'rowIdentifierLabel');
      const rows = syncedRows(templateIn(body, 'template'), label);
      return reply.type(JSON_TYPE).send(JSON.stringify({ syncedRows: rows }));
    });
  },
);

/** The documentation prints the warnings inside the page; programs look for them beside the template. */
function withWarnings(template: JsonObject, unmatched: readonly (string | number | null)[]) {
  if (unmatched.length === 0) return { template };
  const warnings = unmatched.map((id) => ({
    msg: `No merges were completed for row with identifier ${id}`,
  }));
  const page = template['page'] as JsonObject;
  return { template: { ...template, page: { ...page, warnings } }, warnings };
}

function objectsIn(body: JsonObject, name: string): JsonObject[] {
  const given = body[name];
  if (given === undefined) throw missingField(name);
  if (!Array.isArray(given)) throw wrongField('expected a list', name);
  return given.map((item: unknown, at) => {
    if (isObject(item)) return item;
    throw wrongField('expected a dictionary', name, String(at));
  });
}
