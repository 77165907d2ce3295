// Parameters as real clients and odd ones send them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Parameters } from './parameters.ts';

const of = (query: string) => Parameters.ofUrl(`/api/x?${query}`);

describe('parameters of a URL', () => {
  it.each([
    ['filename=a%5Cb.xml', 'a\\b.xml'],
    ['filename=a+b', 'a b'],
    ['filename=a%2Bb', 'a+b'],
    ['filename=a%20b', 'a b'],
    ['filename=a%252Fb', 'a%2Fb'],
    ['filename=100%', '100%'],
    ['filename=100%zz', '100%zz'],
    ['filename=gr%C3%BCn', 'grün'],
    ['filename=gr%FCn', 'grün'],
    ['filename=%E6%97%A5', '日'],
    [`filename=${Buffer.from('grün').toString('latin1')}`, 'grün'],
    ['filename=a=b', 'a=b'],
    ['filename', ''],
    ['filename=', ''],
    ['FileName=x', 'x'],
    ['FILENAME=first&filename=second', 'first'],
    ['filename=&filename=second', ''],
    ['0=folder&filename=x&&=y', 'x'],
    ['file%6Eame=x', 'x'],
    ['filename=x#filename=y', 'x'],
  ])('reads %s', (query, expected) => {
    expect(of(query).text('filename')).toBe(expected);
  });

  it('knows a missing from an empty one', () => {
    expect(of('x=1').text('filename')).toBeUndefined();
    expect(Parameters.ofUrl('/api/x').text('filename')).toBeUndefined();
  });

  it('takes no member of objects for a parameter', () => {
    expect(of('x=1').text('constructor')).toBeUndefined();
    expect(of('__proto__=1').text('__proto__')).toBe('1');
  });

  it('gives back every text that a PHP client encodes', () => {
    const phpUrlencode = (text: string) =>
      encodeURIComponent(text)
        .replaceAll(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
        .replaceAll('%20', '+');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(of(`filename=${phpUrlencode(text)}&x=1`).text('filename')).toBe(text);
        expect(of(`filename=${encodeURIComponent(text)}`).text('filename')).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('never fails, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (query) => {
        expect(() => of(query)).not.toThrow();
      }),
    );
  });
});

describe('parameters of a JSON object', () => {
  it('reads members in any letter case, and null as missing', () => {
    const parameters = Parameters.ofJson({ Login: 'x', project: null, waitsecs: 3, flag: true });
    expect(parameters.text('login')).toBe('x');
    expect(parameters.text('project')).toBeUndefined();
    expect(parameters.text('waitsecs')).toBe('3');
    expect(parameters.text('flag')).toBe('true');
  });

  it('reads no text out of objects', () => {
    expect(
      Parameters.ofJson({ login: { toString: 'x' }, pwd: ['x'] }).text('login', 'pwd'),
    ).toBeUndefined();
  });
});
