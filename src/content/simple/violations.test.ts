// What the simple schema accepts, and what it says about the rest.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import Format from 'typebox/format';
import Value from 'typebox/value';
import { hasNoAnchorTags, isUrlOrMergeTags } from './formats.ts';
import { simpleTemplate } from './schema.ts';
import { violations } from './violations.ts';

const withModule = (module: unknown) => ({
  type: 'email',
  rows: [{ name: 'a', columns: [{ weight: 12, modules: [module] }] }],
});
const AT = '/template/rows/0/columns/0/modules/0';
const of = (template: unknown) => violations(simpleTemplate, template, '/template');

describe('values that are fine', () => {
  it.each([
    [{ type: 'email', rows: [{ name: '', columns: [{ weight: 12, modules: [] }] }] }],
    [{ rows: [{ name: 'type may be missing', columns: [{ weight: 1, modules: [] }] }] }],
    [
      {
        type: 'popup',
        rows: [{ name: 'a', columns: [{ weight: 12, modules: [] }] }],
        settings: { backgroundColor: '#fff', width: 320 },
        metadata: { lang: 'de', title: '', subject: 's', preheader: '', description: '' },
      },
    ],
    [withModule({ type: 'heading', title: 'h6', 'letter-spacing': -99, 'line-height': 0.5 })],
    [withModule({ type: 'title', title: 'h1', align: 'justify', text: '<a href="#">x</a>' })],
    [withModule({ type: 'button', label: 'Go <b>now</b> <abbr>x</abbr>', 'border-radius': 60 })],
    [withModule({ type: 'image', src: 'before {{image}} after', href: '#top' })],
    [withModule({ type: 'image', dynamicSrc: '*|PICTURE|*' })],
    [
      withModule({
        type: 'icons',
        icons: [{ image: 'https://a.test/i.png', textPosition: 'top', width: '24', height: 24 }],
      }),
    ],
    [
      withModule({
        type: 'menu',
        items: [{ type: 'menu-item', text: 'a', link: { href: '' } }, {}],
      }),
    ],
    [withModule({ type: 'html', html: '<p>', customFields: { any: [1] }, locked: true })],
  ])('%j', (template) => {
    expect(of(template)).toEqual([]);
  });
});

describe('what is said about the rest', () => {
  it.each([
    [undefined, '/template: must be an object'],
    [[], '/template: must be an object (it is an array)'],
    [{}, '/template/rows: is required: an array'],
    [{ rows: [] }, '/template/rows: must have at least 1 and at most 2000 items, and has 0'],
    [
      { type: 'sms', rows: [{ name: 'a', columns: [{ weight: 1, modules: [] }] }] },
      '/template/type: must be one of email, page, popup (it is "sms")',
    ],
    [
      { rows: [{}] },
      '/template/rows/0/name: is required: a string\n/template/rows/0/columns: is required: an array',
    ],
    [
      { rows: [{ name: 'a', columns: [{ weight: 13, modules: [] }] }] },
      '/template/rows/0/columns/0/weight: must be a whole number between 1 and 12 (it is 13)',
    ],
    [
      { rows: [{ name: 'a', columns: [{ weight: 1.5, modules: [] }] }] },
      '/template/rows/0/columns/0/weight: must be a whole number between 1 and 12 (it is 1.5)',
    ],
    [withModule(null), `${AT}: must be an object (it is null)`],
    [
      withModule({}),
      `${AT}/type: is required: one of button, divider, heading, html, icons, image, list, menu, paragraph, title`,
    ],
    [
      withModule({ type: 'video' }),
      `${AT}/type: must be one of button, divider, heading, html, icons, image, list, menu, paragraph, title (it is "video")`,
    ],
    [
      withModule({ type: 'paragraph', size: '14px' }),
      `${AT}/size: must be a whole number between 1 and 9999 (it is "14px")`,
    ],
    [
      withModule({ type: 'paragraph', size: 0 }),
      `${AT}/size: must be a whole number between 1 and 9999 (it is 0)`,
    ],
    [
      withModule({ type: 'paragraph', 'line-height': 3.01 }),
      `${AT}/line-height: must be a number between 0.5 and 3 (it is 3.01)`,
    ],
    [
      withModule({ type: 'divider', height: 31 }),
      `${AT}/height: must be a whole number between 1 and 30 (it is 31)`,
    ],
    [
      withModule({ type: 'list', align: 'justify' }),
      `${AT}/align: must be one of left, center, right (it is "justify")`,
    ],
    [
      withModule({ type: 'html', 'padding-top': 1 }),
      `${AT}/padding-top: is not known here; known are type, html, locked, customFields`,
    ],
    [withModule({ type: 'html', html: 3 }), `${AT}/html: must be a string (it is 3)`],
    [
      withModule({ type: 'button', text: '<a href="x">x</a>' }),
      `${AT}/text: must not contain an <a> element: href is the link (it is "<a href=\\"x\\">x</a>")`,
    ],
    [
      withModule({ type: 'image', src: '/a.png' }),
      `${AT}/src: must be an absolute URL such as https://example.com/a.png, or contain a merge tag such as {{image}} (it is "/a.png")`,
    ],
    [
      withModule({
        type: 'icons',
        icons: [{ image: '{{x}}', textPosition: 'left', width: 'wide', height: '1' }],
      }),
      `${AT}/icons/0/width: must be a string such as "24" or "24px", or a whole number between 1 and 10000 (it is "wide")`,
    ],
    [
      withModule({ type: 'menu', items: [{ link: { url: 'x' } }] }),
      `${AT}/items/0/link/url: is not known here; known are title, href, target`,
    ],
    [withModule({ type: 'title', 'a/b~c': 1 }), `${AT}/a~1b~0c: is not known here`],
  ])('%j', (template, lines) => {
    const found = of(template).join('\n');
    expect(found.startsWith(lines)).toBe(true);
    expect(found.split('\n')).toHaveLength(lines.split('\n').length);
  });

  it('bounds what one text may hold', () => {
    expect(of(withModule({ type: 'paragraph', text: 'x'.repeat(2_000_001) }))).toEqual([
      `${AT}/text: must have at most 2000000 characters, and has 2000001`,
    ]);
  });

  it('lists a hundred, and says that there are more', () => {
    const rows = Array.from({ length: 2000 }, () => ({}));
    const found = of({ rows });
    expect(found).toHaveLength(101);
    expect(found.at(-1)).toBe('/template: has more violations than these');
  });

  it('keeps long values short', () => {
    const [line] = of({ type: '"'.repeat(1e6), rows: [] });
    expect(line!.length).toBeLessThan(200);
  });
});

