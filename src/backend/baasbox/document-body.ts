// Bodies of documents: what the system takes out of them, and what is stored (BaasBox spec 5.4).
import type { Transaction } from '../../platform/database/statement.ts';
import { resolveGrants } from '../acl/change.ts';
import { contentFrom, contentOf, type Content } from '../documents/content.ts';
import type { JsonObject } from '../query/values.ts';
import { ACL_FIELDS, readAcl } from './acl-body.ts';
import { Failure } from './failure.ts';

/** Fields of a body that are the system's: they are taken out before it is stored. */
const SYSTEM_FIELDS: ReadonlySet<string> = new Set([
  '@rid',
  '@class',
  '@version',
  'id',
  '_creation_date',
  '_author',
  '_links',
  '_audit',
  '_allow',
  ...Object.values(ACL_FIELDS),
]);

const MAX_ID = 255;

/** What is stored of a body. `text`: the body as it came, whose spelling is kept. */
export function contentIn(value: JsonObject, text?: string): Content {
  if (text !== undefined) return contentOf(text, value, SYSTEM_FIELDS);
  const own = Object.entries(value).filter(([name]) => !SYSTEM_FIELDS.has(name));
  return contentFrom(Object.fromEntries(own));
}

/** New documents have no version yet. Throws `Failure` (400). */
export function refuseVersion(value: JsonObject): void {
  if (Object.hasOwn(value, '@version') && value['@version'] !== 0) {
    throw new Failure(
      400,
      'UpdateOldVersionException: Are you trying to create a document with a @version field?',
    );
  }
}

/** The id that the client wants the document to have. Throws `Failure` (400). */
export function chosenId({ id }: JsonObject): string | undefined {
  if (typeof id !== 'string' || id.trim() === '') return undefined;
  // The path of a document called "count" is the one that counts.
  if (id.length > MAX_ID || id.startsWith('#') || id === 'count')
    throw new Failure(400, 'The id is not valid');
  return id;
}

/** The permissions in the body, found inside the transaction; `undefined` when there are none. */
export function grantsIn(value: JsonObject, tenant: string) {
  const named = readAcl(value);
  return named && ((trx: Transaction) => resolveGrants(trx, tenant, named));
}

/** The version that the client has seen; 0 asks for no check. Throws `Failure` (400). */
export function expectedVersion(value: JsonObject): number | undefined {
  if (!Object.hasOwn(value, '@version')) return undefined;
  const version = value['@version'];
  if (typeof version !== 'number' || !Number.isSafeInteger(version)) {
    throw new Failure(400, 'The field @version must be an integer');
  }
  return version === 0 ? undefined : version;
}
