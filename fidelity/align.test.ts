import { describe, expect, it } from 'vitest';
import { align, alignWithPlaces } from './align.ts';

const self = (entry: string) => entry;

describe('align', () => {
  it('pairs what both lists have in the same order, and names the rest', () => {
    const found = align(['a', 'b', 'c', 'x', 'd'], ['a', 'y', 'c', 'd'], self, self);
    expect(found.pairs.map(([entry]) => entry).join('')).toBe('acd');
    expect(found.onlyA).toEqual(['b', 'x']);
    expect(found.onlyB).toEqual(['y']);
  });

  it('pairs by position what has no equal', () => {
    const found = alignWithPlaces(['a', 'b1', 'c', 'e'], ['a', 'b2', 'x', 'c'], self);
    expect(found.pairs).toEqual([
      ['a', 'a'],
      ['b1', 'b2'],
      ['c', 'c'],
    ]);
    expect(found.onlyA).toEqual(['e']);
    expect(found.onlyB).toEqual(['x']);
  });
});
