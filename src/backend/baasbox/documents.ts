// Documents: create, list, count, read, replace, delete (BaasBox spec 5.4).
import { getCollection } from '../collections/collections.ts';
import { readDocument, type Document } from '../documents/document.ts';
import { countDocuments, listDocuments } from '../documents/list.ts';
import { changeDocument, createDocument, removeDocument } from '../documents/write.ts';
import { mapped } from '../query/records.ts';
import { jsonObject } from './body.ts';
import { readCriteria, readFilter } from './criteria.ts';
import { chosenId, contentIn, expectedVersion, grantsIn, refuseVersion } from './document-body.ts';
import { answer, NOTHING, type Answer, type RawAnswer } from './envelope.ts';
import { belongsTo, inCollection, itemKey } from './item.ts';
import { listAnswer } from './list-answer.ts';
import { route, type ActorCall, type Route } from './route.ts';
import { documentJson, documentWithAclJson, numberedRows, rowsJson } from './wire.ts';

export const documentRoutes: readonly Route[] = [
  route('POST', '/document/:collection', { level: 'user', group: 'data.write' }, create),
  // The same path with a record identity reads one document, for users only.
  route(
    'GET',
    '/document/:collection',
    { level: ({ params }) => (isRid(params) ? 'user' : 'anon'), group: 'data.read' },
    (call) => (isRid(call.params) ? readByRid(call) : list(call)),
  ),
  route('GET', '/document/:collection/count', { level: 'anon', group: 'data.read' }, count),
  route('GET', '/document/:collection/:id', { level: 'anon', group: 'data.read' }, read),
  route('PUT', '/document/:collection/:id', { level: 'user', group: 'data.update' }, replace),
  route('DELETE', '/document/:collection/:id', { level: 'user', group: 'data.write' }, remove),
];

function isRid(params: Readonly<Record<string, string>>): boolean {
  return params['collection']?.startsWith('#') ?? false;
}

async function create({ context, actor, params, body }: ActorCall): Promise<Answer> {
  const { text, value } = jsonObject(body);
  refuseVersion(value);
  const document = await createDocument(context, actor, {
    collection: name(params),
    content: contentIn(value, text),
    id: chosenId(value),
    grants: grantsIn(value, actor.tenant),
  });
  return { data: documentJson(document) };
}

async function list(call: ActorCall): Promise<Answer | RawAnswer> {
  const { context, actor, params, query } = call;
  const criteria = readCriteria(query);
  const collection = await getCollection(context.db, actor.tenant, name(params));
  if (criteria.count) {
    const total = await countDocuments(context, actor, collection, criteria.query);
    return { data: rowsJson([{ count: total }]) };
  }
  return listAnswer(call, async (signal) => {
    const found = await listDocuments(context, actor, collection, criteria.query, signal);
    const batches =
      'rows' in found
        ? numberedRows(found.rows)
        : mapped(found.documents, (item) => shown(context, actor.tenant, item, withAcl(query)));
    const read = 'rows' in found ? found.rows : found.documents;
    return { batches, more: () => (criteria.paged ? read.more : undefined) };
  });
}

async function count({ context, actor, params, query }: ActorCall): Promise<Answer> {
  const filter = readFilter(query);
  const collection = await getCollection(context.db, actor.tenant, name(params));
  return answer({ count: await countDocuments(context, actor, collection, filter) });
}

async function read({ context, actor, params, query }: ActorCall): Promise<Answer> {
  const collection = name(params);
  const key = itemKey(params['id'] ?? '');
  const document = await inCollection(context, actor.tenant, collection, () =>
    readDocument(context.db, actor, key),
  );
  belongsTo(collection)(document);
  return { data: await shown(context, actor.tenant, document, withAcl(query)) };
}

async function readByRid({ context, actor, params, query }: ActorCall): Promise<Answer> {
  const document = await readDocument(context.db, actor, itemKey(name(params)));
  return { data: await shown(context, actor.tenant, document, withAcl(query)) };
}

async function replace({ context, actor, params, body }: ActorCall): Promise<Answer> {
  const key = itemKey(params['id'] ?? '', 'is not a document');
  const { text, value } = jsonObject(body);
  const collection = name(params);
  const changed = await inCollection(context, actor.tenant, collection, () =>
    changeDocument(context, actor, key, {
      content: () => contentIn(value, text),
      grants: grantsIn(value, actor.tenant),
      version: expectedVersion(value),
      check: belongsTo(collection),
    }),
  );
  return { data: documentJson(changed) };
}

async function remove({ context, actor, params }: ActorCall): Promise<Answer> {
  const key = itemKey(params['id'] ?? '');
  const collection = name(params);
  await inCollection(context, actor.tenant, collection, () =>
    removeDocument(context, actor, key, belongsTo(collection)),
  );
  return { data: NOTHING };
}

function name(params: Readonly<Record<string, string>>): string {
  return params['collection'] ?? '';
}

function withAcl(query: ActorCall['query']): boolean {
  return /^true$/i.test(query.first('withAcl') ?? '');
}

function shown(
  context: ActorCall['context'],
  tenant: string,
  document: Document,
  acl: boolean,
): Promise<string> | string {
  return acl ? documentWithAclJson(context, tenant, document) : documentJson(document);
}
