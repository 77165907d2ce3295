// Links and what they join as this protocol writes them (BaasBox spec 6.5).
import type { Linked } from '../links/ends.ts';
import type { Link } from '../links/links.ts';
import { formatDate } from '../query/dates.ts';
import { fileJson } from './file-json.ts';
import { documentFields, profileJson } from './wire.ts';

/** A link as JSON text. An end that the reader may not see is `null`. */
export function linkJson(link: Link): string {
  const { id, label, authorName, createdAt, source, target } = link;
  return (
    `{"@version":1,"@class":"E","label":${JSON.stringify(label)},"id":${JSON.stringify(id)},` +
    `"_author":${JSON.stringify(authorName)},"_creation_date":"${formatDate(createdAt)}",` +
    `"out":${endJson(source)},"in":${endJson(target)}}`
  );
}

/** An object in a list of linked objects; documents have their record identity there, files and users have none. */
export function linkedJson(linked: Linked): string {
  if (linked.kind !== 'document') return endJson(linked);
  const { number, position } = linked.document;
  return `{"@rid":"#${number}:${position}",${documentFields(linked.document, '')}}`;
}

/** Documents stand at the ends of links without their record identity. */
function endJson(linked: Linked | undefined): string {
  switch (linked?.kind) {
    case undefined:
      return 'null';
    case 'document':
      return `{${documentFields(linked.document, '')}}`;
    case 'file':
      return fileJson(linked.file);
    case 'user':
      return profileJson(linked.profile);
  }
}
