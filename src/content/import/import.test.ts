// Tests of the importer with documents that Skep did not write: older hosted e-mails, hand-made ones, hostile ones.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importHtml } from './import.ts';
import { IMPORT_LIMITS } from './limits.ts';
import { Invalid, TooLarge } from '../../platform/errors.ts';
import { readTemplate } from '../template/read.ts';
import { renderHtml } from '../render/render.ts';
import { all, attribute, textOf } from '../render/test-kit.ts';
import { parse } from 'parse5';
import type { Block } from '../template/types.ts';

function lift(html: string) {
  let count = 0;
  return importHtml(html, { id: () => `id-${(count += 1)}` });
}

const read = (html: string) => readTemplate(lift(html));
const blocksOf = (html: string): readonly Block[] =>
  read(html).rows.flatMap((row) => row.columns.flatMap((column) => column.blocks));
const kinds = (html: string) => blocksOf(html).map(({ kind }) => kind);

/** A hosted e-mail of 2022 around some blocks. */
const hosted = (blocks: string, css = '') => `<!DOCTYPE html><html lang="en"><head><title></title>
<style>.desktop_hide{display:none} @media (max-width:620px) { .row-content { width:100% !important } ${css} }</style></head>
<body style="background-color:#eeeeee;margin:0"><table class="nl-container" width="100%" style="background-color:#eeeeee;"><tbody><tr><td>
<table class="row row-1" align="center" width="100%" style="background-color:#ffeedd;"><tbody><tr><td>
<table class="row-content stack" align="center" style="color:#000000;width:600px;" width="600"><tbody><tr>
<td class="column column-1" width="100%" style="vertical-align:middle;padding-top:5px;padding-bottom:5px;border-top:0px;border-right:0px;border-bottom:0px;border-left:0px;">
${blocks}</td></tr></tbody></table></td></tr></tbody></table></td></tr></tbody></table><!-- End --></body></html>`;

const pad = (kind: string, inside: string, style = '') =>
  `<table class="${kind}_block block-1" width="100%" cellpadding="0"><tr><td class="pad" style="${style}">${inside}</td></tr></table>`;

describe('a hosted e-mail of an older generation', () => {
  test('gives the row with its backgrounds and alignment', () => {
    const { rows, body } = read(hosted(''));
    expect(body).toMatchObject({ width: 600, background: { color: '#eeeeee' } });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      container: { color: '#ffeedd' },
      stack: true,
      verticalAlign: 'middle',
    });
    expect(rows[0]!.columns[0]).toMatchObject({
      grid: 12,
      padding: { top: 5, bottom: 5 },
      blocks: [],
    });
    expect(rows[0]!.columns[0]!.borders.top).toBeUndefined();
  });

  test('gives a button whose sides stand on an inner span', () => {
    const [button] = blocksOf(
      hosted(
        pad(
          'button',
          `<div class="alignment" align="right"><!--[if mso]><v:roundrect href="https://a.test/" style="height:38px;width:141px;v-text-anchor:middle;" arcsize="79%"><![endif]-->
<a href="https://a.test/?a=1&amp;b=2" target="_blank" style="display:inline-block;color:#ffffff;background-color:#4a4949;border-radius:30px;width:auto;padding-top:5px;padding-bottom:5px;font-family:Arial, sans-serif;font-size:14px;border-top:1px solid red;"><span style="padding-left:20px;padding-right:20px;font-size:14px;display:inline-block;letter-spacing:normal;"><span style="word-break: break-word; line-height: 28px;">Reset it</span></span></a></div>`,
          'text-align:right;',
        ),
      ),
    );
    expect(button).toMatchObject({
      kind: 'button',
      label: 'Reset it',
      align: 'right',
      link: { href: 'https://a.test/?a=1&b=2' },
      fill: '#4a4949',
      radius: '30px',
      inner: { top: 5, right: 20, bottom: 5, left: 20 },
      borders: { top: { width: 1, color: 'red' } },
      width: 141,
      height: 38,
      style: { size: 14, lineHeight: { ratio: 2 } },
    });
  });

  test('gives an image whose width stands on the picture', () => {
    const [image] = blocksOf(
      hosted(
        pad(
          'image',
          '<div class="alignment" align="center"><a href="https://a.test/"><img class="big" src="x.png" style="display:block;width:300px;max-width:100%;" width="300" alt="Bee" title="Bee"></a></div>',
          'width:100%;padding-top:40px;',
        ),
      ),
    );
    expect(image).toMatchObject({
      kind: 'image',
      src: 'x.png',
      width: 300,
      alt: 'Bee',
      link: { href: 'https://a.test/' },
      padding: { top: 40 },
    });
  });

  test('gives what the narrow view changes, and hidden blocks', () => {
    const [title, spacer] = blocksOf(
      hosted(
        pad(
          'heading',
          '<h2 style="font-size:30px;line-height:120%;color:#111111;text-align:left">Hi</h2>',
        ) +
          '<div class="spacer_block block-2 mobile_hide" style="height:45px;line-height:45px;font-size:1px;">&#8202;</div>',
        '.row-1 .column-1 .block-1.heading_block h2 { font-size: 20px !important; text-align: center !important } .row-1 .column-1 .block-1.heading_block td.pad { padding: 3px 4px !important } .row-9 .column-1 .block-1.heading_block h2 { font-size: 99px !important }',
      ),
    );
    expect(title).toMatchObject({
      kind: 'heading',
      level: 2,
      mobile: { fontSize: 20, textAlign: 'center', padding: { top: 3, right: 4 } },
    });
    expect(title).toMatchObject({ style: { size: 30, lineHeight: { ratio: 1.2 } } });
    expect(spacer).toMatchObject({
      kind: 'spacer',
      height: 45,
      hidden: { mobile: true, desktop: false },
    });
  });

  test('keeps what somebody wrote between the blocks, and blocks that it does not know', () => {
    const html = hosted(
      `${pad('paragraph', '<div><p>one</p></div>')}<p>by hand <a href="https://h.test/">link</a></p>${pad('marquee', '<b>three</b>')}`,
    );
    const out = renderHtml(lift(html), { target: 'message' }).html;
    for (const text of ['one', 'by hand', 'https://h.test/', 'three']) expect(out).toContain(text);
  });
});

