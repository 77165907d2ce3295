// Tests of printed declarations: the same text as without any memory, whatever came before.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attr } from './escape.ts';
import { minified, styleAttribute } from './declarations.ts';

const name = fc.constantFrom('color', 'margin', 'mso-hide', 'font-family', '--own');
const value = fc.oneof(
  fc.constantFrom(
    undefined,
    '',
    '0',
    '10px',
    '1.5',
    'red',
    'a & b',
    '"x"',
    '<!--',
    '-->',
    '&amp',
    '&amp;',
  ),
  fc.string({ maxLength: 12 }).filter((text) => !/[#0]/.test(text)),
  fc.string({ minLength: 101, maxLength: 120 }).filter((text) => !/[#0]/.test(text)),
);
const pairs = fc.array(fc.tuple(name, value), { maxLength: 8 }).map((list) => list.flat());

function plain(list: readonly (string | undefined)[]): string {
  const parts: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    if (list[i + 1]) parts.push(`${list[i]}:${list[i + 1]}`);
  }
  return parts.join(';');
}

describe('declarations', () => {
  test('are what each pair says, in order, without missing and empty values', () => {
    fc.assert(
      fc.property(fc.array(pairs, { maxLength: 20 }), (styles) => {
        for (const style of [...styles, ...styles]) {
          const css = plain(style);
          expect(minified(style)).toBe(css);
          expect(styleAttribute(style)).toBe(css === '' ? '' : ` style="${attr(css)}"`);
        }
      }),
    );
  });

  test('stay right when more different styles come than are remembered', () => {
    for (let i = 1; i < 6000; i += 1) {
      expect(minified(['width', `${i}px`, 'color', 'red'])).toBe(`width:${i}px;color:red`);
    }
    expect(minified(['width', '1px', 'color', 'red'])).toBe('width:1px;color:red');
  });

  test.each([
    ['0px', '0'],
    ['0pt', '0'],
    ['0px 10px 0px', '0 10px 0'],
    ['rgba(0px,0px)', 'rgba(0px,0)'],
    ['10px', '10px'],
    ['#aabbcc', '#abc'],
    ['#AABBCC', '#ABC'],
    ['#aabbcd', '#aabbcd'],
    ['#aabbccdd', '#aabbccdd'],
    ["url('x#aabbcc')", "url('x#aabbcc')"],
  ])('%s is written %s', (long, short) => {
    expect(minified(['x', long])).toBe(`x:${short}`);
  });
});
