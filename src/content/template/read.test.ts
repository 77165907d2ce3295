// Tests of the tolerant reader: roots, defaults, odd types, translations, limits (spec 4.10).
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { DomainError, Invalid, TooLarge } from '../../platform/errors.ts';
import { findPage, readTemplate } from './read.ts';
import { LIMITS } from './context.ts';

const row = (columns: unknown, more: object = {}) => ({ columns, ...more });
const read = (page: object, language?: string) => readTemplate({ page }, language);

describe('root', () => {
  test.each([
    [{ page: { title: 'x' } }],
    [{ json: { page: { title: 'x' } } }],
    [{ template: { page: { title: 'x' } } }],
    ['{"page":{"title":"x"}}'],
    [JSON.stringify('{"page":{"title":"x"}}')],
    [{ json: '{"page":{"title":"x"}}' }],
    [{ page: '{"title":"x"}' }],
  ])('finds the page in %j', (input) => {
    expect(findPage(input)).toMatchObject({ title: 'x' });
  });

  test.each([
    [{}],
    [null],
    [[]],
    [7],
    ['text'],
    [{ page: 3 }],
    [{ page: [] }],
    [{ bad: 'structure' }],
  ])('refuses %j', (input) => {
    expect(() => findPage(input)).toThrow(
      expect.objectContaining({
        code: 'page_missing',
        message: "required key not provided @ data['page']",
      }),
    );
  });

  test('text that is no JSON is invalid', () => {
    expect(() => findPage('{"page":')).toThrow(Invalid);
  });
});

describe('defaults', () => {
  test('an empty page is one empty column of 500 px', () => {
    const template = read({});
    expect(template.body).toMatchObject({
      width: 500,
      linkColor: '#0068A5',
      contentColor: '',
      font: 'Arial, Helvetica Neue, Helvetica, sans-serif',
      background: { color: '#FFFFFF' },
    });
    expect(template.rows).toHaveLength(1);
    expect(template.rows[0]!.columns[0]).toMatchObject({
      percent: 100,
      blocks: [],
      padding: { top: 5 },
    });
  });

  test('rows that are no list are no rows', () => {
    expect(read({ body: {}, rows: {} }).rows).toEqual([]);
  });

  test('a row without columns has one', () => {
    expect(read({ rows: [{}] }).rows[0]!.columns).toHaveLength(1);
  });

  test('the row width is ignored: the body decides', () => {
    const template = read({
      body: { content: { computedStyle: { messageWidth: '675px' } } },
      rows: [row([{ 'grid-columns': 12 }], { content: { style: { width: '500px' } } })],
    });
    expect(template.body.width).toBe(675);
    expect(template.rows[0]!.columns[0]!.innerWidth).toBe(675);
  });

  test('legacy files have no computed style: columns stack', () => {
    expect(read({ rows: [row([{}], { content: {} })] }).rows[0]).toMatchObject({
      stack: true,
      reverse: false,
      verticalAlign: 'top',
    });
  });

  test('booleans come in four spellings', () => {
    for (const value of [true, 1, '1', 'true']) {
      const template = read({
        rows: [row([{}], { content: { computedStyle: { hideContentOnMobile: value } } })],
      });
      expect(template.rows[0]!.hidden.mobile).toBe(true);
    }
  });

  test('empty lists stand for empty objects', () => {
    const template = read({
      rows: [row([{ style: [], mobileStyle: [], modules: [] }], { container: [], content: [] })],
    });
    expect(template.rows[0]!.columns[0]!.padding.top).toBeUndefined();
  });
});

