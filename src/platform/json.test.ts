// Bounds of the JSON parser.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from './json.ts';

it('agrees with JSON.parse on every valid document', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
      expect(parseJson(Buffer.from(`\uFEFF ${text}\n`))).toEqual(JSON.parse(text));
    }),
  );
});

it.each([
  ['one million arrays', '['.repeat(1_000_000), 'json_depth'],
  ['one million objects', '{"a":'.repeat(1_000_000), 'json_depth'],
  ['one million elements', `[${'1,'.repeat(1_000_000)}1]`, 'json_members'],
  ['one million members', `{${'"a":1,'.repeat(1_000_000)}"b":1}`, 'json_members'],
  ['a prototype', '{"a":{"__proto__":{"x":1}}}', 'json_prototype'],
  ['an escaped prototype', String.raw`{"__pr\u006fto__":1}`, 'json_prototype'],
  ['a cut text', '{"a":', 'json_syntax'],
  ['an open string', `["${'x'.repeat(200)}`, 'json_syntax'],
  ['nothing', '', 'json_syntax'],
])('refuses %s', (_, text, code) => {
  expect(() => parseJson(text)).toThrow(expect.objectContaining({ code }));
});

it('refuses bytes that are not UTF-8', () => {
  expect(() => parseJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow(/UTF-8/);
});

it('does not count brackets and commas inside strings', () => {
  const text = JSON.stringify({ text: `[[[{{{,,,\\"]${'['.repeat(5000)}` });
  expect(parseJson(text, { depth: 2, members: 3 })).toEqual(JSON.parse(text));
});

it('accepts exactly the depth that it allows', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(() => parseJson(nested(10), { depth: 10, members: 100 })).not.toThrow();
  expect(() => parseJson(nested(11), { depth: 10, members: 100 })).toThrow(/deeper than 10/);
});
