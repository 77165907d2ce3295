// Tests of the checks on a domain level: each category, translations, contrast over real backgrounds, the web.
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { check, type Wish } from './check.ts';
import { everyBlock } from '../render/every-block.ts';
import type { Subject } from './categories.ts';
import type { Reach } from './reach.ts';

const NOW = Date.UTC(2026, 0, 31, 10);

interface Module {
  type: string;
  uuid: string;
  descriptor: object;
  locked?: boolean;
}
const module = (type: string, uuid: string, descriptor: object): Module => ({
  type: `mailup-bee-newsletter-modules-${type}`,
  uuid,
  descriptor,
});
const page = (
  modules: readonly Module[],
  more: object = {},
  row: object = {},
  column: object = {},
) => ({
  page: {
    body: {},
    rows: [{ columns: [{ 'grid-columns': 12, modules, ...column }], ...row }],
    ...more,
  },
});

async function run(
  design: unknown,
  wish: Wish | readonly Wish[],
  {
    subject = 'message',
    languages = [],
    reach,
  }: { subject?: Subject; languages?: string[]; reach?: Reach } = {},
) {
  const wishes = Array.isArray(wish) ? (wish as readonly Wish[]) : [wish as Wish];
  return await check({ subject, design, wishes, languages }, { reach, now: () => NOW });
}

/** The one check of the main language. */
async function one(...args: Parameters<typeof run>) {
  const [report] = await run(...args);
  return report!.checks[0]!;
}

const place = (uuid: string, widgetType: string, widgetLabel: string) => ({
  uuid,
  widgetType,
  widgetLabel,
  locked: false,
  synced: false,
});

const translated = {
  image: module('image', 'i1', {
    image: {
      src: 'https://img.example.test/a.png',
      alt: 'A bee',
      href: 'https://example.test',
      translations: { 'it-IT': { alt: ' ', href: '' }, de: { alt: 'Eine Biene' } },
    },
  }),
  social: module('social', 's1', {
    iconsList: {
      icons: [
        { name: 'facebook', image: { src: 'https://img.example.test/f.png', alt: '', href: '' } },
        {
          name: 'english X',
          image: { src: 'https://img.example.test/x.png', alt: 'X', href: 'https://x.test' },
          translations: { 'it-IT': { name: 'italian X', image: { alt: '', href: 'mailto:' } } },
        },
      ],
    },
  }),
  icons: module('icons', 'k1', {
    iconsList: {
      icons: [
        { image: 'https://img.example.test/p/icon.png?x=1', text: 'One', alt: '', href: '' },
        { image: '', text: 'Words alone', alt: '', href: '' },
      ],
    },
  }),
  button: module('button', 'b1', {
    button: {
      label: '<p>Buy &amp; <b>go</b></p>',
      href: '',
      translations: { 'it-IT': { label: 'Compra', href: 'https://example.test/it' } },
    },
  }),
  menu: module('menu', 'm1', {
    menuItemsList: {
      items: [
        { text: 'Home', link: { href: 'https://' } },
        {
          text: 'Contact',
          link: { href: 'mailto:a@example.test' },
          translations: { 'it-IT': { text: 'Contatti', link: { href: '' } } },
        },
      ],
    },
  }),
};
const everything = Object.values(translated);

