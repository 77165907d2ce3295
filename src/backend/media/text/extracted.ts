// What is found in a file: its text, and what it says about itself. Bounded while it is collected.

export interface Extracted {
  text: string;
  /** By name, such as `title`; values of at most 1000 characters. */
  metadata: Record<string, string>;
}

/** Characters of one file's text that are kept. */
export const MAX_TEXT = 1_000_000;
const MAX_METADATA = 1000;

/** Collects text up to the limit. */
export class TextCollector {
  readonly metadata: Record<string, string> = {};
  readonly #pieces: string[] = [];
  #length = 0;

  /** Whether the limit is reached, so that reading on is pointless. */
  get full(): boolean {
    return this.#length >= MAX_TEXT;
  }

  add(piece: string): void {
    if (this.full || piece === '') return;
    const kept = piece.slice(0, MAX_TEXT - this.#length);
    this.#pieces.push(kept);
    this.#length += kept.length;
  }

  describe(name: string, value: unknown): void {
    const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
    const clean = tidy(text).slice(0, MAX_METADATA);
    if (clean !== '') this.metadata[name] = clean;
  }

  /** The text with blanks drawn together: at most one blank in a row, and one empty line. */
  result(): Extracted {
    return { text: tidy(this.#pieces.join('')), metadata: this.metadata };
  }

  /** The text as it was collected. */
  verbatim(): Extracted {
    const text = this.#pieces.join('').toWellFormed().replaceAll('\0', '');
    return { text, metadata: this.metadata };
  }
}

function tidy(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\0', '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
