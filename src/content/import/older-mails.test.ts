// Tests of what takes space in hosted e-mails of 2021–24 and has no field of its own in a template.
import { describe, expect, test } from 'vitest';
import { importHtml } from './import.ts';
import { readTemplate } from '../template/read.ts';
import type { Block } from '../template/types.ts';

function read(html: string) {
  let count = 0;
  return readTemplate(importHtml(html, { id: () => `id-${(count += 1)}` }));
}

interface Row {
  /** blocks of its one column */
  readonly blocks: string;
  /** style of the content area */
  readonly content?: string;
}

const mail = (rows: readonly Row[], column = 'padding-bottom:5px') =>
  `<!DOCTYPE html><html><body><table class="nl-container" width="100%"><tbody><tr><td>${rows
    .map(
      ({ blocks, content = '' }, i) =>
        `<table class="row row-${i + 1}" align="center" width="100%"><tbody><tr><td><table class="row-content stack" align="center" width="600" style="width:600px;${content}"><tbody><tr><td class="column column-1" width="100%" style="${column}">${blocks}</td></tr></tbody></table></td></tr></tbody></table>`,
    )
    .join('')}</td></tr></tbody></table></body></html>`;

const block = (kind: string, inside: string, style = '', table = '') =>
  `<table class="${kind}_block block-1" width="100%" cellpadding="0" style="${table}"><tr><td class="pad" style="${style}">${inside}</td></tr></table>`;

const blocks = (html: string): readonly Block[] =>
  read(mail([{ blocks: html }])).rows[0]!.columns[0]!.blocks;

describe('the background of content areas', () => {
  const white = { blocks: '', content: 'background-color:#ffffff' };

  test('stands in the body when all rows have one', () => {
    const { body, rows } = read(
      mail([white, { blocks: '', content: 'background-color:#abcdef' }, white]),
    );
    expect(body.contentColor).toBe('#ffffff');
    expect(rows.map((row) => row.content.color)).toEqual(['', '#abcdef', '']);
  });

  test('stays in the rows when one has none, which would get it', () => {
    const { body, rows } = read(mail([white, { blocks: '' }]));
    expect(body.contentColor).toBe('');
    expect(rows.map((row) => row.content.color)).toEqual(['#ffffff', '']);
  });
});

describe('blocks that somebody emptied', () => {
  test('keep their kind where it can be empty', () => {
    const found = blocks(
      block('text', '<div><div class="txtTinyMce-wrapper"> </div></div>', 'padding-top:10px') +
        block('heading', '<!-- <h1>gone</h1> -->', 'padding-bottom:12px') +
        block('paragraph', '<div></div>', 'padding-top:7px'),
    );
    expect(found).toMatchObject([
      { kind: 'text', padding: { top: 10 } },
      { kind: 'heading', padding: { bottom: 12 } },
      { kind: 'paragraph', padding: { top: 7 } },
    ]);
  });

  test('leave their space where nothing else is left of them', () => {
    const found = blocks(
      block('image', '<div class="alignment"></div>', 'padding-top:20px;padding-bottom:4px') +
        block('icons', '<table><tr><td class="alignment"></td></tr></table>'),
    );
    expect(found).toMatchObject([{ kind: 'spacer', height: 24 }]);
  });

  test('a menu without links still has the button that opens it', () => {
    const label = '<label class="menu-label" style="width:36px;color:#ffffff">☰</label>';
    expect(blocks(block('menu', `<table><tr><td>${label}</td></tr></table>`))).toMatchObject([
      { kind: 'menu', items: [], hamburger: { size: 36 } },
    ]);
  });
});

describe('margins of paragraphs', () => {
  const paragraph = (html: string) =>
    blocks(
      block('paragraph', `<div style="font-size:14px;line-height:120%">${html}</div>`),
    )[0] as Extract<Block, { kind: 'paragraph' }>;

  test('the most frequent distance is that of the block, another one stays with its paragraph', () => {
    const found = paragraph(
      '<p style="margin:0;margin-bottom:16px">a</p><p style="margin:0;margin-bottom:3px">b</p><p style="margin:0;margin-bottom:16px">c</p><p style="margin:0">d</p>',
    );
    expect(found.spacing).toBe(16);
    expect(found.html).toBe('<p>a</p><p style="margin-bottom: 3px;">b</p><p>c</p><p>d</p>');
    expect(found.padding).toMatchObject({ top: 0, bottom: 0 });
  });

  test('what browsers leave above the first and below the last are paddings', () => {
    const found = paragraph('<p>a</p><p>b</p>');
    expect(found.spacing).toBe(14);
    expect(found.padding).toMatchObject({ top: 14, bottom: 14 });
  });
});

