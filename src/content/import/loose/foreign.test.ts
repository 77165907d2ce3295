// Tests of the import of e-mails that other makers wrote: what their structures mean in blocks.
import { describe, expect, test } from 'vitest';
import { importHtml } from '../import.ts';
import { readTemplate } from '../../template/read.ts';
import { renderHtml } from '../../render/render.ts';
import type { Block } from '../../template/types.ts';

function lift(html: string) {
  let count = 0;
  return importHtml(html, { id: () => `id-${(count += 1)}` });
}

const read = (html: string) => readTemplate(lift(html));
const blocksOf = (html: string): readonly Block[] =>
  read(html).rows.flatMap((row) => row.columns.flatMap(({ blocks }) => blocks));

const TABLE = 'cellpadding="0" cellspacing="0" border="0"';
/** The blocks that are more than the room around the content. */
const partsOf = (html: string) => blocksOf(html).filter(({ kind }) => kind !== 'spacer');
/** A content of 600 px in a window with a background. */
const mail = (inside: string, css = '') =>
  `<html><head><style>${css}</style></head><body style="margin:0"><table width="100%" bgcolor="#eeeeee" ${TABLE}><tr><td align="center" style="padding:10px"><table width="600" bgcolor="#ffffff" align="center" ${TABLE}><tr><td>${inside}</td></tr></table></td></tr></table></body></html>`;

