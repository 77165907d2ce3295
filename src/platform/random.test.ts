// Identifiers: their form, and that version-7 UUIDs sort in the order in which they were made.
import { describe, expect, it } from 'vitest';
import { systemRandom } from './random.ts';

describe('version-7 UUIDs', () => {
  it('sort as they were made, also within a millisecond and when the clock goes back', () => {
    let now = Date.UTC(2026, 10, 22);
    const random = systemRandom({ now: () => now });
    const ids: string[] = [];
    for (const step of [0, 1, -5000, 0, 1, 5001]) {
      now += step;
      for (let made = 0; made < 5000; made++) ids.push(random.uuid7());
    }
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('say the time and the version', () => {
    const now = Date.UTC(2026, 10, 22, 12, 30);
    const id = systemRandom({ now: () => now }).uuid7();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
  });

  it('of two processes differ, though they are made at the same time', () => {
    const clock = { now: () => 1 };
    expect(systemRandom(clock).uuid7()).not.toBe(systemRandom(clock).uuid7());
  });
});
