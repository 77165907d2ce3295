// POST /v1/template/brand and /v1/row/brand: the styles of a brand for templates and rows (Beefree spec 3.9).
import Type from 'typebox';
import { brandRows, brandTemplate } from '../brand/brand.ts';
import { renderHtml } from '../render/render.ts';
import { DomainError } from '../../platform/errors.ts';
import { isObject, objectBody, templateIn, type JsonObject } from './body.ts';
import { missingField, Refusal, wrongField } from './errors.ts';
import { renderSettings } from './render-settings.ts';
import type { ContentRoute } from './route.ts';

const security = [{ bearer: [] }];
const styles = Type.Object(
  {},
  {
    description:
      'Styles by kind of block: general, title, h1 to h6, text, paragraph, list, button, image, logo, row, divider, ' +
      'spacer, social, icons, menu, table, form, video, dynamic, carousel.',
  },
);

const templateSchema = {
  summary: 'Gives a template the styles of a brand',
  security,
  body: Type.Object({
    styles,
    template: Type.Object({ page: Type.Object({}) }, { description: 'A template.' }),
    html: Type.Optional(Type.Boolean({ description: 'false: without the HTML of the result.' })),
  }),
  response: {
    200: Type.Object({ json: Type.Unknown(), html: Type.Optional(Type.String()) }),
    422: Type.Object({ message: Type.String(), details: Type.String() }),
  },
};

const rowSchema = {
  summary: 'Gives a row the styles of a brand',
  security,
  body: Type.Object({ styles, row: Type.Object({}, { description: 'A row.' }) }),
  response: {
    200: Type.Object({ json: Type.Unknown() }),
    422: Type.Object({ message: Type.String(), details: Type.String() }),
  },
};

const JSON_TYPE = 'application/json; charset=utf-8';

const brandedTemplate: ContentRoute = (app, { config }) => {
  app.post('/v1/template/brand', { schema: templateSchema }, (request, reply) => {
    const body = objectBody(request);
    const given = stylesOf(body);
    const template = templateIn(body, 'template');
    const { json } = applied(() => brandTemplate(template, given));
    const isWanted = (body['html'] ?? body['HTML']) !== false;
    const answer = isWanted
      ? {
          json,
          html: renderHtml(json, { ...renderSettings(config, body), target: 'message' }).html,
        }
      : { json };
    return reply.type(JSON_TYPE).send(JSON.stringify(answer));
  });
};

const brandedRow: ContentRoute = (app) => {
  app.post('/v1/row/brand', { schema: rowSchema }, (request, reply) => {
    const body = objectBody(request);
    const given = stylesOf(body);
    const rows = rowsOf(body);
    const many = Array.isArray(rows) ? rows : [rows];
    const branded = applied(() => brandRows(many, given)).rows;
    const json = Array.isArray(rows) ? branded : branded[0];
    return reply.type(JSON_TYPE).send(JSON.stringify({ json }));
  });
};

export const brandRoutes: ContentRoute[] = [brandedTemplate, brandedRow];

/** Clients send what the editor's configuration holds; some with one more `styles` around it. */
function stylesOf(body: JsonObject): JsonObject {
  const given = body['styles'];
  if (given === undefined) throw missingField('styles');
  if (!isObject(given)) throw wrongField('expected a dictionary', 'styles');
  const names = Object.keys(given);
  return names.length === 1 && isObject(given['styles']) ? given['styles'] : given;
}

/** One row, or several: the documentation has both names. */
function rowsOf(body: JsonObject): JsonObject | JsonObject[] {
  const name = body['row'] === undefined && body['rows'] !== undefined ? 'rows' : 'row';
  const given = body[name];
  if (given === undefined) throw missingField('row');
  if (isObject(given)) return given;
  if (name === 'row' || !Array.isArray(given)) throw wrongField('expected a dictionary', name);
  return given.map((row: unknown, at) => {
    if (isObject(row)) return row;
    throw wrongField('expected a dictionary', name, String(at));
  });
}

/** The result of styles; one that nothing came of is refused, and so is a value that is not allowed, by its name. */
function applied<Result extends { readonly applied: boolean }>(apply: () => Result): Result {
  try {
    const result = apply();
    if (result.applied) return result;
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'style_value') throw error;
    const { problem, path } = error.details as { problem: string; path: readonly string[] };
    throw wrongField(problem, 'styles', ...path);
  }
  throw nothingApplied();
}

/** Clients take it for "nothing to change", not for a failure. */
const nothingApplied = () =>
  new Refusal(422, {
    message: 'No styles were applied',
    details: 'Nothing in it is of a kind that the styles are for',
  });
