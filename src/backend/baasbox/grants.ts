// Permissions on documents: whole lists, and single grants to users and roles (BaasBox spec 5.5).
import { applyGrant, resolveGrants } from '../acl/change.ts';
import { PERMISSIONS, type Permission } from '../acl/acl.ts';
import { changeDocument } from '../documents/write.ts';
import { readWholeAcl } from './acl-body.ts';
import { jsonObject } from './body.ts';
import { NOTHING, type Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import { belongsTo, inCollection, itemKey } from './item.ts';
import { route, type ActorCall, type Route } from './route.ts';
import { documentJson } from './wire.ts';

export const grantRoutes: readonly Route[] = [
  route(
    'PUT',
    '/document/:collection/:id/acl',
    { level: 'user', group: 'data.grants' },
    replaceAcl,
  ),
  route(
    'PUT',
    '/document/:collection/:id/:action/user/:grantee',
    { level: 'user', group: 'data.grants' },
    single(false, true),
  ),
  route(
    'DELETE',
    '/document/:collection/:id/:action/user/:grantee',
    { level: 'user', group: 'data.grants' },
    single(false, false),
  ),
  route(
    'PUT',
    '/document/:collection/:id/:action/role/:grantee',
    { level: 'user', group: 'data.grants' },
    single(true, true),
  ),
  route(
    'DELETE',
    '/document/:collection/:id/:action/role/:grantee',
    { level: 'user', group: 'data.grants' },
    single(true, false),
  ),
];

async function replaceAcl({ context, actor, params, body }: ActorCall): Promise<Answer> {
  const named = readWholeAcl(jsonObject(body).value);
  const collection = params['collection'] ?? '';
  const changed = await inCollection(context, actor.tenant, collection, () =>
    changeDocument(
      context,
      actor,
      { id: params['id'] ?? '' },
      {
        grants: (trx) => resolveGrants(trx, actor.tenant, named),
        check: belongsTo(collection, 400),
      },
    ),
  );
  return { data: documentJson(changed) };
}

function single(isRole: boolean, granted: boolean) {
  return async ({ context, actor, params }: ActorCall): Promise<Answer> => {
    const permission = permissionOf(params['action'] ?? '');
    const grantee = { name: params['grantee'] ?? '', isRole };
    const collection = params['collection'] ?? '';
    await inCollection(context, actor.tenant, collection, () =>
      changeDocument(context, actor, itemKey(params['id'] ?? ''), {
        grants: (trx, { acl }) =>
          applyGrant(trx, actor.tenant, acl, { permission, grantee, granted }),
        check: belongsTo(collection, 400),
      }),
    ).catch((error: unknown) => {
      // Whoever may read but not change the document gets no text.
      if (error instanceof Error && 'code' in error && error.code === 'no_update') {
        throw new Failure(403, '');
      }
      throw error;
    });
    return { data: NOTHING };
  };
}

/** The permission that a path names, in any letter case. Throws `Failure` (400). */
export function permissionOf(action: string): Permission | 'all' {
  const word = action.toLowerCase();
  const found = [...PERMISSIONS, 'all' as const].find((permission) => permission === word);
  if (!found) throw new Failure(400, `${action} is not a valid action`);
  return found;
}
