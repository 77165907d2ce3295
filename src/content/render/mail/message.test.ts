// Tests of the e-mail document: the worked example of the spec (4.11, 5.19), the frame, rows and columns.
import { describe, expect, test } from 'vitest';
import {
  all,
  ancestors,
  attribute,
  block,
  doc,
  example,
  find,
  html,
  style,
  textOf,
} from '../test-kit.ts';

const spacer = (height = 10, more: object = {}) =>
  block('spacer', { spacer: { style: { height: `${height}px` } }, ...more });

describe('the worked example', () => {
  const source = html(example('harvest-booking'));

  test('head: title, language, viewport, Outlook settings', () => {
    expect(source.startsWith('<!DOCTYPE html>')).toBe(true);
    expect(textOf(find(source, 'title'))).toBe('Your honey is reserved');
    expect(attribute(find(source, 'html'), 'lang')).toBe('en');
    expect(source).toContain('<w:DontUseAdvancedTypographyReadingMail/>');
    expect(source).toContain('<o:PixelsPerInch>96</o:PixelsPerInch><o:AllowPNG/>');
    expect(source).not.toContain('<link');
  });

  test('body: class, both backgrounds, hidden preheader first', () => {
    const body = find(source, 'body');
    expect(attribute(body, 'class')).toBe('body');
    expect(style(body)['background-color']).toBe('#F2F2F2');
    expect(style(find(source, '.nl-container'))['background-color']).toBe('#F2F2F2');
    const preheader = find(source, '.preheader');
    expect(body.childNodes[0]).toMatchObject({
      attrs: [{ name: 'class', value: 'preheader' }, {}],
    });
    expect(style(preheader)).toMatchObject({ display: 'none', opacity: '0', color: '#F2F2F2' });
    expect(textOf(preheader)).toContain('Pick it up on Saturday');
    expect(source).toContain('</table><!-- End -->');
  });

  test('row content: message width, message background, stacks', () => {
    const content = find(source, '.row-content');
    expect(attribute(content, 'class')).toBe('row-content stack');
    expect(attribute(content, 'width')).toBe('600');
    expect(style(content)).toMatchObject({
      width: '600px',
      'background-color': '#FFF',
      margin: '0 auto',
    });
  });

  test('columns: exact shares, vertical alignment', () => {
    expect(attribute(find(source, '.column-1'), 'width')).toBe('33.333333333333336%');
    expect(attribute(find(source, '.column-2'), 'width')).toBe('66.66666666666667%');
    expect(style(find(source, '.column-1'))).toMatchObject({
      'vertical-align': 'middle',
      'padding-left': '20px',
      'font-weight': '400',
    });
  });

  test('image: display width below the inner width, bare frame', () => {
    const frame = find(source, '.image_block');
    expect(attribute(frame, 'class')).toBe('image_block block-1');
    expect(attribute(frame, 'cellpadding')).toBe('0');
    const img = find(source, 'img');
    expect(attribute(img, 'width')).toBe('144');
    expect(attribute(img, 'height')).toBe('auto');
    expect(attribute(img, 'title')).toBe('Honey jar');
    expect(style(find(source, '.pad'))).toEqual({ width: '100%' });
    expect(source).toContain('<div style="max-width:144px">');
  });

  test('button: Outlook shape, line height, untouched merge tag', () => {
    expect(attribute(find(source, '.button_block'), 'cellpadding')).toBe('10');
    expect(source).toContain('style="height:44px;width:155px;v-text-anchor:middle;" arcsize="14%"');
    expect(source).toContain('href="https://shop.example.test/b/{{id}}"');
    expect(source).toContain('line-height:24px');
  });

  test('sheet: break-point and the two mobile rules of the button', () => {
    expect(source).toContain('@media (max-width:620px)');
    expect(source).toContain(
      '.row-1 .column-2 .block-1.button_block .alignment{text-align:center!important}',
    );
    expect(source).toMatch(
      /\.row-1 \.column-2 \.block-1\.button_block \.alignment \.button[^{}]*\{display:inline-block!important\}/,
    );
  });

  test('class tree: numbers start again in every column', () => {
    expect(ancestors(find(source, '.image_block'))).toEqual(
      expect.arrayContaining([
        'column column-1',
        'row-content stack',
        'row row-1',
        'nl-container',
        'body',
      ]),
    );
    expect(attribute(find(source, '.button_block'), 'class')).toBe('button_block block-1');
  });
});

