// The memory of PDFs and pictures: same input, same bytes, once; bounded; apart for each tenant.
import { describe, expect, it } from 'vitest';
import { CaptureCache, type CaptureCacheOptions } from './cache.ts';
import type { Captured } from './captured.ts';

function open(options: Partial<CaptureCacheOptions> = {}) {
  const time = { now: 1_000_000 };
  const cache = new CaptureCache({ maxBytes: 80_000, now: () => time.now, ...options });
  let made = 0;
  const get = (input: object, tenant = 'a', more: Partial<Captured> = {}) =>
    cache.get(tenant, input, async () => {
      made++;
      return { bytes: Buffer.alloc(1000, made), warnings: [], ...more };
    });
  return { get, time, cache, made: () => made };
}

describe('CaptureCache', () => {
  it('gives the same bytes for the same input, and makes others for any other', async () => {
    const { get, made } = open();
    const first = await get({ image: { html: 'x', width: 1 } });
    expect(await get({ image: { html: 'x', width: 1 } })).toBe(first);
    expect(made()).toBe(1);
    for (const other of [
      { image: { html: 'x', width: 2 } },
      { image: { html: 'y', width: 1 } },
      { pdf: { html: 'x', width: 1 } },
      { image: { html: 'x', width: 1, transparent: true } },
    ]) {
      expect((await get(other)).bytes).not.toEqual(first.bytes);
    }
  });

  it('keeps tenants apart', async () => {
    const { get, made } = open();
    await get({ html: 'x' }, 'a');
    await get({ html: 'x' }, 'b');
    expect(made()).toBe(2);
  });

  it('makes once what is asked for twice at a time', async () => {
    const { get, made } = open();
    const [one, two] = await Promise.all([get({ html: 'x' }), get({ html: 'x' })]);
    expect([one === two, made()]).toEqual([true, 1]);
  });

  it('forgets the least used when it is full, and never holds more than it may', async () => {
    const { get, made } = open({ maxBytes: 15_000 });
    for (let i = 0; i < 20; i++) {
      await get({ i });
      await get({ i: 0 });
    }
    expect(made()).toBe(20);
    await get({ i: 1 });
    expect(made()).toBe(21);
  });

  it('does not keep a result that takes a large part of it', async () => {
    const { get, made } = open();
    const large = { bytes: Buffer.alloc(10_001) };
    await get({ html: 'x' }, 'a', large);
    await get({ html: 'x' }, 'a', large);
    expect(made()).toBe(2);
  });

  it('keeps what can change for its time only, and only when it is whole', async () => {
    const { get, made, time } = open({ keepMs: 1000 });
    await get({ html: 'x' });
    time.now += 999;
    await get({ html: 'x' });
    expect(made()).toBe(1);
    time.now += 2;
    await get({ html: 'x' });
    expect(made()).toBe(2);
    for (let i = 0; i < 2; i++) await get({ html: 'y' }, 'a', { warnings: ['not loaded'] });
    expect(made()).toBe(4);
  });

  it('remembers no failure', async () => {
    const { cache, get } = open();
    const failing = () => Promise.reject(new Error('once'));
    await expect(cache.get('a', { html: 'x' }, failing)).rejects.toThrow('once');
    expect((await get({ html: 'x' })).bytes.length).toBe(1000);
  });

  it('can be switched off', async () => {
    const { get, made } = open({ maxBytes: 0 });
    await get({ html: 'x' });
    await get({ html: 'x' });
    expect(made()).toBe(2);
  });
});
