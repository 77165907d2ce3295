import { describe, expect, it } from 'vitest';
import { align, alignOrZip } from './align.ts';

const self = (entry: string) => entry;

describe('align', () => {
  it('pairs what both lists have in the same order, and names the rest', () => {
    const found = align(['a', 'b', 'c', 'x', 'd'], ['a', 'y', 'c', 'd'], self, self);
    expect(found.pairs.map(([entry]) => entry).join('')).toBe('acd');
    expect(found.onlyA).toEqual(['b', 'x']);
    expect(found.onlyB).toEqual(['y']);
  });

  it('pairs equally long lists by position', () => {
    expect(alignOrZip(['a', 'b'], ['b', 'a'], self).pairs).toEqual([
      ['a', 'b'],
      ['b', 'a'],
    ]);
  });
});
