// Password hashes against strings that the reference implementation made.
import { expect, it } from 'vitest';
import { systemRandom } from '../random.ts';
import {
  hashPassword,
  impossibleHash,
  isOutdated,
  isUsableHash,
  matchesHash,
  OWASP_COST,
} from './argon2.ts';

const random = systemRandom({ now: () => 0 });
const cheap = { memory: 8, passes: 1, parallelism: 1 };

it.each([
  '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
])('agrees with %s', async (hash) => {
  expect(await matchesHash('password', hash)).toBe(true);
  expect(await matchesHash('Password', hash)).toBe(false);
  expect(isOutdated(hash)).toBe(true);
});

it('hashes at the recommended cost, each time with another salt', async () => {
  const [a, b] = [await hashPassword('honey', random), await hashPassword('honey', random)];
  expect(a).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(a).not.toBe(b);
  expect(await matchesHash('honey', a)).toBe(true);
  expect(isOutdated(a)).toBe(false);
});

it.each<[string, boolean]>([
  ['$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', true],
  ['$argon2id$v=19$m=64,t=1,p=8$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', true],
  ['$argon2id$v=19$m=63,t=1,p=8$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', false],
  [
    '$argon2id$v=19$m=262145,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    false,
  ],
  [
    '$argon2id$v=19$m=19456,t=11,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    false,
  ],
  ['$argon2id$v=19$m=19456,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', false],
  ['$argon2id$v=19$m=19456,t=2,p=9$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', false],
  ['plain', false],
])('takes %s in from elsewhere: %s', (hash, usable) => {
  expect(isUsableHash(hash)).toBe(usable);
});

it('does not care how an accent was typed', async () => {
  const hash = await hashPassword('café', random, cheap);
  expect(await matchesHash('cafe\u0301', hash)).toBe(true);
  expect(await matchesHash('cafe', hash)).toBe(false);
});

it('makes a hash for nobody that costs as much as a real one', async () => {
  const hash = impossibleHash(random);
  expect(isOutdated(hash, OWASP_COST)).toBe(false);
  expect(await matchesHash('', hash)).toBe(false);
});

it.each(['', 'plain', '$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA', '$2b$10$x'])(
  'refuses the stored text %j without repeating it',
  async (stored) => {
    await expect(matchesHash('x', stored)).rejects.toThrow(
      'A stored password hash is not an argon2id PHC string',
    );
  },
);
