// How a new token looks: each protocol has its own form, all are long enough never to be guessed.
import type { Random } from '../random.ts';

export type TokenFormat = (random: Random) => string;

/** A version-4 UUID: 122 random bits. */
export const uuidToken: TokenFormat = (random) => random.uuid();

/** 40 lower-case hexadecimal characters: 160 random bits. */
export const hexToken: TokenFormat = (random) => random.bytes(20).toString('hex');

/** A prefix that tells people and secret scanners what it is, and 40 letters and digits: 238 random bits. */
export const prefixedToken =
  (prefix: string): TokenFormat =>
  (random) =>
    prefix + random.alphanumeric(40);
