// Blobs on both engines: rows, shared contents, ranges, and the sweep beside concurrent writes.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrations.ts';
import { Conflict } from '../errors.ts';
import { systemRandom } from '../random.ts';
import { Blobs, type Blob } from './blobs.ts';
import { FilesystemStore } from './filesystem-store.ts';
import { blobsMigration, type BlobTables } from './tables.ts';

const HOUR = 3_600_000;
const MEDIA = { mediaType: 'text/plain', maxBytes: 1000 };

onBothEngines('blobs', (engine) => {
  let place: Place;
  let folder: string;
  let time = 1_700_000_000_000;
  const clock = { now: () => time };
  const random = systemRandom(clock);
  const open: Database[] = [];
  let blobs: Blobs;
  let store: FilesystemStore;
  let db: Database;

  /** As another process on the same database and folder would. */
  function again() {
    const other = openPlace(place);
    open.push(other);
    store = new FilesystemStore({ folder, clock, random });
    return { db: other, blobs: new Blobs({ db: other, store, clock, random }) };
  }

  beforeAll(async () => {
    place = await makePlace(engine);
    const first = openPlace(place);
    await migrate(first, [blobsMigration], clock);
    await first.close();
  });

  afterAll(() => place.remove());

  beforeEach(async () => {
    folder = await mkdtemp(path.join(place.folder, 'blobs-'));
    ({ db, blobs } = again());
  });

  afterEach(async () => {
    await db.write<BlobTables, void>(async (trx) => {
      await trx.deleteFrom('platform_blobs').execute();
      await trx.deleteFrom('platform_blob_contents').execute();
    });
    for (const one of open.splice(0)) await one.close();
  });

  const put = (text: string, tenant = 't1') => blobs.put(tenant, Buffer.from(text), MEDIA);
  const remove = (blob: Blob, tenant = 't1') =>
    db.write((trx) => blobs.remove(trx, tenant, blob.id));
  const textOf = async (id: string, tenant = 't1') =>
    (await blobs.read(tenant, id, MEDIA)).toString();
  async function files(): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
  }

  it('gives back what was put, with its hash, size and type', async () => {
    const blob = await put('hello');
    expect(blob).toMatchObject({
      hash: createHash('sha256').update('hello').digest('hex'),
      size: 5,
      mediaType: 'text/plain',
      createdAt: time,
    });
    expect(await textOf(blob.id)).toBe('hello');
    expect(await blobs.find('t1', blob.id)).toEqual(blob);
    expect(await again().blobs.find('t1', blob.id)).toEqual(blob);
  });

  it('takes streams in pieces, and empty contents', async () => {
    const blob = await blobs.put(
      't1',
      Readable.from([Buffer.from('ab'), Buffer.from('cd')]),
      MEDIA,
    );
    expect(await textOf(blob.id)).toBe('abcd');
    const empty = await put('');
    expect(empty.size).toBe(0);
    expect(await textOf(empty.id)).toBe('');
  });

  it('reads ranges with both ends included', async () => {
    const { id } = await put('0123456789');
    const range = async (start: number, end?: number) => {
      const { stream } = await blobs.open('t1', id, { start, end });
      let text = '';
      for await (const chunk of stream) text += String(chunk);
      return text;
    };
    expect(await range(0, 0)).toBe('0');
    expect(await range(2, 4)).toBe('234');
    expect(await range(7)).toBe('789');
    expect(await range(7, 99)).toBe('789');
    for (const [start, end] of [
      [10, undefined],
      [-1, 3],
      [5, 4],
      [0.5, 3],
    ] as const) {
      await expect(blobs.open('t1', id, { start, end })).rejects.toMatchObject({
        code: 'range_not_satisfiable',
        details: { size: 10 },
      });
    }
  });

  it('keeps tenants apart, also when they store the same', async () => {
    const mine = await put('same', 't1');
    const theirs = await put('same', 'T1');
    expect(await files()).toHaveLength(2);
    await expect(blobs.open('T1', mine.id)).rejects.toMatchObject({ code: 'blob_not_found' });
    await remove(mine, 't1');
    time += 2 * HOUR;
    await blobs.sweep();
    expect(await textOf(theirs.id, 'T1')).toBe('same');
  });

  it('stores the same content of a tenant once', async () => {
    const [one, two] = [await put('same'), await put('same')];
    expect(one.id).not.toBe(two.id);
    expect(await files()).toHaveLength(1);
    expect(await blobs.usage('t1')).toEqual({ blobs: 2, bytes: 4 });
    const copy = await db.write((trx) => blobs.copy(trx, 't1', one.id));
    await remove(one);
    await remove(two);
    time += 2 * HOUR;
    await blobs.sweep();
    expect(await textOf(copy.id)).toBe('same');
    expect(await blobs.usage('t1')).toEqual({ blobs: 1, bytes: 4 });
  });

  it('stores contents that arrive at the same moment once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => put('same')));
    expect(new Set(all.map((blob) => blob.id)).size).toBe(20);
    expect(await files()).toHaveLength(1);
  });

  it('removes the file some time after the last blob of a content', async () => {
    const [one, two] = [await put('same'), await put('same')];
    expect(await remove(one)).toBe(true);
    expect(await remove(one)).toBe(false);
    time += 2 * HOUR;
    expect(await blobs.sweep()).toMatchObject({ unused: 0 });
    await remove(two);
    time += HOUR / 2;
    expect(await blobs.sweep()).toMatchObject({ unused: 0 });
    expect(await files()).toHaveLength(1);
    time += HOUR;
    expect(await blobs.sweep()).toEqual({ unused: 1, orphans: 0, unfinished: 0, failed: 0 });
    expect(await files()).toHaveLength(0);
    expect(await blobs.totalBytes()).toBe(0);
  });

  it('notices that the last two of many removals left nothing', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => put('same')));
    const other = again();
    await Promise.all(
      all.map((blob, i) => {
        const by = i % 2 ? other : { db, blobs };
        return by.db.write((trx) => by.blobs.remove(trx, 't1', blob.id));
      }),
    );
    time += 2 * HOUR;
    expect(await blobs.sweep()).toMatchObject({ unused: 1 });
    expect(await files()).toHaveLength(0);
  });

  it('takes a content into use again that waits for the sweep', async () => {
    await remove(await put('same'));
    time += 2 * HOUR;
    const again = await put('same');
    expect(await blobs.sweep()).toMatchObject({ unused: 0, orphans: 0 });
    expect(await textOf(again.id)).toBe('same');
  });

  it('never takes a content from under a put of the same content', async () => {
    const other = again();
    for (let round = 0; round < 15; round++) {
      await remove(await put('contended'));
      time += 2 * HOUR;
      const [kept] = await Promise.all([put('contended'), blobs.sweep(), other.blobs.sweep()]);
      expect(await textOf(kept.id)).toBe('contended');
      await remove(kept);
    }
  });

  it('leaves a content that is taken into use between being found unused and being removed', async () => {
    await remove(await put('contended'));
    time += 2 * HOUR;
    let kept: Blob | undefined;
    const interrupted: Database = {
      ...db,
      async write(fn, options) {
        kept ??= await put('contended');
        return db.write(fn, options);
      },
    };
    const sweeping = new Blobs({ db: interrupted, store, clock, random });
    expect(await sweeping.sweep()).toMatchObject({ unused: 0, orphans: 0, failed: 0 });
    expect(await textOf(kept?.id ?? '')).toBe('contended');
  });

  it('makes the blob and the rows of its room together', async () => {
    const refused = blobs.put('t1', Buffer.from('x'), MEDIA, async () => {
      throw new Conflict('name_taken', 'no');
    });
    await expect(refused).rejects.toMatchObject({ code: 'name_taken' });
    expect(await blobs.usage('t1')).toEqual({ blobs: 0, bytes: 0 });
    expect(await files()).toHaveLength(0);
    const size = await blobs.put('t1', Buffer.from('xyz'), MEDIA, async (_trx, blob) => blob.size);
    expect(size).toBe(3);
  });

  it('adopts a staged content with the rows of its room, or discards it', async () => {
    const adopt = async (text: string, also?: () => Promise<Blob>) =>
      blobs.adopt(await blobs.stage('t1', Buffer.from(text), MEDIA), 'text/plain', also);
    const refused = adopt('x', async () => {
      throw new Conflict('name_taken', 'no');
    });
    await expect(refused).rejects.toMatchObject({ code: 'name_taken' });
    expect(await files()).toHaveLength(0);
    const one = await adopt('same');
    const two = await adopt('same');
    expect(await textOf(two.id)).toBe('same');
    expect(one.id).not.toBe(two.id);
    expect(await files()).toHaveLength(1);
  });

  it('leaves a content alone when nobody knows whether it was committed', async () => {
    await expect(
      blobs.put('t1', Buffer.from('x'), MEDIA, async () => {
        throw new Error('connection lost');
      }),
    ).rejects.toThrow('connection lost');
    expect(await files()).toHaveLength(1);
    time += 2 * HOUR;
    expect(await blobs.sweep()).toMatchObject({ orphans: 1 });
    expect(await files()).toHaveLength(0);
  });

  it('sweeps what a crash between file and row left, but not what is just being stored', async () => {
    const staged = await blobs.stage('t1', Buffer.from('abc'), MEDIA);
    expect(await blobs.sweep()).toMatchObject({ orphans: 0 });
    const blob = await db.write((trx) => blobs.attach(trx, staged, 'text/plain'));
    await blobs.stage('t1', Buffer.from('lost'), MEDIA);
    time += 2 * HOUR;
    expect(await blobs.sweep()).toMatchObject({ orphans: 1 });
    expect(await textOf(blob.id)).toBe('abc');
    expect(await files()).toHaveLength(1);
  });

  it('refuses to attach a content that the sweep may be removing', async () => {
    const staged = await blobs.stage('t1', Buffer.from('abc'), MEDIA);
    time += HOUR;
    await expect(db.write((trx) => blobs.attach(trx, staged, 'text/plain'))).rejects.toMatchObject({
      code: 'upload_expired',
    });
  });

  it('sweeps any number of contents', async () => {
    for (let i = 0; i < 230; i++) await store.put(i % 2 ? 'a' : 'b', Buffer.from(`${i}`), MEDIA);
    const kept = await put('kept', 'a');
    time += 2 * HOUR;
    expect(await blobs.sweep()).toEqual({ unused: 0, orphans: 230, unfinished: 0, failed: 0 });
    expect(await textOf(kept.id, 'a')).toBe('kept');
  });

  it('says so when the storage lost or cut a content', async () => {
    const { id } = await put('hello');
    const [file = ''] = await files();
    await truncate(file, 3);
    await expect(blobs.open('t1', id)).rejects.toMatchObject({ code: 'content_missing' });
    await rm(file);
    await expect(blobs.open('t1', id)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'content_missing',
    });
  });

  it('does not read more into memory than allowed', async () => {
    const { id } = await put('hello');
    await expect(blobs.read('t1', id, { maxBytes: 4 })).rejects.toMatchObject({
      code: 'blob_too_large',
    });
  });

  it("leaves strangers' files alone", async () => {
    await put('x');
    const strange = path.join(folder, 'notes.txt');
    await writeFile(strange, 'mine');
    time += 2 * HOUR;
    await blobs.sweep();
    expect(await files()).toContain(strange);
  });
});
