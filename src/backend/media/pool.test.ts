// The media processes: they answer, are killed when they take too long, and are replaced.
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { hollowPng, zip } from '../../../test/support/files.ts';
import { MediaPool } from './pool.ts';
import { OFFICE_TYPES } from './text/office-types.ts';

const content = (bytes: Buffer | string) => ({
  open: async () => Readable.from([Buffer.from(bytes)]),
  bytes: Buffer.byteLength(bytes),
});
const text = { kind: 'text', mediaType: 'text/html' } as const;
const patient = { timeoutMs: 20_000 };

describe('media processes', () => {
  let pool: MediaPool;
  const make = (options: ConstructorParameters<typeof MediaPool>[0] = {}) =>
    (pool = new MediaPool({ idleMs: 10, ...options }));
  afterEach(async () => {
    await expect.poll(() => pool.processes, { timeout: 10_000 }).toBe(0);
  });

  it('take files apart one after another in the same process', async () => {
    make({ processes: 1, idleMs: 2000 });
    for (const word of ['one', 'two', 'three']) {
      const reply = await pool.run(text, content(`<p>${word}`), patient);
      expect(reply).toMatchObject({ text: { text: word } });
      expect(pool.processes).toBe(1);
    }
  });

  it('work on more files than there are processes, in pieces of any size', async () => {
    make({ processes: 2 });
    const big = `<p>${'x'.repeat(300_000)}`;
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => pool.run(text, content(big), patient)),
    );
    for (const reply of replies) expect('text' in reply && reply.text.text.length).toBe(300_000);
    expect(pool.processes).toBeLessThanOrEqual(2);
  });

  it('resize images', async () => {
    make();
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const task = { kind: 'resize', mediaType: 'image/png' } as const;
    const size = { kind: 'fit', side: 4 } as const;
    const reply = await pool.run({ ...task, size }, content(png), patient);
    if (!('image' in reply) || !('bytes' in reply.image)) throw new Error('no image');
    expect(await sharp(Buffer.from(reply.image.bytes)).metadata()).toMatchObject({ width: 4 });
    const bomb = await pool.run({ ...task, size }, content(hollowPng(50_000, 50_000)), patient);
    expect(bomb).toEqual({ image: { refused: 'too_big' } });
  });

  it('say that a file is damaged and go on', async () => {
    make({ processes: 1 });
    const docx = { kind: 'text', mediaType: OFFICE_TYPES.docx } as const;
    await expect(pool.run(docx, content('no archive'), patient)).rejects.toMatchObject({
      code: 'media_damaged',
    });
    expect(await pool.run(text, content('<p>x'), patient)).toMatchObject({ text: { text: 'x' } });
  });

  it('are killed when their time is up, and others take their place', async () => {
    make({ processes: 1 });
    const slow = await zip({ 'word/document.xml': Buffer.alloc(60 * 1024 * 1024, '<a/>') });
    const docx = { kind: 'text', mediaType: OFFICE_TYPES.docx } as const;
    const [killed, next] = await Promise.allSettled([
      pool.run(docx, content(slow), { timeoutMs: 1 }),
      pool.run(text, content('<p>x'), patient),
    ]);
    expect(killed).toMatchObject({ reason: { code: 'media_deadline' } });
    expect(next).toMatchObject({ value: { text: { text: 'x' } } });
  });

  it('stop when their caller wants them to', async () => {
    make();
    const abort = new AbortController();
    const never = { open: async () => new Readable({ read: () => undefined }), bytes: 5 };
    const running = pool.run(text, never, { ...patient, signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(running).rejects.toMatchObject({ code: 'media_deadline' });
  });

  it('refuse what is too large and what would wait too long', async () => {
    make({ processes: 1, queue: 1, maxBytes: 1000 });
    await expect(pool.run(text, content('x'.repeat(1001)), patient)).rejects.toMatchObject({
      code: 'media_too_large',
    });
    const three = [1, 2, 3].map(() => pool.run(text, content('<p>x'), patient));
    const states = (await Promise.allSettled(three)).map(({ status }) => status);
    expect(states).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  it('pass on that the file cannot be opened', async () => {
    make();
    const gone = { open: () => Promise.reject(new Error('gone')), bytes: 5 };
    await expect(pool.run(text, gone, patient)).rejects.toThrow('gone');
  });
});
