// Character references of HTML, in text and in attributes, where browsers read them differently.
import { parseFragment } from 'parse5';

/** Names in one document: HTML knows some 2200; more can only be noise, and each costs a little parsing. */
const NAMES = 3000;

const REFERENCE = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|[A-Za-z][A-Za-z\d]{1,32});?=?/g;

/** Decodes the references of one document; what HTML does not know stays as it is. */
export class References {
  readonly #known = new Map<string, string>();

  text(source: string): string {
    return this.#decoded(source, 'text', (reference) => {
      const [node] = parseFragment(reference).childNodes;
      return node && 'value' in node ? node.value : reference;
    });
  }

  attribute(source: string): string {
    return this.#decoded(source, 'attribute', (reference) => {
      const [node] = parseFragment(`<i title="${reference}">`).childNodes;
      return node && 'attrs' in node ? (node.attrs[0]?.value ?? reference) : reference;
    });
  }

  #decoded(source: string, place: string, parsed: (reference: string) => string): string {
    if (!source.includes('&')) return source;
    return source.replaceAll(REFERENCE, (reference, decimal?: string, hex?: string) => {
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      if (isPlain(code)) return String.fromCodePoint(code) + (reference.endsWith('=') ? '=' : '');
      const key = place + reference;
      const known = this.#known.get(key);
      if (known !== undefined) return known;
      if (this.#known.size >= NAMES) return reference;
      const value = parsed(reference);
      this.#known.set(key, value);
      return value;
    });
  }
}

/** A number that means the character itself: no surrogate, none of the range that HTML takes for Windows-1252. */
function isPlain(code: number): boolean {
  return (
    (code >= 0x20 && code < 0x7f) ||
    (code >= 0xa0 && code < 0xd8_00) ||
    (code >= 0xe0_00 && code <= 0x10_ff_ff)
  );
}
