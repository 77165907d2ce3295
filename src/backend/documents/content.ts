// The content of a document: the client's own fields as text, kept as they came, and in the form that queries read.
import type { JsonObject } from '../query/values.ts';

export interface Content {
  /** A JSON object without white space; order of fields and spelling of numbers are the client's. */
  body: string;
  /** The same as this program understands it: one spelling a number, texts that both engines can hold. */
  queryBody: string;
}

/**
 * Makes the content of a document out of the text of a JSON object (valid, and within the limits of depth that
 * `parseJson` checks) and its parsed form. Top-level fields in `leaveOut` are dropped; of a repeated field the last
 * value counts.
 */
export function contentOf(
  text: string,
  fields: JsonObject,
  leaveOut: ReadonlySet<string>,
): Content {
  const names = Object.keys(fields);
  const own = names.some((name) => leaveOut.has(name))
    ? Object.fromEntries(Object.entries(fields).filter(([name]) => !leaveOut.has(name)))
    : fields;
  const plain = JSON.stringify(own);
  const queryBody = clean(plain);
  // Most clients write JSON as this program would: then the parsed form says it all.
  const compact = own === fields ? plain : JSON.stringify(fields);
  if (withoutBlanks(text) === compact) return { body: plain, queryBody };
  return { body: rewrite(text, leaveOut), queryBody };
}

/** The content with these fields, for changes that this program makes. */
export function contentFrom(fields: JsonObject): Content {
  const body = JSON.stringify(fields);
  return { body, queryBody: clean(plainOf(body)) };
}

/** Numbers that were kept in the client's spelling, in ours. */
function plainOf(body: string): string {
  return JSON.stringify(JSON.parse(body));
}

const BLANKS = /("(?:[^"\\]|\\.)*")|[ \t\n\r]+/g;

function withoutBlanks(text: string): string {
  return /[ \t\n\r]/.test(text) ? text.replaceAll(BLANKS, '$1') : text;
}

/** What `cleanText` does, on JSON text: NUL and lone surrogates appear there as escapes. */
function clean(json: string): string {
  if (!/\\u(?:0000|d[89a-f])/.test(json)) return json;
  // Two characters are an escape of another kind, which is stepped over as a whole.
  const cleaned = json.replaceAll(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escape) =>
    escape.length > 2 ? '\uFFFD' : escape,
  );
  // Two names may have become one.
  return JSON.stringify(JSON.parse(cleaned));
}

/**
 * Writes valid JSON anew without white space, keeping order and spelling of numbers. Slower than the engine's own
 * functions, so only for texts that those would change.
 */
function rewrite(text: string, leaveOut: ReadonlySet<string>): string {
  const reader = new Rewriter(text);
  return reader.object((name) => !leaveOut.has(name));
}

const TOKEN = /[ \t\n\r]*(?:("(?:[^"\\]|\\.)*")|([{}[\]:,])|([^\s{}[\]:,"]+))/y;

class Rewriter {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  object(keep: (name: string) => boolean): string {
    this.#next();
    const members = new Map<string, string>();
    for (let token = this.#next(); token !== '}'; token = this.#next()) {
      if (token === ',') continue;
      this.#next();
      members.set(JSON.parse(token) as string, this.#value());
    }
    const kept = [...members].filter(([name]) => keep(name));
    return `{${kept.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
  }

  #value(): string {
    const start = this.#at;
    const token = this.#next();
    if (token === '{') {
      this.#at = start;
      return this.object(() => true);
    }
    if (token === '[') return this.#array();
    return token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token;
  }

  #array(): string {
    const items: string[] = [];
    for (;;) {
      const start = this.#at;
      const token = this.#next();
      if (token === ']') return `[${items.join(',')}]`;
      if (token === ',') continue;
      this.#at = start;
      items.push(this.#value());
    }
  }

  #next(): string {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (!match) throw new TypeError('Only valid JSON can be rewritten');
    this.#at = TOKEN.lastIndex;
    return (match[1] ?? match[2] ?? match[3]) as string;
  }
}

const raw = JSON as unknown as {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
};

/** Parses a body for a change in place: numbers that this program would spell differently stay as they are. */
export function parseBody(body: string): JsonObject {
  return JSON.parse(body, function revive(
    _key: string,
    value: unknown,
    context?: { source: string },
  ) {
    return typeof value === 'number' && context && String(value) !== context.source
      ? raw.rawJSON(context.source)
      : value;
  } as (key: string, value: unknown) => unknown) as JsonObject;
}

/** Is this a number that `parseBody` kept in its spelling? */
export function isKeptNumber(value: unknown): boolean {
  return raw.isRawJSON(value);
}