describe('texts, links and pictures', () => {
  test('pictures without words', async () => {
    expect(await one(page(everything), { category: 'missingAltText' })).toEqual({
      type: 'missingAltText',
      targetsCount: 2,
      checkStatus: 'warning',
      targets: [place('s1', 'social', 'facebook'), place('k1', 'icon', 'icon.png')],
    });
  });

  test('link texts that lead nowhere', async () => {
    expect((await one(page(everything), { category: 'missingCopyLink' })).targets).toEqual([
      place('s1', 'social', 'facebook'),
      place('b1', 'button', 'Buy & go'),
      place('m1', 'menu', 'Home'),
    ]);
  });

  test('pictures that lead nowhere', async () => {
    const found = await one(page(everything), { category: 'missingImageLink' });
    expect(found).toMatchObject({
      checkStatus: 'suggestion',
      targets: [place('k1', 'icon', 'icon.png')],
    });
  });

  test('gifs and stickers are called so', async () => {
    const picture = (type: string, src: string) => module(type, type, { image: { src, alt: '' } });
    const design = page([
      picture('gif', 'https://a.test/1.gif'),
      picture('sticker', 'https://a.test/2.gif'),
      picture('addon', 'https://a.test/3.gif?ct=s'),
      picture('image', 'https://a.test/4.gif?ct=g'),
      picture('image', ''),
    ]);
    const { targets } = await one(design, { category: 'missingAltText' });
    expect(targets.map((target) => (target as { widgetType: string }).widgetType)).toEqual([
      'gif',
      'sticker',
      'sticker',
      'image',
    ]);
  });

  test('rows tell whether they are locked or synced', async () => {
    const design = page([translated.button], {}, { locked: true, synced: 1 });
    expect((await one(design, { category: 'missingCopyLink' })).targets).toMatchObject([
      { locked: true, synced: true },
    ]);
  });

  test('a translation is asked only for what it says', async () => {
    const wishes = ['missingAltText', 'missingCopyLink', 'missingImageLink', 'missingHeadings'].map(
      (category) => ({ category }),
    );
    const reports = await run(page(everything), wishes, { languages: ['it-IT', 'de', 'fr'] });
    expect(
      reports.map(({ language, status, checksFailedCount }) => [
        language,
        status,
        checksFailedCount,
      ]),
    ).toEqual([
      ['default', 'warning', 7],
      ['it-IT', 'warning', 5],
      ['de', 'passed', 0],
      ['fr', 'passed', 0],
    ]);
    expect(reports[1]!.checks).toEqual([
      {
        type: 'missingAltText',
        targetsCount: 2,
        checkStatus: 'warning',
        targets: [
          place('i1', 'image', 'https://img.example.test/a.png'),
          place('s1', 'social', 'italian X'),
        ],
      },
      {
        type: 'missingCopyLink',
        targetsCount: 2,
        checkStatus: 'warning',
        targets: [place('s1', 'social', 'italian X'), place('m1', 'menu', 'Contatti')],
      },
      {
        type: 'missingImageLink',
        targetsCount: 1,
        checkStatus: 'suggestion',
        targets: [place('i1', 'image', 'https://img.example.test/a.png')],
      },
    ]);
    expect(reports[1]).toMatchObject({
      checksWarningCount: 4,
      checksSuggestionCount: 1,
      dateTime: '2026-01-31T10:00:00.000Z',
    });
  });
});

describe('details', () => {
  const meta = (values: object) => page([], { head: { meta: values } });

  test('of e-mails', async () => {
    const wish = { category: 'missingDetailsEmail' };
    expect(await one(meta({}), wish)).toEqual({
      type: 'missingDetailsEmail',
      targetsCount: 2,
      checkStatus: 'suggestion',
      targets: [{ detailType: 'subject' }, { detailType: 'preheader' }],
    });
    expect((await one(meta({ subject: 'x', preheader: 'y' }), wish)).checkStatus).toBe('passed');
    const [, italian, german] = await run(
      meta({ subject: 'x', preheader: 'y', translations: { it: { subject: '', preheader: 'z' } } }),
      wish,
      { languages: ['it', 'de'] },
    );
    expect(italian!.checks[0]!.targets).toEqual([{ detailType: 'subject' }]);
    expect(german!.checks).toEqual([]);
  });

  test('of pages', async () => {
    const wish = { category: 'missingDetailsPage' };
    const found = await one(meta({ title: 'x' }), wish, { subject: 'page' });
    expect(found.targets).toEqual([{ detailType: 'description' }]);
  });

  test('the language', async () => {
    const wish = { category: 'missingMainLanguage' };
    expect((await one(meta({}), wish)).targets).toEqual([{ detailType: 'no-main-language' }]);
    expect((await one(meta({ lang: 'de' }), wish)).targets).toEqual([]);
    expect((await one(page([], { language: { value: 'it-IT' } }), wish)).targets).toEqual([]);
  });
});

