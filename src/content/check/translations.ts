// Single fields in one language: a check of a translation looks only at what that translation says (Beefree spec 3.14).
import { isEmpty, object, text, type Raw } from '../template/values.ts';

/** The stored translation of an object, also under another spelling of the language; empty without one. */
export function translationOf(raw: Raw, language: string): Raw {
  const all = object(raw['translations']);
  const wanted = language.toLowerCase();
  const keys = Object.keys(all);
  const code =
    keys.find((key) => key.toLowerCase() === wanted) ??
    keys.find((key) => key.toLowerCase().split('-')[0] === wanted.split('-')[0]);
  return code === undefined ? object(undefined) : object(all[code]);
}

/**
 * Reads fields of an item and of the object inside it (`image`, `link`). In the main language a missing field is '';
 * in another one it is undefined, for there the main language stays.
 */
export function localizedOf(
  raw: Raw,
  language: string,
  inside?: string,
): (name: string) => string | undefined {
  const inner = inside === undefined ? undefined : object(raw[inside]);
  if (language === '') return (name) => text(inner?.[name]) || text(raw[name]);
  const own = translationOf(raw, language);
  const holders = [
    own,
    ...(inside === undefined ? [] : [object(own[inside]), translationOf(inner!, language)]),
  ].filter((holder) => !isEmpty(holder));
  return (name) => {
    const holder = holders.find((candidate) => typeof candidate[name] === 'string');
    return holder === undefined ? undefined : text(holder[name]);
  };
}
