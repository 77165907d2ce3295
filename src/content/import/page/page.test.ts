// Tests of the importer for hosted pages and popups.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { all, block, doc, example } from '../../render/test-kit.ts';
import { importHtml } from '../import.ts';
import { readTemplate } from '../../template/read.ts';
import { renderHtml } from '../../render/render.ts';
import { templates } from '../../../../test/support/templates.ts';
import type { Block } from '../../template/types.ts';
import type { Json } from '../state.ts';

function back(source: string): Json {
  let count = 0;
  return importHtml(source, { id: () => `id-${(count += 1)}` });
}

const html = (template: unknown, target: 'page' | 'popup') =>
  renderHtml(template, { target, beautify: true }).html;

/** A page as the service writes it, around the inside of its only column. */
function hosted(inside: string, css = '', prefix = 'bee'): string {
  const p = prefix;
  return `<!DOCTYPE html><html><head><title></title><style>
    body { background-color: #fff; color: #111; font-family: Arial, Helvetica, sans-serif }
    a { color: #0068a5 } body, p { margin: 0 }
    .${p}-row-content { max-width: 600px; margin: 0 auto; display: flex } ${css}</style></head><body>
    <div class="${p}-page-container"><div class="${p}-row ${p}-row-1"><div class="${p}-row-content">
    <div class="${p}-col ${p}-col-1 ${p}-col-w12">${inside}</div></div></div></div></body></html>`;
}

const blockOf = (kind: string, inside: string) =>
  `<div class="bee-block bee-block-1 bee-${kind}">${inside}</div>`;

/** The blocks of all columns. */
const blocks = (source: string): readonly Block[] =>
  readTemplate(back(source)).rows.flatMap((row) => row.columns.flatMap((column) => column.blocks));

function only<K extends Block['kind']>(source: string, kind: K): Extract<Block, { kind: K }> {
  const [first, ...more] = blocks(source);
  expect(more).toEqual([]);
  if (first?.kind !== kind) throw new Error(`${first?.kind} instead of ${kind}`);
  return first as Extract<Block, { kind: K }>;
}

