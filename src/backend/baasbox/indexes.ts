// Beyond the original: declared indexes of a collection, and the permissions that its new documents get.
import { nameGrants } from '../acl/change.ts';
import { getDefaultAcl, setDefaultGrants } from '../collections/default-acl.ts';
import type { IndexDefinition } from '../indexes/definition.ts';
import { declareIndex, dropIndex, listIndexes } from '../indexes/indexes.ts';
import { formatDate } from '../query/dates.ts';
import { readWholeAcl } from './acl-body.ts';
import { jsonObject } from './body.ts';
import { answer, NOTHING, type Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import { route, type ActorCall, type Route } from './route.ts';
import { aclLists } from './wire.ts';

export const indexRoutes: readonly Route[] = [
  route('POST', '/admin/collection/:name/index', 'admin', declare),
  route('GET', '/admin/collection/:name/index', 'admin', list),
  route('DELETE', '/admin/collection/:name/index/:id', 'admin', drop),
  route('GET', '/admin/collection/:name/acl', 'admin', readAcl),
  route('PUT', '/admin/collection/:name/acl', 'admin', replaceAcl),
];

async function declare({ context, actor, params, body }: ActorCall): Promise<Answer> {
  const { fields, unique = false } = jsonObject(body).value;
  if (!Array.isArray(fields) || !fields.every((field) => typeof field === 'string')) {
    throw new Failure(400, 'fields must be an array of strings');
  }
  if (typeof unique !== 'boolean') throw new Failure(400, 'unique must be true or false');
  const index = await declareIndex(context, actor.tenant, params['name'] ?? '', { fields, unique });
  return answer(wireOf(index), 201);
}

async function list({ context, actor, params }: ActorCall): Promise<Answer> {
  const indexes = await listIndexes(context, actor.tenant, params['name'] ?? '');
  return answer(indexes.map(wireOf));
}

async function drop({ context, actor, params }: ActorCall): Promise<Answer> {
  await dropIndex(context, actor.tenant, params['name'] ?? '', params['id'] ?? '');
  return { data: NOTHING };
}

function wireOf({ id, fields, unique, state, problem, createdAt }: IndexDefinition) {
  const failed = problem === undefined ? {} : { problem };
  return { id, fields, unique, state, ...failed, _creation_date: formatDate(createdAt) };
}

async function readAcl({ context, actor, params }: ActorCall): Promise<Answer> {
  const acl = await getDefaultAcl(context, actor.tenant, params['name'] ?? '');
  return answer(aclLists(await nameGrants(context.db, actor.tenant, acl)));
}

async function replaceAcl({ context, actor, params, body }: ActorCall): Promise<Answer> {
  const named = readWholeAcl(jsonObject(body).value);
  const acl = await setDefaultGrants(context, actor.tenant, params['name'] ?? '', named);
  return answer(aclLists(await nameGrants(context.db, actor.tenant, acl)));
}
