// Path resolution: what is one path, what is none, and that nothing leads out of the area.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveOptionalPath, resolvePath, splitFirst } from './paths.ts';

const invalidPath = expect.objectContaining({ kind: 'invalid', code: 'path' }) as Error;
const display = (folder: string, name: string) => resolvePath(folder, name).display;
const key = (name: string) => resolvePath('', name).key;

describe('resolvePath', () => {
  it.each([
    ['', 'page-7.xml', 'page-7.xml'],
    ['', 'shop\\spring\\page-7.xml', 'shop\\spring\\page-7.xml'],
    ['', 'shop/spring/page-7.xml', 'shop\\spring\\page-7.xml'],
    ['shop', 'page-7.xml', 'shop\\page-7.xml'],
    ['shop/', '\\page-7.xml', 'shop\\page-7.xml'],
    ['shop', 'shop\\page-7.xml', 'shop\\shop\\page-7.xml'],
    ['', 'a\\\\b///c', 'a\\b\\c'],
    ['', '\\a\\', 'a'],
    ['', 'con', 'con'],
    ['', '...', '...'],
    ['', '.hidden', '.hidden'],
    ['', 'a..b', 'a..b'],
    ['', 'grün straße 日本語 +100%.xml', 'grün straße 日本語 +100%.xml'],
  ])('joins %j and %j to %j', (folder, name, expected) => {
    expect(display(folder, name)).toBe(expected);
  });

  it.each([
    ['', ''],
    ['', '\\'],
    ['/', '/'],
    ['', '.'],
    ['', '..\\x'],
    ['', 'a/../b'],
    ['a', '..'],
    ['..', 'a'],
    ['', 'a\\.\\b'],
    ['', 'a\\.. \\b'],
    ['', 'C:\\x'],
    ['c:', 'x'],
    ['', '\\\\srv\\x'],
    ['', '//srv/x'],
    ['\\\\srv', 'x'],
    ['a', '\\\\srv\\x'],
    ['', 'a\0'],
    ['', 'a\nb'],
    ['', 'a\u0085b'],
    ['', 'a\u007Fb'],
    ['', 'a<b'],
    ['', 'a>b'],
    ['', 'a:b'],
    ['', 'a"b'],
    ['', 'a|b'],
    ['', 'a?b'],
    ['', 'a*b'],
    ['', 'a\uD800b'],
    ['', 'x'.repeat(1025)],
    ['x'.repeat(512), 'x'.repeat(512)],
  ])('refuses %j with %j', (folder, name) => {
    expect(() => resolvePath(folder, name)).toThrow(invalidPath);
  });

  it('takes 1024 characters', () => {
    expect(display('x'.repeat(512), 'y'.repeat(511))).toHaveLength(1024);
  });

  it('finds the same file in another case, Unicode form or separator', () => {
    expect(key('Shop/PAGE-7.XML')).toBe(key('shop\\page-7.xml'));
    expect(key('GRÜN.xml')).toBe(key('gru\u0308n.xml'));
    expect(key('ΟΔΟΣ')).toBe(key('οδος'));
    expect(key('οδοσ')).toBe(key('ΟΔΟς'));
  });

  it('keeps names apart that only some languages take for one', () => {
    expect(key('straße')).not.toBe(key('STRASSE'));
    expect(key('ışık')).not.toBe(key('işik'));
    expect(key('ﬁle')).not.toBe(key('file'));
  });
});

describe('every path', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('.', '..', '/', '\\', ' ', 'a', 'C:', '\0', 'é', '%', '日'),
    }),
  );

  it('either is refused or stays inside its area', () => {
    fc.assert(
      fc.property(text, text, (folder, name) => {
        let path;
        try {
          path = resolvePath(folder, name);
        } catch (error) {
          expect(error).toEqual(invalidPath);
          return;
        }
        const segments = path.display.split('\\');
        expect(segments.filter((segment) => /^(|\s*\.{1,2}\s*)$/u.test(segment))).toEqual([]);
        expect(path.display).not.toMatch(/[\p{Cc}<>:"|?*/]/u);
      }),
      { numRuns: 2000 },
    );
  });

  it('is itself when it is resolved again, alone or cut at any separator', () => {
    fc.assert(
      fc.property(text, text, (folder, name) => {
        const path = attempt(() => resolvePath(folder, name));
        if (!path) return;
        expect(resolvePath('', path.display)).toEqual(path);
        expect(resolvePath(path.display, '')).toEqual(path);
        const { first, rest } = splitFirst(path);
        expect(resolvePath(first, rest?.display ?? '')).toEqual(path);
        expect(resolvePath('', path.key).key).toBe(path.key);
      }),
      { numRuns: 2000 },
    );
  });

  it('is optional only when there is nothing in it', () => {
    expect(resolveOptionalPath('', '')).toBeUndefined();
    expect(resolveOptionalPath('/', '\\')).toBeUndefined();
    expect(resolveOptionalPath('', 'a')).toEqual(resolvePath('', 'a'));
    expect(() => resolveOptionalPath('', '..')).toThrow(invalidPath);
    expect(() => resolveOptionalPath('', '\\\\')).toThrow(invalidPath);
  });
});

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