describe('what stands on a line of text', () => {
  const icons = (table: string, inner: string) =>
    blocks(
      block(
        'icons',
        `<table width="100%"><tr><td class="alignment" style="text-align:center"><table class="icons-inner" style="${inner}"><tr><td style="padding:5px"><img class="icon" src="a.png" width="32" height="32"></td><td>Label</td></tr></table></td></tr></table>`,
        'font-size:16px;text-align:center;padding-bottom:10px',
        table,
      ),
    );

  test('icons of 2022 have the depth of letters below them, and a pull to the right', () => {
    expect(icons('', 'display:inline-block;margin-right:-4px')).toMatchObject([
      { kind: 'icons', padding: { top: 0, bottom: 14, left: 4 } },
    ]);
  });

  test('icons of today have not', () => {
    expect(icons('line-height:0', 'display:inline-block')).toMatchObject([
      { kind: 'icons', padding: { bottom: 10, left: 0 } },
    ]);
  });

  const outer = (bottom: number, table: string) =>
    blocks(
      block(
        'icons',
        `<table class="icons-outer" style="display:inline-table"><tr><td style="padding-bottom:${bottom}px"><img class="icon" src="a.png" width="64" height="auto"></td><td style="padding-bottom:${bottom}px"><img class="icon" src="b.png" width="32"></td></tr></table>`,
        'font-family:inherit;font-size:14px;text-align:center',
        table,
      ),
    );

  test('icons without labels share a table; the content of its cells stands on the line', () => {
    expect(outer(0, 'text-align:center')).toMatchObject([
      { kind: 'icons', height: 64, padding: { bottom: 4 }, icons: [{ width: 64 }, { width: 32 }] },
    ]);
    expect(outer(3, 'text-align:center')).toMatchObject([{ padding: { bottom: 1 } }]);
    expect(outer(5, 'text-align:center')).toMatchObject([{ padding: { bottom: 0 } }]);
    expect(outer(0, 'line-height:0')).toMatchObject([{ padding: { bottom: 0 } }]);
  });

  test('white space between items of an indented document parts them', () => {
    const item = (style: string) =>
      `<table class="icons-inner" style="display:inline-block;${style}"><tr><td><img class="icon" src="a.png" width="32"></td><td>Label</td></tr></table>`;
    const gapOf = (html: string) =>
      (blocks(block('icons', html, 'font-size:16px', 'line-height:0'))[0] as { itemGap: number })
        .itemGap;
    expect(gapOf(item('') + item('padding-left:20px'))).toBe(20);
    expect(gapOf(`${item('')}\n${item('padding-left:20px')}`)).toBe(24);
    expect(gapOf(`${item('margin-right:-4px')}\n${item('margin-right:-4px')}`)).toBe(0);
  });

  const social = (style: string, padding: string) =>
    block(
      'social',
      `<table class="social-table" style="${style}"><tr><td><a href="https://a.test"><img src="a.png" width="32"></a></td></tr></table>`,
      padding,
    );

  test('social icons of 2021 had not: the block takes the space back from its paddings', () => {
    expect(blocks(social('', 'padding-bottom:10px'))).toMatchObject([{ padding: { bottom: 6 } }]);
    expect(blocks(social('', 'padding-bottom:1px;padding-top:9px'))).toMatchObject([
      { padding: { top: 6, bottom: 0 } },
    ]);
    expect(blocks(social('display:inline-block', 'padding-bottom:10px'))).toMatchObject([
      { padding: { bottom: 10 } },
    ]);
  });

  test('or from the column, so that the next row stays in its place', () => {
    const [row] = read(mail([{ blocks: social('', '') }])).rows;
    expect(row!.columns[0]).toMatchObject({ padding: { bottom: 1 } });
  });
});

describe('menus', () => {
  const menu = (between: string) =>
    blocks(
      block(
        'menu',
        `<div class="menu-links"><a href="a" style="padding:5px">A</a>${between}<span class="sep">|</span>${between}<a href="b" style="padding:5px">B</a></div>`,
        'letter-spacing:2px',
      ),
    );

  test('white space between letter-spaced items becomes part of their gaps', () => {
    expect(menu(' ')).toMatchObject([{ gap: { top: 5, right: 7, bottom: 5, left: 7 } }]);
    expect(menu('')).toMatchObject([{ gap: { right: 5, left: 5 } }]);
  });
});

test('a list of 2023 has its style on the list, and may have its marks inside', () => {
  const list = (style: string) =>
    blocks(
      block(
        'list',
        `<div class="levelOne" style="margin-left:0"><ul class="leftList" start="1" style="margin-top:0;margin-bottom:0;padding:0;${style}font-size:18px;line-height:120%;list-style-type:disc"><li style="margin-bottom:10px;text-align:left">One</li></ul></div>`,
      ).replace('<table ', '<table id="list-r1c0m5" '),
    )[0];
  expect(list('padding-left:20px;')).toMatchObject({
    kind: 'list',
    id: '',
    indent: 40,
    spacing: 10,
    marker: 'disc',
    style: { size: 18 },
    html: '<ul start="1"><li style="text-align: left;">One</li></ul>',
  });
  expect(list('list-style-position:inside;padding-left:0;')).toMatchObject({
    indent: 20,
    html: '<ul start="1" style="list-style-position: inside;"><li style="text-align: left;">One</li></ul>',
  });
});

