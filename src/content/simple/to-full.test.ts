// Simple templates as full ones: what each property becomes, and that nothing is left to the defaults of renderers.
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../render/render.ts';
import { simpleToFull } from './to-full.ts';

let made = 0;
const full = (template: unknown) => simpleToFull(template, { id: () => `id-${(made += 1)}` });

const at = (value: unknown, ...path: string[]) =>
  path.reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], value);

const MODULE = 'page.rows.0.columns.0.modules.0'.split('.');

/** The document of one column with one module, and its descriptor. */
function block(module: object, more: object = {}) {
  const rows = [{ name: 'a', columns: [{ weight: 12, modules: [module] }] }];
  return at(full({ rows, ...more }), ...MODULE);
}
const descriptor = (module: object, more: object = {}) => at(block(module, more), 'descriptor');

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
    expect(at(document, 'page', 'rows', '0')).toMatchObject({
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
    const heading = at(descriptor({ type: 'title', title, text: 'x' }), 'heading');
    expect(heading).toMatchObject({
      title,
      text: 'x',
      style: { 'font-size': size, 'font-weight': '700', 'line-height': '120%' },
    });
  });

  it('styles a heading', () => {
    const styled = descriptor({
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
    expect(styled).toMatchObject({
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
    expect(at(descriptor({ type: 'paragraph', text, ...more }), 'paragraph')).toMatchObject({
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
    expect(at(descriptor({ type: 'list', text, tag }), 'list')).toMatchObject({
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

  it.each(['<', '<b>', '<p>', '&', '\n'])('takes a long row of %j in its stride', (part) => {
    const text = part.repeat(300_000 / part.length);
    const before = process.cpuUsage();
    descriptor({ type: 'button', text });
    descriptor({ type: 'paragraph', text, italic: true });
    descriptor({ type: 'list', text, underline: true });
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });

  it('makes hover colours of a button', () => {
    const hover = { hoverBackgroundColor: '#111', hoverColor: '#222', hoverBorderColor: '#333' };
    expect(
      at(descriptor({ type: 'button', text: 'Go', 'border-width': 2, ...hover }), 'hoverStyle'),
    ).toMatchObject({
      'background-color': '#111',
      color: '#222',
      'border-top': '2px solid #333',
    });
    expect(at(descriptor({ type: 'button', text: 'Go' }), 'hoverStyle')).toEqual({});
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
    const [first, second] = at(icons, 'iconsList', 'icons') as unknown[];
    expect(at(first, 'id')).not.toBe(at(second, 'id'));
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
    const styled = descriptor({ type: 'paragraph', text: 'شاي' }, { metadata: { lang: 'ar-EG' } });
    expect(at(styled, 'paragraph')).toMatchObject({
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
