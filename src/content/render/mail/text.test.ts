// Tests of the text-like blocks of e-mails (spec 5.6, 4.8).
import { describe, expect, test } from 'vitest';
import { attribute, block, doc, find, html, style, textOf } from '../test-kit.ts';

const BASE = {
  color: '#111111',
  direction: 'ltr',
  'font-family': 'inherit',
  'font-size': '16px',
  'font-weight': '400',
  'letter-spacing': '0px',
  'line-height': '120%',
  'text-align': 'left',
};
const heading = (more: object = {}, descriptor: object = {}) =>
  block('heading', { heading: { title: 'h2', text: 'Hi', style: BASE, ...more }, ...descriptor });
const paragraph = (source: string, more: object = {}, descriptor: object = {}) =>
  block('paragraph', { paragraph: { html: source, style: BASE, ...more }, ...descriptor });
const pretty = (...modules: object[]) => html(doc(modules), { beautify: true });

describe('heading', () => {
  test('the level element carries the whole style; its own alignment counts', () => {
    const source = pretty(
      heading({ style: { ...BASE, 'text-align': 'right' } }, { style: { 'text-align': 'center' } }),
    );
    expect(attribute(find(source, 'h2'), 'style')).toBe(
      'margin: 0; color: #111111; direction: ltr; font-family: Georgia, serif; font-size: 16px; font-weight: 400; letter-spacing: normal; line-height: 1.2; text-align: right; margin-top: 0; margin-bottom: 0; mso-line-height-alt: 19px;',
    );
    expect(attribute(find(source, '.pad'), 'style')).toBe('text-align: center; width: 100%;');
  });

  test('defaults: h1, 23 px, bold, centred', () => {
    const source = pretty(block('heading', { heading: { text: 'x' } }));
    expect(style(find(source, 'h1'))).toMatchObject({
      'font-size': '23px',
      'font-weight': '700',
      'text-align': 'center',
      color: '#555555',
    });
  });

  test('narrow view', () => {
    const source = html(
      doc([heading({}, { mobileStyle: { 'font-size': '12px', 'text-align': 'center' } })]),
    );
    expect(source).toContain(
      '.row-1 .column-1 .block-1.heading_block h2{text-align:center!important;font-size:12px!important}',
    );
  });
});

describe('block frame', () => {
  const frame = (paddings: object) =>
    find(pretty(heading({}, { style: paddings })), '.heading_block');

  test('four equal paddings become cellpadding and a bare cell', () => {
    const equal = {
      'padding-top': '10px',
      'padding-right': '10px',
      'padding-bottom': '10px',
      'padding-left': '10px',
    };
    expect(attribute(frame(equal), 'cellpadding')).toBe('10');
    expect(attribute(find(pretty(heading({}, { style: equal })), '.pad'), 'style')).toBeUndefined();
  });

  test('different paddings stand on the cell, zero ones are left out', () => {
    const source = pretty(
      heading(
        {},
        {
          style: {
            'padding-top': '1px',
            'padding-right': '2px',
            'padding-bottom': '0px',
            'padding-left': '4px',
          },
        },
      ),
    );
    expect(attribute(find(source, '.heading_block'), 'cellpadding')).toBe('0');
    expect(attribute(find(source, '.pad'), 'style')).toBe(
      'padding-left: 4px; padding-right: 2px; padding-top: 1px; text-align: center; width: 100%;',
    );
  });

  test('ids and classes are printed', () => {
    const source = pretty(
      heading({}, { id: 'top', customAttributes: [{ key: 'class', value: 'big', target: 'tag' }] }),
    );
    expect(attribute(find(source, '.heading_block'), 'id')).toBe('top');
    expect(attribute(find(source, '.heading_block'), 'class')).toBe('heading_block block-1 big');
  });
});

describe('paragraph', () => {
  test('margins: all but the last paragraph get the spacing, zero too', () => {
    const source = pretty(
      paragraph('<p>a</p><p>b</p><p>c</p>', { computedStyle: { paragraphSpacing: '16px' } }),
      paragraph('<p>a</p><p>b</p>'),
    );
    expect(source).toContain('<p style="margin: 0; margin-bottom: 16px;">b</p>');
    expect(source).toContain('<p style="margin: 0;">c</p>');
    expect(source).toContain('<p style="margin: 0; margin-bottom: 0px;">a</p>');
  });

  test('inline styles stay, spans may break words', () => {
    const source = pretty(
      paragraph('<p style="text-align: right;">a<span style="color:#f00;">b</span></p>'),
    );
    expect(source).toContain(
      '<p style="margin: 0; text-align: right;">a<span style="word-break: break-word; color: #f00;">b</span></p>',
    );
  });

  test('links get the colour and an underline unless they decide themselves', () => {
    const source = pretty(
      paragraph(
        '<p><a href="x.html" target="_blank" rel="noopener">a</a><a href="y" style="text-decoration:none;color:#00f">b</a></p>',
        { computedStyle: { linkColor: '#008000' } },
      ),
    );
    expect(source).toContain(
      '<a href="x.html" target="_blank" rel="noopener" style="text-decoration: underline; color: #008000;">a</a>',
    );
    expect(source).toContain('<a href="y" style="text-decoration: none; color: #00f;">b</a>');
  });

  test('text outside paragraphs and empty text are fine', () => {
    expect(textOf(find(pretty(paragraph('just text')), '.paragraph_block')).trim()).toBe(
      'just text',
    );
    expect(textOf(find(pretty(paragraph('')), '.paragraph_block')).trim()).toBe('');
  });
});

