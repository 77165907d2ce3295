// Sizes of images: what is one, what is not, and what comes out.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSize, sizeText, targetOf } from './image-size.ts';

const original = { width: 400, height: 200 };
const target = (text: string) => {
  const size = parseSize(text);
  return size && targetOf(size, original);
};

describe('a size of an image', () => {
  it.each<[string, number, number]>([
    ['50%', 200, 100],
    ['200%', 800, 400],
    ['1%', 4, 2],
    ['120px-60px', 120, 60],
    ['120-60', 120, 60],
    ['120PX-60', 120, 60],
    ['100px-22%', 100, 44],
    ['10%-10px', 40, 10],
    ['<=80px', 80, 40],
    ['<=80', 80, 40],
    ['<=1px', 1, 1],
    ['<=9000px', 400, 200],
  ])('%s gives %i × %i', (text, width, height) => {
    expect(target(text)).toEqual({ width, height });
  });

  it.each([
    '',
    '%',
    '80',
    '80px',
    '0%',
    '0px-10px',
    '-5%',
    '10px-',
    '-10px',
    '10px-10px-10px',
    '<=50%',
    '<=',
    '<80px',
    '>=80px',
    '10em-10em',
    '1.5%',
    '99999px-1px',
    '100000%',
    ' 50%',
    '50% ',
    '１０%',
    '10px 10px',
    '<=<=80px',
  ])('%j is none', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  it('has one text for all its spellings', () => {
    expect(
      new Set(['120px-60px', '120-60', '120PX-60px'].map((text) => sizeText(parseSize(text)!)))
        .size,
    ).toBe(1);
    expect(sizeText(parseSize('50%')!)).toBe(sizeText(parseSize('50%-50%')!));
  });

  it('is read back from its text, and any text at all is read or refused in time', () => {
    const side = fc.record({
      value: fc.integer({ min: 1, max: 10_000 }),
      unit: fc.constantFrom('px' as const, '%' as const),
    });
    const size = fc.oneof(
      fc.record({ kind: fc.constant('box' as const), width: side, height: side }),
      fc.record({ kind: fc.constant('fit' as const), side: fc.integer({ min: 1, max: 10_000 }) }),
    );
    fc.assert(
      fc.property(size, (one) => {
        expect(parseSize(sizeText(one))).toEqual(one);
        const { width, height } = targetOf(one, { width: 37, height: 5 });
        expect(Number.isInteger(width) && width >= 1).toBe(true);
        expect(Number.isInteger(height) && height >= 1).toBe(true);
        if (one.kind === 'fit') expect(Math.max(width, height)).toBeLessThanOrEqual(one.side);
      }),
    );
    const odd = fc.stringMatching(/^[<=>0-9px%.\- ]{0,20}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), odd), (text) => {
        const read = parseSize(text);
        if (read) expect(parseSize(sizeText(read))).toEqual(read);
      }),
    );
  });
});
