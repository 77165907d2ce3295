// How a language changes the document (spec 5.2).

/** Languages written from right to left (spec 5.2). */
const RTL = /^(?:ar|arc|dv|fa|he|iw|ku|ps|sd|ug|ur|yi)\b/i;

/** ` dir="rtl"` for right-to-left languages. */
export function direction(lang: string): string {
  return RTL.test(lang) ? ' dir="rtl"' : '';
}
