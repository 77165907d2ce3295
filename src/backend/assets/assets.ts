// Assets: public content that administrators keep under a name: JSON, or a file with JSON (BaasBox spec 5.8).
import { sql } from 'kysely';
import type { Blob } from '../../platform/blobs/blobs.ts';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Conflict, Invalid, NotFound, Unauthenticated } from '../../platform/errors.ts';
import type { Actor, BackendContext } from '../context.ts';
import type { Content } from '../documents/content.ts';
import { removeResized, type Original } from '../files/resized.ts';
import { describe, type IncomingFile } from '../files/store.ts';
import { newObjectId } from '../ids.ts';
import type { BackendTables } from '../tables.ts';

/** The file of an asset. */
export interface AssetFile extends Original {
  name: string;
}

export interface Asset {
  id: string;
  name: string;
  /** Second part of the record identity. */
  position: number;
  authorName: string;
  createdAt: number;
  /** A JSON object as text. */
  meta: string;
  file: AssetFile | undefined;
}

export interface NewAsset {
  name: string;
  meta: Content;
  /** Taken over: its content becomes the asset's, or it is discarded. */
  file?: IncomingFile | undefined;
}

const MAX_NAME = 255;

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

type Key = { tenant: string; name: string };

interface Row {
  id: string;
  name: string;
  position: number;
  authorName: string | null;
  createdAt: number;
  meta: string;
  blob: string | null;
  fileName: string | null;
  contentType: string | null;
  size: number | null;
}

const AUTHOR_NAME = sql<
  string | null
>`(select u.name from backend_users u where u.tenant_id = a.tenant_id and u.id = a.author)`;

const COLUMNS = [
  'a.id',
  'a.name',
  'a.position',
  'a.created_at as createdAt',
  'a.meta',
  'a.blob',
  'a.file_name as fileName',
  'a.content_type as contentType',
  'a.size',
] as const;

const byName = statement<Key, Row, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_assets as a')
    .select(COLUMNS)
    .select(AUTHOR_NAME.as('authorName'))
    .where('a.tenant_id', '=', slot('tenant'))
    .where('a.name', '=', slot('name')),
);

const all = statement<{ tenant: string }, Row, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_assets as a')
    .select(COLUMNS)
    .select(AUTHOR_NAME.as('authorName'))
    .where('a.tenant_id', '=', slot('tenant'))
    .orderBy('a.position'),
);

const nextPosition = statement<{ tenant: string }, { last: number }, BackendTables>((db, slot) =>
  db
    .insertInto('backend_asset_positions')
    .values({ tenant_id: slot('tenant'), last: 0 })
    .onConflict((conflict) =>
      conflict.column('tenant_id').doUpdateSet({ last: sql`backend_asset_positions.last + 1` }),
    )
    .returning('last'),
);

const insert = statement<
  Omit<BackendTables['backend_assets'], 'tenant_id'> & { tenant: string },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .insertInto('backend_assets')
    .values({
      tenant_id: slot('tenant'),
      name: slot('name'),
      id: slot('id'),
      position: slot('position'),
      author: slot('author'),
      created_at: slot('created_at'),
      meta: slot('meta'),
      blob: slot('blob'),
      file_name: slot('file_name'),
      content_type: slot('content_type'),
      size: slot('size'),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

const remove = statement<Key, { blob: string | null }, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_assets')
    .where('tenant_id', '=', slot('tenant'))
    .where('name', '=', slot('name'))
    .returning('blob'),
);

/** The asset with this name. Throws `NotFound` (`no_asset`). */
export async function readAsset(
  on: Database | Transaction,
  tenant: string,
  name: string,
): Promise<Asset> {
  const row = await byName.first(on, { tenant, name });
  if (!row) throw noAsset(name);
  return assetOf(row);
}

/** All assets in the order in which they were made. */
export async function listAssets(context: BackendContext, tenant: string): Promise<Asset[]> {
  return (await all.all(context.db, { tenant })).map(assetOf);
}

/** Makes an asset. Throws `Invalid` (`asset_name`) and `Conflict` (`asset_exists`); then nothing is stored. */
export async function createAsset(
  context: BackendContext,
  actor: Actor,
  { name, meta, file }: NewAsset,
): Promise<Asset> {
  const { tenant, user } = actor;
  if (!user) throw new Unauthenticated('not_logged_in', 'Only administrators make assets');
  const unusable = name.trim() === '' || name.length > MAX_NAME || CONTROL.test(name);
  if (unusable || !name.isWellFormed()) {
    throw new Invalid('asset_name', 'The name of the asset is missing or cannot be used');
  }
  const about = file && (await describe(file));
  const add = async (trx: Transaction, blob: Blob | undefined): Promise<Asset> => {
    const next = await nextPosition.first(trx, { tenant });
    const row = {
      name,
      id: newObjectId(context.random),
      position: next?.last ?? 0,
      author: user.id,
      created_at: context.clock.now(),
      meta: meta.body,
      blob: blob?.id ?? null,
      file_name: about?.name ?? null,
      content_type: about?.contentType ?? null,
      size: blob?.size ?? null,
    };
    if ((await insert.run(trx, { tenant, ...row })) === 0) {
      throw new Conflict('asset_exists', 'An asset with the same name already exists', { name });
    }
    return readAsset(trx, tenant, name);
  };
  return file && about
    ? context.blobs.adopt(file.content, about.contentType, add)
    : context.db.write((trx) => add(trx, undefined));
}

/** Deletes an asset with its file and what was made of it. Throws `NotFound` (`no_asset`). */
export async function removeAsset(
  { db, blobs }: BackendContext,
  tenant: string,
  name: string,
): Promise<void> {
  await db.write(async (trx) => {
    const row = await remove.first(trx, { tenant, name });
    if (!row) throw noAsset(name);
    if (row.blob === null) return;
    await removeResized(trx, blobs, tenant, row.blob);
    await blobs.remove(trx, tenant, row.blob);
  });
}

function assetOf({ blob, fileName, contentType, size, authorName, ...row }: Row): Asset {
  const file =
    blob === null
      ? undefined
      : { blob, name: fileName ?? '', contentType: contentType ?? '', size: size ?? 0 };
  return { ...row, authorName: authorName ?? '', file };
}

function noAsset(name: string): NotFound {
  return new NotFound('no_asset', `There is no asset ${name}`, { name });
}