test('a video has its width on a frame, and its ratio in the name of a picture', () => {
  const found = blocks(
    block(
      'video',
      '<div class="sizer" align="center" style="max-width:560px;min-width:280px"><a class="video-preview" href="https://www.youtube.com/watch?v=abcdefghijk"><div><table background="https://img.test/0.jpg"><tr><td width="25%"><img src="https://r.test/video_ratio_4-3.gif" alt="ratio" width="100%"></td><td width="50%"><img src="https://r.test/play.png" width="65"></td><td width="25%">&#160;</td></tr></table></div></a></div>',
    ),
  );
  expect(found).toMatchObject([
    {
      kind: 'video',
      width: 560,
      ratio: expect.closeTo(4 / 3) as number,
      thumbnail: 'https://img.test/0.jpg',
      icon: { size: 65, src: 'https://r.test/play.png' },
    },
  ]);
});

test('a row inside the only column of another one becomes a row between two pieces of it', () => {
  const inner = mail([{ blocks: block('heading', '<h1>Inner</h1>') }]);
  const [, table] = /<td>(<table class="row.*<\/table>)<\/td>/.exec(inner)!;
  const colored = table!.replace('class="row row-1"', '$& style="background-color:#123456"');
  const { rows } = read(
    mail(
      [{ blocks: `${block('divider', '')}<p>Above</p>${colored}<p>Below</p>` }],
      'padding-top:9px;padding-bottom:5px',
    ),
  );
  expect(rows.map(({ columns }) => columns[0]!.blocks.map(({ kind }) => kind))).toEqual([
    ['paragraph'],
    ['heading'],
    ['paragraph'],
  ]);
  expect(rows.map(({ columns }) => columns[0]!.padding)).toMatchObject([
    { top: 9, bottom: 0 },
    { top: 0, bottom: 5 },
    { top: 0, bottom: 5 },
  ]);
  expect(rows[1]).toMatchObject({ container: { color: '' }, content: { color: '#123456' } });
});

test('columns of 2021 that change places on phones have no paddings above and below there', () => {
  const html = mail([{ blocks: block('divider', '') }], 'padding:15px 10px 25px 20px')
    .replace(
      '<tr><td class="column',
      '<tr class="reverse"><td class="column column-1 first" style="padding:15px 10px 25px 20px"><table class="spacer"></table></td><td class="last column',
    )
    .replace(
      '<body>',
      '<body><style>@media (max-width:620px){.row-1 td.column.first>table{padding-left:20px;padding-right:5px}}</style>',
    );
  const [row] = read(html).rows;
  expect(row!.columns[0]).toMatchObject({
    padding: { top: 15, right: 10, bottom: 25, left: 20 },
    mobile: { padding: { top: 0, right: 5, bottom: 0 } },
  });
});

test('a table stays one unless its cells look different, which no template can say', () => {
  const table = (head: string, body: string) =>
    blocks(
      block(
        'table',
        `<table style="width:100%"><thead><tr><th style="padding:10px;${head}">A</th></tr></thead><tbody><tr><td style="padding:10px;${body}">b</td></tr></tbody></table>`,
      ),
    );
  const line = 'border-bottom:1px solid #dddddd';
  expect(table(line, line)).toMatchObject([{ kind: 'table', headers: [['A']], rows: [['b']] }]);
  expect(table(`${line};border-top:2px solid #000000`, line)).toMatchObject([
    { kind: 'html', html: expect.stringContaining('border-top: 2px solid #000000') as string },
  ]);
});

test('a space that does not break makes a line, which stays', () => {
  const line = block('paragraph', '<div style="font-size:16px">\u00a0</div>');
  expect(blocks(line)).toMatchObject([{ kind: 'paragraph', html: '\u00a0' }]);
});

test('a button may have its label in a link without a target', () => {
  const found = blocks(
    block(
      'button',
      '<div class="alignment"><div style="display:inline-block;border:2px solid #88b44e;font-size:16px"><a style="line-height:32px">Accepted</a></div></div>',
    ),
  );
  expect(found).toMatchObject([
    { kind: 'button', label: 'Accepted', style: { lineHeight: { ratio: 2 } } },
  ]);
});

test('text beside blocks looks as browsers show it', () => {
  expect(blocks(`${block('divider', '')} stray ${block('divider', '')}`)).toMatchObject([
    { kind: 'paragraph', style: { size: 16, font: expect.stringContaining('Times') as string } },
  ]);
});
