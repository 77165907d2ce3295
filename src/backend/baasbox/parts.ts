// Parts: one field of a document, named by a path of its own (BaasBox spec 5.4).
import { readDocument } from '../documents/document.ts';
import { parseBody } from '../documents/content.ts';
import { readField, writeField, type PathStep } from '../documents/fields.ts';
import { changeDocument } from '../documents/write.ts';
import { jsonObject } from './body.ts';
import type { Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import { belongsTo, inCollection } from './item.ts';
import { linkedObjects } from './links.ts';
import { NOT_FOUND_TEXT, route, type ActorCall, type Route } from './route.ts';
import { documentJson } from './wire.ts';

export const partRoutes: readonly Route[] = [
  // A segment without a dot is the label of links, which only users may follow.
  route(
    'GET',
    '/document/:collection/:id/*',
    { level: ({ params }) => (isLabel(params) ? 'user' : 'anon'), group: 'data.read' },
    (call) => (isLabel(call.params) ? linkedObjects(call, call.params['*'] ?? '') : read(call)),
  ),
  route('PUT', '/document/:collection/:id/*', { level: 'user', group: 'data.update' }, write),
];

function isLabel(params: Readonly<Record<string, string>>): boolean {
  return /^[^./][^/]*$/.test(params['*'] ?? '');
}

/** Fields that the system keeps. */
const PRIVATE = new Set([
  'id',
  '_author',
  '_creation_date',
  '_links',
  '_audit',
  '_allow',
  '_allowRead',
  '_allowUpdate',
  '_allowDelete',
]);

const PART = /^\.([A-Za-z0-9]+)(?:\[(\d{1,9})\])?$/;

/** `.address/.phones[0]` as steps. Anything that does not begin with a dot is no part, and no route. */
function partsOf(path: string): PathStep[] {
  if (!path.startsWith('.')) throw new Failure(404, NOT_FOUND_TEXT);
  return path
    .replace(/\/$/, '')
    .split('/')
    .map((part) => {
      if (PRIVATE.has(part.slice(1))) {
        throw new Failure(400, `${part.slice(1)} is a private field`);
      }
      const match = PART.exec(part);
      if (!match) throw new Failure(400, `${part} is not a valid part of a path`);
      const [, name, index] = match;
      return { name: name as string, index: index === undefined ? undefined : Number(index) };
    });
}

async function read({ context, actor, params }: ActorCall): Promise<Answer> {
  const path = partsOf(params['*'] ?? '');
  const collection = params['collection'] ?? '';
  const document = await inCollection(context, actor.tenant, collection, () =>
    readDocument(context.db, actor, { id: params['id'] ?? '' }),
  );
  belongsTo(collection)(document);
  const value = readField(document.body, path);
  return { data: `{"@rid":"#-2:0","@version":0,"result":${value}}` };
}

async function write({ context, actor, params, body }: ActorCall): Promise<Answer> {
  const path = partsOf(params['*'] ?? '');
  const { text, value } = jsonObject(body);
  if (!Object.hasOwn(value, 'data'))
    throw new Failure(400, "The body payload doesn't contain key data");
  const { data } = parseBody(text);
  const collection = params['collection'] ?? '';
  const changed = await inCollection(context, actor.tenant, collection, () =>
    changeDocument(
      context,
      actor,
      { id: params['id'] ?? '' },
      {
        content: (current) => writeField(current.body, path, data),
        check: belongsTo(collection),
      },
    ),
  );
  return { data: documentJson(changed) };
}