describe('editor markup', () => {
  test.each([
    ['<code data-bee-type="mergetag" data-bee-code="x">[name]</code>', '[name]'],
    [
      '<code data-bee-type="speciallink"><a href="{{!!unsublink}}">x</a></code>',
      'href="{{!!unsublink}}"',
    ],
    ['<code>kept</code>', '<code>kept</code>'],
    ['<span data-mce-style="x" spellcheck="false" contenteditable="true">y</span>', '>y</span>'],
    [
      '<span class="tinyMce-placeholder">z</span>',
      '<span style="word-break: break-word;">z</span>',
    ],
  ])('%s', (source, expected) => {
    const output = pretty(heading({ text: source }));
    expect(output).toContain(expected);
    expect(output).not.toMatch(/data-bee|data-mce|spellcheck|contenteditable|tinyMce/);
  });

  test.each([
    'Dear {{ name | default: "friend" }},',
    "[First Name] 'quoted'",
    '%%user%% & %recipient.name%',
    '*|FNAME|*',
    '<%= order.id %> a < b',
    'x &nbsp; &#8202; &copy; y',
  ])('merge tags and references stay byte for byte: %s', (text) => {
    expect(pretty(heading({ text }))).toContain(`>${text}</h2>`);
  });

  test.each(['{{!!unsublink}}', 'https://a.test/?u={{ id }}&x=[a b]', '%%link%%'])(
    'link targets stay as written: %s',
    (url) => {
      expect(pretty(heading({ text: `<a href="${url}">x</a>` }))).toContain(
        `href="${url.replace('&', '&amp;')}"`,
      );
    },
  );
});

describe('legacy text', () => {
  const source = pretty(
    block('text', {
      text: {
        html: '<div class="txtTinyMce-wrapper" style="font-size: 12px; line-height: 14px;" data-mce-style="x"><p style="font-size: 14px; line-height: 16px; text-align: center;">a</p><p style="line-height: 14px;">b <span style="font-size: 28px; line-height: 33px;">c</span></p></div>',
        style: { color: '#333333', 'line-height': '120%', 'font-family': 'inherit' },
      },
    }),
  );

  test('a generic font for Outlook around the text style', () => {
    expect(source).toContain('<div style="font-family: serif;">');
    expect(source).toContain(
      '<div class="" style="font-size: 12px; font-family: Georgia, serif; mso-line-height-alt: 14.4px; color: #333333; line-height: 1.2;">',
    );
  });

  test('stored line heights give way to the ratio, with px for Outlook', () => {
    expect(source).toContain(
      '<p style="margin: 0; font-size: 14px; text-align: center; mso-line-height-alt: 16.8px;">a</p>',
    );
    expect(source).toContain(
      'mso-line-height-alt: 33.6px;">b <span style="word-break: break-word; font-size: 28px;">',
    );
  });
});

describe('list', () => {
  const list = (source: string, computedStyle: object = {}, more: object = {}) =>
    pretty(block('list', { list: { html: source, style: BASE, computedStyle, ...more } }));

  test('the table carries the text style, items their spacing', () => {
    const source = list('<ul><li>a</li></ul>', { liSpacing: '6px', listStyleType: 'square' });
    expect(style(find(source, '.list_block'))).toMatchObject({
      'font-size': '16px',
      'line-height': '1.2',
    });
    expect(source).toContain('<div style="margin-left: -20px;">');
    expect(source).toContain(
      '<ul style="margin-top: 0; margin-bottom: 0; list-style-type: square;">',
    );
    expect(source).toContain('<li style="Margin: 0 0 6px 0;">a</li>');
    expect(source).toContain('u + .body .list_block ul');
  });

  test('a small indent never moves the text out of the block', () => {
    const source = list('<ul><li>a</li></ul>', { liIndent: '10px' });
    expect(source).toContain('<div style="margin-left: -10px;">');
    expect(source).toContain('padding-left: 10px');
  });

  test('lines from right to left are indented at the right', () => {
    const source = pretty(
      block('list', {
        list: {
          html: '<ul><li>a</li></ul>',
          style: { direction: 'rtl' },
          computedStyle: { liIndent: '30px' },
        },
      }),
    );
    expect(source).toContain('<div style="margin-right: -20px;">');
    expect(source).toContain('padding-right: 30px');
    expect(source).not.toMatch(/margin-left: -20px|padding-left: 30px/);
  });

  test('ordered lists start where they are told', () => {
    expect(list('<ol><li>a</li></ol>', { startListFrom: '4' })).toContain('<ol start="4"');
    expect(list('<ol><li>a</li></ol>')).not.toContain('start=');
  });

  test('the fixes for lists are only in documents with lists', () => {
    expect(pretty(heading())).not.toContain('list_block');
  });
});
