// JSON from clients: bounded in size, depth and members before it becomes objects.
import { Invalid, TooLarge } from './errors.ts';

export interface JsonLimits {
  /** How deep arrays and objects may nest. */
  depth: number;
  /** How many members and elements there may be in all. */
  members: number;
}

/** Enough for any real document, far below what strains the parser or recursive code after it. */
export const DEFAULT_JSON_LIMITS: JsonLimits = { depth: 100, members: 500_000 };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * Parses JSON text or UTF-8 bytes. A byte-order mark and surrounding white space are accepted.
 * Throws `Invalid` (`json_encoding`, `json_syntax`, `json_prototype` for a member named `__proto__`) or
 * `TooLarge` (`json_depth`, `json_members`). The limits are checked on the text, so a hostile document costs one
 * linear pass and no objects.
 */
export function parseJson(input: string | Uint8Array, limits = DEFAULT_JSON_LIMITS): unknown {
  let text = typeof input === 'string' ? input : decodeUtf8(input);
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  checkLimits(text, limits);
  // The reviver runs only for texts in which the name occurs, in clear or escaped.
  const suspicious = /__proto__|\\u00[5-7]/i.test(text);
  try {
    return suspicious ? JSON.parse(text, refusePrototype) : JSON.parse(text);
  } catch (error) {
    if (error instanceof Invalid) throw error;
    throw new Invalid('json_syntax', `The text is not valid JSON: ${(error as Error).message}`);
  }
}

/** Decodes UTF-8 strictly: a malformed sequence is an error, not a replacement character. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Invalid('json_encoding', 'The text is not valid UTF-8');
  }
}

function checkLimits(text: string, limits: JsonLimits): void {
  // Short texts cannot break the limits; most requests end here.
  if (text.length <= limits.depth && text.length <= limits.members) return;
  let depth = 0;
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COMMA) members++;
    // Both brackets differ from both braces in one bit: [ 5b ] 5d { 7b } 7d.
    else if ((code | 0x20) === 0x7b) {
      if (++depth > limits.depth) {
        throw new TooLarge('json_depth', `JSON nests deeper than ${limits.depth} levels`);
      }
    } else if ((code | 0x20) === 0x7d) depth--;
  }
  if (members >= limits.members) {
    throw new TooLarge('json_members', `JSON has more than ${limits.members} members`);
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
    at = end + 1;
  }
}

function refusePrototype(key: string, value: unknown): unknown {
  if (key === '__proto__') {
    throw new Invalid('json_prototype', 'A member may not be named __proto__');
  }
  return value;
}
