// Locale codes: compared loosely, answered in the stored spelling.
import { describe, expect, it } from 'vitest';
import { checkedLocale, findLocale, isRightToLeft, localeName, sameLocale } from './locales.ts';

describe('locales', () => {
  it('compares without regard to case and to _ or -', () => {
    expect(sameLocale('pt_br', 'PT-BR')).toBe(true);
    expect(sameLocale('pt', 'pt-BR')).toBe(false);
  });

  it('answers in the stored spelling and never falls back', () => {
    expect(findLocale('PT-br', ['fr', 'pt_BR'])).toBe('pt_BR');
    expect(findLocale('de-AT', ['de'])).toBeUndefined();
    expect(findLocale('', ['de'])).toBeUndefined();
  });

  it.each([
    ['en', 'English (en)', false],
    ['pt-BR', 'Portuguese (Brazil) (pt-BR)', false],
    ['es-419', 'Spanish (Latin America) (es-419)', false],
    ['pt_BR', 'Portuguese (Brazil) (pt_BR)', false],
    ['ar', 'Arabic (ar)', true],
    ['he-IL', 'Hebrew (Israel) (he-IL)', true],
  ])('names %s', (code, name, rtl) => {
    expect(localeName(code)).toBe(name);
    expect(isRightToLeft(code)).toBe(rtl);
  });

  it.each(['en', 'en-GB', 'es-419', 'zh-Hans', 'zh-Hans-CN', 'pt_BR', 'FIL'])(
    'takes %s as a code',
    (code) => {
      expect(checkedLocale(code)).toBe(code);
      expect(() => localeName(code)).not.toThrow();
      expect(() => isRightToLeft(code)).not.toThrow();
    },
  );

  it.each(['', 'e', 'english', 'en-', 'en-GBR1', 'sandbox', 'en\\fr', 'en GB', 'en-GB-'])(
    'refuses %j as a code',
    (code) => {
      expect(() => checkedLocale(code)).toThrow(
        expect.objectContaining({ kind: 'invalid', code: 'locale_code' }) as Error,
      );
    },
  );
});
