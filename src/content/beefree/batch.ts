// POST /v1/{message|page|popup|amp}/html/batch: many templates in one request, an extension (Beefree spec 8.3).
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { TooLarge, Unavailable } from '../../platform/errors.ts';
import type { Target } from '../render/render.ts';
import { isObject, objectBody, type JsonObject } from './body.ts';
import { errorOf, missingField, Refusal, wrongField, type ErrorBody } from './errors.ts';
import { COLLECTIONS, htmlOf, htmlBody } from './html.ts';
import type { ContentContext, ContentRoute } from './route.ts';

/** Characters of HTML in one answer; what comes after them is refused. */
const MAX_CHARACTERS = 50_000_000;

type Result =
  | { status: 200; html: string; warnings?: readonly string[] }
  | { status: number; error: ErrorBody };

const schema = (collection: Target) => ({
  summary: `Renders many templates as ${collection}`,
  description:
    'An extension. Each item counts as a request, and has a result of its own in the same place.',
  security: [{ bearer: [] }],
  body: Type.Object({
    items: Type.Array(htmlBody(collection), { description: 'Bodies as of the resource for one.' }),
  }),
  response: {
    200: Type.Object({
      results: Type.Array(
        Type.Object({
          status: Type.Integer({ description: 'As of the resource for one.' }),
          html: Type.Optional(Type.String()),
          warnings: Type.Optional(Type.Array(Type.String())),
          error: Type.Optional(Type.Object({ code: Type.Integer(), message: Type.String() })),
        }),
      ),
    }),
  },
});

export const batchRoutes: ContentRoute[] = COLLECTIONS.map((target) => (app, context) => {
  app.post(`/v1/${target}/html/batch`, { schema: schema(target) }, async (request, reply) => {
    const items = itemsOf(request, context.config.batchItems);
    const results = await renderAll(items, target, request, context);
    return reply.type('application/json; charset=utf-8').send(JSON.stringify({ results }));
  });
});

/** One item after the other, with other requests in between; what has no time left is refused. */
async function renderAll(
  items: readonly unknown[],
  target: Target,
  request: FastifyRequest,
  context: ContentContext,
): Promise<Result[]> {
  const end = performance.now() + context.config.batchTimeoutMs;
  const results: Result[] = [];
  let characters = 0;
  /** What ends the batch ends all that follows. */
  let over: Error | undefined;
  for (const [index, item] of items.entries()) {
    // The request itself has been counted, for the first item.
    if (index > 0 && !over) {
      await nextTurn();
      over = performance.now() >= end ? late() : await request.contentCharge?.();
    }
    if (!over && characters > MAX_CHARACTERS) over = large();
    const result = over ? failed(over, context) : render(item, index, target, context);
    if ('html' in result) characters += result.html.length;
    results.push(result);
  }
  return results;
}

const late = () => new Unavailable('batch_time', 'The batch has no time left for this item');
const large = () => new TooLarge('batch_size', 'The answer has no room left for this item');

function render(item: unknown, index: number, target: Target, context: ContentContext): Result {
  try {
    if (!isObject(item)) throw wrongField('expected a dictionary', 'items', String(index));
    const { html, warnings } = htmlOf(item, target, context.config);
    return { status: 200, html, ...(warnings.length > 0 ? { warnings } : {}) };
  } catch (error) {
    return failed(error, context);
  }
}

function failed(error: unknown, { report }: ContentContext): Result {
  const { status, body } = errorOf(error);
  if (status === 500 && !(error instanceof Refusal)) report(error);
  return { status, error: body };
}

/** The bodies: of `items`, or of a bare array. */
function itemsOf(request: FastifyRequest, most: number): readonly unknown[] {
  const items = Array.isArray(request.body) ? (request.body as unknown[]) : listed(request);
  if (items.length > most) {
    throw new TooLarge('batch_items', `A batch may have ${most} items`);
  }
  return items;
}

function listed(request: FastifyRequest): readonly unknown[] {
  const { items }: JsonObject = objectBody(request);
  if (items === undefined) throw missingField('items');
  if (!Array.isArray(items)) throw wrongField('expected a list', 'items');
  return items;
}
