// Tests of the memo: the same answers as without it, and a bound.
import { describe, expect, test } from 'vitest';
import { memo } from './memo.ts';

describe('memo', () => {
  test('computes each text once, and different texts apart', () => {
    const asked: string[] = [];
    const upper = memo((text) => {
      asked.push(text);
      return text.toUpperCase();
    });
    expect([upper('a'), upper('b'), upper('a')]).toEqual(['A', 'B', 'A']);
    expect(asked).toEqual(['a', 'b']);
  });

  test('keeps no long texts', () => {
    let computed = 0;
    const size = memo((text) => {
      computed += 1;
      return text.length;
    });
    const long = 'x'.repeat(101);
    expect([size(long), size(long)]).toEqual([101, 101]);
    expect(computed).toBe(2);
  });

  test('starts over when it is full', () => {
    let computed = 0;
    const size = memo((text) => {
      computed += 1;
      return text.length;
    });
    for (let i = 0; i < 2000; i += 1) size(String(i));
    size('0');
    expect(computed).toBe(2000);
    size('one more');
    size('0');
    expect(computed).toBe(2002);
  });
});
