// How a language changes the document (spec 5.2).

/** Languages written from right to left (spec 5.2). */
const RTL = /^(?:ar|arc|ckb|dv|fa|he|iw|ku|ps|sd|ug|ur|yi)\b/i;

/** The same by script, as in `az-Arab`. */
const RTL_SCRIPT = /^[a-z]{2,3}-(?:arab|hebr|thaa|nkoo|syrc|adlm)\b/i;

/** True for languages written from right to left. */
export function isRightToLeft(lang: string): boolean {
  return lang !== '' && (RTL.test(lang) || RTL_SCRIPT.test(lang));
}

/**
 * ` dir="ltr"` for the boxes of documents in right-to-left languages: a designer's first column is the left one, and text right of
 * an icon is right of it, in any language. Texts say their direction themselves.
 */
export function layoutDirection(lang: string): string {
  return isRightToLeft(lang) ? ' dir="ltr"' : '';
}

/** ` dir="rtl"` for right-to-left languages. */
export function direction(lang: string): string {
  return isRightToLeft(lang) ? ' dir="rtl"' : '';
}