describe('columns', () => {
  const widths = (...grids: (number | undefined)[]) =>
    read({ rows: [row(grids.map((grid) => ({ 'grid-columns': grid })))] }).rows[0]!.columns.map(
      (column) => column.percent,
    );

  test('twelfths in double precision', () => {
    expect(widths(4, 8)).toEqual([33.333333333333336, 66.66666666666667]);
    expect(widths(3, 3, 6)).toEqual([25, 25, 50]);
  });

  test('missing shares split the rest, a wrong sum is normalised', () => {
    expect(widths(undefined, undefined)).toEqual([50, 50]);
    expect(widths(6, undefined, undefined)).toEqual([50, 25, 25]);
    expect(widths(12, 12)).toEqual([50, 50]);
  });

  test('a wrong sum is worth a warning', () => {
    expect(read({ rows: [row([{ 'grid-columns': 5 }])] }).warnings).toHaveLength(1);
  });

  test('paddings and borders narrow what blocks get', () => {
    const template = read({
      body: { content: { computedStyle: { messageWidth: '600px' } } },
      rows: [
        row([
          { 'grid-columns': 4, style: { 'padding-left': '20px', 'border-right': '2px solid red' } },
          { 'grid-columns': 8 },
        ]),
      ],
    });
    expect(template.rows[0]!.columns[0]!.innerWidth).toBeCloseTo(178);
  });
});

describe('translations', () => {
  const page = {
    language: { label: 'English', value: 'en-US' },
    head: { meta: { subject: 'Hello', translations: { 'fr-FR': { subject: 'Bonjour' } } } },
    rows: [
      row([
        {
          modules: [
            {
              type: 'x-modules-heading',
              descriptor: {
                heading: {
                  text: 'Hello',
                  style: { color: '#111111' },
                  translations: { 'fr-FR': { text: 'Bonjour', style: { color: 'red' } } },
                },
              },
            },
          ],
        },
      ]),
    ],
  };

  test('replace text, never style, and set the language', () => {
    const template = read(page, 'fr-FR');
    expect(template.head).toMatchObject({ subject: 'Bonjour', lang: 'fr-FR' });
    expect(template.rows[0]!.columns[0]!.blocks[0]).toMatchObject({
      html: 'Bonjour',
      style: { color: '#111111' },
    });
  });

  test('the primary language is enough', () => {
    expect(read(page, 'fr').head.subject).toBe('Bonjour');
  });

  test('an unknown language gives the main one', () => {
    expect(read(page, 'ja').head).toMatchObject({ subject: 'Hello', lang: 'en-US' });
  });

  test('names of the prototype are no languages', () => {
    expect(read(page, 'constructor').head.subject).toBe('Hello');
  });
});

describe('fonts', () => {
  test('both spellings, one entry a URL, http only, also from the page', () => {
    const template = read({
      webFonts: [{ fontName: 'B', family: 'B', url: 'https://f.test/b' }],
      body: {
        webFonts: [
          { name: 'A', fontFamily: 'A', url: 'https://f.test/a' },
          { name: 'A2', fontFamily: 'A', url: 'https://f.test/a' },
          { name: 'C', fontFamily: 'C' },
          { name: 'D', fontFamily: 'D', url: 'javascript:alert(1)' },
        ],
      },
    });
    expect(template.body.fonts).toEqual([
      { name: 'A', url: 'https://f.test/a' },
      { name: 'B', url: 'https://f.test/b' },
    ]);
  });
});