describe('any other e-mail', () => {
  test('is taken apart in reading order', () => {
    const html = `<html><body bgcolor="#f0f0f0"><div style="display:none">Peek</div><table width="600" cellspacing="0" align="center" bgcolor="#ffffff"><tr><td style="padding:20px">
<h1>Title</h1><p>Some <b>bold</b> text with a <a href="https://a.test/">link</a>.</p><img src="a.png" width="200" alt="A"><hr>
<a href="https://b.test/" style="background-color:#00f;color:#fff;padding:10px 20px;display:inline-block">Go</a>
<ul><li>one</li><li>two</li></ul><table border="1"><tr><th>k</th><th>v</th></tr><tr><td>a</td><td>1</td></tr></table></td></tr></table></body></html>`;
    expect(kinds(html)).toEqual([
      'heading',
      'paragraph',
      'image',
      'divider',
      'button',
      'list',
      'table',
    ]);
    expect(read(html)).toMatchObject({
      body: { width: 600, background: { color: '#f0f0f0' } },
      head: { preheader: 'Peek' },
    });
    expect(read(html).body.contentColor).toBe('#ffffff');
    expect(blocksOf(html)[0]!.padding).toMatchObject({ left: 20, right: 20 });
  });

  test('has columns where cells or boxes stand beside each other', () => {
    const table =
      '<table width="600"><tr><td width="200"><p>left</p></td><td width="400"><p>right</p></td></tr></table>';
    const boxes =
      '<div><div style="display:inline-block;width:50%"><p>left</p></div><div style="display:inline-block;width:50%"><p>right</p></div></div>';
    expect(read(table).rows[0]!.columns.map(({ grid }) => grid)).toEqual([4, 8]);
    expect(read(boxes).rows[0]!.columns.map(({ grid }) => grid)).toEqual([6, 6]);
  });

  test('takes styles from sheets, by specificity and importance', () => {
    const html =
      '<style>p{color:red} .x p{color:green} td>p{color:#999} p{font-size:20px!important} @media print{p{color:black}} @media (max-width:500px){.m{display:none!important}}</style><div class="x"><p style="font-size:10px">text</p></div><p class="m">gone when narrow</p>';
    expect(blocksOf(html)).toMatchObject([
      { kind: 'paragraph', style: { color: 'green', size: 20 } },
      { kind: 'paragraph', hidden: { mobile: true } },
    ]);
  });

  test('leaves out what cannot be seen, and everything that runs', () => {
    const html = `<p onclick="evil()">seen</p><script>evil()</script><div style="display:none">hidden</div><p><a href="javascript:evil()">link</a></p>
<form action="https://f.test/"><input onfocus="evil()"><b>form</b><script>evil()</script></form><iframe src="https://evil.test/"></iframe><svg onload="evil()"></svg><img src="javascript:evil()" onerror="evil()">`;
    const json = JSON.stringify(lift(html));
    expect(json).not.toMatch(/evil\(\)(?!"[,}])|onclick|onerror|onfocus|<script|hidden|<iframe/);
    expect(renderHtml(lift(html), { target: 'page' }).html).not.toContain('evil');
    expect(json).toContain('seen');
    expect(json).toContain('form');
  });

  test('makes no tag of texts that only stand beside each other', () => {
    const split = '<<b></b>script>evil()<<b></b>/script>';
    const between = hosted('').replace('<table class="row row-1"', `${split}$&`);
    expect(between).toContain(split);
    for (const html of [`<p>${split}</p>`, between]) {
      expect(JSON.stringify(lift(html))).not.toMatch(/<\/?script/);
      expect(renderHtml(lift(html), { target: 'page' }).html).not.toMatch(/<\/?script/);
    }
  });

  test('keeps merge tags byte for byte', () => {
    const html = `<p>{{ name | default: "you & me" }} {% if a < b %}x{% endif %} <a href='{{link|safe:"x"}}'>go</a></p>`;
    const out = renderHtml(lift(html), { target: 'message' }).html;
    expect(out).toContain('{{ name | default: "you & me" }} {% if a < b %}x{% endif %}');
  });

  test('keeps what stands behind the end tag of a form in a form', () => {
    const html =
      '<form><div><div><form></form> w1 <img src="https://p.test/w0.png"></div></div></form>';
    const out = renderHtml(lift(html), { target: 'message' }).html;
    expect(out).toContain('w1');
    expect(out).toContain('https://p.test/w0.png');
  });

  test('loses no word, link or picture, whatever its structure', () => {
    const word = fc.nat({ max: 999_999 }).map((number) => `w${number}`);
    const leaf = fc.oneof(
      word,
      word.map((text) => `<a href="https://l.test/${text}">${text}</a>`),
      word.map((text) => `<img src="https://p.test/${text}.png" width="100">`),
      word.map((text) => `<b>${text}</b>`),
      word.map(
        (text) =>
          `<a style="background:#123456;padding:9px" href="https://l.test/${text}">${text}</a>`,
      ),
    );
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc
          .tuple(
            fc.constantFrom(
              'div',
              'p',
              'h2',
              'center',
              'section',
              'span',
              'blockquote',
              'ul',
              'font',
              'li',
              'form',
            ),
            fc.array(tie('tree'), { maxLength: 3 }),
          )
          .map(([tag, inside]) => `<${tag}>${inside.join(' ')}</${tag}>`),
        fc
          .array(fc.array(tie('tree'), { minLength: 1, maxLength: 3 }), {
            minLength: 1,
            maxLength: 2,
          })
          .map(
            (rows) =>
              `<table>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table>`,
          ),
        tie('tree').map((inside) => `<a href="https://o.test/">${inside}</a>`),
      ),
    }));
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 4 }), (parts) => {
        const html = parts.join('\n');
        const out = renderHtml(lift(html), { target: 'message' }).html;
        const seen = new Set(textOf(parse(out)).match(/w\d+/g));
        for (const text of textOf(parse(html)).match(/w\d+/g) ?? []) expect(seen).toContain(text);
        const values = (source: string, tag: string, name: string) =>
          all(source).flatMap((element) =>
            element.tagName === tag ? [attribute(element, name)] : [],
          );
        for (const src of values(html, 'img', 'src'))
          expect(values(out, 'img', 'src')).toContain(src);
        const links = values(out, 'a', 'href');
        for (const link of values(html, 'a', 'href')) {
          if (link?.startsWith('https://l.test/')) expect(links).toContain(link);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('never fails on bytes that are no HTML', () => {
    const bits = fc.constantFrom(
      '<',
      '>',
      '</',
      '<table',
      '<td',
      '<a href=',
      '"',
      "'",
      '<!--[if',
      ']>',
      '-->',
      '<style>',
      '{',
      '}',
      '@media(',
      '</p>',
      '<p>',
      'style="',
      ':',
      ';',
      'x',
      ' ',
      '&',
      '<svg>',
      '<template>',
      '<select>',
      '<math>',
      'class="row nl-container row-content column"',
    );
    fc.assert(
      fc.property(fc.array(bits, { minLength: 1, maxLength: 60 }), (parts) => {
        renderHtml(lift(`x${parts.join('')}`), { target: 'message' });
      }),
      { numRuns: 300 },
    );
  });
});

