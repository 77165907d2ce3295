// Takes secrets out of what is written to logs: out of objects by the names of their fields, out of text by its shape.

const MASK = '[masked]';

/** Core of a name whose value is a secret, wherever it stands: `accessToken`, `X-BB-SESSION`, `demo_password`. */
const SECRET_CORE =
  '(?:token|password|passwd|passphrase|pwd|secret|api[_-]?key|bb[_-]?session|session[_-]?id|authorization|cookie|credentials?)';

const SECRET_NAME = new RegExp(`${SECRET_CORE}$|^pass$`, 'i');

/** Parameters of a URL that act for whoever holds them: what a provider sends back after a login (RFC 6749, 4.1.2). */
const SECRET_PARAMETER = /^(?:code|state|oauth_verifier)$/i;

/** A secret name, the quote that may close it, and the sign that separates it from its value. */
const SECRET_ASSIGNMENT = new RegExp(
  `(${SECRET_CORE}|\\bpass)(\\\\{0,8}["']|)\\s{0,5}(?:=>|[:=])\\s{0,5}`,
  'gi',
);

/** Credentials of HTTP's own schemes, where they stand without the header's name. */
const SCHEME_CREDENTIALS =
  /\b([Bb]asic|[Bb]earer|BASIC|BEARER) +(?=\S{0,200}[A-Z0-9=])[\w.~+/=-]{4,}/g;

/** `user:password@` in a URL. */
const USER_INFO = /(\/\/)[^/?#@\s"'\\]{1,300}@/g;

/** Links that act for whoever holds them, such as those of a password reset. */
const RESET_LINK = /(\/reset\/)[^/?#\s"'\\]{4,}/gi;

/** Longer strings are cut: a log is no place for documents. */
const MAX_TEXT = 8192;
const MAX_URL = 2048;
const MAX_DEPTH = 6;
const MAX_ENTRIES = 100;

/** Masks secrets in a text: assignments (`token=…`, `"pwd": "…"`, headers), credentials and user-info. Never throws. */
export function maskSecrets(text: string): string {
  let masked = '';
  let from = 0;
  SECRET_ASSIGNMENT.lastIndex = 0;
  for (let match; (match = SECRET_ASSIGNMENT.exec(text));) {
    const start = SECRET_ASSIGNMENT.lastIndex;
    const [end, value] = maskedValue(text, start, match[1] ?? '', match[2] ?? '');
    masked += text.slice(from, start) + value;
    from = end;
    SECRET_ASSIGNMENT.lastIndex = end;
  }
  masked += text.slice(from);
  return masked
    .replace(SCHEME_CREDENTIALS, `$1 ${MASK}`)
    .replace(USER_INFO, `$1${MASK}@`)
    .replace(RESET_LINK, `$1${MASK}`);
}

/** Where the value that begins at `start` ends, and what to write instead; quotes are kept, so that JSON stays JSON. */
function maskedValue(
  text: string,
  start: number,
  name: string,
  keyQuote: string,
): [end: number, value: string] {
  const quote = /^\\{0,8}["']/.exec(text.slice(start, start + 9))?.[0];
  if (quote !== undefined) {
    const end = closingQuote(text, start + quote.length, quote);
    return [end, quote + MASK];
  }
  // Whole header values consist of several words.
  const header = /authorization|cookie/i.test(name);
  const run = header ? /[^"'\\\r\n]*/y : /[^\s&,;"'\\()<>[\]{}#]*/y;
  run.lastIndex = start;
  const value = run.exec(text)?.[0] ?? '';
  return [start + value.length, value === '' ? '' : keyQuote + MASK + keyQuote];
}

/** The index of the quote that closes a string, or where its text ends. */
function closingQuote(text: string, from: number, quote: string): number {
  const mark = quote.at(-1) as string;
  const depth = quote.length - 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] !== mark) continue;
    let slashes = 0;
    while (at - slashes > from && text[at - slashes - 1] === '\\') slashes += 1;
    // As many as the opening one has: its counterpart. Fewer: the string around this one ends.
    if (slashes <= depth) return at - slashes;
  }
  return text.length;
}

/** A URL or path for logs: values of secret parameters, user-info and reset links masked, cut when long. Never throws. */
export function safeUrl(url: unknown): string {
  if (typeof url !== 'string') return '';
  const [path = '', ...rest] = url.slice(0, MAX_URL).split(/(?=[?#&;])/);
  const shown = rest.map((part) => {
    const equals = part.indexOf('=');
    const name = decoded(part.slice(1, Math.max(1, equals)));
    if (equals < 0 || !(SECRET_NAME.test(name) || SECRET_PARAMETER.test(name))) return part;
    return `${part.slice(0, equals)}=${MASK}`;
  });
  return maskSecrets(path + shown.join(''));
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' ')).trim();
  } catch {
    return name;
  }
}

/**
 * A copy of a value that may be logged: secret fields masked by name, strings by shape, errors with their causes and
 * without the fields that drivers add (they hold row values), everything bounded in depth, number and length.
 */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set());
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'bigint':
    case 'symbol':
      return String(value);
    case 'function':
      return '[function]';
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (depth > MAX_DEPTH || above.has(value)) return '[…]';
  above.add(value);
  try {
    return copyObject(value, depth, above);
  } catch {
    // A getter or a proxy that throws must not take the log with it.
    return '[unreadable]';
  } finally {
    above.delete(value);
  }
}

function copyObject(value: object, depth: number, above: Set<object>): unknown {
  if (value instanceof Error) return copyError(value, depth, above);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return safeUrl(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) {
    return value.slice(0, MAX_ENTRIES).map((item) => copy(item, depth + 1, above));
  }
  const entries =
    value instanceof Map
      ? [...value.entries()].map(([key, item]) => [String(key), item] as const)
      : Object.entries(value);
  const fields: [string, unknown][] = entries
    .slice(0, MAX_ENTRIES)
    .map(([key, item]) => [key, field(key, item, depth, above)]);
  // From entries, so that a field called __proto__ is only a field.
  return Object.fromEntries(fields);
}

function field(key: string, value: unknown, depth: number, above: Set<object>): unknown {
  if (SECRET_NAME.test(key)) return value == null || typeof value === 'boolean' ? value : MASK;
  if (typeof value === 'string' && /ur[il]$/i.test(key)) return safeUrl(value);
  return copy(value, depth + 1, above);
}

function copyError(error: Error, depth: number, above: Set<object>): unknown {
  const { code, kind } = error as { code?: unknown; kind?: unknown };
  return {
    type: error.name,
    message: text(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof kind === 'string' ? { kind } : {}),
    ...(error.stack === undefined ? {} : { stack: text(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: copy(error.cause, depth + 1, above) }),
  };
}

function text(value: string): string {
  return maskSecrets(value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value);
}
