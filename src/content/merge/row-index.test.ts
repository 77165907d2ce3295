// The row index of a template, by the published example and the rules around it.
import { describe, expect, it } from 'vitest';
import { rowIndex } from './row-index.ts';

describe('rowIndex', () => {
  it('lists the metadata of rows as it is, in order, with duplicates', () => {
    const a = { name: 'my saved row A', guid: '5c1f', any: { thing: [1, null] } };
    const rows = [
      { metadata: a },
      {},
      { metadata: {} },
      { metadata: null },
      { metadata: [1] },
      { metadata: 'x' },
      null,
      7,
      { metadata: a },
    ];
    expect(rowIndex({ page: { rows } })).toEqual([a, a]);
  });

  it('is empty for templates without rows', () => {
    for (const page of [{}, { rows: [] }, { rows: {} }, { rows: null }])
      expect(rowIndex({ page })).toEqual([]);
  });

  it('needs a page', () => {
    for (const template of [
      {},
      { page: null },
      { page: [] },
      { page: 'x' },
      null,
      Object.create({ page: { rows: [] } }),
    ]) {
      expect(() => rowIndex(template)).toThrow("data['source']['page']");
    }
  });
});
