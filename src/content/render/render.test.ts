// Tests over all targets: golden files, determinism, properties over any template, speed of the reader.
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { DomainError } from '../../platform/errors.ts';
import { all, attribute, block, doc, example } from './test-kit.ts';
import { renderHtml } from './render.ts';
import type { Target } from './render.ts';

const TARGETS: readonly Target[] = ['message', 'page', 'popup', 'amp'];
const EXAMPLES = [
  'apiary-newsletter',
  'harvest-booking',
  'open-day-page',
  'rtl-letter',
  'sign-up-popup',
];

describe('golden files', () => {
  test.each([
    ['apiary-newsletter', 'message'],
    ['apiary-newsletter', 'amp'],
    ['harvest-booking', 'message'],
    ['harvest-booking', 'page'],
    ['open-day-page', 'page'],
    ['sign-up-popup', 'popup'],
    ['rtl-letter', 'message'],
  ] as const)('%s as %s', async (name, target) => {
    const { html } = renderHtml(example(name), { target, beautify: true });
    await expect(html).toMatchFileSnapshot(`golden/${name}.${target}.golden`);
  });
});

describe.each(EXAMPLES)('%s', (name) => {
  test.each(TARGETS)(
    'as %s: no warnings, no leftovers, unique ids, the same bytes twice',
    (target) => {
      const once = renderHtml(example(name), { target });
      expect(renderHtml(example(name), { target })).toEqual(once);
      expect(once.html).not.toMatch(/undefined|NaN|\[object|data-mce|data-bee/);
      const ids = all(once.html).flatMap((element) => attribute(element, 'id') ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      expect(Math.max(...once.html.split('\n').map((line) => line.length))).toBeLessThan(998);
    },
  );

  test('does not change its input', () => {
    const template = example(name);
    renderHtml(template, { target: 'message', language: 'de' });
    expect(template).toEqual(example(name));
  });
});

test('translations change text and language', () => {
  const { html } = renderHtml(example('apiary-newsletter'), {
    target: 'message',
    language: 'de-DE',
  });
  expect(html).toContain('lang="de-DE"');
  expect(html).toContain('<title>Der Frühling kommt früh</title>');
  expect(html).toContain('Abbestellen');
});

describe('any template', () => {
  const KINDS = [
    'heading',
    'paragraph',
    'list',
    'text',
    'image',
    'button',
    'divider',
    'spacer',
    'social',
    'icons',
    'menu',
    'html',
    'video',
    'table',
    'form',
    'carousel',
    'merge-content',
    'addon',
    'empty',
    'else',
  ];
  const CONTENT = [
    'heading',
    'paragraph',
    'list',
    'text',
    'image',
    'button',
    'divider',
    'spacer',
    'iconsList',
    'menuItemsList',
    'html',
    'video',
    'table',
    'form',
    'carousel',
    'mergeContent',
    'style',
    'computedStyle',
    'mobileStyle',
    'hoverStyle',
    'customAttributes',
    'id',
  ];
  const KEYS = [
    'style',
    'html',
    'text',
    'label',
    'href',
    'src',
    'alt',
    'icons',
    'items',
    'slides',
    'content',
    'rows',
    'cells',
    'structure',
    'fields',
    'layout',
    'padding-top',
    'font-size',
    'color',
    'border-top',
    'background-color',
    'font-family',
    'line-height',
    'width',
    'key',
    'value',
    'link',
    'image',
    'type',
    'options',
    'translations',
    'de',
  ];
  const HOSTILE = [
    '"><script>alert(1)</script>',
    "';alert(1)//",
    'javascript:alert(1)',
    '--><script>alert(1)</script>',
    '</style><script>alert(1)</script>',
    '{{ x }}',
    '10px',
    '120%',
    '1px solid red',
    '<p onclick="alert(1)">x</p>',
    'onload',
    'red}*{x:expression(alert(1))',
  ];
  const leaf = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...KEYS), tie('tree'), { maxKeys: 5 }),
    ),
  }));
  const module = fc
    .tuple(
      fc.constantFrom(...KINDS),
      fc.dictionary(fc.constantFrom(...CONTENT), tree, { maxKeys: 6 }),
    )
    .map(([kind, descriptor]) => block(kind, descriptor));
  // Custom HTML of pages is printed as it is, by contract; everything else is ours.
  const ours = (template: ReturnType<typeof doc>, target: Target) =>
    target === 'message' ||
    target === 'amp' ||
    !/"mailup[^"]*(?:html|merge-content|addon)"/.test(JSON.stringify(template));

  test('renders without scripts and handlers, in balance', () => {
    fc.assert(
      fc.property(
        fc.array(module, { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('content', 'container', 'customFields'), tree),
        fc.constantFrom(...TARGETS),
        fc.boolean(),
        (modules, row, target, beautify) => {
          const template = doc(modules, row);
          const { html } = renderHtml(template, { target, beautify, language: 'de' });
          if (!ours(template, target)) return;
          for (const element of all(html)) {
            if (element.tagName === 'script') {
              expect(attribute(element, 'src')).toMatch(/^https:\/\/cdn\.ampproject\.org\//);
            }
            expect(element.tagName).not.toMatch(/^(?:object|embed|base)$/);
            for (const { name, value } of element.attrs) {
              expect(name).not.toMatch(/^on/);
              if (name === 'href' || name === 'src' || name === 'action') {
                expect(value).not.toMatch(/^\s*javascript:/i);
              }
            }
          }
          const tables = (html.match(/<table/g) ?? []).length;
          expect((html.match(/<\/table/g) ?? []).length).toBe(tables);
          expect((html.match(/<!--\[if/g) ?? []).length).toBe(
            (html.match(/<!\[endif\]-->/g) ?? []).length,
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  test('any JSON renders or is refused with a typed error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...TARGETS), (value, target) => {
        for (const input of [
          value,
          { page: value },
          { page: { rows: value } },
          { page: { rows: [value] } },
        ]) {
          try {
            expect(typeof renderHtml(input, { target }).html).toBe('string');
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
          }
        }
      }),
    );
  });
});