describe('headings', () => {
  const heading = (uuid: string, title: string) =>
    module('heading', uuid, { heading: { title, text: `<span>Title ${uuid}</span>` } });

  test('there should be some', async () => {
    const wish = { category: 'missingHeadings' };
    expect(await one(page([]), wish)).toMatchObject({
      checkStatus: 'warning',
      targets: [{ detailType: 'no-heading' }],
    });
    expect((await one(page([heading('a', 'h3')]), wish)).checkStatus).toBe('passed');
  });

  test('one of them should be the main one', async () => {
    const wish = { category: 'overageHeadings' };
    expect(await one(page([heading('a', 'h2')]), wish)).toMatchObject({
      checkStatus: 'suggestion',
      targets: [{ detailType: 'no-h1-heading' }],
    });
    expect((await one(page([heading('a', 'h1'), heading('b', 'h2')]), wish)).targets).toEqual([]);
    expect((await one(page([heading('a', 'h1'), heading('b', 'h1')]), wish)).targets).toEqual([
      { ...place('a', 'heading', 'Title a'), title: 'h1' },
      { ...place('b', 'heading', 'Title b'), title: 'h1' },
    ]);
  });
});

describe('contrast', () => {
  const wish = { category: 'insufficientColorContrast' };
  const paragraph = (html: string, style: object, more: object = {}) =>
    module('paragraph', 'p', {
      paragraph: { html, style: { 'font-size': '16px', ...style }, ...more },
    });
  const colored = (color: string) => ({ style: { 'background-color': color } });
  const pairs = async (...args: Parameters<typeof page>) => {
    const { targets } = await one(page(...args), wish);
    return targets.flatMap((target) => (target as { colors: object[] }).colors);
  };
  const grey = paragraph('<p>x</p>', { color: '#dddddd' });

  test('the published ratios', async () => {
    expect((await one(page([grey]), wish)).targets).toEqual([
      {
        ...place('p', 'paragraph', 'x'),
        colors: [
          { color: '#dddddd', backgroundColor: '#ffffff', contrastRatio: 1.36, label: 'default' },
        ],
        hasLinks: false,
        tinyColorsList: [],
      },
    ]);
    expect(await pairs([paragraph('<p>x</p>', { color: '#cccccc' })])).toMatchObject([
      { contrastRatio: 1.61 },
    ]);
  });

  test('what lies behind: page, strip, content area, column', async () => {
    const background = (color: string) => ({ body: { container: colored(color) } });
    expect(await pairs([grey], background('#000000'))).toEqual([]);
    expect(await pairs([grey], {}, { container: colored('#111111') })).toEqual([]);
    expect(await pairs([grey], {}, { content: colored('#111111') })).toEqual([]);
    expect(await pairs([grey], {}, {}, colored('#111111'))).toEqual([]);
    expect(
      await pairs([grey], background('#000000'), {
        container: colored('#000'),
        content: colored('#eeeeee'),
      }),
    ).toMatchObject([{ backgroundColor: '#eeeeee' }]);
    const message = { body: { content: { computedStyle: { messageBackgroundColor: '#123456' } } } };
    expect(await pairs([grey], message)).toEqual([]);
    expect(
      await pairs([grey], background('#000'), {}, colored('rgba(255,255,255,0.5)')),
    ).toMatchObject([{ backgroundColor: '#808080' }]);
  });

  test('text over a picture alone is not judged', async () => {
    const picture = { 'background-image': "url('https://a.test/dark.png')" };
    expect(await pairs([grey], {}, { container: { style: picture } })).toEqual([]);
    const light = { ...picture, 'background-color': '#fafafa' };
    expect(await pairs([grey], {}, { container: { style: light } })).toHaveLength(1);
    expect(
      await pairs([grey], {}, { container: { style: picture }, content: colored('#fff') }),
    ).toHaveLength(1);
  });

  test('large text needs less', async () => {
    const style = { color: '#949494' }; // 3.03 on white
    expect(await pairs([paragraph('<p>x</p>', style)])).toHaveLength(1);
    expect(await pairs([paragraph('<p>x</p>', { ...style, 'font-size': '24px' })])).toEqual([]);
    expect(await pairs([paragraph('<p>x</p>', { ...style, 'font-size': '19px' })])).toHaveLength(1);
    expect(await pairs([paragraph('<p><b>x</b></p>', { ...style, 'font-size': '19px' })])).toEqual(
      [],
    );
  });

  test('colours inside the text, links, nothing where nothing is said', async () => {
    const html =
      '<p>good <span style="color:#ffffaa">new</span> <a href="https://a.test">link</a> <span style="color:#fff;background-color:#000">fine</span></p>';
    const { targets } = await one(
      page([paragraph(html, { color: '#000' }, { computedStyle: { linkColor: '#eeeeee' } })]),
      wish,
    );
    expect(targets).toEqual([
      {
        ...place('p', 'paragraph', 'good new link fine'),
        colors: [
          { color: '#eeeeee', backgroundColor: '#ffffff', contrastRatio: 1.16, label: 'link' },
        ],
        hasLinks: true,
        tinyColorsList: [{ text: 'new', backgroundColor: '#ffffff', color: '#ffffaa' }],
      },
    ]);
    expect(await pairs([paragraph('<p>&nbsp; <br></p>', { color: '#ffffff' })])).toEqual([]);
    expect(await pairs([paragraph('<p>x</p>', { color: '{{color}}' })])).toEqual([]);
  });

  test('buttons, menus, icons and tables', async () => {
    const button = module('button', 'b', {
      button: { label: 'Go', style: { 'background-color': '#ffffff', color: '#dddddd' } },
      hoverStyle: { color: '#ffffff', 'background-color': '#eeeeee' },
    });
    const menu = module('menu', 'm', {
      menuItemsList: {
        items: [
          { text: 'a', link: { href: 'https://a.test' } },
          { text: 'b', link: { href: '' } },
        ],
      },
      computedStyle: { linkColor: '#dddddd' },
      style: { color: '#000000', 'font-size': '16px' },
    });
    const icons = module('icons', 'i', {
      iconsList: { icons: [{ image: 'https://a.test/x.png', text: 'Said', href: '' }] },
      style: { color: '#dddddd' },
    });
    const table = module('table', 't', {
      table: {
        content: {
          headers: [{ cells: [{ html: 'Add header text' }] }],
          rows: [{ cells: [{ html: 'Add text' }] }, { cells: [{ html: 'Striped' }] }],
        },
        style: { color: '#cccccc', 'background-color': '#ffffff' },
        computedStyle: {
          headersBackgroundColor: '#dddddd',
          headersColor: '#eeeeee',
          alternateRowBackgroundColor: '#000000',
        },
      },
    });
    const { targets } = await one(page([button, menu, icons, table]), wish);
    expect(targets).toMatchObject([
      {
        ...place('b', 'button', 'Go'),
        colors: [{ label: 'default' }, { label: 'hover', backgroundColor: '#eeeeee' }],
      },
      {
        ...place('m', 'menu', 'a, b'),
        colors: [{ color: '#dddddd', label: 'default' }],
        hasLinks: true,
      },
      { ...place('i', 'icon', 'Said') },
      {
        ...place('t', 'table-content', 'Add text'),
        colors: [{ color: '#cccccc', backgroundColor: '#ffffff', contrastRatio: 1.61 }],
      },
      {
        ...place('t', 'table-header', 'Add header text'),
        colors: [{ color: '#eeeeee', backgroundColor: '#dddddd', contrastRatio: 1.17 }],
      },
    ]);
  });
});