describe('there and back', () => {
  test.each(['page', 'popup'] as const)('any template renders to the same %s again', (target) => {
    fc.assert(
      fc.property(templates, (template) => {
        const once = html(template, target);
        expect(html(back(once), target)).toBe(once);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ['open-day-page', 'page'],
    ['sign-up-popup', 'popup'],
  ] as const)('example %s keeps every field of its form', (name, target) => {
    const formOf = (template: unknown) => {
      const all = readTemplate(template).rows.flatMap((row) => row.columns);
      const form = all.flatMap((column) => column.blocks).find(({ kind }) => kind === 'form');
      return form?.kind === 'form' ? form : undefined;
    };
    const [given, imported] = [formOf(example(name)), formOf(back(html(example(name), target)))];
    const fields = (form: typeof given) =>
      form?.lines.map((line) =>
        line.fields.map(({ key: _key, attributes, ...rest }) => ({
          ...rest,
          attributes: new Map(attributes.filter(([word]) => word !== 'name')),
        })),
      );
    expect(fields(imported)).toEqual(fields(given));
    expect(new Map(imported?.formAttributes)).toEqual(new Map(given?.formAttributes));
    expect(new Map(imported?.button)).toEqual(new Map(given?.button));
    expect(imported?.labels).toEqual(given?.labels);
    expect(imported?.outline).toBe(given?.outline);
  });

  test('what somebody wrote into a page is not lost, wherever it stands', () => {
    const whole = html(example('open-day-page'), 'page');
    const start = whole.indexOf('<div class="bee-page-container"');
    // Not inside of what holds no markup.
    const places = [...whole.matchAll(/(?<!<\/?(?:option|select|iframe|video|source)\b[^>]*)>/g)]
      .map(({ index }) => index + 1)
      .filter((at) => at > start && at < whole.lastIndexOf('</body>'));
    fc.assert(
      fc.property(fc.constantFrom(...places), (at) => {
        const source = `${whole.slice(0, at)}<b>Word by hand</b>${whole.slice(at)}`;
        expect(html(back(source), 'page')).toContain('Word by hand');
      }),
      { numRuns: 60 },
    );
  });

  test('damaged pages are read as well as can be', () => {
    const whole = html(example('open-day-page'), 'page');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length), fc.nat(400)), { minLength: 1, maxLength: 6 }),
        (cuts) => {
          let source = whole;
          for (const [at, length] of cuts) source = source.slice(0, at) + source.slice(at + length);
          html(back(`${source} `), 'page');
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('pages of all years', () => {
  test('the structure counts, not the prefix', () => {
    const source = hosted(
      '<div class="acme-block acme-block-1 acme-spacer"><div class="spacer" style="height:40px"></div></div>',
      '',
      'acme',
    );
    expect(only(source, 'spacer').height).toBe(40);
  });

  test('columns in whole percent stay so, exact ones stay exact', () => {
    const three = (basis: string) =>
      hosted('', `.bee-row-content .bee-col-w4 { flex-basis: ${basis} }`).replace(
        /<div class="bee-col [^]*?<\/div>/,
        [1, 2, 3].map((n) => `<div class="bee-col bee-col-${n} bee-col-w4"></div>`).join(''),
      );
    expect(html(back(three('33%')), 'page')).toContain('flex-basis: 33%;');
    expect(html(back(three('33.3333333333%')), 'page')).toContain('flex-basis: 33.3333%;');
  });

  test('icons without a frame around them, pulled together by margins', () => {
    const icon =
      '<div class="bee-icon"><div class="bee-icon-image"><img alt="" height="16px" src="s.png" width="auto"></div></div>';
    const icons = only(
      hosted(
        blockOf('icons', `${icon}\n${icon}`),
        '.bee-icon .bee-icon-image { margin-right: -4px } .bee-block-1 { font-size: 14px } .bee-block-1 .bee-icon-image { padding: 0 5px 0 0 } .bee-block-1 .bee-icon:not(:last-child) { margin-right: -4px }',
      ),
      'icons',
    );
    expect(icons.height).toBe(16);
    expect(icons.gap.right).toBe(1);
    expect(icons.itemGap).toBe(0);
  });

  test('white space between the icons of networks is part of their distance', () => {
    const icon =
      '<span class="icon" style="padding:0 5px 0 5px"><a href="https://n.test/" target="_blank"><img alt="N" src="n.png" title="n"></a></span>';
    const close = only(
      hosted(blockOf('social', `<div class="content">${icon}${icon}</div>`)),
      'social',
    );
    const apart = only(
      hosted(blockOf('social', `<div class="content">${icon} ${icon}</div>`)),
      'social',
    );
    expect(close.gap.right).toBe(5);
    expect(apart.gap.right! - close.gap.right!).toBeCloseTo(4.45, 2);
    expect(close.icons[0]).toMatchObject({ href: 'https://n.test/', src: 'n.png', alt: 'N' });
  });

  test('buttons: styles on the box or in the sheet, label left of old, width on phones', () => {
    const button = only(
      hosted(
        blockOf(
          'button',
          '<a class="bee-button-content" href="https://b.test/{{id}}" target="_self" data-part="x" style="display:inline-block;width:50%"><span style="font-size:14px;line-height:200%">Go</span></a>',
        ),
        '.bee-block-1 a { background-color: #f60; padding: 5px 20px; border-radius: 9px } .bee-block-1 { text-align: left } @media (max-width:620px) { .bee-block-1 .bee-button-content { width: 100% !important; line-height: normal !important } .bee-block-1 span { font-size: 12px !important; line-height: auto !important } }',
      ),
      'button',
    );
    expect(button).toMatchObject({
      fill: '#f60',
      radius: '9px',
      percent: 50,
      align: 'left',
      label: 'Go',
    });
    expect(button.link).toMatchObject({ href: 'https://b.test/{{id}}', target: '_self' });
    expect(button.style).toMatchObject({ size: 14, align: 'inherit' });
    expect(button.mobile).toMatchObject({ width: '100%', fontSize: 12 });
    expect(button.attributes).toEqual([{ name: 'data-part', value: 'x', target: 'link' }]);
  });

  test('a menu with its hamburger', () => {
    const menu = only(
      hosted(
        blockOf(
          'menu',
          '<nav class="bee-menu"><input class="bee-hamburger-trigger" id="m" type="checkbox"><label class="bee-hamburger-controls" for="m"><span class="bee-hamburger-open"></span><span class="bee-hamburger-close"></span></label><ul class="bee-horizontal with-bee-hamburger"><li><a href="/a" title="">A</a></li><li><a href="/b" title="">B</a></li></ul></nav>',
        ),
        '.bee-block-1 li a { color: #123456 } .bee-block-1 li { padding: 5px 15px } @media (max-width:620px) { .bee-block-1 .bee-hamburger-controls { width: 40px; background-color: #eee; border-radius: 50% } .bee-block-1 ul.with-bee-hamburger li a { color: #789abc } }',
      ),
      'menu',
    );
    expect(menu.items.map(({ text, href }) => [text, href])).toEqual([
      ['A', '/a'],
      ['B', '/b'],
    ]);
    expect(menu.style.linkColor).toBe('#123456');
    expect(menu.gap).toEqual({ top: 5, right: 15, bottom: 5, left: 15 });
    expect(menu.hamburger).toEqual({ size: 40, rounded: true, color: '#789abc', fill: '#eee' });
  });

  test('players and pictures of videos', () => {
    const frame = only(
      hosted(
        blockOf(
          'video',
          '<div style="padding:75% 0 0 0;position:relative"><iframe src="https://www.youtube.com/embed/abcdefghijk?controls=0"></iframe></div>',
        ),
      ),
      'video',
    );
    expect(frame).toMatchObject({ mode: 'embedded', controls: false, loop: false });
    expect(frame.ratio).toBeCloseTo(1.3333, 3);
    const file = only(
      hosted(blockOf('video', '<video controls loop><source src="https://v.test/a.mp4"></video>')),
      'video',
    );
    expect(file).toMatchObject({ mode: 'custom', src: 'https://v.test/a.mp4', loop: true });
  });

  test('margins that a sheet left alone stay', () => {
    const source = hosted(blockOf('paragraph', '<p>a</p><h4>b</h4>'));
    expect(only(source, 'paragraph').html).toBe('<p>a</p><h4 style="margin: 1.33em 0;">b</h4>');
  });

  test('line heights in percent and as a factor are kept apart', () => {
    for (const written of ['150%', '1.5']) {
      const source = hosted(
        blockOf('paragraph', '<p>a</p>'),
        `.bee-block-1 { line-height: ${written} }`,
      );
      expect(only(source, 'paragraph').style.lineHeight.written).toBe(written);
    }
  });
});

describe('around the blocks', () => {
  test('title, description, icons, fonts, language, tags of the user, pictures of the page', () => {
    const page = readTemplate(
      back(
        `<!DOCTYPE html><html lang="it"><head><title>A &amp; B</title><meta name="description" content="Of bees"><link rel="icon" sizes="32x32" href="https://i.test/i.png"><link href="https://f.test/css?family=Lato" rel="stylesheet"><style>body { background-color: #eee } .bee-page-container { background-image: url('https://i.test/b.png'); background-size: cover } .bee-row-content { max-width: 900px }</style><style>.mine { color: red }</style></head><body><div class="bee-page-container"><div class="bee-row bee-row-1 bee-mobile_hide own"><div class="bee-row-content no_stack reverse"><div class="bee-col bee-col-1 bee-col-w12"></div></div></div></div></body></html>`,
      ),
    );
    expect(page.head).toMatchObject({ title: 'A & B', description: 'Of bees', lang: 'it' });
    expect(page.head.favicons).toEqual([{ handle: '32-icon', url: 'https://i.test/i.png' }]);
    expect(page.head.customTags).toContain('.mine');
    expect(page.body).toMatchObject({
      width: 900,
      fonts: [{ url: 'https://f.test/css?family=Lato' }],
    });
    expect(page.body.background).toMatchObject({
      color: '#eee',
      image: 'https://i.test/b.png',
      size: 'cover',
    });
    expect(page.rows[0]).toMatchObject({
      stack: false,
      reverse: true,
      className: 'own',
      hidden: { mobile: true },
    });
  });

  test('conditions between rows, and markup that somebody added', () => {
    const row = hosted('').match(/<div class="bee-row bee-row-1">[^]*?(?=<\/div><\/body>)/)![0];
    const source = hosted('').replace(
      row,
      `{% if x %}${row}{% endif %}<section>By <b>hand</b></section>`,
    );
    const { rows } = readTemplate(back(source));
    expect(rows[0]?.condition).toEqual({ before: '{% if x %}', after: '{% endif %}' });
    const added = rows[1]?.columns[0]?.blocks[0];
    expect(added?.kind === 'html' && added.html).toContain('<section>By <b>hand</b></section>');
  });

  test('a popup: colours of its container, corners of its rows', () => {
    const popup = readTemplate(
      back(
        `<div class="bee-popup-container"><style>.bee-popup-container { color: #123; font-family: Georgia, serif } .bee-popup-container a { color: #c00 } .bee-popup-container .bee-popup-row-content { max-width: 420px } .bee-popup-row-1 { background-color: #fff; border-radius: 12px }</style><div class="bee-popup-rows-container" lang="de"><div class="bee-popup-row bee-popup-row-1"><div class="bee-popup-row-content"><div class="bee-popup-col bee-popup-col-1 bee-popup-col-w12"></div></div></div></div></div>`,
      ),
    );
    expect(popup.body).toMatchObject({
      color: '#123',
      font: 'Georgia, serif',
      linkColor: '#c00',
      width: 420,
    });
    expect(popup.rows[0]).toMatchObject({ radius: '12px', container: { color: '#fff' } });
    expect(popup.head.lang).toBe('de');
  });
});

describe('forms', () => {
  const form = (inside: string, css = '') =>
    only(
      hosted(
        blockOf('form', `<form action="https://f.test/" method="post" novalidate>${inside}</form>`),
        css,
      ),
      'form',
    );
  const line = (...fields: readonly string[]) =>
    `<div class="bee-form-row">${fields.join('')}</div>`;
  const field = (inside: string) => `<div class="bee-field bee-field-x">${inside}</div>`;

  test('fields in their lines, with labels, choices and links', () => {
    const { lines, formAttributes } = form(
      line(
        field(
          '<label for="a">First</label><input id="a" name="first" required="required" type="text">',
        ),
        field('<label for="a">First</label><input id="a" name="first" type="email">'),
      ) +
        line(
          field(
            '<label for="b">Size</label><select id="b" name="size"><option value="s">Small</option><option selected value="l">Large</option></select>',
          ),
        ) +
        line(
          field(
            '<span class="bee-form-option-wrapper"><input id="c" name="ok" type="checkbox"><label class="inline" for="c">&nbsp;Yes, <a href="https://t.test/">terms</a></label></span>',
          ),
        ) +
        line(
          field(
            '<div class="label">Pick</div><span class="bee-form-option-wrapper"><input id="d" name="pick" type="radio" value="1"><label class="inline" for="d">&nbsp;One</label></span><span class="bee-form-option-wrapper"><input checked id="e" name="pick" type="radio" value="2"><label class="inline" for="e">&nbsp;Two</label></span>',
          ),
        ) +
        line('<input name="from" type="hidden" value="x">') +
        line(
          field(
            '<div class="bee-button-container"><button name="submit" type="submit" value="Go">Go</button></div>',
          ),
        ),
    );
    expect(formAttributes).toEqual([
      ['action', 'https://f.test/'],
      ['method', 'post'],
      ['novalidate', true],
    ]);
    expect(
      lines.map((one) => one.fields.map(({ key, type, label }) => [key, type, label])),
    ).toEqual([
      [
        ['first', 'text', 'First'],
        ['first_2', 'email', 'First'],
      ],
      [['size', 'select', 'Size']],
      [['ok', 'checkbox', 'Yes, [terms](https://t.test/)']],
      [['pick', 'radio', 'Pick']],
      [['from', 'hidden', '']],
      [['submit', 'submit', '']],
    ]);
    expect(lines[0]!.fields[0]!.attributes).toEqual([['required', true]]);
    expect(lines[0]!.fields[1]!.attributes).toEqual([['name', 'first']]);
    expect(lines[1]!.fields[0]!.options.map(({ chosen }) => chosen)).toEqual([false, true]);
    expect(lines[3]!.fields[0]!.options).toEqual([
      { value: '1', label: 'One', chosen: false },
      { value: '2', label: 'Two', chosen: true },
    ]);
  });

  test('the look of labels, fields and button', () => {
    const look = form(
      line(field('<label for="a">A</label><input id="a" name="a" type="text">')) +
        line(
          field(
            '<div class="bee-button-container"><button type="submit" value="Go">Go</button></div>',
          ),
        ),
      `.bee-block-1 label { color: #222; line-height: 200% } .bee-block-1 input:not([type=checkbox]):not([type=radio]):not([type=image]) { border: 0px solid #111; padding: 8px } .bee-block-1 input:not([type=checkbox]):focus { outline-color: #00f } .bee-block-1 button { background-color: #000; width: 100% } .bee-block-1 .bee-button-container { text-align: right; padding-top: 7px }`,
    );
    expect(look.labels).toEqual([
      ['color', '#222'],
      ['line-height', '200%'],
    ]);
    expect(new Map(look.fields).get('border-top')).toBe('0px solid #111');
    expect(look.outline).toBe('#00f');
    expect(new Map(look.button).get('width')).toBe('100%');
    expect(look).toMatchObject({ buttonAlign: 'right', outer: { top: 7 } });
  });

  test('names that are no names', () => {
    const { lines } = form(
      line(
        '<input name="__proto__" type="hidden">',
        '<input name="a b" type="hidden">',
        '<input type="hidden">',
      ),
    );
    expect(lines[0]!.fields.map(({ key }) => key)).toEqual(['field', 'a_b', 'field_3']);
  });
});

describe('hostile pages', () => {
  const custom = (inside: string) => only(hosted(blockOf('html-block', inside)), 'html').html;

  test('custom HTML keeps its bytes but for what would run', () => {
    const calm =
      '<custom-tag  a=1><style>.x{color:red}</style><iframe src="https://m.test/"></iframe>';
    expect(custom(calm)).toBe(calm);
    expect(custom('<b onclick="x()" id=a>B</b><script>own()</script><i>I</i>')).toBe(
      '<b  id=a>B</b><i>I</i>',
    );
    for (const source of [
      '<<script></script>script>alert(1)</script>',
      '<scr<script>x</script>ipt>alert(1)</script>',
      '<a href="java&#115;cript:x()">Y</a>',
      '<iframe srcdoc="<script>x</script>"></iframe>',
      '<svg><script>alert(1)</script></svg>',
      '<body onload="alert(1)">',
      '<meta http-equiv="refresh" content="0;url=https://x.test/">',
    ]) {
      const kept = all(custom(source));
      expect(kept.map(({ tagName }) => tagName)).not.toContain('script');
      expect(JSON.stringify(kept.map(({ attrs }) => attrs))).not.toMatch(
        /script:|onload|srcdoc|http-equiv/,
      );
    }
  });

  test('what somebody added beside the blocks loses its scripts, too', () => {
    const [added] = blocks(hosted('<p onclick="x()">Words<script>bad()</script></p>'));
    expect(added?.kind === 'html' && added.html).toContain('Words');
    expect(JSON.stringify(added)).not.toMatch(/script|onclick/);
  });

  test('values of the sheet are checked', () => {
    const source = hosted(
      blockOf('paragraph', '<p>x</p>'),
      '.bee-block-1 { color: expression(alert(1)); font-size: 12px }',
    );
    expect(html(back(source), 'page')).not.toContain('expression');
  });

  test('blocks with more in them than the service writes lose nothing', () => {
    const source = hosted(blockOf('image', '<img src="a.png"><img src="b.png"><p>and words</p>'));
    expect(only(source, 'html').html).toMatch(/a\.png[^]*b\.png[^]*and words/);
  });

  test('a template of the test kit as a page', () => {
    const once = html(doc([block('html', { html: { html: '<b>x</b>' } })]), 'page');
    expect(html(back(once), 'page')).toBe(once);
  });
});
