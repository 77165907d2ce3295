// Tests of CSS values: what real files hold.
import { describe, expect, test } from 'vitest';
import { border, isClear, length, letterSpacing, lineHeight, paddings, px, radius } from './css.ts';

describe('lengths', () => {
  test.each([
    ['10px', { value: 10, unit: 'px' }],
    [10, { value: 10, unit: 'px' }],
    ['338', { value: 338, unit: 'px' }],
    [' 371.25000000000006px ', { value: 371.25000000000006, unit: 'px' }],
    ['40%', { value: 40, unit: '%' }],
    ['12pt', { value: 16, unit: 'px' }],
    ['05px', { value: 5, unit: 'px' }],
    ['auto', undefined],
    ['', undefined],
    [null, undefined],
    ['10px 20px', undefined],
  ])('reads %j', (value, expected) => {
    expect(length(value)).toEqual(expected);
  });

  test('percent is no px', () => {
    expect(px('40%', 7)).toBe(7);
    expect(px('2em', 0)).toBe(32);
  });

  test('paddings keep the difference between zero and missing', () => {
    expect(paddings({ 'padding-top': '0px', 'padding-left': 3 })).toEqual({
      top: 0,
      right: undefined,
      bottom: undefined,
      left: 3,
    });
  });
});

describe('borders', () => {
  test.each([
    ['1px solid #BBBBBB', { width: 1, style: 'solid', color: '#BBBBBB' }],
    ['solid 2px red', { width: 2, style: 'solid', color: 'red' }],
    ['rgba(0, 0, 0, .5) 3px dashed', { width: 3, style: 'dashed', color: 'rgba(0, 0, 0, .5)' }],
    ['5px solid transparent', { width: 5, style: 'solid', color: 'transparent' }],
    ['0px solid transparent', undefined],
    ['0 solid #fff', undefined],
    ['1px none red', undefined],
    ['', undefined],
  ])('reads %j', (value, expected) => {
    expect(border(value)).toEqual(expected);
  });
});

describe('backgrounds', () => {
  test.each(['transparent', '', 'rgba(0,0,0,0)', 'rgba(1, 2, 3, 0.0)'])(
    '%j paints nothing',
    (color) => {
      expect(isClear(color)).toBe(true);
    },
  );
  test.each(['#fff', 'rgba(0,0,0,0.5)', 'rgba(0,0,0,10)'])('%j paints', (color) => {
    expect(isClear(color)).toBe(false);
  });
});

describe('text', () => {
  test('percent becomes a ratio, px stays px', () => {
    expect(lineHeight('120%', 16)).toEqual({
      css: '1.2',
      px: 19.2,
      ratio: 1.2,
      written: '120%',
    });
    expect(lineHeight('1.5', 10)).toMatchObject({ css: '1.5', px: 15, ratio: 1.5, written: '1.5' });
    expect(lineHeight('24px', 10)).toMatchObject({ css: '24px', px: 24, ratio: undefined });
    expect(lineHeight('normal', 10)).toMatchObject({ css: 'normal', px: undefined });
  });

  test('no letter spacing is the initial value', () => {
    expect(letterSpacing('0px')).toBe('normal');
    expect(letterSpacing(undefined)).toBe('normal');
    expect(letterSpacing('2px')).toBe('2px');
  });
});

test.each([
  ['8px', '8px'],
  [8, '8px'],
  ['50%', '50%'],
  ['0px', ''],
  ['10px 0 10px 4px', '10px 0 10px 4px'],
  ['0 0 0 0', ''],
  ['1px 2px 3px 4px 5px', ''],
  ['red;x:1', ''],
  ['-5px', ''],
  [undefined, ''],
])('radius %j is %j', (value, css) => {
  expect(radius(value)).toBe(css);
});
