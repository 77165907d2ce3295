// The file store when things go wrong: every call failing once, full disks, sources that break, names that lead astray.
import * as nodeFs from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace } from '../../../test/support/database.ts';
import { migrate } from '../database/migrations.ts';
import { systemRandom } from '../random.ts';
import { Blobs } from './blobs.ts';
import { FilesystemStore, type FileSystem } from './filesystem-store.ts';
import { decodeSpace, encodeSpace } from './names.ts';
import { blobsMigration } from './tables.ts';

// The system gives temporary files their times.
let time = Date.now();
const clock = { now: () => time };
const random = systemRandom(clock);
const DAY = 86_400_000;

interface Fault {
  /** The call that fails, counted from 1; none when it is 0. */
  at: number;
  code: string;
  /** All calls after it fail as well, as on a disk that is gone. */
  forever?: boolean;
  /** The call is carried out, and its failure reported all the same. */
  after?: boolean;
}

/** The real file system, with one call that fails; also counts the calls and writes only a part at a time. */
function faulty(fault: Fault) {
  const calls: string[] = [];
  const wrap = <Args extends unknown[], T>(name: string, call: (...args: Args) => Promise<T>) => {
    return async (...args: Args): Promise<T> => {
      calls.push(name);
      const fails = fault.forever ? calls.length >= fault.at : calls.length === fault.at;
      const error = Object.assign(new Error(`${fault.code}: injected`), { code: fault.code });
      // A handle whose closing fails is closed none the less.
      if (fault.at === 0 || !fails) return call(...args);
      if (fault.after || name === 'close') {
        const result: unknown = await call(...args);
        if (name === 'open') await (result as FileHandle).close();
      }
      throw error;
    };
  };
  const handle = (real: FileHandle): FileHandle =>
    new Proxy(real, {
      get(_target, name) {
        if (name === 'write') {
          return wrap('write', (chunk: Uint8Array, offset: number) =>
            real.write(chunk, offset, Math.min(3, chunk.byteLength - offset)),
          );
        }
        if (name === 'sync') return wrap('sync', () => real.sync());
        if (name === 'utimes') return wrap('utimes', (a: number, m: number) => real.utimes(a, m));
        if (name === 'close') return wrap('close', () => real.close());
        const value: unknown = Reflect.get(real, name, real);
        return typeof value === 'function' ? (value.bind(real) as unknown) : value;
      },
    });
  const fs = {
    open: async (...args: Parameters<typeof nodeFs.open>) =>
      handle(await wrap('open', nodeFs.open)(...args)),
    mkdir: wrap('mkdir', nodeFs.mkdir as (folder: string, options: object) => Promise<unknown>),
    rename: wrap('rename', nodeFs.rename),
    unlink: wrap('unlink', nodeFs.unlink),
    stat: wrap('stat', nodeFs.stat as (file: string) => Promise<unknown>),
    readdir: wrap('readdir', nodeFs.readdir as (folder: string) => Promise<unknown>),
  } as unknown as FileSystem;
  return { fs, calls };
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await nodeFs
    .readdir(folder, { recursive: true, withFileTypes: true })
    .catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

onBothEngines('blobs on a failing file system', (engine) => {
  it('handles the failure of each call: all or nothing, and nothing left after the sweep', async () => {
    const place = await makePlace(engine);
    const db = openPlace(place);
    try {
      await migrate(db, [blobsMigration], clock);
      let round = 0;
      const attempt = async (fault: Fault) => {
        const folder = path.join(place.folder, `round-${round++}`);
        const good = new Blobs({
          db,
          store: new FilesystemStore({ folder, clock, random }),
          clock,
          random,
        });
        const { fs, calls } = faulty(fault);
        const store = new FilesystemStore({ folder, clock, random, fs });
        const blobs = new Blobs({ db, store, clock, random });
        const tenant = `t${round}`;
        const options = { mediaType: 'text/plain', maxBytes: 100 };
        const outcome = await blobs.put(tenant, Buffer.from('content'), options).then(
          (blob) => ({ blob, error: undefined }),
          (error: unknown) => ({ blob: undefined, error }),
        );
        const used = calls.length;
        const { blobs: rows } = await good.usage(tenant);
        if (outcome.blob) {
          expect(await textOf((await good.open(tenant, outcome.blob.id)).stream)).toBe('content');
          expect(rows).toBe(1);
        } else {
          expect(outcome.error).toMatchObject({
            kind: 'unavailable',
            code: fault.code === 'ENOSPC' ? 'storage_full' : 'storage_failed',
          });
          expect(rows).toBe(0);
        }
        time += DAY;
        await good.sweep();
        expect(await filesIn(folder)).toHaveLength(rows);
        await nodeFs.rm(folder, { recursive: true, force: true });
        return { used, failed: outcome.error !== undefined };
      };

      const { used } = await attempt({ at: 0, code: '' });
      // Every step is there: otherwise this test would go on passing while it tests nothing.
      expect(used).toBeGreaterThan(15);
      for (let at = 1; at <= used; at++) {
        for (const code of ['EIO', 'ENOSPC']) {
          expect((await attempt({ at, code })).failed).toBe(true);
          expect((await attempt({ at, code, forever: true })).failed).toBe(true);
          await attempt({ at, code, after: true });
        }
      }
    } finally {
      await db.close();
      await place.remove();
    }
  });
});

describe('file store', () => {
  let folder: string;
  let store: FilesystemStore;
  const limits = { maxBytes: 10 };

  beforeEach(async () => {
    folder = await nodeFs.mkdtemp(path.join(tmpdir(), 'skep-store-'));
    store = new FilesystemStore({ folder: path.join(folder, 'blobs'), clock, random });
  });
  afterEach(() => nodeFs.rm(folder, { recursive: true, force: true }));

  it('syncs the file before it gets its name, and its folders after', async () => {
    const { fs, calls } = faulty({ at: 0, code: '' });
    const traced = new FilesystemStore({ folder: path.join(folder, 'b'), clock, random, fs });
    await traced.put('t1', Buffer.from('x'), limits);
    calls.length = 0;
    await traced.put('t1', Buffer.from('x'), limits);
    expect(calls.join(' ')).toBe('open write utimes sync close rename open sync close');
  });

  it('sweeps on when a file can not be removed, and gets it the next time', async () => {
    await store.put('t1', Buffer.from('a'), limits);
    const [file = ''] = await filesIn(folder);
    const { fs } = faulty({ at: 1, code: 'EBUSY' });
    const broken = new FilesystemStore({ folder: path.join(folder, 'blobs'), clock, random, fs });
    await expect(broken.delete('t1', path.basename(file))).rejects.toMatchObject({
      code: 'storage_failed',
    });
    expect(await store.delete('t1', path.basename(file))).toBe(true);
    expect(await store.delete('t1', path.basename(file))).toBe(false);
  });

  it('refuses a content while it arrives, leaves nothing, and does not destroy the source', async () => {
    let given = 0;
    const source = new Readable({
      highWaterMark: 16,
      read() {
        given += 1;
        this.push(Buffer.alloc(4));
      },
    });
    await expect(store.put('t1', source, limits)).rejects.toMatchObject({
      kind: 'too_large',
      code: 'blob_too_large',
      details: { maxBytes: 10 },
    });
    expect(given).toBeLessThan(20);
    expect(source.destroyed).toBe(false);
    source.destroy();
    expect(await filesIn(folder)).toEqual([]);
    expect((await store.put('t1', Buffer.alloc(10), limits)).size).toBe(10);
  });

  it('stores nothing of a source that breaks off', async () => {
    const failing = Readable.from(
      (async function* () {
        yield Buffer.from('ab');
        throw new Error('client went away');
      })(),
    );
    await expect(store.put('t1', failing, limits)).rejects.toThrow('client went away');
    const cut = new Readable({ read: () => undefined });
    cut.push(Buffer.from('ab'));
    const outcome = store.put('t1', cut, limits);
    setImmediate(() => cut.destroy());
    await expect(outcome).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    expect(await filesIn(folder)).toEqual([]);
  });

  it('sweeps temporary files that are old, and no others', async () => {
    await store.put('t1', Buffer.from('a'), limits);
    const unfinished = path.join(folder, 'blobs', 'unfinished');
    await nodeFs.writeFile(path.join(unfinished, 'old'), 'x');
    await nodeFs.utimes(path.join(unfinished, 'old'), time / 1000 - 100, time / 1000 - 100);
    await nodeFs.writeFile(path.join(unfinished, 'new'), 'x');
    await nodeFs.utimes(path.join(unfinished, 'new'), time / 1000 + 100, time / 1000 + 100);
    expect(await store.removeUnfinished(time)).toBe(1);
    expect(await nodeFs.readdir(unfinished)).toEqual(['new']);
  });

  it('says what is missing', async () => {
    const { key } = await store.put('t1', Buffer.from('a'), limits);
    await expect(store.get('t2', key)).rejects.toMatchObject({ code: 'content_missing' });
    expect(await store.stat('t2', key)).toBeUndefined();
    expect(await store.stat('t1', key)).toEqual({ size: 1, storedAt: time });
  });

  it('takes no key but its own', async () => {
    for (const key of ['', '..', '../../etc/passwd', 'a'.repeat(64), `${'a'.repeat(64)}.x/../y`]) {
      await expect((async () => store.get('t1', key))()).rejects.toThrow(TypeError);
    }
  });

  it('stays inside of its folder whatever a tenant is called', async () => {
    for (const space of [
      '..',
      '../../x',
      '/etc',
      'CON',
      'a\0b',
      '.',
      'é'.normalize('NFD'),
      'unfinished',
    ]) {
      const { key } = await store.put(space, Buffer.from(space), { maxBytes: 100 });
      expect(await textOf(await store.get(space, key))).toBe(space);
    }
    expect(await nodeFs.readdir(folder)).toEqual(['blobs']);
    const spaces = new Set<string>();
    for await (const { space } of store.list()) spaces.add(space);
    expect(spaces.size).toBe(8);
    await expect(store.put('', Buffer.from('x'), limits)).rejects.toThrow(TypeError);
    await expect(store.put('x'.repeat(81), Buffer.from('x'), limits)).rejects.toThrow(TypeError);
  });

  it('encodes spaces one to one, also where case does not count', () => {
    const space = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(space, space, (one, two) => {
        const encoded = encodeSpace(one);
        expect(encoded).toMatch(/^s-[0-9a-z_-]+$/);
        expect(decodeSpace(encoded)).toBe(one);
        if (one !== two) expect(encodeSpace(two).toLowerCase()).not.toBe(encoded.toLowerCase());
      }),
    );
  });

  it('keeps many uploads at once apart', async () => {
    const texts = Array.from({ length: 40 }, (_, i) => `content ${i % 13}`);
    const stored = await Promise.all(
      texts.map((text) =>
        store.put(
          't1',
          Readable.from(
            (async function* () {
              for (const char of text) yield Buffer.from(char);
              await delay(0);
            })(),
          ),
          { maxBytes: 100 },
        ),
      ),
    );
    for (const [i, { key }] of stored.entries()) {
      expect(await textOf(await store.get('t1', key))).toBe(texts[i]);
    }
    expect(new Set(stored.map(({ key }) => key)).size).toBe(40);
  });
});
