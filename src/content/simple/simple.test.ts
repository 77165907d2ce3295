// Simple templates become full ones and come back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../render/render.ts';
import { fullToSimple } from './to-simple.ts';
import { simpleToFull } from './to-full.ts';
import { simpleTemplate, type SimpleTemplate } from './schema.ts';
import { twelfths } from './twelfths.ts';
import { violations } from './violations.ts';

type Tree = Record<string, never>;

let made = 0;
const id = () => `id-${(made += 1)}`;
const full = (template: unknown) => simpleToFull(template, { id });

/** The document of one column with one module, and its descriptor. */
function block(module: object, more: object = {}) {
  const template = { rows: [{ name: 'a', columns: [{ weight: 12, modules: [module] }] }], ...more };
  const document = full(template) as unknown as Tree;
  return document['page']['rows'][0]['columns'][0]['modules'][0] as Tree;
}
const descriptor = (module: object, more: object = {}) => block(module, more)['descriptor'] as Tree;

describe('simple to full', () => {
  it('fills a document with everything an editor expects', () => {
    const document = full({
      type: 'email',
      rows: [{ name: 'hero', columns: [{ weight: 12, modules: [] }] }],
      settings: { linkColor: '#0B7', backgroundColor: '#eee', width: 640 },
      metadata: { lang: 'en', subject: 'Hi', title: 'Letter' },
    });
    expect(document).toMatchObject({
      page: {
        title: 'Letter',
        description: '',
        template: { name: 'template-base', type: 'basic', version: '2.0.0' },
        head: { meta: { lang: 'en', subject: 'Hi', title: 'Letter' } },
        body: {
          type: 'mailup-bee-page-properties',
          container: { style: { 'background-color': '#eee' } },
          content: {
            computedStyle: {
              linkColor: '#0B7',
              messageBackgroundColor: 'transparent',
              messageWidth: '640px',
            },
          },
        },
        rows: [{ name: 'hero', type: 'one-column-empty', locked: false, synced: false }],
      },
      comments: {},
    });
    expect(document).not.toHaveProperty('page.head.meta.preheader');
  });

  it.each([
    ['email', '500px'],
    ['page', '900px'],
    ['popup', '500px'],
    [undefined, '500px'],
  ])('gives %s its width', (type, width) => {
    const rows = [{ name: 'a', columns: [{ weight: 12, modules: [] }] }];
    expect(full({ ...(type ? { type } : {}), rows })).toHaveProperty(
      'page.body.content.computedStyle.messageWidth',
      width,
    );
  });

  it('says all of a row', () => {
    const document = full({
      rows: [
        {
          name: 'two',
          locked: true,
          colStackOnMobile: false,
          rowReverseColStackOnMobile: true,
          contentAreaBackgroundColor: '#fff',
          'background-color': '#123',
          'background-image': 'https://a.test/b.png',
          'background-position': 'center top',
          'background-repeat': 'repeat',
          'border-radius': 8,
          'border-width': 2,
          'border-color': 'red',
          columnsBorderRadius: 6,
          columnsSpacing: 20,
          'vertical-align': 'middle',
          'display-condition': { type: 'loop', before: '{% if a %}', after: '{% endif %}' },
          metadata: { guid: 'g' },
          customFields: { className: 'x' },
          'padding-left': 10,
          columns: [
            { weight: 4, modules: [], 'background-color': '#eee', 'border-width': 1 },
            { weight: 8, modules: [], 'padding-top': 0 },
          ],
        },
      ],
    });
    const [row] = (document['page'] as Tree)['rows'] as unknown as Tree[];
    expect(row).toMatchObject({
      type: 'two-columns-4-8-empty',
      locked: true,
      metadata: { guid: 'g' },
      customFields: { className: 'x' },
      container: {
        style: {
          'background-color': '#123',
          'background-image': "url('https://a.test/b.png')",
          'background-position': 'center top',
          'background-repeat': 'repeat',
        },
        displayCondition: {
          type: 'loop',
          label: '',
          description: '',
          before: '{% if a %}',
          after: '{% endif %}',
        },
      },
      content: {
        style: {
          'background-color': '#fff',
          'border-top': '2px solid red',
          'border-left': '2px solid red',
          'border-radius': '8px',
          'padding-left': '10px',
          'padding-top': '0px',
        },
        computedStyle: {
          rowColStackOnMobile: false,
          rowReverseColStackOnMobile: true,
          verticalAlign: 'middle',
          columnsSpacing: '20px',
          columnsBorderRadius: '6px',
          hideContentOnMobile: false,
          hideContentOnDesktop: false,
        },
      },
      columns: [
        {
          'grid-columns': 4,
          style: {
            'background-color': '#eee',
            'border-right': '1px solid #000000',
            'padding-top': '5px',
            'padding-right': '0px',
            'padding-bottom': '5px',
            'padding-left': '0px',
          },
        },
        { 'grid-columns': 8, style: { 'padding-top': '0px', 'padding-bottom': '5px' } },
      ],
    });
  });

  it.each(["url('https://a.test/b.png')", 'URL(https://a.test/b.png)', 'none'])(
    'leaves the background %s as it is',
    (image) => {
      const rows = [
        { name: 'a', 'background-image': image, columns: [{ weight: 1, modules: [] }] },
      ];
      expect(full({ rows })).toHaveProperty('page.rows.0.container.style.background-image', image);
    },
  );

  it.each([
    ['h1', '38px'],
    ['h2', '32px'],
    ['h3', '24px'],
  ])('sizes %s as %s', (title, size) => {
    const heading = descriptor({ type: 'title', title, text: 'x' })['heading'];
    expect(heading).toMatchObject({
      title,
      text: 'x',
      style: { 'font-size': size, 'font-weight': '700', 'line-height': '120%' },
    });
  });

  it('styles a heading', () => {
    const made_ = descriptor({
      type: 'heading',
      title: 'h2',
      text: 'a\nb',
      html: 'not this',
      bold: false,
      italic: true,
      underline: true,
      align: 'right',
      color: 'navy',
      linkColor: 'teal',
      'letter-spacing': -2,
      'line-height': 1.2345,
      direction: 'rtl',
      'padding-left': 7,
    });
    expect(made_).toMatchObject({
      heading: {
        title: 'h2',
        text: '<em><u>a<br>b</u></em>',
        style: {
          color: 'navy',
          direction: 'rtl',
          'font-family': 'inherit',
          'font-weight': '400',
          'letter-spacing': '-2px',
          'line-height': '123.45%',
          'link-color': 'teal',
          'text-align': 'right',
        },
      },
      style: { 'padding-left': '7px', 'padding-top': '10px', 'text-align': 'right' },
    });
  });

  it.each([
    ['one\ntwo', {}, '<p>one<br>two</p>'],
    ['<b>one</b>', {}, '<p><b>one</b></p>'],
    ['<p>one</p>\n<p>two</p>', {}, '<p>one</p>\n<p>two</p>'],
    ['{{name}} & co', { italic: true }, '<p><em>{{name}} & co</em></p>'],
    ['<p>one</p><p>two</p>', { underline: true }, '<p><u>one</u></p><p><u>two</u></p>'],
    ['<div>a<p>b</p></div>', { italic: true }, '<div><em>a</em><p><em>b</em></p></div>'],
  ])('a paragraph of %j', (text, more, html) => {
    const { paragraph } = descriptor({ type: 'paragraph', text, ...more });
    expect(paragraph).toMatchObject({
      html,
      computedStyle: { linkColor: '#0068A5', paragraphSpacing: '16px' },
      style: { 'font-size': '14px', 'font-weight': '400', color: '#000000', 'text-align': 'left' },
    });
  });

  it.each([
    ['one\n\n two ', 'ul', '<ul><li>one</li><li>two</li></ul>'],
    ['one', 'ol', '<ol><li>one</li></ol>'],
    ['<li>one</li><li>two</li>', 'ol', '<ol><li>one</li><li>two</li></ol>'],
    ['<ul><li>one</li></ul>', 'ol', '<ul><li>one</li></ul>'],
    ['', 'ul', '<ul></ul>'],
  ])('a list of %j', (text, tag, html) => {
    const { list } = descriptor({ type: 'list', text, tag });
    expect(list).toMatchObject({
      html,
      tag,
      computedStyle: {
        liIndent: '40px',
        liSpacing: '0px',
        listStyleType: 'revert',
        listStylePosition: 'inside',
      },
    });
  });

  it('makes a button with its size for Outlook', () => {
    expect(
      descriptor({ type: 'button', text: 'Go', label: 'not this', href: '{{url}}' }),
    ).toMatchObject({
      button: {
        label: 'Go',
        href: '{{url}}',
        target: '_blank',
        style: {
          'background-color': '#3AAEE0',
          'border-radius': '4px',
          'border-top': '0px solid transparent',
          'font-size': '16px',
          'line-height': '200%',
          'padding-top': '5px',
          'padding-right': '20px',
          width: 'auto',
        },
      },
      style: { 'text-align': 'center', 'padding-top': '10px' },
      computedStyle: { width: 58, height: 42 },
    });
  });

  it('makes hover colours of a button', () => {
    const hover = { hoverBackgroundColor: '#111', hoverColor: '#222', hoverBorderColor: '#333' };
    expect(
      descriptor({ type: 'button', text: 'Go', 'border-width': 2, ...hover })['hoverStyle'],
    ).toMatchObject({
      'background-color': '#111',
      color: '#222',
      'border-top': '2px solid #333',
    });
    expect(descriptor({ type: 'button', text: 'Go' })['hoverStyle']).toEqual({});
  });

  it('fits pictures into their column', () => {
    const document = full({
      settings: { width: 600 },
      rows: [
        {
          name: 'a',
          'padding-left': 10,
          'padding-right': 10,
          columnsSpacing: 20,
          columns: [
            {
              weight: 6,
              'padding-left': 5,
              modules: [{ type: 'image', src: 'https://a.test/i.png', 'padding-right': 15 }],
            },
            { weight: 6, modules: [] },
          ],
        },
      ],
    });
    // (600 − 20 − 20) / 2 − 5 − 15
    expect(document).toHaveProperty(
      'page.rows.0.columns.0.modules.0.descriptor.computedStyle.width',
      '260px',
    );
    expect(document).toHaveProperty(
      'page.rows.0.columns.0.modules.0.descriptor.computedStyle.class',
      'center autowidth',
    );
  });

  it('draws a divider', () => {
    expect(descriptor({ type: 'divider', color: 'red', height: 3, width: 80 })).toMatchObject({
      divider: { style: { 'border-top': '3px solid red', width: '80%' } },
      computedStyle: { align: 'center' },
    });
    expect(descriptor({ type: 'divider' })).toMatchObject({
      divider: { style: { 'border-top': '1px solid #BBBBBB', width: '100%' } },
    });
  });

  it('lists icons and menu items with names of their own', () => {
    const icon = { image: 'https://a.test/i.png', textPosition: 'top', width: '24', height: 20 };
    const custom = [{ key: 'data-x', name: 'data-x', target: 'link', value: '1' }];
    const icons = descriptor({ type: 'icons', icons: [icon, icon], customAttributes: custom });
    expect(icons).toMatchObject({
      iconsList: { icons: [{ width: '24px', height: '20px', textPosition: 'top', href: '' }, {}] },
      computedStyle: { iconHeight: '32px', itemsSpacing: '0px' },
      customAttributes: custom,
    });
    const ids = (icons['iconsList']['icons'] as Tree[]).map((one) => one['id']);
    expect(new Set(ids).size).toBe(2);
    expect(
      descriptor({ type: 'menu', items: [{ text: 'a', link: { href: 'https://a.test' } }] }),
    ).toMatchObject({
      menuItemsList: { items: [{ text: 'a', link: { href: 'https://a.test', title: '' } }] },
      computedStyle: { layout: 'horizontal', linkColor: '#0068A5' },
    });
  });

  it('keeps html as it is', () => {
    const html = '<table><tr><td>{{a}}</td></tr></table>\n';
    expect(descriptor({ type: 'html', html })).toMatchObject({ html: { html } });
  });

  it('writes from the right for languages that are read so', () => {
    const made_ = descriptor({ type: 'paragraph', text: 'شاي' }, { metadata: { lang: 'ar-EG' } });
    expect(made_['paragraph']).toMatchObject({
      style: { direction: 'rtl', 'text-align': 'right' },
    });
  });

  it('copies locks and custom fields', () => {
    const module = { type: 'html', html: '', locked: true, customFields: { a: 1 } };
    expect(block(module)).toMatchObject({ locked: true, customFields: { a: 1 } });
  });

  it('refuses what breaks the schema, each rule on a line', () => {
    expect(() => full({ rows: [{ name: 1, columns: [] }] })).toThrow(
      '/template/rows/0/name: must be a string (it is 1)\n/template/rows/0/columns: must have at least 1',
    );
  });

  it('refuses more blocks than a template may hold', () => {
    const modules = Array.from({ length: 6000 }, () => ({ type: 'html' }));
    const columns = [
      { weight: 6, modules },
      { weight: 6, modules },
    ];
    expect(() => full({ rows: [{ name: 'a', columns }] })).toThrow(
      expect.objectContaining({ kind: 'too_large' }),
    );
  });
});

