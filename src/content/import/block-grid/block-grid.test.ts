// Tests of the import of hosted e-mails of the first generation (2017–2020).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importHtml } from '../import.ts';
import { readTemplate } from '../../template/read.ts';
import { renderHtml } from '../../render/render.ts';
import type { Block } from '../../template/types.ts';

function lift(html: string) {
  let count = 0;
  return importHtml(html, { id: () => `id-${(count += 1)}` });
}

interface ColumnOptions {
  readonly grid?: number;
  /** style of the `div` with borders and paddings */
  readonly box?: string;
}

const column = (inside: string, { grid = 12, box = '' }: ColumnOptions = {}) =>
  `<!--[if (mso)|(IE)]><td align="center" width="600" valign="top"><![endif]--><div class="col num${grid}" style="display: table-cell; vertical-align: top;"><div class="col_cont" style="width:100% !important;">
<!--[if (!mso)&(!IE)]><!--><div style="border-top:0px solid transparent; ${box}"><!--<![endif]-->${inside}<!--[if (!mso)&(!IE)]><!--></div><!--<![endif]--></div></div>`;

const row = (columns: string, classes = '', line = '') =>
  `<div style="background-color:#eeeeee;"><div class="block-grid ${classes}" style="min-width: 320px; max-width: 640px; Margin: 0 auto; background-color: #ffffff;"><div style="display: table;width: 100%;background-color:#ffffff;${line}">${columns}</div></div></div>`;

const mail = (
  rows: string,
  css = '',
) => `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional //EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html><head><title></title><style type="text/css">table, td, tr { vertical-align: top; border-collapse: collapse; } * { line-height: inherit; } a[x-apple-data-detectors=true] { color: inherit !important; }</style>
<style id="media-query">@media (max-width: 660px) { .block-grid { width: 100% !important; } img.fullwidthOnMobile { max-width: 100% !important; } }</style>${css}</head>
<body class="clean-body" style="background-color: #dddddd;"><table class="nl-container" style="background-color: #dddddd; width: 100%;" width="100%"><tbody><tr><td>${rows}</td></tr></tbody></table></body></html>`;

const read = (html: string) => readTemplate(lift(html));
const blocksOf = (html: string): readonly Block[] =>
  read(html).rows.flatMap((one) => one.columns.flatMap(({ blocks }) => blocks));
const block = (inside: string) => blocksOf(mail(row(column(inside))))[0];

const text = (inside: string, lines = '1.5') =>
  `<!--[if mso]><table width="100%"><tr><td style="padding: 10px;"><![endif]--><div style="color:#393d47;font-family:Arial, sans-serif;line-height:${lines};padding-top:11px;padding-right:12px;padding-bottom:13px;padding-left:14px;"><div class="txtTinyMce-wrapper" style="line-height: ${lines}; font-size: 12px; color: #393d47;">${inside}</div></div><!--[if mso]></td></tr></table><![endif]-->`;

describe('rows', () => {
  test('have the backgrounds, the width and the shares of their columns', () => {
    const template = read(
      mail(row(column('', { grid: 8, box: 'padding-top:5px;' }) + column('', { grid: 4 }))),
    );
    expect(template.body).toMatchObject({
      width: 640,
      background: { color: '#dddddd' },
      contentColor: '#ffffff',
    });
    expect(template.rows).toMatchObject([
      {
        container: { color: '#eeeeee' },
        stack: true,
        columns: [{ grid: 8, padding: { top: 5 } }, { grid: 4 }],
      },
    ]);
  });

  test('may keep their columns beside each other, or stack them the other way round', () => {
    const columns = column(text('<p>first</p>'), { grid: 6 }) + column('', { grid: 6 });
    expect(read(mail(row(columns, 'two-up no-stack'))).rows[0]).toMatchObject({ stack: false });
    const turned = read(mail(row(columns, 'two-up', 'direction:rtl'))).rows[0]!;
    expect(turned).toMatchObject({ stack: true, reverse: true });
    expect(turned.columns.map(({ blocks }) => blocks.length)).toEqual([0, 1]);
  });

  test('are found where a surplus end tag closed the container before its time', () => {
    const html = mail(
      row(column(`${text('<p>one</p>')}</tr></table>`)) + row(column(text('<p>two</p>'))),
    );
    const out = renderHtml(lift(html), { target: 'message' }).html;
    for (const word of ['one', 'two']) expect(out).toContain(word);
  });

  test('keep conditions of the sending system around them', () => {
    const html = mail(
      `{% if vip %}${row(column(text('<p>vip</p>')))}{% endif %}${row(column(''))}`,
    );
    expect(read(html).rows[0]!.condition).toEqual({ before: '{% if vip %}', after: '{% endif %}' });
  });
});