describe('sizes of text', () => {
  const wish = { category: 'insufficientFontSize' };
  const text = (uuid: string, size: string, narrow?: string, html = '<p>x</p>') =>
    module('paragraph', uuid, {
      paragraph: { html, style: { 'font-size': size } },
      ...(narrow === undefined ? {} : { mobileStyle: { 'font-size': narrow } }),
    });

  test('on the desktop, in the narrow view, in both', async () => {
    const { targets, checkStatus } = await one(
      page([
        text('ok', '14px', '20px'),
        text('both', '13px'),
        text('desktop', '13px', '14px'),
        text('mobile', '14px', '10px'),
        text('each', '12px', '13px'),
        text('inside', '16px', undefined, '<p>a <span style="font-size:9px">b</span></p>'),
        text('empty', '9px', undefined, ''),
      ]),
      wish,
    );
    expect(checkStatus).toBe('suggestion');
    expect(
      targets
        .map((target) => Object.values(target as { uuid: string; mode: string }))
        .map((v) => `${String(v[0])} ${String(v.at(-1))}`),
    ).toEqual([
      'both both',
      'desktop desktop',
      'mobile mobile',
      'each desktop',
      'each mobile',
      'inside both',
    ]);
    expect((await one(page([text('a', '15px')]), { ...wish, limit: 16 })).targetsCount).toBe(1);
  });
});

