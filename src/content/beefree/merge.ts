// POST /v1/{message|page}/merge and /merge/index: parts of a template by JSONPath (Beefree spec 3.4, 3.5).
import Type from 'typebox';
import { merge, type MergeWarning } from '../merge/merge.ts';
import { rowIndex } from '../merge/row-index.ts';
import { renderHtml } from '../render/render.ts';
import { isObject, objectBody, templateIn, type JsonObject } from './body.ts';
import { missingField, wrongField } from './errors.ts';
import { renderSettings } from './render-settings.ts';
import type { ContentRoute } from './route.ts';

const security = [{ bearer: [] }];
const source = Type.Object({ page: Type.Object({}) }, { description: 'A template.' });

const mergeSchema = {
  summary: 'Replaces what JSONPaths select, and renders the result',
  security,
  body: Type.Object({
    replace: Type.Array(
      Type.Object({
        path: Type.String({ description: 'JSONPath into `source`.' }),
        value: Type.Unknown({ description: 'What takes the place of every match.' }),
      }),
    ),
    source,
  }),
  response: {
    200: Type.Object({
      json: Type.Unknown(),
      html: Type.String(),
      warnings: Type.Optional(
        Type.Array(
          Type.Object({ msg: Type.String(), param: Type.String(), location: Type.String() }),
        ),
      ),
    }),
  },
};

const indexSchema = {
  summary: 'Lists the metadata of the rows of a template',
  security,
  body: Type.Object({ source }),
  response: { 200: Type.Array(Type.Unknown()) },
};

const COLLECTIONS = ['message', 'page'] as const;

const mergeRoutesOf: ContentRoute[] = COLLECTIONS.map((target) => (app, { config }) => {
  app.post(`/v1/${target}/merge`, { schema: mergeSchema }, async (request, reply) => {
    const body = objectBody(request);
    const input = { replace: replacementsOf(body), source: templateIn(body, 'source') };
    const { json, warnings } = await merge(input, () => performance.now());
    const { html } = renderHtml(json, { ...renderSettings(config), target });
    const answer = {
      json,
      html,
      ...(warnings.length > 0 ? { warnings: warnings.map(wireWarning) } : {}),
    };
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
  });
});

const REASONS: Readonly<Record<MergeWarning['reason'], string>> = {
  no_match: 'did not return any matching nodes',
  bad_path: 'is not a valid JSON path',
  too_costly: 'takes too much work on this document',
  no_page: 'must leave a page that can be rendered',
};

function wireWarning({ path, reason }: MergeWarning) {
  return { msg: `Your path ${path} ${REASONS[reason]}`, param: 'path', location: 'replace' };
}

const indexRoutes: ContentRoute[] = COLLECTIONS.flatMap((collection) =>
  // The documentation spells it in three ways.
  ['merge/index', 'merge-index', 'index'].map((resource, at): ContentRoute => (app) => {
    const schema = { ...indexSchema, hide: at > 0 };
    app.post(`/v1/${collection}/${resource}`, { schema }, (request, reply) => {
      const body = objectBody(request);
      const template = body['source'] === undefined ? body : templateIn(body, 'source');
      if (template['page'] === undefined) throw missingField('source', 'page');
      const rows = rowIndex(template);
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(rows));
    });
  }),
);

export const mergeRoutes: ContentRoute[] = [...mergeRoutesOf, ...indexRoutes];

function replacementsOf(body: JsonObject): { path: string; value: unknown }[] {
  const list = body['replace'];
  if (list === undefined) throw missingField('replace');
  if (!Array.isArray(list)) throw wrongField('expected a list', 'replace');
  return list.map((item: unknown, at) => {
    if (!isObject(item)) throw wrongField('expected a dictionary', 'replace', String(at));
    const { path, value } = item;
    if (path === undefined) throw missingField('replace', String(at), 'path');
    if (typeof path !== 'string') throw wrongField('expected str', 'replace', String(at), 'path');
    if (value === undefined) throw missingField('replace', String(at), 'value');
    return { path, value };
  });
}
