// Single fields in one language: a check of a translation looks only at what that translation says (Beefree spec 3.14).
import { translationOf } from '../template/translations.ts';
import { isEmpty, object, text, type Raw } from '../template/values.ts';

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
