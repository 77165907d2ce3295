// Keys, sealed texts, token formats and names.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { systemRandom } from '../random.ts';
import { deriveKey, keyedHash } from './keys.ts';
import { foldName } from './names.ts';
import { seal, unseal } from './sealing.ts';
import { hexToken, prefixedToken, uuidToken } from './token-formats.ts';

const random = systemRandom({ now: () => 0 });
const serverKey = Buffer.alloc(32, 7);

it('derives another key for each purpose and server key', () => {
  const keys = [
    deriveKey(serverKey, 'a'),
    deriveKey(serverKey, 'b'),
    deriveKey(Buffer.alloc(32, 8), 'a'),
  ].map((key) => key.toString('hex'));
  expect(new Set(keys).size).toBe(3);
  expect(deriveKey(serverKey, 'a').toString('hex')).toBe(keys[0]);
  expect(() => deriveKey(Buffer.alloc(31), 'a')).toThrow(RangeError);
});

it('gives two lists of texts the same hash only when they are the same list', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', ':', '1', 'é') }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b);
      expect(keyedHash(serverKey, a) === keyedHash(serverKey, b)).toBe(same);
    }),
  );
  expect(keyedHash(serverKey, ['a'])).not.toBe(keyedHash(Buffer.alloc(32), ['a']));
});

it('opens what it sealed, and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, at) => {
      const sealed = seal(serverKey, text, 'row', random);
      expect(unseal(serverKey, sealed, 'row')).toBe(text);
      expect(unseal(serverKey, sealed, 'other row')).toBeUndefined();
      expect(unseal(Buffer.alloc(32), sealed, 'row')).toBeUndefined();
      const bytes = Buffer.from(sealed, 'base64url');
      const byte = at % bytes.length;
      bytes[byte] = (bytes[byte] ?? 0) ^ 1;
      expect(unseal(serverKey, bytes.toString('base64url'), 'row')).toBeUndefined();
    }),
    { numRuns: 40 },
  );
  expect(unseal(serverKey, '', 'row')).toBeUndefined();
  expect(seal(serverKey, 'x', 'row', random)).not.toBe(seal(serverKey, 'x', 'row', random));
});

it('makes tokens in the forms of the protocols', () => {
  expect(uuidToken(random)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  expect(hexToken(random)).toMatch(/^[0-9a-f]{40}$/);
  expect(prefixedToken('sk_')(random)).toMatch(/^sk_[A-Za-z0-9]{40}$/);
});

it('compares names without letter case and however an accent was typed', () => {
  expect(foldName('MIRA')).toBe(foldName('mira'));
  expect(foldName('Rene\u0301')).toBe(foldName('RENÉ'));
  expect(foldName('mira')).not.toBe(foldName('mira '));
});
