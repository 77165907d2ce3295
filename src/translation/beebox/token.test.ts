// Tokens as clients send them back.
import { describe, expect, it } from 'vitest';
import { presentedToken } from './token.ts';

const T = '3f0c9d0e-6a53-4f55-9a0b-0a7f3f5d1c22';
const KEY = '9b1d7e52-4c1e-4a6e-8d61-3f2ad0a6e917';

describe('presentedToken', () => {
  it.each([[T], [` ${T}\n`], [`"${T}"`], [` "${T}" `], [T.toUpperCase()], [`${T}*`], [`${T}* `]])(
    'cleans %j',
    (received) => {
      expect(presentedToken(received)).toEqual({ session: T, project: undefined });
    },
  );

  it.each([
    [`${T}*${KEY}`],
    [`"${T}*${KEY}"`],
    [`"${T}"*"${KEY}"`],
    [`${T}%2A${KEY}`],
    [`${T}%2a${KEY}`],
    [`${T} * ${KEY}`],
  ])('finds the project in %j', (received) => {
    expect(presentedToken(received)).toEqual({ session: T, project: KEY });
  });

  it('splits at the first asterisk', () => {
    expect(presentedToken('a*b*c')).toEqual({ session: 'a', project: 'b*c' });
    expect(presentedToken('*b')).toEqual({ session: '', project: 'b' });
  });

  it('makes nothing of nothing, and no work of a flood', () => {
    expect(presentedToken('')).toEqual({ session: '', project: undefined });
    expect(presentedToken('"')).toEqual({ session: '', project: undefined });
    expect(presentedToken('x'.repeat(1e6)).session).toHaveLength(400);
  });
});
