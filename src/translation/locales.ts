// Locale codes: how they are written, compared and named.
import { Invalid } from '../platform/errors.ts';

/** Language of two or three letters, then an optional script and an optional region: `fr`, `pt-BR`, `es-419`, `zh-Hans`. */
const CODE = /^[a-z]{2,3}([-_][a-z]{4})?([-_]([a-z]{2}|[0-9]{3}))?$/i;

/** Made for the first name: that takes several milliseconds of a start. */
let names: Intl.DisplayNames | undefined;

/**
 * Checks a locale code that is about to be stored and gives it back as it is written.
 * Throws `Invalid` (`locale_code`) when it is not a language with an optional script and region.
 */
export function checkedLocale(code: string): string {
  if (!CODE.test(code)) {
    throw new Invalid('locale_code', `${JSON.stringify(code.slice(0, 20))} is not a locale code`);
  }
  return code;
}

/** Whether two codes name the same locale: letter case does not count, `_` is `-` (Beebox spec 3.2). */
export function sameLocale(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

/** The stored spelling of a code among `stored`, or nothing. There is no fall-back from `de-AT` to `de`. */
export function findLocale(code: string, stored: readonly string[]): string | undefined {
  const wanted = folded(code);
  return stored.find((candidate) => folded(candidate) === wanted);
}

/** Standard and in Node, not yet in TypeScript's library. */
type LocaleWithTextInfo = Intl.Locale & { getTextInfo(): { direction: 'ltr' | 'rtl' } };

/** The English name with the stored code in brackets: `Portuguese (Brazil) (pt-BR)` (Beebox spec 3.3). */
export function localeName(code: string): string {
  names ??= new Intl.DisplayNames('en', { type: 'language', languageDisplay: 'standard' });
  return `${names.of(code.replaceAll('_', '-')) ?? code} (${code})`;
}

/** Whether the language is written from right to left. */
export function isRightToLeft(code: string): boolean {
  const locale = new Intl.Locale(code.replaceAll('_', '-')) as LocaleWithTextInfo;
  return locale.getTextInfo().direction === 'rtl';
}

function folded(code: string): string {
  return code.toLowerCase().replaceAll('_', '-');
}