describe('formats', () => {
  it.each([
    'https://a.test/b.png',
    'mailto:a@b.test',
    'data:image/png;base64,AA',
    '{{a}}',
    'x{{ a }}y',
  ])('takes %s for an address', (value) => {
    expect(isUrlOrMergeTags(value)).toBe(true);
  });
  it.each(['', '/a.png', 'a.png', '{a}', '}}{{', '[a]'])('does not take %j for one', (value) => {
    expect(isUrlOrMergeTags(value)).toBe(false);
  });
  it.each(['<a>', '<A HREF="x">y</A>', '</a>', '<a\n>', '<a/>', 'x <a'])(
    'finds the link in %j',
    (value) => {
      expect(hasNoAnchorTags(value)).toBe(false);
    },
  );
  it.each(['', 'a', '<abbr>', '<article>', '< a>', '<b>a</b>'])('finds none in %j', (value) => {
    expect(hasNoAnchorTags(value)).toBe(true);
  });
  it('does not take long for hostile text', () => {
    expect(hasNoAnchorTags('<'.repeat(1e6))).toBe(true);
    expect(isUrlOrMergeTags('{'.repeat(1e6))).toBe(false);
  });
});

const key = fc.constantFrom(
  'type',
  'rows',
  'name',
  'columns',
  'weight',
  'modules',
  'text',
  'size',
  'settings',
  'width',
  'metadata',
  'lang',
  'padding-top',
  'align',
  'icons',
  'image',
  'src',
  'items',
  'link',
  'height',
  'foo',
);
const value = fc.constantFrom<unknown>(
  'email',
  'title',
  'paragraph',
  'icons',
  'image',
  'menu',
  'html',
  'button',
  'left',
  '',
  '24',
  '{{a}}',
  '<a>',
  0,
  1,
  12,
  61,
  900,
  0.7,
  -1,
  true,
  null,
);
const anything = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    value,
    fc.array(tie('node'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(key, tie('node'), { maxKeys: 6 }),
})).object;

it('agrees with TypeBox about what is valid', () => {
  Format.Set('urlOrMergeTags', isUrlOrMergeTags);
  Format.Set('noAnchorTags', hasNoAnchorTags);
  const modules = fc.array(anything, { maxLength: 2 });
  const near = fc.record({
    type: fc.constantFrom('email', 'page', 'nothing'),
    rows: fc.array(
      fc.record({
        name: fc.constantFrom<unknown>('a', 1),
        columns: fc.array(fc.record({ weight: fc.integer({ min: 0, max: 13 }), modules }), {
          maxLength: 2,
        }),
      }),
      { maxLength: 2 },
    ),
  });
  fc.assert(
    fc.property(fc.oneof(anything, near), (template) => {
      expect(of(template).length === 0).toBe(Value.Check(simpleTemplate, template));
    }),
    { numRuns: 2000 },
  );
});
