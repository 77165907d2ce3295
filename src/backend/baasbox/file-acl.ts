// Permissions in uploads: a JSON text of another shape than elsewhere, with codes of its own (BaasBox spec 3.5, 5.7).
import { parseJson } from '../../platform/json.ts';
import { DomainError } from '../../platform/errors.ts';
import { PERMISSIONS, type Permission } from '../acl/acl.ts';
import type { NamedGrants } from '../acl/change.ts';
import type { NamedGrantee } from '../acl/grantees.ts';
import type { Json, JsonObject } from '../query/values.ts';
import { Failure } from './failure.ts';

/** `{"read":{"users":["bob"],"roles":["registered"]},"all":{…}}` as grants. Throws `Failure` (400, 40002 to 40004, 40010). */
export function readFileAcl(text: string): NamedGrants {
  const grants: Record<Permission, NamedGrantee[]> = { read: [], update: [], delete: [] };
  for (const [key, holders] of Object.entries(objectIn(text))) {
    const action = key.toLowerCase();
    const permissions =
      action === 'all' ? PERMISSIONS : PERMISSIONS.filter((permission) => permission === action);
    if (permissions.length === 0) {
      throw failure('40003', `'${key}' is not a permission: use read, update, delete or all`);
    }
    const named = grantees(key, holders);
    for (const permission of permissions) grants[permission].push(...named);
  }
  return grants;
}

function objectIn(text: string): JsonObject {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (error instanceof DomainError) throw malformed();
    throw error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  return value as JsonObject;
}

function grantees(action: string, holders: Json): NamedGrantee[] {
  if (typeof holders !== 'object' || holders === null || Array.isArray(holders)) {
    throw failure('40004', `'${action}' must be an object with the keys users and roles`);
  }
  return Object.entries(holders).flatMap(([kind, names]) => {
    if (kind !== 'users' && kind !== 'roles') {
      throw failure('40004', `'${kind}' is not a valid key: only users and roles are allowed`);
    }
    if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
      throw failure('40010', `'${kind}' of '${action}' must be an array of names`);
    }
    return names.map((name) => ({ name, isRole: kind === 'roles' }));
  });
}

/** What is thrown for users and roles that do not exist, in the words of this call; other errors as they are. */
export function fileAclFailure(error: unknown): unknown {
  if (!(error instanceof DomainError)) return error;
  if (error.code === 'acl_unknown_user') return failure('40005', error.message);
  if (error.code === 'acl_unknown_role') return failure('40006', error.message);
  return error;
}

function malformed(): Failure {
  return failure('40002', "The 'acl' field is malformed");
}

function failure(code: string, message: string): Failure {
  return new Failure(400, message, code);
}
