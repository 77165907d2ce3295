// Which paths may be looked up in the web folder.
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { namesIn } from './web.ts';

it.each<[string, string[] | undefined]>([
  ['/', []],
  ['/a/b.html', ['a', 'b.html']],
  ['/a/', ['a']],
  ['/%C3%A4%20b', ['ä b']],
  ['/..', undefined],
  ['/a/../b', undefined],
  ['/%2e%2e/b', undefined],
  ['/..%2fb', undefined],
  ['/a%2f..%2f..%2fb', undefined],
  ['/.env', undefined],
  ['/a/.git/config', undefined],
  ['//evil.test', undefined],
  ['/a//b', undefined],
  ['/a%00.html', undefined],
  ['/a%5c..%5cb', undefined],
  ['/C:/x', undefined],
  ['/%ff', undefined],
  ['/%', undefined],
  ['', undefined],
  ['a', undefined],
  [`/${'a'.repeat(256)}`, undefined],
  [`/${'a/'.repeat(600)}`, undefined],
])('reads %j as %j', (url, names) => {
  expect(namesIn(url)).toEqual(names);
});

it('never leaves the folder', () => {
  const piece = fc.constantFrom('..', '.', '/', '%2f', '%2e', '\\', '%5c', 'a', '%00', ':', '%25');
  fc.assert(
    fc.property(fc.array(piece), fc.webUrl(), (pieces, other) => {
      for (const url of [`/${pieces.join('')}`, other]) {
        const names = namesIn(url);
        if (names) expect(path.resolve('/web', ...names)).toMatch(/^\/web(\/|$)/);
      }
    }),
  );
});