describe('texts', () => {
  test('look as in a browser where nothing says how', () => {
    expect(blocksOf('<body><p>Hello</p></body>')).toMatchObject([
      {
        kind: 'paragraph',
        style: { font: "'Times New Roman'", size: 16, lineHeight: { css: 'normal' } },
        padding: { top: 16, right: 8, bottom: 16, left: 8 },
      },
    ]);
  });

  test('share the margins between them', () => {
    const [first, second] = partsOf(mail('<h2>a</h2><p style="margin:30px 0 5px">b</p>'));
    expect([first!.padding.bottom, second!.padding.top]).toEqual([19.92, 10.08]);
  });

  test('have what sheets say of them, their links too', () => {
    const html = mail(
      '<p>See <a href="https://a.test/" class="x">this</a> and <a href="https://b.test/">that</a>.</p>',
      '.x{color:#c00;text-decoration:none} p{color:#123}',
    );
    const out = renderHtml(lift(html), { target: 'message' }).html;
    expect(out).toMatch(/href="https:\/\/a\.test\/"[^>]*color: ?#c00/);
    expect(out).toMatch(/href="https:\/\/b\.test\/"[^>]*color: ?#00E/);
    expect(partsOf(html)[0]).toMatchObject({ style: { color: '#123' } });
  });

  test('are not centred by the cell that centres their table', () => {
    expect(partsOf(mail('<p>left</p>'))[0]).toMatchObject({ style: { align: 'left' } });
    const styled = mail('<p>centre</p>').replace('padding:10px', 'text-align:center');
    expect(partsOf(styled)[0]).toMatchObject({ style: { align: 'center' } });
  });

  test('change on phones as the sheet says', () => {
    const html = mail(
      '<h1 class="t">Title</h1>',
      '@media (max-width:480px){.t{font-size:20px!important;text-align:center!important}}',
    );
    expect(partsOf(html)[0]).toMatchObject({ mobile: { fontSize: 20, textAlign: 'center' } });
  });
});

describe('boxes', () => {
  test('around the content are above and below it, and never narrow it', () => {
    const { rows, body } = read(mail('<p style="margin:0">x</p>'));
    expect(body.width).toBe(600);
    expect(rows.map(({ container, content }) => [container.color, content.color])).toEqual([
      ['#eeeeee', ''],
      ['#eeeeee', '#ffffff'],
      ['#eeeeee', ''],
    ]);
    expect(rows[1]!.columns[0]!.blocks[0]!.padding).toMatchObject({ left: 0, right: 0 });
  });

  test('have the paddings that their table gives to all cells', () => {
    const html = mail('<table cellpadding="7" cellspacing="2"><tr><td>x</td></tr></table>');
    expect(partsOf(html)[0]!.padding).toMatchObject({ top: 9, right: 9, left: 9 });
  });

  test.each([
    [
      'cells of a fluid table',
      `<table width="100%" ${TABLE}><tr><td width="150" valign="top"><p>a</p></td><td width="450"><p>b</p></td></tr></table>`,
      [3, 9],
      false,
    ],
    [
      'boxes with limits',
      '<div style="font-size:0"><div style="display:inline-block;width:100%;max-width:200px"><p>a</p></div><div style="display:inline-block;width:100%;max-width:400px"><p>b</p></div></div>',
      [4, 8],
      true,
    ],
    [
      'tables that float',
      `<table align="left" width="290" ${TABLE}><tr><td><p>a</p></td></tr></table><table align="right" width="290" ${TABLE}><tr><td><p>b</p></td></tr></table>`,
      [6, 6],
      true,
    ],
  ] as const)('beside each other are columns: %s', (_name, inside, grids, stack) => {
    const row = read(mail(inside)).rows.find(({ columns }) => columns.length === 2)!;
    expect(row.columns.map(({ grid }) => grid)).toEqual(grids);
    expect(row.stack).toBe(stack);
  });

  test('stack where the document stacks them', () => {
    const boxes =
      '<div><div class="c" style="display:inline-block;width:100%"><p>a</p></div><div class="c" style="display:inline-block;width:100%"><p>b</p></div></div>';
    const { customTags } = read(
      mail(boxes, '@media only screen and (min-width:480px){.c{width:50%!important}}'),
    ).head;
    expect(customTags).toContain('(min-width:480px) and (max-width:620px)');
    expect(customTags).toContain('.column-2{display:table-cell;width:50%}');
  });
});

describe('buttons', () => {
  test.each([
    [
      'a link with room',
      '<a href="https://a.test/" style="display:inline-block;background:#06c;color:#fff;padding:10px 20px">Go</a>',
    ],
    [
      'a link with thick borders',
      '<a href="https://a.test/" style="display:inline-block;background:#06c;color:#fff;border:10px solid #06c">Go</a>',
    ],
    [
      'a cell with a fill',
      `<table ${TABLE}><tr><td bgcolor="#06c" style="padding:10px 20px"><a href="https://a.test/" style="color:#fff">Go</a></td></tr></table>`,
    ],
    [
      'a table with a fill',
      '<table style="background-color:#06c"><tr><td style="padding:18px"><a href="https://a.test/" style="color:#fff">Go</a></td></tr></table>',
    ],
  ])('are made of %s', (_name, inside) => {
    expect(blocksOf(mail(inside))).toContainEqual(
      expect.objectContaining({ kind: 'button', label: 'Go', fill: '#06c', color: '#fff' }),
    );
  });

  test('stand where the attribute of the cell puts their table', () => {
    const html = mail(
      `<table width="100%" ${TABLE}><tr><td align="right"><table ${TABLE}><tr><td bgcolor="#06c" style="padding:9px"><a href="https://a.test/">Go</a></td></tr></table></td></tr></table>`,
    );
    expect(blocksOf(html).find(({ kind }) => kind === 'button')).toMatchObject({ align: 'right' });
  });
});

test('a table of data whose cells look different stays as it is, with what the sheet says', () => {
  const html = mail(
    '<table class="sum"><tr><th align="left">What</th><th align="right">Price</th></tr><tr><td>Jar</td><td align="right" class="p">9.50</td></tr></table>',
    '.p{color:#060;font-weight:bold}',
  );
  const out = renderHtml(lift(html), { target: 'message' }).html;
  expect(blocksOf(html).map(({ kind }) => kind)).toContain('html');
  expect(out).toMatch(/<td[^>]*style="[^"]*color: ?#060;? ?font-weight: ?bold/);
});

test.each([
  ['<img src="a.png" width="400" style="width:100%;max-width:250px">', 250],
  ['<img src="a.png" width="564" style="max-width:1200px">', 564],
  [
    '<table width="100%"><tr><td style="width:120px"><img src="a.png" style="width:100%"></td></tr></table>',
    120,
  ],
])('a picture is as wide as it is shown: %s', (inside, width) => {
  expect(blocksOf(mail(inside)).find(({ kind }) => kind === 'image')).toMatchObject({ width });
});

test('a space that does not break is a line', () => {
  const html = mail('<p style="margin:0">a</p><p style="margin:0;line-height:20px">&nbsp;</p>');
  expect(blocksOf(html)).toContainEqual(expect.objectContaining({ kind: 'spacer', height: 20 }));
});
