// Encrypts the few secrets that a protocol shows again.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../random.ts';
import { deriveKey } from './keys.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM. `context` is bound to the text, so that a sealed text moved to another row does not open there. */
export function seal(key: Uint8Array, text: string, context: string, random: Random): string {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
}

/** The text, or `undefined` when it was sealed with another key or context or is damaged. */
export function unseal(key: Uint8Array, sealed: string, context: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const body = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([body, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Seals and opens secrets of one purpose under a key of their own. */
export interface Sealer {
  /** `context` says where the secret belongs; it opens nowhere else. */
  seal(text: string, context: string): string;
  /** `undefined` when it was sealed elsewhere or is damaged. */
  unseal(sealed: string, context: string): string | undefined;
}

/** A sealer for one purpose, such as `backend-settings`. */
export function sealerFor(serverKey: Uint8Array, purpose: string, random: Random): Sealer {
  const key = deriveKey(serverKey, `seal/${purpose}`);
  return {
    seal: (text, context) => seal(key, text, context, random),
    unseal: (sealed, context) => unseal(key, sealed, context),
  };
}
