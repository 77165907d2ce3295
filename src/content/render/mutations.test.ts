// Tests that a template which was damaged anywhere still renders, or is refused with a typed error, in every target.
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { DomainError } from '../../platform/errors.ts';
import { everyBlock } from './every-block.ts';
import { renderHtml } from './render.ts';
import type { Target } from './render.ts';

const TARGETS: readonly Target[] = ['message', 'page', 'popup', 'amp'];

type Path = readonly (string | number)[];

/** The way to every value of a document. */
function* paths(value: unknown, at: Path = []): Generator<Path> {
  if (at.length > 0) yield at;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    yield* paths(item, [...at, Array.isArray(value) ? Number(key) : key]);
  }
}

const TEMPLATE = everyBlock();
const PATHS = [...paths(TEMPLATE)];

/** What stands in damaged files in place of a value. */
const INSTEAD: readonly unknown[] = [
  undefined,
  null,
  [],
  {},
  '',
  0,
  -1,
  1e9,
  0.5,
  true,
  'true',
  'auto',
  'inherit',
  '100%',
  '-20px',
  '99999999px',
  '1e400',
  'constructor',
  '__proto__',
  ['x', null, [[]]],
  { '': { length: 5 } },
  '{"page":{}}',
  '\u0000\uD800\u202E',
];

/** The document with another value at that place. */
function damaged(value: unknown, [key, ...rest]: Path, instead: unknown): unknown {
  if (key === undefined) return instead;
  const copy: unknown = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const holder = copy as Record<string | number, unknown>;
  holder[key] = damaged(holder[key], rest, instead);
  return copy;
}

/** Renders; undefined when the template was refused as it should be. */
function rendered(template: unknown, target: Target, beautify: boolean): string | undefined {
  try {
    return renderHtml(template, { target, beautify, language: 'de' }).html;
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    return undefined;
  }
}

/** What a browser reads, and what Outlook reads: conditional comments show each something else. */
const views = (html: string) => [
  html.replaceAll(/<!--\[if (?:mso|vml) ?\]>.*?<!\[endif\]-->/gs, ''),
  html
    .replaceAll(/<!--\[if !(?:mso|vml)\]><!-->.*?<!--<!\[endif\]-->/gs, '')
    .replaceAll(/<!--\[if (?:mso|vml) ?\]>(.*?)<!\[endif\]-->/gs, '$1'),
];

/** What may not be in the output of any template whatever. */
function* flaws(html: string): Generator<string> {
  const leftover = html.search(/NaN|\[object|Infinity|undefined|function/);
  if (leftover !== -1) yield html.slice(Math.max(0, leftover - 60), leftover + 20);
  for (const [, width] of html.matchAll(/ (?:width|height)="([^"]*)"/g)) {
    if (!/^(?:\d+(?:\.\d+)?(?:px|%)?|auto)$/.test(width!)) yield `width=${width}`;
  }
  for (const view of views(html)) {
    const tags = new Map<string, number>();
    for (const [, end, tag] of view.matchAll(
      /<(\/?)(table|div|td|tr|a|span|p|ul|form|v:\w+)\b[^<>]*(?<!\/)>/g,
    ))
      tags.set(tag!, (tags.get(tag!) ?? 0) + (end === '' ? 1 : -1));
    for (const [tag, open] of tags) if (open !== 0) yield `unbalanced ${tag}: ${open}`;
    if (
      /\[if|\[endif/.test(view.replaceAll(/<!--\[if !(?:mso|vml)\]><!-->|<!--<!\[endif\]-->/g, ''))
    )
      yield 'unbalanced comments';
  }
}

describe.each(TARGETS.map((target, turn) => ({ target, turn })))('$target', ({ target, turn }) => {
  test('one value after the other is missing or odd', () => {
    // Each target takes its part of the places; the other test takes any.
    for (let i = turn; i < PATHS.length; i += TARGETS.length) {
      const path = PATHS[i]!;
      const instead = INSTEAD[(i * 7) % INSTEAD.length];
      const html = rendered(damaged(TEMPLATE, path, instead), target, i % 2 === 0);
      const [flaw] = flaws(html ?? '');
      expect(flaw, `${JSON.stringify(instead)} at ${path.join('.')}`).toBeUndefined();
    }
  });

  test('several values are odd', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom(...PATHS),
            fc.oneof(
              { weight: 3, arbitrary: fc.constantFrom(...INSTEAD) },
              fc.jsonValue({ maxDepth: 2 }),
            ),
          ),
          { minLength: 1, maxLength: 12 },
        ),
        fc.boolean(),
        (changes, beautify) => {
          let template: unknown = TEMPLATE;
          for (const [path, instead] of changes) template = damaged(template, path, instead);
          rendered(template, target, beautify);
        },
      ),
      { numRuns: 200 },
    );
  });
});