describe('modules', () => {
  const blocks = (...modules: object[]) =>
    read({ rows: [row([{ modules }])] }).rows[0]!.columns[0]!.blocks;
  const module = (kind: string, descriptor: object) => ({
    type: `mailup-bee-newsletter-modules-${kind}`,
    descriptor,
  });

  test('the object of the own kind counts, a stray one only without it', () => {
    const [own, stray, legacy] = blocks(
      module('paragraph', { paragraph: { html: '<p>own</p>' }, text: { html: 'stray' } }),
      module('paragraph', { text: { text: 'stray', style: { color: '#666666' } } }),
      module('text', { paragraph: { html: '<p>modern</p>' } }),
    );
    expect(own).toMatchObject({ kind: 'paragraph', html: '<p>own</p>' });
    expect(stray).toMatchObject({ kind: 'paragraph', html: 'stray', style: { color: '#666666' } });
    expect(legacy).toMatchObject({ kind: 'text', html: '<p>modern</p>' });
  });

  test('a title is a heading; the type is read in any case', () => {
    expect(blocks(module('title', { title: { text: 'x', title: 'h3' } }))[0]).toMatchObject({
      kind: 'heading',
      level: 3,
      html: 'x',
    });
    expect(blocks({ type: 'MAILUP-BEE-NEWSLETTER-MODULES-SPACER' })[0]).toMatchObject({
      kind: 'spacer',
      height: 60,
    });
  });

  test.each([
    ['image', { image: { src: 'https://a.test/x.png' } }],
    ['list', { list: { html: '<ul></ul>' } }],
    ['social', { iconsList: { icons: [{ image: { src: 'https://a.test/x.png' } }] } }],
    ['icons', { iconsList: { icons: [{ image: 'https://a.test/x.png' }] } }],
    ['menu', { menuItemsList: { items: [{ text: 'x' }] } }],
    ['table', { table: { content: { rows: [] } } }],
    ['merge', { mergeContent: { value: 'x' } }],
    ['spacer', { spacer: { style: { height: '9px' } } }],
  ])('an add-on may hold the content of a block: %s', (kind, descriptor) => {
    expect(blocks(module('addon', descriptor))[0]).toMatchObject({
      kind,
      className: 'addon_block',
    });
  });

  test('an add-on without anything known is empty', () => {
    expect(blocks(module('addon', { vendor: { id: 7 }, style: {} }))[0]!.kind).toBe('empty');
  });

  test('GIFs and stickers are images', () => {
    const image = { src: 'https://a.test/x.gif' };
    expect(blocks(module('gif', { image }), module('sticker', { image }))).toMatchObject([
      { kind: 'image', src: image.src },
      { kind: 'image', src: image.src },
    ]);
  });

  test('numbers stand for lengths, and lengths for numbers', () => {
    const image = (width: unknown) =>
      module('image', {
        image: { src: 'https://a.test/x.png', width },
        computedStyle: { width, class: 'left  fixedwidth OnMobile' },
        style: { 'padding-top': width },
      });
    for (const width of [338, '338', '338px', ' 338px ', '253.5pt']) {
      expect(blocks(image(width))[0]).toMatchObject({
        width: 338,
        naturalWidth: 338,
        padding: { top: 338 },
        placement: 'left',
        sizing: 'fixedwidth',
      });
    }
  });

  test('a border for all sides gives way to one for a side', () => {
    const style = { border: '2px solid #123456', 'border-top': '0px solid transparent' };
    const side = { width: 2, style: 'solid', color: '#123456' };
    expect(blocks(module('button', { button: { label: 'x', style } }))[0]).toMatchObject({
      borders: { top: undefined, right: side, bottom: side, left: side },
    });
  });
});

describe('limits', () => {
  const blank = (count: number) => Array.from({ length: count }, () => ({}));

  test('rows, columns and blocks are counted', () => {
    expect(() => read({ rows: blank(LIMITS.rows + 1) })).toThrow(TooLarge);
    expect(() => read({ rows: [row(blank(LIMITS.columns + 1))] })).toThrow(TooLarge);
    expect(() => read({ rows: [row([{ modules: blank(LIMITS.blocks + 1) }])] })).toThrow(TooLarge);
  });

  test('text has a length', () => {
    const html = 'x'.repeat(LIMITS.text + 1);
    const modules = [{ type: 'x-modules-html', descriptor: { html: { html } } }];
    expect(() => read({ rows: [row([{ modules }])] })).toThrow(Invalid);
  });

  test('warnings stay few', () => {
    const modules = blank(500);
    expect(read({ rows: [row([{ modules }])] }).warnings).toHaveLength(50);
  });
});

test('any JSON below page is readable', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      try {
        readTemplate({ page: value });
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
      }
    }),
  );
});
