// The key under which secrets are stored: given by the operator, or made once and kept in the data folder.
import { createHmac, hkdfSync } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Kysely } from 'kysely';
import type { Database } from './database/database.ts';
import type { Migration } from './database/migrations.ts';
import { Conflict } from './errors.ts';
import type { Random } from './random.ts';

const FILE = 'server.key';

/**
 * The 32-byte server key. A configured key is stretched to that length; without one the file `server.key` is read, or
 * made (readable by its owner only) at the first start.
 */
export async function loadServerKey(
  folder: string,
  configured: string | undefined,
  random: Random,
): Promise<Buffer> {
  if (configured) return Buffer.from(hkdfSync('sha256', configured, '', 'skep server key', 32));
  const file = path.join(folder, FILE);
  const known = await readKey(file);
  if (known) return known;
  // Written aside and linked into place: whoever reads the file sees a whole key or none.
  const aside = `${file}.${random.bytes(8).toString('hex')}`;
  try {
    const handle = await open(aside, 'wx', 0o600);
    try {
      await handle.writeFile(`${random.bytes(32).toString('hex')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(aside, file);
  } catch (error) {
    // Another process made it in this very moment: then its key is ours too.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
  const made = await readKey(file);
  if (!made) throw new Conflict('server_key', `${file} does not hold a server key`);
  return made;
}

async function readKey(file: string): Promise<Buffer | undefined> {
  try {
    const text = (await readFile(file, 'utf8')).trim();
    if (!/^[0-9a-f]{64}$/.test(text)) {
      throw new Conflict('server_key', `${file} does not hold a server key`);
    }
    return Buffer.from(text, 'hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

interface MetaTables {
  platform_meta: { name: string; value: string };
}

/** What the whole installation has once; the exception to "tenant first", since no tenant owns it. */
export const metaMigration: Migration = {
  name: '0001_platform_meta',
  up: (schema) =>
    schema.schema
      .createTable('platform_meta')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute(),
};

/**
 * Proves that the key is the one that this database's secrets were stored under; the first caller sets it.
 * Throws `Conflict` (`server_key`) otherwise: with a wrong key every login would fail without a reason to see.
 */
export async function checkServerKey(db: Database, key: Buffer): Promise<void> {
  const fingerprint = createHmac('sha256', key).update('fingerprint').digest('hex').slice(0, 16);
  const name = 'server_key_fingerprint';
  const stored = await db.write<MetaTables, string | undefined>(async (trx: Kysely<MetaTables>) => {
    await trx
      .insertInto('platform_meta')
      .values({ name, value: fingerprint })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
    const row = await trx
      .selectFrom('platform_meta')
      .select('value')
      .where('name', '=', name)
      .executeTakeFirst();
    return row?.value;
  });
  if (stored !== fingerprint) {
    throw new Conflict(
      'server_key',
      'The server key is not the one that this database was made with: restore server.key or SKEP_SERVER_KEY',
    );
  }
}