describe('weights', () => {
  it.each([
    [[12], [12]],
    [[1], [12]],
    [
      [1, 1],
      [6, 6],
    ],
    [
      [3, 3, 3],
      [4, 4, 4],
    ],
    [
      [1, 2],
      [4, 8],
    ],
    [
      [5, 7],
      [5, 7],
    ],
    [
      [12, 1],
      [11, 1],
    ],
    [
      [12, 12, 12, 1, 1],
      [3, 3, 4, 1, 1],
    ],
  ])('%j', (weights, shares) => {
    const found = twelfths(weights);
    expect(found.reduce((total, share) => total + share, 0)).toBe(12);
    expect([...found].sort()).toEqual([...shares].sort());
  });
  it('always add up to twelve, none empty', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(weights, (given) => {
        const shares = twelfths(given);
        expect(shares).toHaveLength(given.length);
        expect(shares.every((share) => Number.isInteger(share) && share >= 1)).toBe(true);
        expect(shares.reduce((total, share) => total + share, 0)).toBe(12);
      }),
    );
  });
});

const words = fc.constantFrom(
  'Hello',
  '',
  ' two  words ',
  'a\nb',
  '<b>bold</b> & more',
  '{{name}}',
  '<p>one</p><p>two</p>',
  '<ul><li>x</li></ul>',
  '<li>x</li>',
  'a < b',
  '&amp; &lt;',
  '<p style="color:red">red</p>',
  '<a href="{{u}}">link</a>',
  '<span class="tinyMce-placeholder">old</span>',
  '<div class="txtTinyMce-wrapper"><p>wrapped</p></div>',
);
const label = words.filter((text) => !text.includes('<a '));
const colour = fc.constantFrom(
  '#fff',
  'red',
  'transparent',
  'rgba(0, 0, 0, 0.5)',
  'var(--x',
  '',
  '#123456',
);
const padding = fc.integer({ min: 0, max: 60 });
const maybe = <Value>(value: fc.Arbitrary<Value>) => value;
const paddings = {
  'padding-top': padding,
  'padding-right': padding,
  'padding-bottom': padding,
  'padding-left': padding,
};
const common = { locked: fc.boolean(), customFields: fc.constantFrom({}, { className: 'x' }) };
const target = fc.constantFrom('_blank', '_self', '_top');
const url = fc.constantFrom('https://a.test/x?a=1&b=2', '{{url}}', 'mailto:a@b.test');
const partial = (type: string, model: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ type: fc.constant(type), ...model }, { requiredKeys: ['type'] });
const text = {
  text: words,
  size: fc.integer({ min: 1, max: 80 }),
  bold: fc.boolean(),
  italic: fc.boolean(),
  underline: fc.boolean(),
  color: colour,
  linkColor: colour,
  'letter-spacing': fc.integer({ min: -99, max: 99 }),
  'line-height': fc.constantFrom(0.5, 1, 1.25, 1.33333, 3),
  direction: fc.constantFrom('ltr', 'rtl'),
  align: fc.constantFrom('left', 'center', 'right'),
  ...paddings,
  ...common,
};
const module = fc.oneof(
  partial('title', { ...text, title: fc.constantFrom('h1', 'h2', 'h3', 'h4', 'h5', 'h6') }),
  partial('paragraph', text),
  partial('list', { ...text, tag: fc.constantFrom('ul', 'ol') }),
  partial('button', {
    text: label,
    href: url,
    target,
    align: fc.constantFrom('left', 'right'),
    size: fc.integer({ min: 1, max: 60 }),
    color: colour,
    'background-color': colour,
    contentPaddingLeft: padding,
    contentPaddingTop: padding,
    'border-radius': padding,
    'border-width': fc.integer({ min: 0, max: 30 }),
    'border-color': colour,
    hoverColor: colour,
    hoverBackgroundColor: colour,
    ...paddings,
    ...common,
  }),
  partial('divider', {
    color: colour,
    height: fc.integer({ min: 1, max: 30 }),
    width: fc.integer({ min: 1, max: 100 }),
    ...paddings,
    ...common,
  }),
  partial('image', {
    src: url,
    dynamicSrc: fc.constantFrom('', '*|X|*'),
    alt: fc.constantFrom('', 'a "b"'),
    href: url,
    target,
    ...paddings,
    ...common,
  }),
  partial('icons', {
    icons: fc.array(
      fc.record({
        image: url,
        textPosition: fc.constantFrom('left', 'top'),
        width: fc.constantFrom('24', '24px', 30),
        height: fc.constantFrom(12, '24px'),
        text: fc.constantFrom('', 'label'),
      }),
      { maxLength: 3 },
    ),
    customAttributes: fc.array(
      fc.record({
        key: fc.constant('data-a'),
        name: fc.constant('data-a'),
        target: fc.constant('link'),
        value: words,
      }),
      { maxLength: 2 },
    ),
    ...paddings,
    ...common,
  }),
  partial('menu', {
    items: fc.array(
      fc.record(
        {
          text: fc.constantFrom('', 'Home'),
          link: fc.record(
            { href: url, title: fc.constantFrom('', 't'), target },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 3 },
    ),
    ...paddings,
    ...common,
  }),
  partial('html', { html: words, ...common }),
);
const simple = fc.record(
  {
    type: fc.constantFrom('email', 'page', 'popup'),
    rows: fc.array(
      fc.record(
        {
          name: fc.constantFrom('a', 'Hero row'),
          columns: fc.array(
            fc.record(
              {
                weight: fc.integer({ min: 1, max: 12 }),
                modules: fc.array(module, { maxLength: 3 }),
                'background-color': colour,
                'border-width': fc.integer({ min: 0, max: 30 }),
                ...paddings,
              },
              { requiredKeys: ['weight', 'modules'] },
            ),
            { minLength: 1, maxLength: 4 },
          ),
          locked: fc.boolean(),
          colStackOnMobile: fc.boolean(),
          'background-color': colour,
          contentAreaBackgroundColor: colour,
          'background-image': fc.constantFrom('https://a.test/b.png', '{{bg}}', 'none', ''),
          columnsSpacing: fc.integer({ min: 0, max: 99 }),
          columnsBorderRadius: padding,
          'border-radius': padding,
          'vertical-align': fc.constantFrom('top', 'middle'),
          'display-condition': fc.constantFrom({ type: 't' }, { type: 't', before: 'b' }),
          metadata: fc.constantFrom({}, { guid: 1 }),
          ...paddings,
        },
        { requiredKeys: ['name', 'columns'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    settings: fc.record(
      {
        linkColor: colour,
        'background-color': colour,
        contentAreaBackgroundColor: colour,
        width: fc.integer({ min: 320, max: 1440 }),
      },
      { requiredKeys: [] },
    ),
    metadata: fc.record(
      { lang: fc.constantFrom('en', 'ar', ''), subject: words, preheader: words, title: words },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['rows'] },
);

/** Everything that happens to the values: sanitizers, roundings, defaults. */
const again = (template: unknown, type: SimpleTemplate['type']) =>
  fullToSimple(full(template), type);

describe('there and back', () => {
  it('valid simple templates stay valid, and settle after one round', () => {
    fc.assert(
      fc.property(simple, (template) => {
        const type = template.type as SimpleTemplate['type'];
        expect(violations(simpleTemplate, template)).toEqual([]);
        const once = again(template, type);
        expect(violations(simpleTemplate, once)).toEqual([]);
        expect(again(once, type)).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });

  it('what one round keeps renders the same', () => {
    const visible = (template: unknown) =>
      renderHtml(template, { target: 'message' }).html.replaceAll(/\s+/g, ' ');
    fc.assert(
      fc.property(simple, (template) => {
        const once = full(again(template, 'email'));
        expect(visible(full(fullToSimple(once, 'email')))).toBe(visible(once));
      }),
      { numRuns: 100 },
    );
  });

  it('turns any JSON with a page into a valid simple template', () => {
    const leaf = fc.constantFrom<unknown>(
      '',
      'x',
      '10px',
      'url(a)',
      'http://a.test',
      5,
      -1,
      1e9,
      true,
      null,
      '<p>a</p>',
      'a\nb',
      '100%',
      '__x',
    );
    const name = fc.constantFrom(
      'rows',
      'columns',
      'modules',
      'descriptor',
      'style',
      'computedStyle',
      'padding-top',
      'image',
      'src',
      'heading',
      'text',
      'html',
      'iconsList',
      'icons',
      'menuItemsList',
      'items',
      'link',
      'href',
      'width',
      'grid-columns',
      'customFields',
      'metadata',
      'name',
      'displayCondition',
      'before',
      'container',
      'content',
    );
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(name, tie('node'), { maxKeys: 4 }),
      ),
    }));
    const kinds = [
      'heading',
      'paragraph',
      'text',
      'list',
      'button',
      'divider',
      'image',
      'icons',
      'menu',
      'html',
      'video',
      'nothing',
    ];
    const stored = fc.record({
      type: fc.constantFrom(...kinds).map((kind) => `mailup-bee-newsletter-modules-${kind}`),
      locked: leaf,
      descriptor: fc.record(
        Object.fromEntries(
          [...kinds, 'style', 'iconsList', 'menuItemsList', 'computedStyle'].map((kind) => [
            kind,
            node,
          ]),
        ),
        { requiredKeys: [] },
      ),
    });
    const page = fc.record({
      rows: fc.array(
        fc.record({
          columns: fc.array(
            fc.record({ 'grid-columns': leaf, modules: fc.array(stored, { maxLength: 3 }) }),
            { maxLength: 14 },
          ),
          content: node,
          container: node,
        }),
        { maxLength: 3 },
      ),
      body: node,
      head: node,
      title: leaf,
    });
    fc.assert(
      fc.property(fc.oneof(page, fc.dictionary(name, node)), (any) => {
        const result = fullToSimple({ page: any });
        expect(violations(simpleTemplate, result)).toEqual([]);
        expect(again(result, result.type)).toEqual(again(again(result, result.type), result.type));
      }),
      { numRuns: 500 },
    );
  });
});

describe('full to simple', () => {
  const stored = (type: string, content: object, more: object = {}) => ({
    page: {
      body: { content: { computedStyle: { linkColor: '#00f', messageWidth: '600px' } } },
      rows: [
        {
          columns: [
            {
              'grid-columns': 12,
              modules: [{ type: `mailup-bee-newsletter-modules-${type}`, descriptor: content }],
            },
          ],
        },
      ],
      ...more,
    },
  });
  const first = (template: unknown) => fullToSimple(template).rows[0]!.columns[0]!.modules[0];

  it('drops what the schema has no word for, without a sound', () => {
    for (const type of [
      'spacer',
      'social',
      'video',
      'form',
      'table',
      'merge-content',
      'carousel',
      'addon',
      'unheard-of',
    ]) {
      expect(first(stored(type, {}))).toBeUndefined();
    }
  });

  it('loses borders and round corners', () => {
    const button = {
      label: 'Go',
      style: { 'border-top': '3px solid red', 'border-radius': '20px' },
    };
    expect(JSON.stringify(first(stored('button', { button })))).not.toMatch(/border|radius/i);
  });

  it('reads legacy text as a paragraph, with the size of its wrapper', () => {
    const html =
      '<div class="txtTinyMce-wrapper" style="font-size:12px;line-height:18px" data-mce-style="x"><p style="font-size:20px;" data-mce-style="font-size:20px;">Hi <code data-bee-type="mergetag">[name]</code></p></div>';
    expect(first(stored('text', { text: { html, style: { color: '#123' } } }))).toEqual({
      type: 'paragraph',
      text: '<p style="font-size:20px">Hi [name]</p>',
      align: 'left',
      size: 12,
      color: '#123',
      'line-height': 1.5,
      'padding-top': 0,
      'padding-right': 0,
      'padding-bottom': 0,
      'padding-left': 0,
    });
  });

  it('gives models short texts: no wrapper, no placeholder, no lone paragraph', () => {
    const heading = {
      title: 'h2',
      text: '<span class="tinyMce-placeholder">Title</span>',
      style: { 'font-weight': 'bold' },
    };
    expect(first(stored('heading', { heading }))).toMatchObject({
      type: 'title',
      title: 'h2',
      text: 'Title',
      bold: true,
      size: 23,
    });
    expect(first(stored('paragraph', { paragraph: { html: '<p>Just\n this</p>' } }))).toMatchObject(
      { type: 'paragraph', text: 'Just  this' },
    );
    const label =
      '<div class="txtTinyMce-wrapper"><p style="word-break:break-word">Go <a href="x">now</a></p></div>';
    expect(first(stored('button', { button: { label, href: 'https://a.test' } }))).toMatchObject({
      text: 'Go now',
      href: 'https://a.test',
      target: '_blank',
    });
  });

  it('keeps pictures whose address is no URL in dynamicSrc', () => {
    expect(first(stored('image', { image: { src: '*|PIC|*', alt: 'A' } }))).toMatchObject({
      dynamicSrc: '*|PIC|*',
      alt: 'A',
    });
    expect(first(stored('image', { image: { src: '*|PIC|*' } }))).not.toHaveProperty('src');
  });

  it('makes space of invisible dividers', () => {
    const divider = { style: { 'border-top': '0px solid transparent', height: '20px' } };
    expect(first(stored('divider', { divider }))).toMatchObject({
      color: 'transparent',
      height: 20,
    });
  });

  it('brings rows, settings and metadata along', () => {
    const template = {
      page: {
        title: 'T',
        head: { meta: { subject: 'S', preheader: 'P', lang: 'de' } },
        body: {
          container: { style: { 'background-color': '#eee' } },
          content: { computedStyle: { messageWidth: '700px', messageBackgroundColor: '#fff' } },
        },
        rows: [
          {
            metadata: { name: 'Saved', guid: 'g' },
            locked: 1,
            container: {
              style: {
                'background-color': '#abc',
                'background-image': "url('https://a.test/b.png')",
              },
              displayCondition: { type: 'c', before: 'x', after: 'y' },
            },
            content: {
              computedStyle: {
                rowColStackOnMobile: false,
                verticalAlign: 'bottom',
                columnsSpacing: 12,
              },
              style: { 'padding-top': '99px' },
            },
            columns: [
              { 'grid-columns': 4 },
              { 'grid-columns': 8, style: { 'padding-left': '3.6px' } },
            ],
          },
        ],
      },
    };
    expect(fullToSimple(template)).toEqual({
      type: 'email',
      settings: {
        linkColor: '#0068A5',
        'background-color': '#eee',
        contentAreaBackgroundColor: '#fff',
        width: 700,
      },
      metadata: { lang: 'de', title: 'T', subject: 'S', preheader: 'P' },
      rows: [
        {
          name: 'Saved',
          locked: true,
          colStackOnMobile: false,
          'background-color': '#abc',
          'background-image': 'https://a.test/b.png',
          columnsSpacing: 12,
          'vertical-align': 'bottom',
          'display-condition': { type: 'c', label: '', description: '', before: 'x', after: 'y' },
          metadata: { name: 'Saved', guid: 'g' },
          'padding-top': 60,
          'padding-right': 0,
          'padding-bottom': 0,
          'padding-left': 0,
          columns: [
            {
              weight: 4,
              modules: [],
              'padding-top': 0,
              'padding-right': 0,
              'padding-bottom': 0,
              'padding-left': 0,
            },
            {
              weight: 8,
              modules: [],
              'padding-top': 0,
              'padding-right': 0,
              'padding-bottom': 0,
              'padding-left': 4,
            },
          ],
        },
      ],
    });
  });

  it('takes rows that are stored as text, and templates without any', () => {
    const rows = JSON.stringify([
      {
        columns: [{ modules: [{ type: 'x-modules-html', descriptor: { html: { html: 'hi' } } }] }],
      },
    ]);
    expect(first({ page: { rows } })).toEqual({ type: 'html', html: 'hi' });
    expect(fullToSimple({ page: { rows: [], body: {} } }).rows).toHaveLength(1);
  });

  it('guesses what a template is for', () => {
    const wide = { body: { content: { computedStyle: { messageWidth: '1200px' } } } };
    expect(fullToSimple({ page: { ...wide, rows: [] } }).type).toBe('page');
    expect(
      fullToSimple({ page: { ...wide, rows: [], head: { meta: { subject: 'S' } } } }).type,
    ).toBe('email');
    expect(fullToSimple(stored('form', { form: {} })).type).toBe('page');
    expect(fullToSimple(stored('html', {})).type).toBe('email');
    expect(fullToSimple(stored('html', {}), 'popup').type).toBe('popup');
  });
});

it('leaves no field of a full template to the defaults of renderers', () => {
  const missing = new Set<string>();
  const watched = (value: unknown, path: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    return new Proxy(value, {
      get(object, name, receiver) {
        const found: unknown = Reflect.get(object, name, receiver);
        if (typeof name !== 'string' || Array.isArray(object))
          return Array.isArray(object) && typeof found === 'object' ? watched(found, path) : found;
        if (found === undefined) missing.add(`${path}.${name}`);
        return watched(found, `${path}.${name}`);
      },
    });
  };
  const icon = { image: 'https://a.test/i.png', textPosition: 'left', width: '24', height: '24' };
  const modules = [
    { type: 'title', text: 'a' },
    { type: 'paragraph', text: 'a' },
    { type: 'list', text: 'a' },
    { type: 'button', text: 'a' },
    { type: 'divider' },
    { type: 'image', src: 'https://a.test/i.png' },
    { type: 'icons', icons: [icon] },
    { type: 'menu', items: [{ text: 'a' }] },
    { type: 'html', html: 'a' },
  ];
  const template = full({ rows: [{ name: 'a', columns: [{ weight: 12, modules }] }] });
  for (const target of ['message', 'page', 'popup', 'amp'] as const) {
    renderHtml(watched(template, ''), { target });
  }
  // What a template has only when somebody asked for it, and legacy spellings of what is there.
  const optional =
    /\.(?:id|customAttributes|customFields|hoverStyle|displayCondition|metadata|translations|customTags|language|favicon|webFonts|lang|title|description|subject|preheader|padding|vertical-align|href|prefix|mobileStyle\.[\w-]+|meta\.\w+|background-(?:image|position|repeat|size)|saveRows|json|template|border|roundedColumns|text-align)$/;
  expect([...missing].filter((path) => !optional.test(path)).sort()).toEqual([]);
});
