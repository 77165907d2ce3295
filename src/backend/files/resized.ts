// Images in other sizes: who may ask for which, made once and kept beside the original (BaasBox spec 5.7).
import { statement, type Transaction } from '../../platform/database/statement.ts';
import type { Blob, Blobs } from '../../platform/blobs/blobs.ts';
import { Invalid, NotFound, Unavailable } from '../../platform/errors.ts';
import type { Actor, BackendContext } from '../context.ts';
import { parseSize, sizeText, type ImageSize } from '../media/image-size.ts';
import { isResizable } from '../media/image-types.ts';
import { settings } from '../settings/settings.ts';
import type { BackendTables } from '../tables.ts';

/** How long making one image may take, waiting for its turn included. */
const TIMEOUT_MS = 20_000;

/** Sizes that are kept of one image; beyond that the oldest is made anew when it is asked for. */
const MAX_KEPT = 24;

type Key = { tenant: string; source: string; size: string };

const find = statement<Key, { blob: string }, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_resized_images')
    .select('blob')
    .where('tenant_id', '=', slot('tenant'))
    .where('source', '=', slot('source'))
    .where('size', '=', slot('size')),
);

const insert = statement<Key & { blob: string; now: number }, unknown, BackendTables>((db, slot) =>
  db
    .insertInto('backend_resized_images')
    .values({
      tenant_id: slot('tenant'),
      source: slot('source'),
      size: slot('size'),
      blob: slot('blob'),
      created_at: slot('now'),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

const all = statement<Omit<Key, 'size'>, { size: string; blob: string }, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_resized_images')
      .select(['size', 'blob'])
      .where('tenant_id', '=', slot('tenant'))
      .where('source', '=', slot('source'))
      .orderBy('created_at')
      .orderBy('size'),
);

const remove = statement<Key, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_resized_images')
    .where('tenant_id', '=', slot('tenant'))
    .where('source', '=', slot('source'))
    .where('size', '=', slot('size')),
);

/** The blob of an original is held, so that it is not deleted while a size of it is stored. */
const holdBlob = statement<{ tenant: string; id: string }, { id: string }, BlobRows>(
  (db, slot, dialect) => {
    const query = db
      .selectFrom('platform_blobs')
      .select('id')
      .where('tenant_id', '=', slot('tenant'))
      .where('id', '=', slot('id'));
    return dialect === 'postgres' ? query.forUpdate() : query;
  },
);

interface BlobRows {
  platform_blobs: { tenant_id: string; id: string };
}

/** How a size is asked for: by its text, or by its number among those that are allowed, from 0. */
export type AskedSize = { text: string } | { number: number };

/**
 * The size that was asked for, if the actor (`undefined`: the public) may have it. Administrators and back-office users
 * may have any. Throws `Invalid` (`image_size`).
 */
export async function allowedSize(
  context: BackendContext,
  tenant: string,
  actor: Actor | undefined,
  asked: AskedSize,
): Promise<ImageSize> {
  const {
    'image.allows.automatic.resize': allowed,
    'image.allowed.automatic.resize.formats': formats,
  } = await settings(
    context,
    tenant,
    'image.allows.automatic.resize',
    'image.allowed.automatic.resize.formats',
  );
  const list = formats.split(/\s+/).filter((format) => format !== '');
  const free = actor?.seesAll ?? false;
  if (!allowed && !free) throw notAllowed('Images cannot be resized in this app');
  if ('number' in asked) {
    const size = parseSize(list[asked.number] ?? '');
    if (!size) throw notAllowed(`There is no size number ${asked.number}`);
    return size;
  }
  const size = parseSize(asked.text);
  if (!size) throw notAllowed(`${asked.text.slice(0, 100)} is not a size of an image`);
  const wanted = sizeText(size);
  const listed = list.some((format) => {
    const one = parseSize(format);
    return one !== undefined && sizeText(one) === wanted;
  });
  if (!listed && !free) throw notAllowed(`The size ${asked.text} is not allowed`);
  return size;
}

/** An image whose other sizes are wanted. */
export interface Original {
  /** Id of its blob. */
  blob: string;
  contentType: string;
  /** Bytes. */
  size: number;
}

/**
 * The blob of the image in this size, made if there is none yet. Throws `Invalid` (`no_image`) for what is no image that
 * can be resized, `Unavailable` (`image_too_big`) for one that is too large for that, `media_busy` when there is too much
 * to do, `NotFound` (`image_gone`) when the original was deleted meanwhile.
 */
export async function resizedImage(
  context: BackendContext,
  tenant: string,
  original: Original,
  size: ImageSize,
): Promise<Blob> {
  if (!isResizable(original.contentType)) throw noImage();
  const key = { tenant, source: original.blob, size: sizeText(size) };
  const known = await kept(context, key);
  if (known) return known;
  const name = `${tenant}\n${key.source}\n${key.size}`;
  // Everyone who asks meanwhile gets the same.
  const running = context.resizing.get(name);
  if (running) return running;
  const made = make(context, key, original, size).finally(() => context.resizing.delete(name));
  context.resizing.set(name, made);
  return made;
}

async function kept({ db, blobs }: BackendContext, key: Key): Promise<Blob | undefined> {
  const row = await find.first(db, key);
  return row && blobs.find(key.tenant, row.blob);
}

async function make(
  context: BackendContext,
  key: Key,
  { blob, contentType, size: bytes }: Original,
  size: ImageSize,
): Promise<Blob> {
  const { tenant } = key;
  const bytesOf = await resize(context, tenant, { blob, contentType, size: bytes }, size);
  const options = { mediaType: contentType, maxBytes: bytesOf.length };
  return context.blobs.put(tenant, bytesOf, options, async (trx, stored) => {
    if (!(await holdBlob.first(trx, { tenant, id: key.source }))) {
      throw new NotFound('image_gone', 'The image has been deleted');
    }
    const now = context.clock.now();
    if ((await insert.run(trx, { ...key, blob: stored.id, now })) === 0) {
      // Another process was faster, with the same result.
      const other = await find.first(trx, key);
      const found = other && (await context.blobs.find(tenant, other.blob));
      await context.blobs.remove(trx, tenant, stored.id);
      return found ?? stored;
    }
    const sizes = await all.all(trx, key);
    for (const old of sizes.slice(0, Math.max(0, sizes.length - MAX_KEPT))) {
      await remove.run(trx, { ...key, size: old.size });
      await context.blobs.remove(trx, tenant, old.blob);
    }
    return stored;
  });
}

async function resize(
  { blobs, media }: BackendContext,
  tenant: string,
  { blob, contentType, size: bytes }: Original,
  size: ImageSize,
): Promise<Buffer> {
  const task = { kind: 'resize', mediaType: contentType, size } as const;
  const content = { open: async () => (await blobs.open(tenant, blob)).stream, bytes };
  const reply = await media.run(task, content, { timeoutMs: TIMEOUT_MS }).catch(tooBig);
  if (!('image' in reply)) throw noImage();
  if ('bytes' in reply.image) return Buffer.from(reply.image.bytes);
  if (reply.image.refused === 'too_big') tooBig({ code: 'media_too_large' });
  throw noImage();
}

/** Whatever takes too much time or memory is too big. */
function tooBig(error: unknown): never {
  const code = (error as { code?: unknown }).code;
  const big = ['media_too_large', 'media_deadline', 'media_process_died'].includes(String(code));
  if (!big) throw error;
  throw new Unavailable('image_too_big', 'The image is too big to be resized now');
}

/** Drops all sizes of an original, as a part of the transaction that deletes it. */
export async function removeResized(
  trx: Transaction,
  blobs: Blobs,
  tenant: string,
  source: string,
): Promise<void> {
  await holdBlob.first(trx, { tenant, id: source });
  for (const { size, blob } of await all.all(trx, { tenant, source })) {
    await remove.run(trx, { tenant, source, size });
    await blobs.remove(trx, tenant, blob);
  }
}

const noImage = () => new Invalid('no_image', 'The file is not an image that can be resized');
const notAllowed = (message: string) => new Invalid('image_size', message);
