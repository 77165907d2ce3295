// Keys made from the server key: one for each purpose, so that a weakness in one use never touches another.
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** Bytes of the server key and of every key made from it. */
const KEY_BYTES = 32;

/** A key for one purpose, by HKDF with SHA-256 (RFC 5869). Throws `RangeError` unless the server key has 32 bytes. */
export function deriveKey(serverKey: Uint8Array, purpose: string): Buffer {
  if (serverKey.length !== KEY_BYTES) throw new RangeError('The server key must have 32 bytes');
  return Buffer.from(hkdfSync('sha256', serverKey, '', `skep/${purpose}`, KEY_BYTES));
}

// Node checks a key object once, and raw bytes at great length at each use.
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

function keyObjectOf(key: Uint8Array): KeyObject {
  let object = keyObjects.get(key);
  if (!object) keyObjects.set(key, (object = createSecretKey(key)));
  return object;
}

/** HMAC-SHA-256 over the parts, each with its length before it so that no two lists give the same bytes. Base64url. */
export function keyedHash(key: Uint8Array, parts: readonly string[]): string {
  const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  return createHmac('sha256', keyObjectOf(key)).update(text).digest('base64url');
}
