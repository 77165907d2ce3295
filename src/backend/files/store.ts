// Taking in a file: its bytes are on disk already, now it becomes somebody's (BaasBox spec 5.7).
import { sql } from 'kysely';
import type { StagedContent } from '../../platform/blobs/blobs.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Unauthenticated } from '../../platform/errors.ts';
import { internGrants, PRIVATE, type Grants } from '../acl/acl.ts';
import type { Actor, BackendContext } from '../context.ts';
import type { Content } from '../documents/content.ts';
import { newObjectId } from '../ids.ts';
import { contentTypeOf } from '../media/content-type.ts';
import { imageDimensions } from '../media/image-header.ts';
import { hasText } from '../media/text/extract.ts';
import { cleanText } from '../query/values.ts';
import type { BackendTables } from '../tables.ts';
import type { StoredFile } from './file.ts';
import { requestText } from './text.ts';

const insert = statement<
  Omit<BackendTables['backend_files'], 'tenant_id' | 'version'> & { tenant: string },
  unknown,
  BackendTables
>((db, slot, dialect) =>
  db.insertInto('backend_files').values({
    tenant_id: slot('tenant'),
    id: slot('id'),
    version: 1,
    author: slot('author'),
    acl: slot('acl'),
    created_at: slot('created_at'),
    name: slot('name'),
    content_type: slot('content_type'),
    size: slot('size'),
    blob: slot('blob'),
    metadata: slot('metadata'),
    attached: slot('attached'),
    fields: dialect === 'postgres' ? sql`${slot('fields')}::jsonb` : slot('fields'),
  }),
);

/** Bytes on disk, with what is needed to tell what they are. */
export interface IncomingFile {
  /** Taken over: it becomes the file's, or it is discarded. */
  content: StagedContent;
  /** Its first bytes; all of them when it is small. */
  head: Buffer;
  name: string;
}

export interface NewFile extends IncomingFile {
  /** The client's own data, a JSON object. */
  attached: Content;
  /** Finds the grants inside the transaction, because they name users and roles. */
  grants?: ((trx: Transaction) => Promise<Grants>) | undefined;
}

/** Stores a file of the actor; its text is found later, by a job. Throws what `grants` throws; then nothing is stored. */
export async function storeFile(
  context: BackendContext,
  actor: Actor,
  { attached, grants, ...incoming }: NewFile,
): Promise<StoredFile> {
  const { tenant, user } = actor;
  if (!user) throw new Unauthenticated('not_logged_in', 'Only users send files');
  const about = await describe(incoming);
  const metadata = JSON.stringify(about.metadata);
  const row = {
    id: newObjectId(context.random),
    author: user.id,
    created_at: context.clock.now(),
    name: about.name,
    content_type: about.contentType,
    size: incoming.content.size,
    metadata,
    attached: attached.body,
  };
  const fields = fieldsOf(row, attached.queryBody);
  return context.blobs.adopt<BackendTables, StoredFile>(
    incoming.content,
    about.contentType,
    async (trx, blob) => {
      const acl = grants ? await internGrants(trx, tenant, await grants(trx)) : PRIVATE;
      await insert.run(trx, { tenant, ...row, acl, blob: blob.id, fields });
      if (hasText(about.contentType)) await requestText(trx, context, tenant, row.id);
      return {
        id: row.id,
        version: 1,
        author: user.id,
        authorName: user.name,
        acl,
        createdAt: row.created_at,
        name: row.name,
        contentType: row.content_type,
        size: row.size,
        blob: blob.id,
        metadata,
        attached: row.attached,
      };
    },
  );
}

/** What can be told of a file at once: its type, and the size of an image. */
export async function describe({ content, head, name }: IncomingFile): Promise<{
  name: string;
  contentType: string;
  metadata: Record<string, string>;
}> {
  const contentType = await contentTypeOf(head, name, content.size <= head.length);
  const image = imageDimensions(head);
  const size = image && {
    width: String(image.width),
    height: String(image.height),
    tiff_ImageWidth: String(image.width),
    tiff_ImageLength: String(image.height),
  };
  return { name: cleanText(name), contentType, metadata: { 'Content-Type': contentType, ...size } };
}

/** The fields as queries read them. `attached` is JSON text in the spelling of queries, `metadata` too. */
export function fieldsOf(
  file: { name: string; content_type: string; size: number; metadata: string },
  attached: string,
): string {
  const { name, content_type: contentType, size, metadata } = file;
  return (
    `{"fileName":${JSON.stringify(name)},"contentType":${JSON.stringify(contentType)},` +
    `"contentLength":${size},"metadata":${metadata},"attachedData":${attached}}`
  );
}
