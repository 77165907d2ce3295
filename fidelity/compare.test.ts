import { describe, expect, it } from 'vitest';
import { compare, inPlace } from './compare.ts';
import type { Box, Measured, TextLeaf } from './measured.ts';

const box = (y: number, height = 20): Box => ({ x: 0, y, width: 100, height });
const text = (words: string, at: Box, color = 'rgb(0, 0, 0)'): TextLeaf => ({
  place: 'row 1',
  text: words,
  box: at,
  styles: { color },
});

function measured(part: Partial<Measured>): Measured {
  return {
    tree: 'none',
    height: 100,
    nodes: [],
    texts: [],
    links: [],
    pictures: [],
    buttons: [],
    backgrounds: [],
    ...part,
  };
}

describe('compare', () => {
  it('finds nothing in equal documents', () => {
    const page = measured({ texts: [text('Honey', box(0))] });
    const found = compare(page, page);
    expect(found).toMatchObject({ boxes: 1, off: 0, worst: 0, styles: 0, differences: [] });
    expect(inPlace(found)).toBe(true);
  });

  it('counts a box that lies more than two pixels away, and none that is nearer', () => {
    const theirs = measured({ texts: [text('Honey', box(10)), text('Wax', box(40))] });
    const ours = measured({ texts: [text('Honey', box(11.9)), text('Wax', box(42.1))] });
    const found = compare(ours, theirs);
    expect(found).toMatchObject({ boxes: 2, off: 1 });
    expect(found.worst).toBeCloseTo(2.1);
    expect(inPlace(found)).toBe(false);
  });

  it('lists where a shift begins, not what only moves along', () => {
    const theirs = measured({
      texts: [text('a', box(0)), text('b', box(30)), text('c', box(60)), text('d', box(90))],
    });
    const ours = measured({
      texts: [text('a', box(0)), text('b', box(40)), text('c', box(70)), text('d', box(100))],
    });
    const found = compare(ours, theirs);
    expect(found.off).toBe(3);
    expect(found.differences.map(({ place }) => place)).toEqual(['row 1 “b”']);
  });

  it('misses words, but not words that stand in other pieces', () => {
    const theirs = measured({ texts: [text('fresh honey', box(0)), text('gone', box(30))] });
    const ours = measured({ texts: [text('fresh', box(0)), text('honey', box(0))] });
    expect(compare(ours, theirs).texts).toEqual({ missing: 1, extra: 0 });
  });

  it('names links and pictures that only one side has, and styles that differ', () => {
    const theirs = measured({
      texts: [text('Honey', box(0))],
      links: [{ place: '', href: 'https://example.test/a', text: 'a', box: box(0) }],
    });
    const ours = measured({
      texts: [text('Honey', box(0), 'rgb(255, 0, 0)')],
      pictures: [{ place: '', src: 'x.png', alt: '', box: box(0), styles: {} }],
    });
    const found = compare(ours, theirs);
    expect(found.links).toEqual({ missing: 1, extra: 0 });
    expect(found.pictures).toEqual({ missing: 0, extra: 1 });
    expect(found.styles).toBe(1);
    expect(found.differences.map(({ what }) => what)).toEqual([
      'color',
      'missing link',
      'extra picture',
    ]);
  });

  it('compares rows, columns and blocks by their place in the tree', () => {
    const node = (place: string, parent: string, at: Box | undefined) => ({
      level: 'row' as const,
      place,
      parent,
      kind: 'row',
      text: place,
      key: place,
      background: 'rgb(255, 255, 255)',
      ...(at && { box: at }),
    });
    const one = measured({
      tree: 'message',
      nodes: [node('row 1', '', box(0)), node('row 2', '', undefined)],
    });
    const two = measured({
      tree: 'message',
      nodes: [node('row 1', '', box(0, 30)), node('row 2', '', box(30))],
    });
    // What is hidden in ours is missing; what only ours shows is listed, and found by what it moves.
    expect(compare(one, two)).toMatchObject({ boxes: 2, off: 2, worst: 20 });
    expect(compare(two, one)).toMatchObject({ boxes: 1, off: 1, worst: 10 });
    expect(compare(two, one).differences.map(({ what }) => what)).toContain('extra row');
  });
});
