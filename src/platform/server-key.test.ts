// The server key: made once, kept, and the only one that its database accepts.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace } from '../../test/support/database.ts';
import { systemClock } from './clock.ts';
import { migrate } from './database/migrations.ts';
import { systemRandom } from './random.ts';
import { checkServerKey, loadServerKey, metaMigration } from './server-key.ts';

const random = systemRandom(systemClock);
let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'skep-key-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('server key', () => {
  it('is made once, readable by its owner only, and the same afterwards', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, () => loadServerKey(folder, undefined, random)),
    );
    const again = await loadServerKey(folder, undefined, random);
    expect(made[0]).toHaveLength(32);
    expect(new Set([...made, again].map((key) => key.toString('hex'))).size).toBe(1);
    expect(await readdir(folder)).toEqual(['server.key']);
    expect((await stat(path.join(folder, 'server.key'))).mode & 0o077).toBe(0);
    expect(await readFile(path.join(folder, 'server.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('refuses a damaged file instead of making another key', async () => {
    await writeFile(path.join(folder, 'server.key'), 'abc');
    await expect(loadServerKey(folder, undefined, random)).rejects.toThrow(/does not hold/);
  });

  it('is derived from a configured one', async () => {
    const configured = 'x'.repeat(40);
    const key = await loadServerKey(folder, configured, random);
    expect(key).toHaveLength(32);
    expect(key.equals(await loadServerKey('/nowhere', configured, random))).toBe(true);
  });
});

onBothEngines('server key of a database', (engine) => {
  it('is set by the first and asked of all others', async () => {
    const place = await makePlace(engine);
    const db = openPlace(place);
    try {
      await migrate(db, [metaMigration], systemClock);
      const key = random.bytes(32);
      await checkServerKey(db, key);
      await checkServerKey(db, key);
      await expect(checkServerKey(db, random.bytes(32))).rejects.toMatchObject({
        code: 'server_key',
      });
    } finally {
      await db.close();
      await place.remove();
    }
  });
});