describe('limits', () => {
  test.each<[string, string, typeof Invalid | typeof TooLarge]>([
    ['nothing', ' \n ', Invalid],
    ['too many characters', 'x'.repeat(IMPORT_LIMITS.html + 1), TooLarge],
    ['too deep', '<div>'.repeat(IMPORT_LIMITS.depth + 1), TooLarge],
    ['very much too deep', '<p><b>'.repeat(200_000), TooLarge],
    ['too many elements', '<b></b>'.repeat(IMPORT_LIMITS.elements + 1), TooLarge],
  ])('refuse a document with %s', (_name, html, error) => {
    expect(() => lift(html)).toThrow(error);
  });

  test.each<[string, string]>([
    [
      'sheets of costly selectors',
      `<style>${'div div div div div div div .x{color:red}'.repeat(5000)}</style>${'<div>'.repeat(150)}${'<p class="x">y</p>'.repeat(300)}`,
    ],
    [
      'sheets without ends',
      `<style>${'a{}'.repeat(100_000)}${'@media x{'.repeat(10_000)}</style><p>y</p>`,
    ],
    ['deep and wide emptiness', `${'<div>'.repeat(150)}${'<b></b>'.repeat(20_000)}`],
    [
      'long runs of spaces',
      `<p>${'\u00A0'.repeat(500_000)}y</p><div style="display:none">${' \u200C'.repeat(200_000)}</div>`,
    ],
    ['tables in tables', '<table><tr><td>a<td>'.repeat(45)],
    ['many pictures beside each other', '<img src="a" width="1" height="1">'.repeat(49_000)],
  ])('bound the work on %s', (_name, html) => {
    const start = process.cpuUsage().user;
    lift(html);
    expect((process.cpuUsage().user - start) / 1e6).toBeLessThan(5);
  });
});
