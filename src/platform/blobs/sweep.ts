// Removes stored contents that no blob uses any more, and files that no row ever knew.
import type { Database } from '../database/database.ts';
import type { BlobStore } from './blob-store.ts';
import type { BlobTables } from './tables.ts';

export interface SweepResult {
  /** Contents that lost their last blob before the cutoff. */
  unused: number;
  /** Files that no row points to: a crash between file and row. */
  orphans: number;
  /** Temporary files of puts that never ended. */
  unfinished: number;
  /** Files that could not be removed; the next sweep tries again. */
  failed: number;
}

/** Contents looked at in one statement. */
const BATCH = 200;

/**
 * Sweeps everything that was left before `cutoff` (milliseconds). Safe beside concurrent puts: a content's row is deleted
 * first, under its lock and only if it is still unused; only then its file, whose name is never used again. A put of
 * the same content finds either the row, and takes it into use, or none, and brings its own file.
 */
export async function sweepBlobs(
  db: Database,
  store: BlobStore,
  cutoff: number,
): Promise<SweepResult> {
  const result = { unused: 0, orphans: 0, unfinished: 0, failed: 0 };
  await sweepUnused(db, store, cutoff, result);
  await sweepOrphans(db, store, cutoff, result);
  result.unfinished = await store.removeUnfinished(cutoff).catch(() => {
    result.failed += 1;
    return 0;
  });
  return result;
}

async function sweepUnused(
  db: Database,
  store: BlobStore,
  cutoff: number,
  result: SweepResult,
): Promise<void> {
  for (;;) {
    const unused = await db
      .tables<BlobTables>()
      .selectFrom('platform_blob_contents')
      .select(['tenant_id', 'hash'])
      .where('unused_since', '<', cutoff)
      .orderBy('unused_since')
      .limit(BATCH)
      .execute();
    for (const { tenant_id, hash } of unused) {
      const freed = await db.write<BlobTables, string | undefined>(async (trx) => {
        const row = await trx
          .deleteFrom('platform_blob_contents')
          .where('tenant_id', '=', tenant_id)
          .where('hash', '=', hash)
          // Checked again under the row's lock: a put may have taken it into use meanwhile.
          .where('unused_since', '<', cutoff)
          .returning('storage_key')
          .executeTakeFirst();
        return row?.storage_key;
      });
      // A file that stays behind has no row any more: the next sweep finds it as an orphan.
      if (freed !== undefined && (await removed(store, tenant_id, freed, result))) {
        result.unused += 1;
      }
    }
    if (unused.length < BATCH) return;
  }
}

async function sweepOrphans(
  db: Database,
  store: BlobStore,
  cutoff: number,
  result: SweepResult,
): Promise<void> {
  const check = async (space: string, batch: { key: string; hash: string }[]) => {
    const rows = await db
      .tables<BlobTables>()
      .selectFrom('platform_blob_contents')
      .select('storage_key')
      .where('tenant_id', '=', space)
      .where(
        'hash',
        'in',
        batch.map(({ hash }) => hash),
      )
      .execute();
    const known = new Set(rows.map((row) => row.storage_key));
    for (const { key } of batch) {
      if (known.has(key)) continue;
      // Younger ones may belong to a put whose row is about to come.
      const stored = await store.stat(space, key).catch(() => undefined);
      if (!stored || stored.storedAt >= cutoff) continue;
      if (await removed(store, space, key, result)) result.orphans += 1;
    }
  };

  let space = '';
  let batch: { key: string; hash: string }[] = [];
  for await (const entry of store.list()) {
    if (batch.length > 0 && (entry.space !== space || batch.length >= BATCH)) {
      await check(space, batch);
      batch = [];
    }
    space = entry.space;
    batch.push(entry);
  }
  if (batch.length > 0) await check(space, batch);
}

async function removed(
  store: BlobStore,
  space: string,
  key: string,
  result: SweepResult,
): Promise<boolean> {
  try {
    return await store.delete(space, key);
  } catch {
    result.failed += 1;
    return false;
  }
}
