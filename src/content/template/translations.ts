// Which stored translation of an object is meant by a language (spec 4.9).
import { object, text, type Raw } from './values.ts';

const NONE: Raw = object(undefined);

/**
 * The translation that an object stores for a language, empty without one. `it` finds `it-IT`, and `it-IT` finds `it`; another
 * country's is another language. Letter case and `_` for `-` don't matter.
 */
export function translationOf(raw: Raw, language: string): Raw {
  if (language === '' || raw['translations'] === undefined) return NONE;
  const all = object(raw['translations']);
  const wanted = normal(language);
  const keys = Object.keys(all);
  const code =
    keys.find((key) => normal(key) === wanted) ??
    keys.find((key) => isBareForm(normal(key), wanted));
  return code === undefined ? NONE : object(all[code]);
}

/** True when a language is the one that a template is written in. */
export function isMainLanguage(language: string, main: string): boolean {
  return (
    main !== '' &&
    (normal(language) === normal(main) || normal(main).startsWith(`${normal(language)}-`))
  );
}

const normal = (code: string) => code.toLowerCase().replaceAll('_', '-');

/** One is the other without its country. */
function isBareForm(a: string, b: string): boolean {
  return a.startsWith(`${b}-`) ? !b.includes('-') : b.startsWith(`${a}-`) && !a.includes('-');
}

/**
 * The object with what a translation says: texts and sizes that are not empty. Styles never change, nor does what only the
 * main language has.
 */
export function translated(raw: Raw, translation: Raw): Raw {
  const merged: Record<string, unknown> = { ...raw };
  for (const [key, value] of Object.entries(translation)) {
    if (key === '__proto__' || key === 'translations') continue;
    if (typeof value === 'string' ? value !== '' : SIZES.has(key) && text(value) !== '') {
      merged[key] = value;
    }
  }
  return merged;
}

/** Another picture has another natural size. */
const SIZES = new Set(['width', 'height']);
