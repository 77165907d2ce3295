// Which place a locale and a path address.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaOf, placeOf } from './areas.ts';
import { resolvePath } from './paths.ts';

const project = { sourceLocale: 'en-GB', targetLocales: ['fr', 'pt-BR', 'de'] };
const invalidLocale = expect.objectContaining({ kind: 'invalid', code: 'locale' }) as Error;

describe('areas', () => {
  it.each([
    ['en-GB', { name: 'in', locale: '' }],
    ['EN_gb', { name: 'in', locale: '' }],
    ['fr', { name: 'out', locale: 'fr' }],
    ['FR', { name: 'out', locale: 'fr' }],
    ['pt_br', { name: 'out', locale: 'pt-BR' }],
    ['sandbox', { name: 'sandbox', locale: '' }],
    ['SandBox', { name: 'sandbox', locale: '' }],
  ])('knows the area of %s', (locale, area) => {
    expect(areaOf(project, locale)).toEqual(area);
  });

  it.each(['', 'en', 'pt', 'de-AT', 'es', 'in', 'out', ' fr', 'fr\\x', '../fr', 'sandbox '])(
    'refuses %j and never falls back to a relative',
    (locale) => {
      expect(() => areaOf(project, locale)).toThrow(invalidLocale);
    },
  );

  it('reads the target from the first segment when the locale is empty', () => {
    const expected = {
      area: { name: 'out', locale: 'pt-BR' },
      path: resolvePath('', 'shop/a.xml'),
    };
    expect(placeOf(project, '', resolvePath('PT_br', 'shop/a.xml'))).toEqual(expected);
    expect(placeOf(project, '', resolvePath('pt-br\\shop', 'a.xml'))).toEqual(expected);
    expect(placeOf(project, '', resolvePath('', 'pt-BR\\shop\\a.xml'))).toEqual(expected);
  });

  it('never opens the sources or the sandbox without a locale', () => {
    for (const first of ['en-GB', 'sandbox', 'in', 'shop']) {
      expect(() => placeOf(project, '', resolvePath(first, 'a.xml'))).toThrow(invalidLocale);
    }
    expect(() => placeOf(project, '', undefined)).toThrow(invalidLocale);
  });

  it('has no path left when only the locale was given', () => {
    expect(placeOf(project, '', resolvePath('fr', ''))).toEqual({
      area: { name: 'out', locale: 'fr' },
      path: undefined,
    });
  });

  it('addresses the same place with and without a locale, for every path', () => {
    const segment = fc.stringMatching(/^[\p{L}\p{N}+%&=#~ -]{1,12}$/u);
    fc.assert(
      fc.property(
        fc.constantFrom(...project.targetLocales),
        fc.array(segment, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('/', '\\'),
        (locale, segments, separator) => {
          const name = segments.join(separator);
          const direct = placeOf(project, locale, resolvePath('', name));
          expect(placeOf(project, '', resolvePath(locale, name))).toEqual(direct);
          expect(placeOf(project, '', resolvePath('', locale + separator + name))).toEqual(direct);
        },
      ),
    );
  });
});
