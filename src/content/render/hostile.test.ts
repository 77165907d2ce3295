// Tests that no field of a template can leave its place: each one in turn holds each attack, in every target.
import { describe, expect, test } from 'vitest';
import { asOutlook, ATTACKS, escaped, replaced } from './hostile-kit.ts';
import { block, doc } from './test-kit.ts';
import { renderHtml } from './render.ts';
import type { Target } from './render.ts';

const TARGETS: readonly Target[] = ['message', 'page', 'popup', 'amp'];

const text = { color: 'red', 'font-family': 'Arial', 'font-size': '14px', 'line-height': '120%' };
const look = { ...text, 'letter-spacing': '1px', direction: 'ltr', 'text-align': 'left' };
const box = { 'border-top': '1px solid red', 'background-color': 'red', 'border-radius': '3px' };
const link = { href: 'https://a.test', title: 'x', target: '_blank' };
const FRAME = {
  id: 'x',
  style: { 'padding-top': '5px', 'padding-left': '1px', 'text-align': 'left', ...text },
  mobileStyle: { 'font-size': '10px', 'line-height': '110%', 'text-align': 'left', class: 'left' },
  customAttributes: [
    { key: 'data-x', value: 'x', target: 'link' },
    { key: 'data-y', value: 'y', target: 'tag' },
    { key: 'class', value: 'z' },
  ],
};
const background = {
  'background-color': 'red',
  'background-image': "url('https://a.test/x.png')",
  'background-position': 'top left',
  'background-repeat': 'no-repeat',
  'background-size': 'cover',
};

/** One block of each kind with all its fields. */
const BLOCKS = {
  heading: { heading: { title: 'h1', text: 'x', style: { ...look, 'link-color': 'red' } } },
  paragraph: { paragraph: { html: 'x', style: look, computedStyle: { linkColor: 'red' } } },
  list: {
    list: {
      html: '<ul><li>x</li></ul>',
      tag: 'ul',
      style: look,
      computedStyle: { liIndent: '9px', listStyleType: 'disc', startListFrom: '2' },
    },
  },
  text: { text: { html: '<p>x</p>', style: look, computedStyle: { linkColor: 'red' } } },
  image: {
    image: { src: 'https://a.test/x.png', alt: 'x', ...link, prefix: '', width: '9px' },
    computedStyle: { class: 'center fullwidth', width: '9px' },
    style: { 'border-radius': '3px' },
  },
  button: {
    button: { label: 'x', ...link, style: { ...look, ...box, width: '50%' } },
    hoverStyle: { color: 'red', 'background-color': 'red', 'border-top': '1px solid red' },
  },
  divider: {
    divider: { style: { 'border-top': '1px solid red', width: '50%', height: '3px' } },
    computedStyle: { align: 'left' },
  },
  spacer: { spacer: { style: { height: '9px', 'background-color': 'red' } } },
  social: {
    iconsList: {
      icons: [{ name: 'x', image: { src: 'https://a.test/x.png', alt: 'x', ...link } }],
    },
    computedStyle: { iconsDefaultWidth: '32', padding: '0 5px' },
  },
  icons: {
    iconsList: {
      icons: [{ image: 'https://a.test/x.png', text: 'x', textPosition: 'right', ...link }],
    },
    computedStyle: { iconHeight: '32px', itemsSpacing: '2px' },
  },
  menu: {
    menuItemsList: { items: [{ text: 'x', link }, { text: 'y' }] },
    computedStyle: {
      layout: 'horizontal',
      linkColor: 'red',
      separator: '|',
      hamburger: {
        mobile: 'true',
        iconSize: '9px',
        foregroundColor: 'red',
        backgroundColor: 'red',
      },
    },
  },
  html: { html: { html: '<p>x</p>' } },
  'merge-content': { mergeContent: { name: 'x', value: 'y' } },
  video: {
    video: {
      src: 'https://youtu.be/abcdefghijk',
      mode: 'thumbnail',
      thumbSrc: 'https://a.test/x.png',
      thumbRatio: '16/9',
      iconSrc: '',
      iconColor1: 'red',
      iconColor2: 'red',
      title: 'x',
    },
  },
  table: {
    table: {
      content: { headers: [{ cells: [{ html: 'x' }] }], rows: [{ cells: [{ html: 'x' }] }] },
      style: { ...look, ...box },
      computedStyle: { headersBackgroundColor: 'red', headersColor: 'red', linkColor: 'red' },
    },
  },
  form: {
    form: {
      structure: {
        attributes: { action: 'https://a.test', method: 'post' },
        fields: {
          a: { type: 'text', label: 'x', attributes: { name: 'a', placeholder: 'x' } },
          b: { type: 'select', label: 'x', options: [{ type: 'option', value: 'v', label: 'l' }] },
          c: { type: 'textarea', label: 'x', attributes: { value: 'x' } },
          d: { type: 'radio', label: 'x', options: [{ value: 'v', label: 'l' }] },
          e: { type: 'submit', label: 'x', attributes: { value: 'x' } },
          f: { type: 'image', label: 'x', attributes: { src: 'https://a.test/x.png' } },
        },
      },
      style: {
        labels: look,
        fields: { ...box, outlineColor: 'red' },
        buttons: { ...box, ...look },
      },
    },
    style: { width: '50%' },
  },
  carousel: { carousel: { slides: [{ src: 'https://a.test/x.png', alt: 'x', ...link }] } },
  'merge-tag-we-do-not-know': {},
};