describe('frame', () => {
  test('no subject, no title: the name of the template is not for readers', () => {
    const source = html(doc([], {}, {}, { title: 'BF-ecommerce-template' }));
    expect(textOf(find(source, 'title'))).toBe('');
  });

  test('subjects are escaped, merge tags are not', () => {
    const source = html(
      doc([], {}, {}, { head: { meta: { subject: 'A & B <b> {{ a & b }} <%= c %>' } } }),
    );
    expect(source).toContain('<title>A &amp; B &lt;b> {{ a &amp; b }} <%= c %></title>');
  });

  test('fonts are linked once, hidden from Outlook', () => {
    const template = doc([]);
    Object.assign(template.page.body, {
      webFonts: [{ name: 'A', fontFamily: 'A', url: 'https://f.test/css?a=1&b=2' }],
    });
    expect(html(template)).toContain(
      '<!--[if !mso]><!--><link href="https://f.test/css?a=1&amp;b=2" rel="stylesheet" type="text/css"><!--<![endif]-->',
    );
  });

  test('custom tags come last in the head, byte for byte', () => {
    const customTags = '<style>.row-1   { color : red }</style>';
    expect(html(doc([], {}, {}, { head: { customTags } }))).toContain(`${customTags}</head>`);
  });

  test('custom tags lose what runs', () => {
    const customTags =
      '<script>x()</script><link rel="stylesheet" href="https://a.test/a.css">{{ head }}<base href="/x">';
    expect(html(doc([], {}, {}, { head: { customTags } }))).toContain(
      '</style> <![endif]--><link rel="stylesheet" href="https://a.test/a.css">{{ head }}</head>',
    );
  });

  test('custom tags keep data for mail programs, but no script', () => {
    const data = '{"@context":"http://schema.org","name":"{{ order }}"}';
    const head = (customTags: string) => html(doc([], {}, {}, { head: { customTags } }));
    expect(head(`<script type="application/ld+json">\n${data}\n</script>`)).toContain(
      `<script type="application/ld+json">${data}</script></head>`,
    );
    const hidden = '{"a":"<!--<script>"}';
    expect(head(`<script type="application/ld+json">${hidden}</script>`)).toContain(
      String.raw`{"a":"\u003c!--\u003cscript>"}</script></head>`,
    );
    expect(head('<script type="application/ld+json">evil()</script>')).not.toContain('evil');
    expect(head('<script type="text/javascript">{}</script>')).not.toContain('<script');
    const inBody = block('html', {
      html: { html: `<script type="application/ld+json">${data}</script>` },
    });
    expect(html(doc([inBody]))).not.toContain('<script');
  });

  test.each(['preconnect', 'icon', 'shortcut icon', 'stylesheet'])('a link to %s stays', (rel) => {
    const customTags = `<link rel="${rel}" href="https://a.test/x">`;
    expect(html(doc([], {}, {}, { head: { customTags } }))).toContain(`${customTags}</head>`);
  });

  test.each(['import', 'manifest', 'prefetch', 'prerender', ''])('a link to %j goes', (rel) => {
    const customTags = `<link rel="${rel}" href="https://a.test/x">`;
    expect(html(doc([], {}, {}, { head: { customTags } }))).not.toContain('a.test/x');
  });

  test('long lines fold at attributes only, never inside values or merge tags', () => {
    const href = `https://a.test/${'a'.repeat(480)}?x=<%= item id %>&y={{ a > b }}`;
    const output = html(doc([block('button', { button: { label: 'x', href } })]));
    expect(output).toContain('?x=<%= item id %>&amp;y={{ a > b }}"');
  });

  test('right-to-left languages turn the document', () => {
    expect(attribute(find(html(example('rtl-letter')), 'html'), 'dir')).toBe('rtl');
    expect(attribute(find(html(doc([])), 'html'), 'dir')).toBeUndefined();
  });

  test('a page background image stands on the container', () => {
    const template = doc([]);
    Object.assign(template.page.body.container.style, {
      'background-image': "url('https://i.test/a.png')",
      'background-repeat': 'repeat',
    });
    expect(style(find(html(template), '.nl-container'))).toMatchObject({
      'background-image': "url('https://i.test/a.png')",
      'background-repeat': 'repeat',
    });
  });
});

