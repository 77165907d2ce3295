// Cuts the text of a query into tokens. Everything outside the alphabet of the language is refused here.
import { Invalid } from '../../platform/errors.ts';

export type Token =
  | { kind: 'name'; text: string; at: number }
  | { kind: 'string'; text: string; at: number }
  | { kind: 'number'; value: number; at: number }
  | { kind: 'mark'; text: string; at: number }
  | { kind: 'end'; text: ''; at: number };

/** Longest first. `?` stands for a parameter. */
const MARKS = ['<>', '!=', '<=', '>=', ...'=<>()[],.?+-*/%'.split('')];

const NAME = /[\p{L}_$@][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
/** A record identity as a literal. */
const RID = /#-?\d{1,9}:\d{1,16}/y;
const BLANK = /\s+/y;

/** What closes each kind of quote. Typographic ones come from samples that a word processor has been at. */
const QUOTES: Record<string, string> = {
  "'": "'",
  '"': '"',
  '‘': '’',
  '’': '’',
  '“': '”',
  '”': '”',
};

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Splits `text` into tokens, the last of kind `end`. Throws `Invalid` (`query_syntax`) with the position. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = sticky(BLANK, text, at);
    if (blank) {
      at += blank.length;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token.token);
    at = token.next;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function tokenAt(text: string, at: number): { token: Token; next: number } {
  const first = text[at] as string;
  if (QUOTES[first]) return quoted(text, at, QUOTES[first]);
  const name = sticky(NAME, text, at);
  if (name) return { token: { kind: 'name', text: name, at }, next: at + name.length };
  const number = sticky(NUMBER, text, at);
  if (number) {
    const next = at + number.length;
    if (sticky(NAME, text, next)) throw syntaxError('a name cannot begin with a digit', at);
    const value = Number(number);
    if (!Number.isFinite(value)) throw syntaxError('a number is out of range', at);
    return { token: { kind: 'number', value, at }, next };
  }
  const rid = sticky(RID, text, at);
  if (rid) return { token: { kind: 'string', text: rid, at }, next: at + rid.length };
  const pair = text.slice(at, at + 2);
  if (pair === '--' || pair === '/*') throw syntaxError('comments are not allowed', at);
  const mark = MARKS.find((candidate) => text.startsWith(candidate, at));
  if (mark === undefined) throw syntaxError('a character is not allowed here', at);
  return { token: { kind: 'mark', text: mark, at }, next: at + mark.length };
}

function quoted(text: string, at: number, close: string): { token: Token; next: number } {
  let value = '';
  for (let index = at + 1; index < text.length; index++) {
    const character = text[index] as string;
    if (character === close) {
      return { token: { kind: 'string', text: value, at }, next: index + 1 };
    }
    if (character !== '\\') {
      value += character;
      continue;
    }
    const escaped = text[++index];
    if (escaped === undefined) break;
    const hex = /^[0-9a-fA-F]{4}$/.exec(text.slice(index + 1, index + 5))?.[0];
    if (escaped === 'u' && hex) {
      value += String.fromCharCode(Number.parseInt(hex, 16));
      index += 4;
    } else value += ESCAPES[escaped] ?? escaped;
  }
  throw syntaxError('a text is not closed', at);
}

function sticky(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The error for text outside the grammar. Positions count from 1. */
export function syntaxError(problem: string, at: number): Invalid {
  return new Invalid('query_syntax', `The query is not valid: ${problem} (position ${at + 1})`, {
    position: at + 1,
  });
}