describe('weights', () => {
  test('of the HTML: KB, as written or minified, and whether rows depend on conditions', async () => {
    const words = module('paragraph', 'p', {
      paragraph: { html: `<p>${'word '.repeat(24_000)}</p>` },
    });
    const row = { container: { displayCondition: { before: '{% if a %}', after: '{% endif %}' } } };
    const found = await one(page([words], {}, row), { category: 'overageHtmlWeight' });
    expect(found).toMatchObject({
      checkStatus: 'warning',
      limit: 102,
      processed: true,
      displayConditions: true,
    });
    expect(found.targets).toEqual([{ weight: found['maxWeight'], beautified: true }]);
    expect(found['maxWeight']).toBeGreaterThan(117);
    const small = await one(page([]), {
      category: 'overageHtmlWeight',
      limit: 80,
      beautified: false,
    });
    expect(small).toMatchObject({
      checkStatus: 'passed',
      targets: [],
      limit: 80,
      displayConditions: false,
    });
    const pretty = await one(page([]), { category: 'overageHtmlWeight', limit: 80 });
    expect(Number(pretty['maxWeight'])).toBeGreaterThan(Number(small['maxWeight']));
  });

  const pictures = page([
    ...['big', 'small', 'gone', 'silent', 'big'].map((name, i) =>
      module('image', `i${i}`, {
        image: { src: `https://img.example.test/${name}.png`, alt: 'x' },
      }),
    ),
    module('image', 'merged', { image: { src: '{{picture}}', alt: 'x' } }),
    module('image', 'data', {
      image: { src: `data:image/png;base64,${'A'.repeat(800_000)}`, alt: 'x' },
    }),
  ]);

  test('of pictures, as their sites announce them', async () => {
    const asked: string[] = [];
    const reach: Reach = async (url) => {
      asked.push(url);
      if (url.includes('silent')) throw new Error('no answer');
      const bytes = url.includes('big') ? 51_200 * 1024 : 1000;
      return { status: url.includes('gone') ? 404 : 200, bytes, redirected: false };
    };
    const found = await one(pictures, { category: 'overageImageWeight' }, { reach });
    expect(found).toMatchObject({ checkStatus: 'warning', limit: 500, evaluated: 4, errored: 3 });
    expect(found.targets).toMatchObject([
      { uuid: 'i0', weight: 51_200 },
      { uuid: 'i4', weight: 51_200 },
      { uuid: 'data', weight: 585.9 },
    ]);
    expect(asked.toSorted()).toEqual(
      ['big', 'gone', 'silent', 'small'].map((name) => `https://img.example.test/${name}.png`),
    );
  });

  test('without the web they are unknown', async () => {
    expect(
      await one(pictures, { category: 'overageImageWeight' }, { subject: 'page' }),
    ).toMatchObject({ limit: 700, evaluated: 1, errored: 6, targets: [] });
  });

  test('a few at a time, and each address once', async () => {
    const many = page(
      Array.from({ length: 400 }, (_, i) =>
        module('image', `i${i}`, { image: { src: `https://a.test/${i % 300}`, alt: '' } }),
      ),
    );
    let [running, most, asked] = [0, 0, 0];
    const reach: Reach = async () => {
      running += 1;
      asked += 1;
      most = Math.max(most, running);
      await new Promise((done) => setImmediate(done));
      running -= 1;
      return { status: 200, bytes: 1, redirected: false };
    };
    const found = await one(many, { category: 'overageImageWeight' }, { reach });
    expect([most, asked, found['evaluated'], found['errored']]).toEqual([8, 200, 300, 100]);
  });
});