describe('rows', () => {
  test('an empty column still has block 1', () => {
    const source = html(doc([]));
    expect(attribute(find(source, '.empty_block'), 'class')).toBe('empty_block block-1');
  });

  test('columns that do not stack have no stack class', () => {
    const row = { content: { computedStyle: { rowColStackOnMobile: false } } };
    expect(attribute(find(html(doc([], row)), '.row-content'), 'class')).toBe('row-content');
  });

  test('zero borders and paddings are left out, others kept in order', () => {
    const column = {
      style: {
        'border-top': '0px solid transparent',
        'border-left': '2px solid #112233',
        'padding-top': '5px',
        'padding-left': '0px',
        'padding-bottom': '7px',
      },
    };
    const value = attribute(
      find(html(doc([], {}, column), { beautify: true }), '.column-1'),
      'style',
    );
    expect(value).toContain(
      'text-align: left; border-left: 2px solid #112233; padding-bottom: 7px; padding-top: 5px; vertical-align: top;',
    );
    expect(value).not.toMatch(/border-top|padding-left/);
  });

  test('strip and content have their own backgrounds; images only with their attributes', () => {
    const row = {
      container: {
        style: {
          'background-color': '#123456',
          'background-image': "url('https://i.test/s.png')",
          'background-position': 'center top',
          'background-repeat': 'no-repeat',
          'background-size': 'cover',
        },
      },
      content: {
        style: {
          'background-color': '#654321',
          'background-image': 'none',
          'background-position': 'top left',
        },
      },
    };
    const source = html(doc([], row));
    expect(style(find(source, '.row-1'))).toMatchObject({
      'background-color': '#123456',
      'background-image': "url('https://i.test/s.png')",
      'background-size': 'cover',
    });
    const content = style(find(source, '.row-content'));
    expect(content['background-color']).toBe('#654321');
    expect(content['background-position']).toBeUndefined();
  });

  test('reverse stacking: both ends are marked, their boxes move to an inner div', () => {
    const template = doc([spacer()], {
      content: { computedStyle: { rowColStackOnMobile: true, rowReverseColStackOnMobile: true } },
      columns: [
        { 'grid-columns': 6, style: { 'padding-top': '5px' }, modules: [spacer()] },
        { 'grid-columns': 6, modules: [spacer()] },
      ],
    });
    const source = html(template);
    expect(attribute(find(source, '.first'), 'class')).toBe('column column-1 first');
    expect(attribute(find(source, '.last'), 'class')).toBe('column column-2 last');
    expect(attribute(find(source, '.reverse'), 'class')).toBe('reverse');
    expect(source).toContain('.reverse .column.first{display:table-footer-group!important}');
    expect(source).toContain('.reverse .column.last{display:table-header-group!important}');
    expect(source).toContain('.row-1 td.column.first .border{padding:5px 0 0}');
  });

  test('hidden on the desktop: inline on every table and in the sheet', () => {
    const row = { content: { computedStyle: { hideContentOnDesktop: true } } };
    const source = html(doc([block('divider', { divider: {} })], row));
    const outer = find(source, '.row-1');
    expect(attribute(outer, 'class')).toBe('row row-1 desktop_hide');
    for (const table of all(source)
      .filter((entry) => entry.tagName === 'table')
      .slice(1)) {
      expect(style(table)).toMatchObject({ 'mso-hide': 'all', display: 'none' });
    }
    expect(source).toContain(
      '.desktop_hide,.desktop_hide table{display:table!important;max-height:none!important}',
    );
  });

  test('hidden in both views is not in the document, numbers stay', () => {
    const both = { computedStyle: { hideContentOnDesktop: true, hideContentOnMobile: true } };
    const source = html(doc([spacer(11, both), spacer(12)]));
    expect(source).not.toContain('height:11px');
    expect(attribute(find(source, '.spacer_block'), 'class')).toBe('spacer_block block-2');
  });

  test('AMP-only blocks are not in other outputs', () => {
    const source = html(doc([spacer(11, { computedStyle: { hideContentOnHtml: true } })]));
    expect(source).not.toContain('spacer_block');
    expect(html(doc([spacer(11, { computedStyle: { hideContentOnAmp: true } })]))).toContain(
      'spacer_block',
    );
  });

  test('display conditions stand around the row, unescaped', () => {
    const displayCondition = { type: 'x', before: '{% if a < b %}', after: '{% endif %}' };
    const source = html(doc([], { container: { displayCondition } }));
    expect(source).toContain('<td>{% if a < b %}<table');
    expect(source).toContain('</table>{% endif %}</td>');
    const off = { container: { displayCondition: { ...displayCondition, isActive: false } } };
    expect(html(doc([], off))).not.toContain('{%');
  });

  test('narrow-view paddings: shorthand, missing sides from the desktop', () => {
    const source = html(
      doc(
        [],
        { content: { mobileStyle: { 'padding-top': '4px' } } },
        {
          style: { 'padding-left': '8px' },
          mobileStyle: { 'padding-top': '20px', 'padding-right': '8px' },
        },
      ),
    );
    expect(source).toContain('.row-1 .column-1{padding:20px 8px 0!important}');
    expect(source).toContain('.row-1 .row-content{padding:4px 0 0!important}');
  });

  test('user classes are printed, hostile ones are not', () => {
    const source = html(
      doc(
        [],
        { customFields: { className: 'vip x"><script>' } },
        { customFields: { className: 'left-col' } },
      ),
    );
    expect(attribute(find(source, '.row-1'), 'class')).toBe('row row-1 vip');
    expect(attribute(find(source, '.column-1'), 'class')).toBe('column column-1 left-col');
  });
});

