// Names of stored contents, safe on every file system whatever a tenant is called.

const KEY = /^([0-9a-f]{64})\.[0-9a-f]{24}$/;
const SPACE = /^s-((?:[0-9a-z-]|_[0-9a-f]{2}){1,240})$/;

/** Longest tenant id, in bytes, that fits a file name when every byte needs three characters. */
const MAX_SPACE_BYTES = 80;

/** Whether `text` is a key as the stores make them: the content's hash, a dot, a random suffix. */
export function isKey(text: string): boolean {
  return KEY.test(text);
}

/** The hash that a key starts with. */
export function hashOfKey(key: string): string {
  return key.slice(0, 64);
}

/**
 * A file name for a space: lower-case letters, digits and hyphens stay, other bytes become `_` and two hexadecimal digits,
 * so that two spaces never meet on a file system that ignores case. The prefix keeps clear of reserved names (`con`, `nul`).
 */
export function encodeSpace(space: string): string {
  const bytes = Buffer.from(space, 'utf8');
  if (bytes.length === 0 || bytes.length > MAX_SPACE_BYTES) {
    throw new TypeError(`The id of a tenant has 1 to ${MAX_SPACE_BYTES} bytes`);
  }
  let name = 's-';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    name += /[0-9a-z-]/.test(char) ? char : `_${byte.toString(16).padStart(2, '0')}`;
  }
  return name;
}

/** The space that a folder belongs to, or nothing when the folder is not ours. */
export function decodeSpace(folder: string): string | undefined {
  const encoded = SPACE.exec(folder)?.[1];
  if (encoded === undefined) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < encoded.length; at++) {
    if (encoded[at] === '_') {
      bytes.push(Number.parseInt(encoded.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      bytes.push(encoded.charCodeAt(at));
    }
  }
  return Buffer.from(bytes).toString('utf8');
}
