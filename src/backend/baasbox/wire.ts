// Objects as this protocol writes them (BaasBox spec 6).
import type { BackendContext } from '../context.ts';
import { nameGrants, type NamedGrants } from '../acl/change.ts';
import type { NamedGrantee } from '../acl/grantees.ts';
import type { Document } from '../documents/document.ts';
import { formatDate } from '../query/dates.ts';
import type { Row } from '../query/projection.ts';
import type { Profile } from '../users/profile.ts';

/** A document as JSON text: the stored text of its own fields is spliced in as it is (spec 6.4). */
export function documentJson(document: Document): string {
  const { number, position } = document;
  return `{"@rid":"#${number}:${position}",${documentFields(document, '')}}`;
}

/** A document with its access-control lists, and without its record identity (spec 5.4, withAcl). */
export async function documentWithAclJson(
  { db }: BackendContext,
  tenant: string,
  document: Document,
): Promise<string> {
  const lists = aclLists(await nameGrants(db, tenant, document.acl));
  return `{${documentFields(document, `,${JSON.stringify(lists).slice(1, -1)}`)}}`;
}

/** Members of a document, with `lists` (JSON members) at the end. */
export function documentFields(document: Document, lists: string): string {
  const { body, version, collection, id, createdAt, authorName } = document;
  const own = body.length > 2 ? `${body.slice(1, -1)},` : '';
  return `"@version":${version},"@class":"${collection}",${own}"id":${JSON.stringify(id)},"_creation_date":"${formatDate(createdAt)}","_author":${JSON.stringify(authorName)}${lists}`;
}

/** The lists of permissions by their names. */
export function aclLists({ read, update, delete: remove }: NamedGrants) {
  return {
    _allowRead: read.map(entryOf),
    _allowUpdate: update.map(entryOf),
    _allowDelete: remove.map(entryOf),
  };
}

function entryOf({ name, isRole }: NamedGrantee) {
  return isRole
    ? { '@version': 1, '@class': 'ORole', name, isrole: true }
    : { '@version': 1, '@class': 'OUser', name };
}

/** Rows of a projection: they are no records, and have an identity that says so (spec 4.5). */
export function rowsJson(rows: readonly Row[]): string {
  return `[${rows.map(rowJson).join(',')}]`;
}

/** The same for rows that come in batches. */
export async function* numberedRows(
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string[]> {
  let count = 0;
  for await (const batch of batches) yield batch.map((row) => rowJson(row, count++));
}

function rowJson(row: Row, index: number): string {
  return JSON.stringify({ '@rid': `#-2:${index}`, '@version': 0, ...row });
}

/** A profile as JSON text (spec 6.3); sections that the reader may not see are `null`. */
export function profileJson(profile: Profile, session?: string): string {
  const token = session === undefined ? '' : `,"X-BB-SESSION":${JSON.stringify(session)}`;
  return `{${profileFields(profile)}${token}}`;
}

/** The same with what only administrators see. */
export function adminProfileJson(profile: Profile): string {
  const devices = profile.devices ?? [];
  const system = { login_info: devices.map(({ os, token }) => ({ os, pushToken: token })) };
  return `{${profileFields(profile)},"system":${JSON.stringify(system)}}`;
}

function profileFields(profile: Profile): string {
  const { id, name, status, roles, sections, signedUpAt, generatedName } = profile;
  const user = {
    name,
    status: status === 'active' ? 'ACTIVE' : 'SUSPENDED',
    roles: roles.map((role) => ({ name: role, isrole: true })),
  };
  return (
    `"user":${JSON.stringify(user)},"id":${JSON.stringify(id)},` +
    `"visibleByAnonymousUsers":${sections.anonymous},"visibleByTheUser":${sections.self},` +
    `"visibleByFriends":${sections.friends},"visibleByRegisteredUsers":${sections.registered},` +
    `"signUpDate":"${formatDate(signedUpAt)}","generated_username":${generatedName}`
  );
}