describe('two forms', () => {
  const indented = html(example('apiary-newsletter'), { beautify: true });
  const short = html(example('apiary-newsletter'));

  test('indented by tabs, one declaration a line, final newline', () => {
    expect(indented).toContain('\n\t<title>');
    expect(indented).toContain('\n\t\t\t.row-content {');
    expect(indented).toMatch(/\n\t{5}<table class="row row-1"/);
    expect(indented.endsWith('</html>\n')).toBe(true);
  });

  test('minified: short lines, short values, no comments but the needed ones', () => {
    expect(Math.max(...short.split('\n').map((line) => line.length))).toBeLessThan(998);
    expect(short.replaceAll(/<!--[\s\S]*?-->/g, '')).not.toMatch(/mso-table-lspace:0pt|;\}/);
    expect(short.length).toBeLessThan(indented.length);
    expect(short.match(/<!--(?!\[if|<!\[endif|>)[^>]*-->/g)).toEqual(['<!-- End -->']);
  });

  test('both hold the same elements', () => {
    const shape = (source: string) =>
      all(source).map((element) => `${element.tagName}.${attribute(element, 'class') ?? ''}`);
    expect(shape(short)).toEqual(shape(indented));
  });

  test('`&nbsp;` and hair spaces stay references', () => {
    expect(short).toContain('&#8202;');
    expect(short).not.toMatch(/[\u00A0\u200A]/);
  });
});
