// What plugins remember: by owner, for a time, within bounds.
import { expect, it } from 'vitest';
import { PluginCache } from './cache.ts';

function cacheAt(start: number) {
  let now = start;
  const cache = new PluginCache({ now: () => now });
  return { cache, advance: (ms: number) => (now += ms) };
}

it('keeps owners and tenants apart', () => {
  const { cache } = cacheAt(0);
  cache.set('t', 'app', 'k', '1');
  cache.set('t', 'user 1', 'k', '2');
  expect(cache.get('t', 'app', 'k')).toBe('1');
  expect(cache.get('t', 'user 1', 'k')).toBe('2');
  expect(cache.get('t', 'user 2', 'k')).toBeUndefined();
  expect(cache.get('u', 'app', 'k')).toBeUndefined();
  cache.remove('t', 'app', 'k');
  expect(cache.get('t', 'app', 'k')).toBeUndefined();
});

it('forgets when the time is over', () => {
  const { cache, advance } = cacheAt(1000);
  cache.set('t', 'app', 'k', '1', 2);
  advance(1999);
  expect(cache.get('t', 'app', 'k')).toBe('1');
  advance(1);
  expect(cache.get('t', 'app', 'k')).toBeUndefined();
});

it('holds so much of a tenant, the latest first', () => {
  const { cache } = cacheAt(0);
  const big = 'x'.repeat(200_000);
  for (let index = 0; index < 40; index++) cache.set('t', 'app', `k${index}`, big);
  expect(cache.get('t', 'app', 'k0')).toBeUndefined();
  expect(cache.get('t', 'app', 'k39')).toBe(big);
  expect(() => cache.set('t', 'app', 'k', 'x'.repeat(300_000))).toThrow(
    expect.objectContaining({ kind: 'too_large' }),
  );
  expect(() => cache.set('t', 'app', 'k'.repeat(600), '1')).toThrow(
    expect.objectContaining({ kind: 'too_large' }),
  );
});