describe('links that lead nowhere', () => {
  const wish = { category: 'unreachableWebLink', allowedHosts: ['known.test'] };
  const link = (uuid: string, href: string) =>
    module('button', uuid, { button: { label: uuid, href } });
  const design = page([
    link('good', 'https://a.test/good'),
    link('bad', 'https://a.test/bad'),
    link('moved', 'https://a.test/moved'),
    link('mail', 'mailto:x@a.test'),
    link('merged', 'https://a.test/{{id}}'),
    link('typo', 'a.test'),
    link('none', ''),
    link('trusted', 'https://www.known.test/x'),
    module('paragraph', 'text', {
      paragraph: {
        html: '<p><a href="https://a.test/bad">two</a> <a href="https://a.test/good">words</a></p>',
      },
    }),
  ]);
  const reach: Reach = (url) =>
    Promise.resolve({
      status: url.endsWith('bad') ? 404 : 200,
      bytes: 0,
      redirected: url.endsWith('moved'),
    });

  test('are told apart', async () => {
    const found = await one(design, wish, { reach });
    const ids = (name: string) =>
      (found[name] as { uuid: string; subModuleIndex: number; reasons?: string[] }[]).map(
        (target) => [target.uuid, target.subModuleIndex, ...(target.reasons ?? [])],
      );
    expect(found.checkStatus).toBe('warning');
    expect(ids('targets')).toEqual([
      ['bad', 1],
      ['text', 1],
    ]);
    expect(ids('passed')).toEqual([
      ['good', 1],
      ['text', 2],
    ]);
    expect(ids('redirected')).toEqual([['moved', 1]]);
    expect(ids('ignored')).toEqual([
      ['mail', 1, 'notApplicable'],
      ['merged', 1, 'notApplicable'],
      ['typo', 1, 'urlValidation'],
      ['none', 1, 'missingChecked'],
      ['trusted', 1, 'allowList'],
    ]);
    expect(found.targets[0]).toEqual({
      checkedElement: 'https://a.test/bad',
      ...place('bad', 'button', 'bad'),
      moduleIndex: 2,
      subModuleIndex: 1,
    });
  });

  test('nothing is asked where the server may not', async () => {
    const found = await one(design, wish);
    expect([found.checkStatus, (found['passed'] as object[]).length]).toEqual(['passed', 0]);
  });
});

describe('subjects', () => {
  test('a row is checked alone', async () => {
    const row = page(everything).page.rows[0];
    const [report] = await run(
      row,
      ['missingAltText', 'insufficientColorContrast'].map((category) => ({ category })),
      { subject: 'row' },
    );
    expect(report!.checks[0]!.targetsCount).toBe(2);
  });

  test.each([
    ['nothing', 'message'],
    ['__proto__', 'message'],
    ['missingDetailsPage', 'message'],
    ['missingDetailsEmail', 'page'],
    ['overageHtmlWeight', 'page'],
    ['missingHeadings', 'row'],
    ['overageHtmlWeight', 'row'],
  ] as const)('there is no %s for %s', async (category, subject) => {
    await expect(run(page([]), { category }, { subject })).rejects.toMatchObject({
      code: 'check_category',
    });
  });

  test('any JSON is checked', async () => {
    const wishes = [
      'missingAltText',
      'missingCopyLink',
      'missingImageLink',
      'overageImageWeight',
      'overageHtmlWeight',
      'missingDetailsEmail',
      'missingHeadings',
      'overageHeadings',
      'missingMainLanguage',
      'insufficientColorContrast',
      'insufficientFontSize',
      'unreachableWebLink',
    ].map((category) => ({ category }));
    const [whole] = await run(everyBlock(), wishes, { languages: ['de'] });
    expect(whole!.checks).toHaveLength(wishes.length);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async (rows) => {
        // A text in place of the rows is read as JSON, and refused where it is none.
        if (typeof rows === 'string') return;
        const reports = await run({ page: { rows } }, wishes, { languages: ['de'] });
        expect(reports).toHaveLength(2);
      }),
    );
  });
});