/** Head, body, row and column with all their fields. */
const PAGE = {
  title: 'x',
  description: 'x',
  language: { value: 'en' },
  head: {
    customTags: '<style>a{color:red}</style>',
    meta: {
      title: 'x',
      subject: 'x',
      preheader: 'x',
      lang: 'en',
      favicon: [{ handle: '16-icon', url: 'https://a.test/x.png' }],
    },
  },
  body: {
    webFonts: [{ name: 'x', fontFamily: 'x', url: 'https://a.test/x.css' }],
    container: { style: background },
    content: {
      style: { color: 'red', 'font-family': 'Arial' },
      computedStyle: { linkColor: 'red', messageBackgroundColor: 'red', messageWidth: '600px' },
    },
  },
  rows: [
    {
      customFields: { className: 'x' },
      container: { style: background },
      content: {
        style: { ...background, ...box, color: 'red', 'padding-top': '1px' },
        computedStyle: { verticalAlign: 'middle', columnsSpacing: '2px' },
        mobileStyle: { 'padding-top': '2px' },
      },
      columns: [
        {
          'grid-columns': '6',
          customFields: { className: 'x' },
          style: { ...box, 'padding-left': '2px' },
          mobileStyle: { 'border-top': '1px solid red' },
          modules: [block('heading', { heading: { text: 'x' } })],
        },
        { 'grid-columns': '6', modules: [] },
      ],
    },
  ],
};

/** Renders copies of `whole` with each attack in each field, placed in a template by `within`. */
function attackAll(whole: object, target: Target, within: (part: object) => unknown): void {
  for (const attack of ATTACKS) {
    for (const attacked of replaced(whole, attack)) {
      const { html } = renderHtml(within(attacked as object), { target });
      const found = [...escaped(html), ...(target === 'message' ? escaped(asOutlook(html)) : [])];
      if (found.length > 0)
        throw new Error(`${attack} in ${JSON.stringify(attacked)}: ${found[0]}`);
    }
  }
}

// Pages print custom HTML as it is, by contract (spec 4.7).
const isOwn = (kind: string, target: Target) =>
  (kind === 'html' || kind === 'merge-content') && (target === 'page' || target === 'popup');

describe.each(TARGETS)('%s', (target) => {
  test.each(Object.entries(BLOCKS).filter(([kind]) => !isOwn(kind, target)))(
    '%s block',
    (kind, descriptor) => {
      attackAll(descriptor, target, (attacked) => doc([block(kind, attacked)]));
    },
  );

  test.each(['heading', 'button', 'spacer'] as const)('frame of a %s block', (kind) => {
    attackAll(FRAME, target, (frame) => doc([block(kind, { ...BLOCKS[kind], ...frame })]));
  });

  test('head, body, row, column', () => {
    const { head, ...page } = PAGE;
    const { customTags, ...rest } = head;
    // The custom tags of a page are its own, as its html blocks are.
    const tags = target === 'page' ? {} : { customTags };
    attackAll({ ...page, head: { ...rest, ...tags } }, target, (attacked) => ({ page: attacked }));
  });
});

