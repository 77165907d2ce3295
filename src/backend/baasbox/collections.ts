// Administration of collections (BaasBox spec 5.11).
import {
  createCollection,
  dropCollection,
  listCollections,
  type CollectionSize,
} from '../collections/collections.ts';
import type { Subject } from '../query/evaluate.ts';
import { runInMemory } from '../query/memory.ts';
import { readCriteria } from './criteria.ts';
import { answer, NOTHING, type Answer } from './envelope.ts';
import { route, type ActorCall, type Route } from './route.ts';
import { rowsJson } from './wire.ts';

export const collectionRoutes: readonly Route[] = [
  route('POST', '/admin/collection/:name', 'admin', create),
  route('GET', '/admin/collection', 'admin', list),
  route('DELETE', '/admin/collection/:name', 'admin', drop),
];

async function create({ context, actor, params }: ActorCall): Promise<Answer> {
  await createCollection(context, actor.tenant, params['name'] ?? '');
  return { status: 201, data: NOTHING };
}

async function list({ context, actor, query }: ActorCall): Promise<Answer> {
  const { query: criteria, count } = readCriteria(query);
  const all = await listCollections(context, actor.tenant);
  const found = runInMemory(all, subjectOf, criteria, context.clock.now());
  if (count)
    return {
      data: rowsJson([{ count: 'rows' in found ? found.rows.length : found.items.length }]),
    };
  return 'rows' in found ? { data: rowsJson(found.rows) } : answer(found.items.map(wireOf));
}

async function drop({ context, actor, params }: ActorCall): Promise<Answer> {
  await dropCollection(context, actor.tenant, params['name'] ?? '');
  return { data: NOTHING };
}

const wireOf = ({ name, records, bytes }: CollectionSize) => ({ name, records, size: bytes });

function subjectOf(collection: CollectionSize): Subject {
  return { fields: wireOf(collection), system: () => undefined };
}
