// Translations: every block in every output, field by field, and the language of the document (spec 4.9).
import { describe, expect, it, test } from 'vitest';
import { plainText } from '../plain-text/plain-text.ts';
import { isRightToLeft } from './languages.ts';
import { renderHtml, type Target } from './render.ts';
import { block } from './test-kit.ts';

const TARGETS = ['message', 'page', 'popup', 'amp'] as const;
const CODE = 'it-IT';

/** `translations` with one language. */
const it_ = (fields: object) => ({ translations: { [CODE]: fields } });
const template = (modules: unknown[], page: object = {}) => ({
  page: {
    language: { label: 'English', value: 'en-US' },
    rows: [{ columns: [{ 'grid-columns': 12, modules }] }],
    ...page,
  },
});
const render = (source: unknown, target: Target = 'message', language = CODE) =>
  renderHtml(source, { target, language }).html;

const src = (name: string) => `https://img.test/${name}.png`;
const url = (name: string) => `https://a.test/${name}`;

interface Case {
  readonly name: string;
  readonly module: unknown;
  /** In the translated document, and only there. */
  readonly own: readonly string[];
  /** In the main language's document, and only there. */
  readonly main: readonly string[];
  /** In both: what has no translation. */
  readonly both: readonly string[];
}

const cases: Case[] = [
  {
    name: 'heading',
    module: block('heading', {
      heading: {
        title: 'h2',
        text: 'Main text',
        style: { color: '#111111' },
        ...it_({ text: 'Testo', style: { color: '#ee0000' }, title: '' }),
      },
    }),
    own: ['Testo'],
    main: ['Main text'],
    both: ['<h2', '#111'],
  },
  {
    name: 'paragraph',
    module: block('paragraph', {
      paragraph: { html: '<p>Main text</p>', ...it_({ html: '<p>Testo</p>' }) },
    }),
    own: ['Testo'],
    main: ['Main text'],
    both: [],
  },
  {
    name: 'list',
    module: block('list', {
      list: { html: '<ul><li>Main text</li></ul>', ...it_({ html: '<ul><li>Testo</li></ul>' }) },
    }),
    own: ['Testo'],
    main: ['Main text'],
    both: ['<li'],
  },
  {
    name: 'text',
    module: block('text', { text: { html: '<p>Main text</p>', ...it_({ html: '<p>Testo</p>' }) } }),
    own: ['Testo'],
    main: ['Main text'],
    both: [],
  },
  {
    name: 'button with its link',
    module: block('button', {
      button: {
        label: 'Main text',
        href: url('main'),
        ...it_({ label: 'Testo', href: url('own') }),
      },
    }),
    own: ['Testo', url('own')],
    main: ['Main text', url('main')],
    both: [],
  },
  {
    name: 'button whose link has no translation',
    module: block('button', {
      button: { label: 'Main text', href: url('both'), ...it_({ label: 'Testo', href: '' }) },
    }),
    own: ['Testo'],
    main: ['Main text'],
    both: [url('both')],
  },
  {
    name: 'image',
    module: block('image', {
      image: {
        src: src('main'),
        alt: 'Main text',
        href: url('both'),
        ...it_({ src: src('own'), alt: 'Testo' }),
      },
      computedStyle: { class: 'center fixedwidth', width: '120px' },
    }),
    own: [src('own'), 'Testo'],
    main: [src('main'), 'Main text'],
    both: [url('both'), '120'],
  },
  {
    name: 'image with its link',
    module: block('image', {
      image: { src: src('both'), alt: 'A', href: url('main'), ...it_({ href: url('own') }) },
    }),
    own: [url('own')],
    main: [url('main')],
    both: [src('both')],
  },
  ...[
    ['beside the picture', { image: it_({ src: src('own'), href: url('own'), alt: 'Testo' }) }, {}],
    ['in the item', {}, it_({ src: src('own'), href: url('own'), alt: 'Testo' })],
    ['by name', {}, it_({ image: { src: src('own'), href: url('own'), alt: 'Testo' } })],
  ].map(([where, inside, beside]) => ({
    name: `social icon, translated ${where as string}`,
    module: block('social', {
      iconsList: {
        icons: [
          {
            name: 'Main text',
            image: {
              src: src('main'),
              alt: 'Main text',
              title: 'Both',
              href: url('main'),
              ...(inside as { image?: object }).image,
            },
            ...(beside as object),
          },
        ],
      },
    }),
    own: [src('own'), url('own'), 'Testo'],
    main: [src('main'), url('main'), 'Main text'],
    both: [],
  })),
  {
    name: 'icon',
    module: block('icons', {
      iconsList: {
        icons: [
          {
            image: src('main'),
            text: 'Main text',
            alt: 'Main alt',
            href: url('main'),
            ...it_({ image: src('own'), text: 'Testo', alt: 'Alternativa', href: url('own') }),
          },
        ],
      },
    }),
    own: [src('own'), 'Testo', 'Alternativa', url('own')],
    main: [src('main'), 'Main text', 'Main alt', url('main')],
    both: [],
  },
  ...[
    ['in the item', it_({ text: 'Testo', href: url('own') }), {}],
    ['by name', it_({ text: 'Testo', link: { href: url('own') } }), {}],
    ['beside the link', it_({ text: 'Testo' }), it_({ href: url('own') })],
  ].map(([where, beside, inside]) => ({
    name: `menu item, translated ${where as string}`,
    module: block('menu', {
      menuItemsList: {
        items: [
          {
            text: 'Main text',
            link: { href: url('main'), title: 'Both', ...(inside as object) },
            ...(beside as object),
          },
          { text: 'Always', link: { href: url('both') } },
        ],
      },
    }),
    own: ['Testo', url('own')],
    main: ['Main text', url('main')],
    both: ['Always', url('both')],
  })),
  {
    name: 'html',
    module: block('html', { html: { html: '<p>Main text</p>', ...it_({ html: '<p>Testo</p>' }) } }),
    own: ['Testo'],
    main: ['Main text'],
    both: [],
  },
  {
    name: 'video',
    module: block('video', {
      video: {
        src: url('main'),
        thumbSrc: src('main'),
        title: 'Main text',
        mode: 'thumbnail',
        ...it_({ src: url('own'), thumbSrc: src('own'), title: 'Testo' }),
      },
    }),
    own: [url('own'), src('own')],
    main: [url('main'), src('main')],
    both: [],
  },
  {
    name: 'table, cell by cell',
    module: block('table', {
      table: {
        content: {
          headers: [
            { cells: [{ html: 'Main text', ...it_({ html: 'Testo' }) }, { html: 'Both' }] },
          ],
          rows: [{ cells: [{ html: 'Main cell', ...it_({ html: 'Cella' }) }, { html: '2' }] }],
        },
      },
    }),
    own: ['Testo', 'Cella'],
    main: ['Main text', 'Main cell'],
    both: ['Both'],
  },
  {
    name: 'table as a whole, with a cell left out',
    module: block('table', {
      table: {
        content: { rows: [{ cells: [{ html: 'Main text' }, { html: 'Both' }] }] },
        ...it_({ content: { rows: [{ cells: [{ html: 'Testo' }] }] } }),
      },
    }),
    own: ['Testo'],
    main: ['Main text'],
    both: ['Both'],
  },
];

