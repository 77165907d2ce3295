// Query strings as this protocol's clients write them: anything goes, nothing fails (BaasBox spec 1.3, 7.6, 7.7).
import { isUtf8 } from 'node:buffer';

/** Pairs beyond this are ignored; the request line's limit is reached long before with real ones. */
const MAX_PAIRS = 2000;

/** The parameters of one request. */
export class QueryString {
  readonly #pairs: readonly (readonly [string, string])[];

  /** `url` with its query, as it came. */
  constructor(url: string) {
    const start = url.indexOf('?');
    this.#pairs = start < 0 ? [] : pairsOf(url.slice(start + 1));
  }

  /** The first value of a parameter. */
  first(name: string): string | undefined {
    return this.#pairs.find(([own]) => own === name)?.[1];
  }

  /** All values of a parameter in order. */
  all(...names: readonly string[]): string[] {
    return this.#pairs.flatMap(([own, value]) => (names.includes(own) ? [value] : []));
  }
}

/** Pairs of a query string or of a form body. Names are trimmed; text without `=` is a name with an empty value. */
export function pairsOf(text: string): [string, string][] {
  return text
    .split('&', MAX_PAIRS)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const equals = piece.indexOf('=');
      return equals < 0
        ? [decode(piece).trim(), '']
        : [decode(piece.slice(0, equals)).trim(), decode(piece.slice(equals + 1))];
    });
}

/** Form decoding. A `%` that begins no escape is itself, and so are escapes that spell no UTF-8 (`like '%een'`). */
function decode(text: string): string {
  if (!/[%+]/.test(text)) return text;
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  return spaced.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
    return isUtf8(bytes) ? bytes.toString('utf8') : run;
  });
}
