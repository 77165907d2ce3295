// E-mails become pages and pages e-mails: every step, and nothing else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../render/render.ts';
import { emailToPage } from './email-to-page.ts';
import { pageToEmail } from './page-to-email.ts';

const module = (kind: string, descriptor: object = {}) => ({
  type: `mailup-bee-newsletter-modules-${kind}`,
  uuid: kind,
  descriptor,
});
const rows = (modules: unknown[], row: object = {}) => [
  { uuid: 'r', ...row, columns: [{ uuid: 'c', 'grid-columns': 12, modules }] },
];
const text = module('paragraph', {
  paragraph: {
    html: '<p><a href="https://a.test" target="_self">Hi</a></p>',
    translations: { 'de-DE': { html: '<p>Hallo</p>' } },
  },
});
const width = (px: string) => ({
  content: { computedStyle: { messageWidth: px, linkColor: 'red' } },
});
const only = (page: object) =>
  page as { rows: ReturnType<typeof rows>; body: object; head: object };
const modulesOf = (page: object) => only(page).rows[0]!.columns[0]!.modules;

describe('e-mail to page', () => {
  it('takes carousels out, and leaves the other blocks as they are', () => {
    const carousel = module('carousel', { carousel: { slides: [{ src: 'a' }] } });
    const wrapped = module('addon', { carousel: { slides: [] } });
    const page = emailToPage({ page: { rows: rows([carousel, text, wrapped]) } });
    expect(modulesOf(page)).toEqual([text]);
  });

  it('is 900 pixels wide', () => {
    const row = { content: { style: { width: '500px', color: 'red' } } };
    const page = emailToPage({ page: { body: width('500px'), rows: rows([], row) } });
    expect(page).toMatchObject({
      body: { content: { computedStyle: { messageWidth: '900px', linkColor: 'red' } } },
      rows: [{ content: { style: { width: '900px', color: 'red' } } }],
    });
    expect(emailToPage({ page: { rows: [] } })).toMatchObject({
      body: { content: { computedStyle: { messageWidth: '900px' } } },
    });
  });

  it('takes subject and preheader out, in every language', () => {
    const meta = {
      subject: 'S',
      preheader: 'P',
      title: 'T',
      lang: 'en',
      translations: { de: { subject: 'S', preheader: 'P', title: 'T2' } },
    };
    expect(emailToPage({ page: { head: { meta, customTags: '<x>' }, rows: [] } })['head']).toEqual({
      meta: { title: 'T', lang: 'en', translations: { de: { title: 'T2' } } },
      customTags: '<x>',
    });
  });

  it('takes rows that are stored as text', () => {
    expect(modulesOf(emailToPage({ page: JSON.stringify({ rows: rows([text]) }) }))).toEqual([
      text,
    ]);
  });
});

describe('page to e-mail', () => {
  const options = { sanitize: true };

  it.each([
    ['1440px', '900px'],
    ['900px', '900px'],
    ['640px', '640px'],
  ])('%s wide becomes %s', (before, after) => {
    const row = { content: { style: { width: before } } };
    const page = pageToEmail({ page: { body: width(before), rows: rows([], row) } }, options);
    expect(page).toMatchObject({
      body: width(after),
      rows: [{ content: { style: { width: after } } }],
    });
  });

  it('takes forms and row videos out, and leaves the other parts as they are', () => {
    const row = {
      name: 'video row',
      container: { style: { 'background-color': 'red', 'background-video': 'a.mp4' } },
      content: {
        style: { color: 'red' },
        computedStyle: { verticalAlign: 'top', videoLoop: true },
        video: { src: 'a.mp4' },
      },
    };
    const page = pageToEmail(
      { page: { rows: rows([module('form', { form: {} }), text], row) } },
      options,
    );
    expect(only(page).rows).toEqual(
      rows([text], {
        name: 'video row',
        container: { style: { 'background-color': 'red' } },
        content: { style: { color: 'red' }, computedStyle: { verticalAlign: 'top' } },
      }),
    );
  });

  it('shows the picture of embedded videos, and leaves hosted ones', () => {
    const youtube = { src: 'https://youtu.be/abcdef12345', mode: 'embedded' };
    const vimeo = {
      src: 'https://vimeo.com/123',
      mode: 'embedded',
      thumbSrc: 'https://a.test/t.png',
    };
    const hosted = { src: 'https://a.test/v.mp4', mode: 'custom' };
    const videos = [youtube, vimeo, hosted].map((video) =>
      module('video', { video, style: { x: 1 } }),
    );
    expect(modulesOf(pageToEmail({ page: { rows: rows(videos) } }, options))).toEqual([
      module('video', {
        video: {
          ...youtube,
          mode: 'thumbnail',
          thumbSrc: 'https://img.youtube.com/vi/abcdef12345/maxresdefault.jpg',
        },
        style: { x: 1 },
      }),
      module('video', { video: { ...vimeo, mode: 'thumbnail' }, style: { x: 1 } }),
      module('video', { video: hosted, style: { x: 1 } }),
    ]);
  });

  const html =
    '<div class="own" onclick="x()">{{name}}<script>x()</script><iframe src="y"></iframe></div>';

  it('refuses to clean more than a template may hold', () => {
    const many = module('html', { html: { html: '<p>'.repeat(60_000) } });
    const page = { rows: rows([many, many]) };
    expect(() => pageToEmail({ page }, { sanitize: true })).toThrow(/100000 tags/);
    expect(() => pageToEmail({ page }, { sanitize: false })).not.toThrow();
  });

  it('cleans html blocks, in every language', () => {
    const block = module('html', { html: { html, translations: { de: { html } } } });
    const [clean] = modulesOf(pageToEmail({ page: { rows: rows([block]) } }, options));
    const expected = '<div class="own">{{name}}</div>';
    expect(clean).toEqual(
      module('html', { html: { html: expected, translations: { de: { html: expected } } } }),
    );
  });

  it('leaves them when it is told to', () => {
    const block = module('html', { html: { html } });
    const page = pageToEmail({ page: { rows: rows([block]) } }, { sanitize: false });
    expect(modulesOf(page)).toEqual([block]);
  });
});

it('both take any JSON with a page, and give what renders', () => {
  const leaf = fc.constantFrom<unknown>('', 'x', '10px', 1, true, null, '<script>a</script>');
  const name = fc.constantFrom(
    'rows',
    'columns',
    'modules',
    'descriptor',
    'html',
    'video',
    'form',
    'mode',
    'translations',
    'head',
    'meta',
    'subject',
    'body',
    'content',
    'container',
    'style',
    'computedStyle',
    'messageWidth',
    'width',
    'type',
    'background-video',
  );
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'medium' },
      leaf,
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(name, tie('node'), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(name, node), (page) => {
      const before = JSON.stringify(page);
      for (const result of [emailToPage({ page }), pageToEmail({ page }, { sanitize: true })]) {
        renderHtml({ page: result }, { target: 'page' });
      }
      expect(JSON.stringify(page)).toBe(before);
    }),
    { numRuns: 300 },
  );
});