describe.each(TARGETS)('in %s', (target) => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { module, own, main, both }) => {
    const translated = render(template([module]), target);
    const original = render(template([module]), target, '');
    for (const part of own) {
      expect(translated).toContain(part);
      expect(original).not.toContain(part);
    }
    for (const part of main) {
      expect(original).toContain(part);
      expect(translated).not.toContain(part);
    }
    for (const part of both) {
      expect(translated).toContain(part);
      expect(original).toContain(part);
    }
    expect(translated).not.toMatch(/#e00|#ee0000|undefined/);
  });
});

test('carousels in AMP', () => {
  const slide = { src: src('main'), alt: 'Main text', ...it_({ src: src('own'), alt: 'Testo' }) };
  const module = block('carousel', { carousel: { slides: [slide] } });
  const html = render(template([module]), 'amp');
  expect(html).toContain(src('own'));
  expect(html).toContain('Testo');
  expect(html).not.toContain('Main text');
});

test('plain text is translated too', () => {
  const text = plainText(template(cases.map(({ module }) => module)), { language: CODE });
  expect(text).toContain('Testo');
  expect(text).not.toContain('Main text');
});

test('a longer label is not squeezed into the size of the main one', () => {
  const label = 'Un testo molto più lungo di prima';
  const button = { label: 'Go', href: url('a'), ...it_({ label }) };
  const module = block('button', { button, computedStyle: { width: 60, height: 42 } });
  expect(render(template([module]), 'message', '')).toContain('width:60px');
  expect(render(template([module]))).not.toContain('width:60px');
  expect(render(template([module]))).toMatch(/<v:roundrect[^>]* style="height:42px;width:3\d\dpx/);
});

describe('the head', () => {
  const page = {
    head: {
      meta: {
        subject: 'Main subject',
        preheader: 'Main preheader',
        title: 'Main title',
        lang: 'en',
        ...it_({ subject: 'Oggetto', title: 'Titolo' }),
      },
    },
  };
  test('subject and preheader of e-mails, each by itself', () => {
    const html = render(template([], page));
    expect(html).toContain('<title>Oggetto</title>');
    expect(html).toContain('Main preheader');
    expect(html).not.toContain('Main subject');
  });
  test('title of pages', () => {
    expect(render(template([], page), 'page')).toContain('<title>Titolo</title>');
  });
});

describe('the language of the document', () => {
  const paragraph = (translations: object) =>
    block('paragraph', { paragraph: { html: '<p>Main text</p>', translations } });
  const source = template([
    paragraph({
      'it-IT': { html: '<p>Testo</p>' },
      'pt-BR': { html: '<p>Texto</p>' },
      de: { html: '<p>Deutsch</p>' },
      'ar-EG': { html: '<p>نص</p>' },
      'en-US': { html: '<p>Left over</p>' },
      'zh-TW': [],
    }),
  ]);

  test.each([
    ['it-IT', 'Testo', 'it-IT'],
    ['IT-it', 'Testo', 'IT-it'],
    ['it_IT', 'Testo', 'it-IT'],
    ['it', 'Testo', 'it'],
    ['de-AT', 'Deutsch', 'de-AT'],
    // Another country's translation is none.
    ['pt-PT', 'Main text', 'en-US'],
    ['xx-YY', 'Main text', 'en-US'],
    ['zh-TW', 'Main text', 'en-US'],
    ['i', 'Main text', 'en-US'],
    ['__proto__', 'Main text', 'en-US'],
    ['"><script>', 'Main text', 'en-US'],
    ['', 'Main text', 'en-US'],
    // The main language needs no translation, whatever is left of one.
    ['en-US', 'Main text', 'en-US'],
    ['en', 'Main text', 'en-US'],
  ])('%s gives "%s" in %s', (language, text, lang) => {
    for (const target of ['message', 'page', 'amp'] as const) {
      const html = render(source, target, language);
      expect(html).toContain(text);
      expect(html).toMatch(new RegExp(`<html[^>]* lang="${lang}"`));
      expect(html).not.toContain('Left over');
      expect(html).not.toMatch(/<html[^>]* dir=/);
    }
    expect(render(source, 'popup', language)).toContain(` lang="${lang}"`);
  });

  test('languages written from the right turn the document', () => {
    for (const target of ['message', 'page', 'amp'] as const) {
      const html = render(source, target, 'ar-EG');
      expect(html).toMatch(/<html[^>]* lang="ar-EG" dir="rtl"/);
      expect(html).toContain('نص');
    }
    const popup = render(source, 'popup', 'ar');
    expect(popup).toContain('<div class="bee-popup-container">');
    expect(popup).toContain('<div class="bee-popup-rows-container" lang="ar" dir="ltr">');
  });

  test('boxes stay where the designer put them: only the document turns', () => {
    for (const target of ['message', 'page', 'amp'] as const) {
      const html = render(source, target, 'ar-EG');
      expect(html).toMatch(/(?:nl-container|bee-page-container)"[^>]* dir="ltr"/);
    }
    expect(render(source, 'message')).not.toContain('dir="ltr"');
  });

  test.each(['ar', 'ar-EG', 'HE', 'fa-IR', 'ur-PK', 'dv-MV', 'ku-IQ', 'az-Arab', 'ckb'])(
    '%s is written from the right',
    (code) => {
      expect(isRightToLeft(code)).toBe(true);
    },
  );
  test.each(['', 'en', 'it-IT', 'arn', 'az', 'hebrew'])('%s is not', (code) => {
    expect(isRightToLeft(code)).toBe(false);
  });
});
