// Password hashes: argon2id, as PHC strings.
import { argon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from '../random.ts';

/** What a hash costs. `memory` in KiB. */
export interface Argon2Cost {
  memory: number;
  passes: number;
  parallelism: number;
}

/** The first choice of the OWASP password storage guide: 19 MiB, two passes, one lane; about 25 ms. */
export const OWASP_COST: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 };

const SALT_BYTES = 16;
const TAG_BYTES = 32;

const derive = promisify(argon2);

interface Phc extends Argon2Cost {
  salt: Buffer;
  tag: Buffer;
}

/** A new PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`. */
export async function hashPassword(
  password: string,
  random: Random,
  cost: Argon2Cost = OWASP_COST,
): Promise<string> {
  const salt = random.bytes(SALT_BYTES);
  return format({ ...cost, salt, tag: await tagOf(password, { ...cost, salt }, TAG_BYTES) });
}

/** A PHC string that no password matches and that costs as much to check as a real one. */
export function impossibleHash(random: Random, cost: Argon2Cost = OWASP_COST): string {
  return format({ ...cost, salt: random.bytes(SALT_BYTES), tag: random.bytes(TAG_BYTES) });
}

/** Whether the password makes this hash, compared in constant time. Throws when the hash is no argon2id PHC string. */
export async function matchesHash(password: string, hash: string): Promise<boolean> {
  const phc = parse(hash);
  return timingSafeEqual(await tagOf(password, phc, phc.tag.length), phc.tag);
}

/** Whether the hash was made at another cost than today's. */
export function isOutdated(hash: string, cost: Argon2Cost = OWASP_COST): boolean {
  const phc = parse(hash);
  return (
    phc.memory !== cost.memory ||
    phc.passes !== cost.passes ||
    phc.parallelism !== cost.parallelism ||
    phc.tag.length !== TAG_BYTES
  );
}

/** Hashes that cost more are not taken in from elsewhere: each login would pay for them. */
const MOST: Argon2Cost = { memory: 262_144, passes: 10, parallelism: 8 };

/** Whether the text is an argon2id PHC string of a bearable cost, made by this program or another one. */
export function isUsableHash(hash: string): boolean {
  try {
    const { memory, passes, parallelism } = parse(hash);
    return (
      memory >= 8 * parallelism &&
      memory <= MOST.memory &&
      passes >= 1 &&
      passes <= MOST.passes &&
      parallelism >= 1 &&
      parallelism <= MOST.parallelism
    );
  } catch {
    return false;
  }
}

// NFC, so that an accent typed on another keyboard is the same password (RFC 8265, OpaqueString).
function tagOf(password: string, phc: Argon2Cost & { salt: Buffer }, length: number) {
  return derive('argon2id', {
    message: password.normalize('NFC'),
    nonce: phc.salt,
    memory: phc.memory,
    passes: phc.passes,
    parallelism: phc.parallelism,
    tagLength: length,
  });
}

function format({ memory, passes, parallelism, salt, tag }: Phc): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

function parse(hash: string): Phc {
  const match =
    /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,172})$/.exec(
      hash,
    );
  if (!match) throw new TypeError('A stored password hash is not an argon2id PHC string');
  const [, memory, passes, parallelism, salt = '', tag = ''] = match;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

/** PHC uses standard Base64 without padding. */
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
