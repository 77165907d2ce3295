// Parameters of a request: names in any letter case, the first of several wins, unknown ones are ignored (Beebox spec 2.9).

/** Pairs beyond this are ignored; the limit of the request line is reached long before with real ones. */
const MAX_PAIRS = 1000;

/** A parameter is `undefined` when it is missing, and empty when it was sent without a value: that differs here. */
export class Parameters {
  readonly #values = new Map<string, unknown>();

  /** The parameters in the query of a URL as it was received. */
  static ofUrl(url: string): Parameters {
    const parameters = new Parameters();
    const start = url.indexOf('?');
    if (start < 0) return parameters;
    const query = url.slice(start + 1).split('#', 1)[0] ?? '';
    for (const piece of query.split('&', MAX_PAIRS)) {
      const equals = piece.indexOf('=');
      const name = equals < 0 ? piece : piece.slice(0, equals);
      parameters.#add(decodeForm(name), equals < 0 ? '' : decodeForm(piece.slice(equals + 1)));
    }
    return parameters;
  }

  /** The members of a JSON object. `null` counts as missing. */
  static ofJson(object: object): Parameters {
    const parameters = new Parameters();
    for (const [name, value] of Object.entries(object)) {
      if (value !== null) parameters.#add(name, value);
    }
    return parameters;
  }

  /** The value of the first name that was sent. */
  get(...names: readonly string[]): unknown {
    for (const name of names) {
      const value = this.#values.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Like `get`, as text: numbers and truth values as JSON writes them, anything else as missing. */
  text(...names: readonly string[]): string | undefined {
    const value = this.get(...names);
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  }

  #add(name: string, value: unknown): void {
    const key = name.toLowerCase();
    if (!this.#values.has(key)) this.#values.set(key, value);
  }
}

/**
 * Form decoding: `+` is a space, `%41` a byte of UTF-8. A `%` that begins no escape stands for itself. Bytes that are no
 * UTF-8 are read as Windows-1252, as old sites send them, so that two names never become one by their replacement marks.
 */
function decodeForm(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  // Node hands the bytes of a raw URL over as Latin-1.
  // oxlint-disable-next-line no-control-regex
  if (/^[\0-$&-\x7f]*$/.test(spaced)) return spaced;
  const bytes = Buffer.from(
    spaced.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  );
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return windows1252.decode(bytes);
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const windows1252 = new TextDecoder('windows-1252');
