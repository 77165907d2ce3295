// Access-control lists in request bodies: the `_allow…` fields (BaasBox spec 5.5).
import type { Permission } from '../acl/acl.ts';
import type { NamedGrants } from '../acl/change.ts';
import type { NamedGrantee } from '../acl/grantees.ts';
import type { Json, JsonObject } from '../query/values.ts';
import { Failure } from './failure.ts';

/** Wire name of each list. */
export const ACL_FIELDS: Readonly<Record<Permission, string>> = {
  read: '_allowRead',
  update: '_allowUpdate',
  delete: '_allowDelete',
};

const NOBODY: NamedGrants = { read: [], update: [], delete: [] };

/** The three lists; one that is not sent is empty. `undefined` when none is. Throws `Failure` (400). */
export function readAcl(body: JsonObject): NamedGrants | undefined {
  const sent = (Object.entries(ACL_FIELDS) as [Permission, string][]).filter(([, field]) =>
    Object.hasOwn(body, field),
  );
  if (sent.length === 0) return undefined;
  const lists = sent.map(([permission, field]) => [permission, entries(body[field], field)]);
  return { ...NOBODY, ...(Object.fromEntries(lists) as Partial<NamedGrants>) };
}

/** The lists of a call that sets them, where none at all means a private object. */
export function readWholeAcl(body: JsonObject): NamedGrants {
  return readAcl(body) ?? NOBODY;
}

function entries(list: Json | undefined, field: string): NamedGrantee[] {
  if (!Array.isArray(list)) throw notValid(`${field} must be an array`);
  return list.map((entry) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      throw notValid(`${field} must hold objects`);
    }
    const { name } = entry;
    if (typeof name !== 'string' || name === '') throw notValid(`an entry of ${field} has no name`);
    const isRole = entry['isrole'] ?? entry['isRole'] ?? false;
    return {
      name,
      isRole: isRole === true || (typeof isRole === 'string' && /^true$/i.test(isRole)),
    };
  });
}

function notValid(problem: string): Failure {
  return new Failure(400, `ACL fields are not valid: ${problem}`);
}
