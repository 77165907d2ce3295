// Where JSON breaks off: the runtime's own message names the place only sometimes, and whoever edits a file wants it always.

/** Sticky patterns: each reads from where it is told. Strings are walked instead, since they can be of any length. */
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
const OTHER = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const SPACE = /[ \t\n\r]*/y;

/** Line and column, from 1, of the first character that cannot be there; of the end, when the text is too short. */
export function placeOfError(text: string): { line: number; column: number } {
  const before = text.slice(0, offsetOfError(text));
  const line = before.split('\n').length;
  return { line, column: before.length - before.lastIndexOf('\n') };
}

/** Reads without keeping anything, and with a stack of its own, so that no document is too deep. */
function offsetOfError(text: string): number {
  const open: string[] = [];
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const take = (char: string): boolean => {
    if (text[at] !== char) return false;
    at++;
    skip(SPACE);
    return true;
  };
  /** One that is not right counts as wrong from its start. */
  const string = (): boolean => {
    if (text[at] !== '"') return false;
    for (let i = at + 1; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20) return false;
      if (code === 0x22) {
        at = i + 1;
        return true;
      }
      if (code !== 0x5c) continue;
      ESCAPE.lastIndex = i;
      if (!ESCAPE.test(text)) return false;
      i = ESCAPE.lastIndex - 1;
    }
    return false;
  };
  const name = (): boolean => string() && skip(SPACE) && take(':');

  if (text.startsWith('\ufeff')) at++;
  skip(SPACE);
  for (;;) {
    // A value begins here.
    if (take('{')) {
      if (!take('}')) {
        open.push('}');
        if (!name()) return at;
        continue;
      }
    } else if (take('[')) {
      if (!take(']')) {
        open.push(']');
        continue;
      }
    } else if (!string() && !skip(OTHER)) return at;
    // It ended, and perhaps what it stands in.
    skip(SPACE);
    while (open.length > 0 && take(open.at(-1) as string)) open.pop();
    if (open.length === 0 || !take(',')) return at;
    if (open.at(-1) === '}' && !name()) return at;
  }
}
