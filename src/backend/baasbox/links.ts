// Links between documents, files and users, and what a document is linked with (BaasBox spec 5.4, 5.6).
import { readDocument } from '../documents/document.ts';
import { countLinked, listLinked, type Direction } from '../links/linked.ts';
import { createLink, readLink, removeLink } from '../links/links.ts';
import { countLinks, listLinks } from '../links/search.ts';
import { mapped } from '../query/records.ts';
import { readCriteria } from './criteria.ts';
import { NOTHING, type Answer, type RawAnswer } from './envelope.ts';
import { Failure } from './failure.ts';
import { belongsTo, inCollection, itemKey } from './item.ts';
import { linkedJson, linkJson } from './linked-json.ts';
import { listAnswer } from './list-answer.ts';
import { route, type ActorCall, type Route } from './route.ts';
import { numberedRows, rowsJson } from './wire.ts';

export const linkRoutes: readonly Route[] = [
  route('POST', '/link/:source/:label/:target', { level: 'user', group: 'data.write' }, create),
  route('GET', '/link', { level: 'user', group: 'data.read' }, list),
  route('GET', '/link/:id', { level: 'user', group: 'data.read' }, read),
  route('DELETE', '/link/:id', { level: 'user', group: 'data.write' }, remove),
];

async function create({ context, actor, params }: ActorCall): Promise<Answer> {
  const { source = '', label = '', target = '' } = params;
  return { data: linkJson(await createLink(context, actor, { source, label, target })) };
}

async function read({ context, actor, params }: ActorCall): Promise<Answer> {
  return { data: linkJson(await readLink(context, actor, params['id'] ?? '')) };
}

async function list(call: ActorCall): Promise<Answer | RawAnswer> {
  const { context, actor, query } = call;
  const criteria = readCriteria(query);
  if (criteria.count) {
    return { data: rowsJson([{ count: await countLinks(context, actor, criteria.query) }]) };
  }
  return listAnswer(call, async (signal) => {
    const found = await listLinks(context, actor, criteria.query, signal);
    const read = 'rows' in found ? found.rows : found.links;
    const batches = 'rows' in found ? numberedRows(found.rows) : mapped(found.links, linkJson);
    return { batches, more: () => (criteria.paged ? read.more : undefined) };
  });
}

async function remove({ context, actor, params }: ActorCall): Promise<Answer> {
  await removeLink(context, actor, params['id'] ?? '');
  return { data: NOTHING };
}

/** `GET /document/:collection/:id/:link`, for users: the objects that a document is linked with by that label. */
export async function linkedObjects(call: ActorCall, label: string): Promise<Answer | RawAnswer> {
  const { context, actor, params, query } = call;
  const direction = directionOf(query.first('linkDir'));
  const criteria = readCriteria(query);
  const collection = params['collection'] ?? '';
  const document = await inCollection(context, actor.tenant, collection, () =>
    readDocument(context.db, actor, itemKey(params['id'] ?? '')),
  );
  belongsTo(collection)(document);
  const of = { document: document.id, label, direction };
  if (criteria.count) {
    return { data: rowsJson([{ count: await countLinked(context, actor, of, criteria.query) }]) };
  }
  return listAnswer(call, async (signal) => {
    const found = await listLinked(context, actor, of, criteria.query, signal);
    const read = 'rows' in found ? found.rows : found.objects;
    const batches = 'rows' in found ? numberedRows(found.rows) : mapped(found.objects, linkedJson);
    return { batches, more: () => (criteria.paged ? read.more : undefined) };
  });
}

function directionOf(text: string | undefined): Direction {
  const word = (text ?? '').toLowerCase() || 'to';
  if (word === 'to' || word === 'from' || word === 'both') return word;
  throw new Failure(400, `${text} is not a valid link direction: to, from or both`);
}
