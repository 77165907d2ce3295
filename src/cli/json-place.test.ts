// The place that a message about broken JSON names.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOfError } from './json-place.ts';

describe('placeOfError', () => {
  it.each([
    ['', 1, 1],
    ['  \n  ', 2, 3],
    ['nope', 1, 1],
    ['{"a": bad}', 1, 7],
    ['{"a": 1,}', 1, 9],
    ['{"a": 1\n "b": 2}', 2, 2],
    ['{\n  "a": [1, 2,\n  3 4]\n}', 3, 5],
    ['{"a": "x\ny"}', 1, 7],
    ['{"a": "\\q"}', 1, 7],
    ['{"a" 1}', 1, 6],
    ['{a: 1}', 1, 2],
    ['[1, 2', 1, 6],
    ['{"a": {"b": [', 1, 14],
    ['{} x', 1, 4],
    ['[01]', 1, 2],
    ['[1.]', 1, 2],
    ['[1]]', 1, 4],
    ['\ufeff{"a":}', 1, 7],
    ['['.repeat(300_000), 1, 300_001],
    [`"${'x'.repeat(5_000_000)}\\"`, 1, 1],
    [`["${'x'.repeat(5_000_000)}\\n" 1]`, 1, 5_000_007],
  ])('in %.30j is line %d, column %d', (text, line, column) => {
    expect(placeOfError(text)).toEqual({ line, column });
  });

  it('is the end of every valid document, and the cut of a document that was cut', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, cut) => {
        expect(placeOfError(json)).toEqual({ line: 1, column: json.length + 1 });
        const text = json.slice(0, cut % json.length);
        const broken = (() => {
          try {
            JSON.parse(text);
            return false;
          } catch {
            return true;
          }
        })();
        if (broken) expect(placeOfError(text).column).toBeLessThanOrEqual(text.length + 1);
      }),
    );
  });
});