describe('blocks', () => {
  test('text keeps the ratio of its lines where there is only one', () => {
    expect(block(text('<p style="margin: 0; line-height: 1.5;">a</p>'))).toMatchObject({
      kind: 'text',
      size: 12,
      lineHeight: '150%',
      color: '#393d47',
      padding: { top: 11, right: 12, bottom: 13, left: 14 },
    });
  });

  test('text keeps line heights in px, which later editors would replace', () => {
    const found = block(
      text('<p style="margin: 0;font-size: 14px;line-height: 17px">a</p>', '14px'),
    );
    expect(found).toMatchObject({ kind: 'paragraph', style: { size: 12 } });
    expect(found).toHaveProperty('html', '<p style="font-size: 14px; line-height: 17px;">a</p>');
  });

  test('an image takes the lines above and below as paddings', () => {
    const image = block(
      '<div align="right" class="img-container right" style="padding-right: 20px;padding-left: 5px;"><div style="font-size:1px;line-height:10px">&nbsp;</div><a href="https://a.test/"><img class="right fullwidthOnMobile" src="x.png" alt="Bee" title="Bee" style="display: block; width: 100%; max-width: 176px;" width="176"/></a><div style="font-size:1px;line-height:15px">&nbsp;</div></div>',
    );
    expect(image).toMatchObject({
      kind: 'image',
      src: 'x.png',
      width: 176,
      placement: 'right',
      fullWidth: true,
      link: { href: 'https://a.test/' },
      padding: { top: 10, right: 20, bottom: 15, left: 5 },
    });
  });

  test('a button adds up the paddings of its parts', () => {
    const button = block(
      '<div align="left" class="button-container" style="padding-top:10px;"><!--[if mso]><v:roundrect style="height:37.5pt;width:285pt;"><![endif]--><a href="https://a.test/" style="display: inline-block; color: #ffffff; background-color: #000000; border-radius: 3px; border-top: 1px solid red; padding-top: 5px; padding-bottom: 5px;"><span style="padding-left:55px;padding-right:50px;font-size:20px;display:inline-block;letter-spacing:2px;"><span style="font-size: 16px; line-height: 2; word-break: break-word;">Go</span></span></a></div>',
    );
    expect(button).toMatchObject({
      kind: 'button',
      label: 'Go',
      align: 'left',
      fill: '#000000',
      inner: { top: 5, right: 50, bottom: 5, left: 55 },
      style: { size: 16, lineHeight: { ratio: 2 }, spacing: '2px' },
      width: 380,
      height: 50,
    });
  });

  test('a button of 2017 is as wide as its limit and its paddings', () => {
    const button = block(
      '<div align="center" class="button-container center"><a href="https://a.test/" style="display: block; background-color: #3AAEE0; max-width: 126px; width: 86px;width: auto; padding-top: 5px; padding-right: 20px; padding-bottom: 5px; padding-left: 20px;"><span style="font-size:16px;line-height:32px;">Button</span></a></div>',
    );
    expect(button).toMatchObject({ kind: 'button', inner: { right: 40, left: 40 } });
  });

  test('a divider is a line, or the space that an invisible one takes', () => {
    const divider = (style: string) =>
      `<table class="divider" width="100%"><tbody><tr><td class="divider_inner" style="padding: 10px;"><table class="divider_content" align="center" style="${style}"><tbody><tr><td><span></span></td></tr></tbody></table></td></tr></tbody></table>`;
    expect(block(divider('border-top: 2px solid #BBBBBB; width: 50%;'))).toMatchObject({
      kind: 'divider',
      line: { width: 2, color: '#BBBBBB' },
      width: '50%',
    });
    expect(block(divider('border-top: 0px solid transparent; height: 40px;'))).toMatchObject({
      kind: 'divider',
      line: undefined,
      height: 40,
      padding: { top: 10, bottom: 10 },
    });
    expect(block(divider('border-top: 0px solid transparent;'))).toMatchObject({
      kind: 'spacer',
      height: 20,
    });
  });

  test('icons stand in cells of one table, or in tables of their own', () => {
    const cells =
      '<table class="social_icons" width="100%"><tbody><tr><td style="padding: 10px;"><table class="social_table" align="left"><tbody><tr style="display: inline-block;"><td style="padding-right: 7px;"><a href="https://n.test/"><img src="n.png" alt="N" width="24"></a></td><td style="padding-right: 7px;"><img src="m.png" alt="M" width="24"></td></tr></tbody></table></td></tr></tbody></table>';
    const own = (name: string) =>
      `<table align="left" width="32" style="Margin-right: 5px"><tbody><tr><td><a href="https://${name}.test/"><img src="${name}.png" alt="${name}" width="32"></a><div style="line-height:5px;font-size:1px">&nbsp;</div></td></tr></tbody></table>`;
    expect(block(cells)).toMatchObject({
      kind: 'social',
      align: 'left',
      size: 24,
      gap: { right: 7 },
    });
    expect(
      block(`<div align="center"><div style="display: table;">${own('a')}${own('b')}</div></div>`),
    ).toMatchObject({
      kind: 'social',
      align: 'center',
      gap: { right: 2.5, bottom: 5, left: 2.5 },
      icons: [{ href: 'https://a.test/' }, { href: 'https://b.test/' }],
    });
  });

  test('are hidden by the element around them', () => {
    const html = mail(
      row(
        column(
          `<div class="mobile_hide">${text('<p>wide</p>')}</div><!--[if !mso]><!--><div class="desktop_hide" style="mso-hide: all; display: none; max-height: 0px; overflow: hidden;">${text('<p>narrow</p>')}</div><!--<![endif]-->`,
        ),
      ),
    );
    expect(blocksOf(html).map(({ hidden }) => [hidden.mobile, hidden.desktop])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test('keep markup of users as it is, with the sheet that it needs', () => {
    const html = mail(
      row(
        column(
          '<div style="font-size:16px;text-align:center;font-family:Arial"><table class="mine"><tr><td>cell</td></tr></table></div>',
        ),
      ),
      '<style>.mine { color: red; }</style>',
    );
    expect(blocksOf(html)[0]).toMatchObject({ kind: 'html' });
    const { customTags } = read(html).head;
    expect(customTags).toContain('.mine { color: red; }');
    expect(customTags).not.toContain('block-grid');
  });
});

test('a style sheet for lists with the same name is no e-mail of these years', () => {
  const html = '<body><ul class="block-grid three-up"><li class="col">one</li></ul></body>';
  expect(blocksOf(html)).toMatchObject([{ kind: 'list' }]);
});

test('whatever the parts of these documents stand in, nothing fails', () => {
  const parts = fc.constantFrom(
    '<div class="block-grid no-stack">',
    '<div class="col num4" style="width:33%">',
    '<div class="img-container" align="left">',
    '<div class="button-container">',
    '<div class="mobile_hide">',
    '<div class="menu-links">',
    '<div style="direction:rtl">',
    '</div>',
    '<table class="divider">',
    '<tr>',
    '<td class="divider_inner" height="60">',
    '</table>',
    '<img src="a.png" width="9">',
    '<a href="https://a.test/" style="display:block;max-width:90px;background:red">go</a>',
    '<p style="margin:9px;line-height:17px">x</p>',
    '<h1>t</h1>',
    '&nbsp;',
    '{% if a %}',
    '<style>.block-grid { width: calc(100% - 40px) }</style>',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 40 }), (list) => {
      const { html } = renderHtml(lift(`<p>x</p>${list.join('')}`), { target: 'message' });
      expect(html).not.toMatch(/undefined|NaN/);
    }),
    { numRuns: 200 },
  );
});