test('NUL is left out of every field', () => {
  const given = JSON.stringify(PAGE).replaceAll('{{', String.raw`\u0000{{`);
  const page: unknown = JSON.parse(given);
  for (const target of ['message', 'page', 'popup', 'amp'] as const) {
    const { html } = renderHtml({ page }, { target });
    expect(html).not.toContain('\0');
    expect(html).toBe(renderHtml({ page: PAGE }, { target }).html);
  }
});

test('merge tags with comparisons stay as they are in links', () => {
  const href = 'https://a.test/?<%= a < b && c > d %>&x';
  const template = doc([block('button', { button: { label: 'x', href } })]);
  const { html } = renderHtml(template, { target: 'page' });
  expect(html).toContain('href="https://a.test/?<%= a < b && c > d %>&amp;x"');
});

describe('time stays linear', () => {
  // Process time: the machine may be busy with other things.
  const cost = (template: unknown) => {
    const start = process.cpuUsage();
    renderHtml(template, { target: 'message' });
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  const css = (value: string) => doc([], { content: { style: { 'background-image': value } } });

  test.each([
    ['white space between words', doc([block('text', { text: { html: `a${' '.repeat(4e5)}b` } })])],
    [
      'open comments in a sheet',
      doc([block('html', { html: { html: `<style>${'/* '.repeat(2e5)}` } })]),
    ],
    [
      'open brackets in styles',
      doc([block('text', { text: { html: `<p style="${'('.repeat(3990)}">x</p>`.repeat(100) } })]),
    ],
    ['open elements', doc([block('heading', { heading: { text: '<p>'.repeat(99_999) } })])],
    ['line breaks', doc([block('paragraph', { paragraph: { html: '<br>'.repeat(99_999) } })])],
    [
      '10 MB of text',
      doc([block('menu', { menuItemsList: { items: [{ text: 'word '.repeat(2e6) }] } })]),
    ],
    ['200 000 levels', { page: `{"rows":[${'{"a":'.repeat(2e5)}1${'}'.repeat(2e5)}]}` }],
    ['white space in a URL', css(`url(${' '.repeat(4e5)}x`)],
    [
      'white space in borders',
      doc(
        Array.from({ length: 100 }, () =>
          block('divider', {
            divider: { style: { 'border-top': `1px solid rgb(${' '.repeat(1900)})` } },
          }),
        ),
      ),
    ],
  ])('%s', (_name, template) => {
    expect(cost(template)).toBeLessThan(1000);
  });

  test('10 MB of markup in one block are refused', () => {
    const html = '<p>Lorem ipsum</p>'.repeat(6e5);
    expect(() => cost(doc([block('paragraph', { paragraph: { html } })]))).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'text_too_long' }),
    );
  });

  const paragraph = (html: string) => block('paragraph', { paragraph: { html } });
  test.each([
    ['tags', doc(Array.from({ length: 10 }, () => paragraph('<p>'.repeat(10_001))))],
    ['characters', doc(Array.from({ length: 3 }, () => paragraph('x'.repeat(1_400_000))))],
    [
      'tags in cells',
      doc([
        block('table', {
          table: { content: { rows: [{ cells: [{ html: '<'.repeat(100_001) }] }] } },
        }),
      ]),
    ],
    ['tags in the head', { page: { head: { customTags: '<'.repeat(100_001) }, rows: [] } }],
    [
      'tags in conditions',
      { page: { rows: [{ container: { displayCondition: { before: '<'.repeat(100_001) } } }] } },
    ],
  ])('%s of all fields together have a limit', (_name, template) => {
    expect(() => cost(template)).toThrow(
      expect.objectContaining({ kind: 'too_large', code: 'template_too_large' }),
    );
  });

  test('a document of ten thousand short texts is no attack', () => {
    const html = '<p>one <strong>two</strong> <em>three</em></p>';
    expect(cost(doc(Array.from({ length: 9999 }, () => paragraph(html))))).toBeLessThan(5000);
  });
});
