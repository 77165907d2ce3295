// Tokens as clients present them.
import { expect, it } from 'vitest';
import { presentedToken } from './authorization.ts';

const TOKEN = '803b433162432915ce2e7b25a022910925ab73c2';
const encode = (text: string) => Buffer.from(text).toString('base64');
const ENCODED = encode(`${TOKEN}:x`);

it('is the example of the published page', () => {
  expect(ENCODED).toBe('ODAzYjQzMzE2MjQzMjkxNWNlMmU3YjI1YTAyMjkxMDkyNWFiNzNjMjp4');
});

it.each([
  ['as documented', `Basic ${ENCODED}`],
  ['scheme in lower case', `basic ${ENCODED}`],
  ['scheme in upper case', `BASIC ${ENCODED}`],
  ['several spaces', `Basic   ${ENCODED}`],
  ['a line break at the end', `Basic ${ENCODED}\r\n`],
  ['another password', `Basic ${encode(`${TOKEN}:true`)}`],
  ['an empty password', `Basic ${encode(`${TOKEN}:`)}`],
  ['a password with colons', `Basic ${encode(`${TOKEN}:a:b`)}`],
  ['no colon', `Basic ${encode(TOKEN)}`],
  ['no padding', `Basic ${encode(`${TOKEN}:`).replaceAll('=', '')}`],
  ['a line break that was encoded too', `Basic ${encode(`${TOKEN}\n:x`)}`],
  ['Bearer', `Bearer ${TOKEN}`],
  ['Bearer with the Base64 form', `Bearer ${ENCODED}`],
  ['the Base64 form taken for the token', `Basic ${encode(`${ENCODED}:x`)}`],
])('is found: %s', (_name, header) => {
  expect(presentedToken(header)).toBe(TOKEN);
});

it.each([
  ['no header', undefined],
  ['empty', ''],
  ['only the scheme', 'Basic'],
  ['only the scheme and a space', 'Basic '],
  ['another scheme', `Digest ${ENCODED}`],
  ['no Base64', 'Basic ???'],
  ['no user name', `Basic ${encode(':x')}`],
  ['far too long', `Basic ${'A'.repeat(5000)}`],
])('is missing: %s', (_name, header) => {
  expect(presentedToken(header)).toBeUndefined();
});
