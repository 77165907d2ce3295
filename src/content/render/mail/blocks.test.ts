// Tests of the picture-like blocks, the button and the other blocks of e-mails (spec 5.7 to 5.10).
import { describe, expect, test } from 'vitest';
import { all, attribute, block, doc, find, html, style, textOf } from '../test-kit.ts';
import { renderHtml } from '../render.ts';

const pretty = (...modules: object[]) => html(doc(modules), { beautify: true });

describe('image', () => {
  const image = (more: object = {}, computedStyle: object = {}, descriptor: object = {}) =>
    block('image', {
      image: { src: 'https://i.test/a.png', alt: 'A', ...more },
      computedStyle,
      ...descriptor,
    });
  const width = (...args: Parameters<typeof image>) =>
    attribute(find(pretty(image(...args)), 'img'), 'width');

  test('display width: stored, natural, column; never wider than the column', () => {
    expect(width({}, { class: 'center fixedwidth', width: '243.75px' })).toBe('243.75');
    expect(width({}, { class: 'center fixedwidth', width: 9999 })).toBe('600');
    expect(width({ width: '300px' }, { class: 'center autowidth' })).toBe('300');
    expect(width({ width: '300px' }, { class: 'center fixedwidth' })).toBe('600');
    expect(width()).toBe('600');
  });

  test('alignment, full width, alternative text and tooltip', () => {
    const source = pretty(
      image({ alt: 'B & "C"' }, { class: 'right  autowidth  fullwidth OnMobile' }),
    );
    expect(attribute(find(source, '.alignment'), 'align')).toBe('right');
    expect(find(source, '.fullWidth').tagName).toBe('div');
    expect(source).toContain(
      'alt="B &amp; &quot;C&quot;" title="B &amp; &quot;C&quot;" height="auto"',
    );
    expect(source).toMatch(/\.image_block div\.fullWidth \{\s+max-width: 100% !important;/);
  });

  test('zero paddings at the sides are written, missing ones are not', () => {
    const pad = (style: object) =>
      attribute(find(pretty(image({}, {}, { style })), '.pad'), 'style');
    expect(pad({ 'padding-left': '0px', 'padding-right': '0px' })).toBe(
      'width: 100%; padding-right: 0px; padding-left: 0px;',
    );
    expect(pad({})).toBe('width: 100%;');
  });

  test('links stand around the picture', () => {
    expect(pretty(image({ href: 'https://a.test' }))).toContain(
      '<a href="https://a.test" target="_blank" style="outline:none" tabindex="-1"><img',
    );
    expect(pretty(image({ href: 'a@b.test', prefix: 'mailto:' }))).toContain(
      'href="mailto:a@b.test"',
    );
    expect(pretty(image({ href: 'mailto:a@b.test', prefix: 'mailto:' }))).toContain(
      'href="mailto:a@b.test"',
    );
    expect(pretty(image())).not.toContain('<a ');
  });

  test('dynamic sources win, missing ones draw nothing', () => {
    expect(pretty(image({ dynamicSrc: '{{product.img}}' }))).toContain('src="{{product.img}}"');
    expect(pretty(image({ src: '' }))).not.toContain('image_block block');
    const { warnings } = renderHtml(doc([image({ src: '' })]), { target: 'message' });
    expect(warnings).toEqual(['an image without src is left out']);
  });

  test('mobile alignment', () => {
    const source = html(doc([image({}, {}, { mobileStyle: { class: 'left' } })]));
    expect(source).toContain(
      '.row-1 .column-1 .block-1.image_block .alignment div{margin:0 auto 0 0!important}',
    );
  });

  test('custom attributes go where they belong; handlers do not', () => {
    const source = pretty(
      image(
        { href: 'https://a.test' },
        {},
        {
          customAttributes: [
            { key: 'data-a', value: '1', target: 'link' },
            { key: 'data-b', value: '"2"', target: 'tag' },
            { key: 'onclick', value: 'alert(1)', target: 'link' },
            { key: 'style', value: 'x', target: 'tag' },
            { key: 'bad name', value: 'x', target: 'tag' },
          ],
        },
      ),
    );
    expect(attribute(find(source, 'a'), 'data-a')).toBe('1');
    expect(attribute(find(source, 'img'), 'data-b')).toBe('"2"');
    expect(source).not.toMatch(/onclick|bad name/);
  });
});

describe('divider and spacer', () => {
  const divider = (style: object, descriptor: object = {}) =>
    pretty(block('divider', { divider: { style }, ...descriptor }));

  test('a line', () => {
    const source = divider(
      { 'border-top': '7px solid #f7a12d', width: '90%' },
      { computedStyle: { align: 'left' } },
    );
    expect(attribute(find(source, '.alignment'), 'align')).toBe('left');
    expect(style(find(source, '.divider_inner'))['border-top']).toBe('7px solid #f7a12d');
    expect(source).toContain('width="90%"');
    expect(source).toContain('<span style="word-break: break-word;">&#8202;</span>');
  });

  test('an invisible line with a height is space, without one it keeps its thickness', () => {
    expect(
      style(find(divider({ 'border-top': '0px solid transparent', height: '20px' }), '.spacer')),
    ).toMatchObject({
      height: '20px',
      'line-height': '20px',
    });
    expect(
      style(find(divider({ 'border-top': '5px solid transparent' }), '.divider_inner'))[
        'border-top'
      ],
    ).toBe('5px solid transparent');
    expect(divider({ 'border-top': '3px solid red', height: '20px' })).not.toContain(
      'class="spacer"',
    );
  });

  test('a spacer is a div', () => {
    const source = html(
      doc([
        block('spacer', { spacer: { style: { height: '40px' } }, mobileStyle: { height: '20px' } }),
      ]),
    );
    expect(source).toContain(
      '<div class="spacer_block block-1" style="height:40px;line-height:40px;font-size:1px">&#8202;</div>',
    );
    expect(source).toContain('.row-1 .column-1 .block-1.spacer_block{height:20px!important}');
  });
});

describe('social and icons', () => {
  const icon = (name: string, href: string, prefix = '') => ({
    name,
    type: 'follow',
    image: { src: `https://i.test/${name}.png`, alt: name, title: name, href, prefix },
  });

  test('the table is as wide as icons and gaps', () => {
    const source = pretty(
      block('social', {
        iconsList: {
          icons: [
            icon('a', 'https://a.test'),
            icon('b', 'https://b.test'),
            icon('c', ''),
            icon('mail', 'x@y.test', 'mailto:'),
          ],
        },
        computedStyle: { iconsDefaultWidth: 32, padding: '0 10px 0 10px' },
        style: { 'text-align': 'right' },
      }),
    );
    expect(attribute(find(source, '.social-table'), 'width')).toBe('208px');
    expect(attribute(find(source, '.alignment'), 'align')).toBe('right');
    expect(source).toContain(
      '<td style="padding: 0 10px 0 10px;"><a href="https://a.test" target="_blank"><img',
    );
    expect(source).toContain('<td style="padding: 0 10px 0 10px;"><img src="https://i.test/c.png"');
    expect(source).toContain('href="mailto:x@y.test"');
  });

  test('icons keep the ratio of their pictures', () => {
    const source = pretty(
      block('icons', {
        iconsList: {
          icons: [
            {
              image: 'https://i.test/w.png',
              text: 'A < B',
              textPosition: 'left',
              width: '64px',
              height: '32px',
              href: '',
            },
          ],
        },
        computedStyle: { iconHeight: '20px', iconSpacing: { 'padding-left': '3px' } },
        style: { 'font-size': '15px' },
      }),
    );
    expect(attribute(find(source, '.icon'), 'width')).toBe('40');
    const row = all(source).find((element) => attribute(element, 'class') === 'icons-inner')!;
    expect(textOf(row).trim()).toBe('A < B');
    expect(source).toContain('<!--[if vml]><table align="center"');
    expect(source.indexOf('A &lt; B')).toBe(-1);
    expect(source.indexOf('A < B')).toBeLessThan(source.indexOf('class="icon"'));
  });
});

describe('button', () => {
  const button = (more: object = {}, descriptor: object = {}) =>
    block('button', {
      button: { label: 'Go', href: 'https://a.test', ...more },
      computedStyle: { width: 100, height: 42 },
      ...descriptor,
    });

  test('box, link and line height', () => {
    const source = pretty(
      button({ style: { 'border-top': '2px solid #112233', 'font-weight': '700' } }),
    );
    const box = find(source, '.button');
    expect(style(box)).toMatchObject({
      'background-color': '#3AAEE0',
      'border-top': '2px solid #112233',
      'border-left': '0px solid transparent',
      'border-radius': '4px',
      'padding-left': '20px',
      'padding-top': '5px',
      'font-size': '16px',
      'font-weight': '700',
      display: 'inline-block',
      'word-break': 'keep-all',
      width: 'auto',
    });
    expect(style(find(source, 'a'))).toEqual({ color: '#ffffff', 'text-decoration': 'none' });
    // Long lines are broken at attributes.
    expect(source).toMatch(/<span\sstyle="word-break: break-word; line-height: 32px;">Go<\/span>/);
  });

  test('without a target there is no link, in Outlook neither', () => {
    const source = pretty(button({ href: '' }));
    expect(source).not.toContain('<a ');
    expect(source).not.toMatch(/roundrect[^>]*href/);
    expect(source).toContain('<v:roundrect');
  });

  test('no weight, no property; no direction unless right to left', () => {
    const source = pretty(button());
    expect(source).not.toContain('undefined');
    expect(style(find(source, '.button'))['font-weight']).toBeUndefined();
    expect(source).not.toContain(' dir=');
    expect(pretty(button({ style: { direction: 'rtl' } }))).toContain('<center dir="rtl"');
  });

  test('Outlook: radius in percent of the height, rounded up, may pass 100', () => {
    expect(pretty(button({ style: { 'border-radius': '50px' } }))).toContain('arcsize="120%"');
    expect(pretty(button({ style: { 'border-radius': '0px' } }))).toContain('arcsize="0%"');
    expect(pretty(button({ style: { 'background-color': 'transparent' } }))).toContain(
      'filled="false"',
    );
    expect(pretty(button({ style: { 'border-top': '1px solid #ff0000' } }))).toContain(
      'strokeweight="1px" strokecolor="#ff0000"',
    );
  });

  test('missing sizes are estimated in whole px', () => {
    const source = pretty(button({}, { computedStyle: {} }));
    // 16 px × 200 % + 2 × 5 px; 2 letters × 16 px × 0.55 + 2 × 20 px
    expect(source).toContain('height:42px;width:58px;');
    expect(pretty(button({ style: { width: '50%' } }, { computedStyle: {} }))).toContain(
      'width:300px;',
    );
  });

  test('a stored width counts for Outlook also when the button is a share of its column', () => {
    const source = pretty(button({ style: { width: '100%' } }, { computedStyle: { width: 580 } }));
    expect(source).toContain('width:580px;');
    const padded = {
      computedStyle: {},
      style: { 'padding-left': '10px', 'padding-right': '10px' },
    };
    expect(pretty(button({ style: { width: '50%' } }, padded))).toContain('width:290px;');
  });

  test('each line of a label makes the button higher, the longest one wide', () => {
    const label = '<p>Go</p><p>there<br>now &amp; then</p>';
    // 3 lines of 32 px + 2 × 5 px; 10 letters
    expect(pretty(button({ label }, { computedStyle: {} }))).toContain('height:106px;width:128px;');
  });

  test('labels lose wrapper, lone paragraph and links, but not the line of the paragraph', () => {
    const label =
      '<div class="txtTinyMce-wrapper" style="font-size: 12px;"><p style="font-size: 12px;"><a href="x"><span style="font-size: 18px;">Go</span></a></p></div>';
    const source = pretty(button({ label }));
    expect(source).toContain(
      'line-height: 36px;"><span style="word-break: break-word; font-size: 12px; line-height: 2;"><span style="word-break: break-word; font-size: 18px;">Go</span></span>',
    );
    expect(pretty(button({ label: '<p style="margin: 0;">Go</p>' }))).toContain(
      'line-height: 32px;">Go</span>',
    );
    expect(pretty(button({ label: '<p>a</p><p>b</p>' }))).toContain('<p style="margin: 0;">a</p>');
  });

  test('targets cannot break out of the comment', () => {
    const source = pretty(button({ href: 'https://a.test/--><script>alert(1)</script>' }));
    expect(source).toContain('href="https://a.test/--&gt;&lt;script&gt;');
    expect(all(source).filter((element) => element.tagName === 'script')).toEqual([]);
  });

  test('hover and narrow view', () => {
    const source = html(
      doc([
        button(
          {},
          {
            hoverStyle: { 'background-color': '#000000' },
            mobileStyle: { 'font-size': '14px', 'line-height': '150%' },
          },
        ),
      ]),
    );
    expect(source).toContain(
      '.row-1 .column-1 .block-1 .button:hover{background-color:#000!important}',
    );
    expect(source).toContain(
      '.row-1 .column-1 .block-1.button_block span{font-size:14px!important;line-height:21px!important}',
    );
  });
});

describe('other blocks', () => {
  test('menu: links, labels, separator, cells for Outlook', () => {
    const source = pretty(
      block('menu', {
        menuItemsList: {
          items: [
            { text: 'A & B', link: { href: 'https://a.test', target: '_self' } },
            { text: 'No link', link: {} },
          ],
        },
        computedStyle: {
          linkColor: '#0000ff',
          separator: '|',
          menuItemsSpacing: { 'padding-left': '5px' },
        },
      }),
    );
    expect(source).toContain('>A &amp; B</a>');
    expect(attribute(find(source, 'a'), 'target')).toBe('_self');
    expect(textOf(find(source, '.label'))).toBe('No link');
    expect(textOf(find(source, '.sep'))).toBe('|');
    expect(source).toContain('<!--[if mso]></tr></table><![endif]-->');
    expect(source).not.toContain('menu-checkbox');
  });

  test('hamburger: a check box that Outlook does not see', () => {
    const source = pretty(
      block('menu', {
        menuItemsList: { items: [{ text: 'A', link: { href: 'https://a.test' } }] },
        computedStyle: { hamburger: { mobile: true, iconSize: '36px', iconType: 'rounded' } },
      }),
    );
    expect(attribute(find(source, '.menu-checkbox'), 'id')).toBe('menur0c0m0');
    expect(attribute(find(source, '.menu-label'), 'for')).toBe('menur0c0m0');
    expect(style(find(source, '.menu-label'))['border-radius']).toBe('50%');
    expect(source).toContain('.menu-checkbox[type=checkbox]~.menu-links');
  });

  test('table: header, equal columns, stripes', () => {
    const source = pretty(
      block('table', {
        table: {
          content: {
            headers: [{ cells: [{ html: 'H' }, { html: '' }, {}] }],
            rows: [{ cells: [{ html: 'a' }] }, { cells: [{ html: 'b' }] }],
          },
          style: { 'border-top': '1px solid #ddd' },
          computedStyle: { headersBackgroundColor: '#eee', alternateRowBackgroundColor: '#fafafa' },
        },
      }),
    );
    expect(all(source).filter((element) => element.tagName === 'th')).toHaveLength(3);
    expect(
      all(source).filter((element) => attribute(element, 'width') === '33.333333333333336%'),
    ).toHaveLength(9);
    expect(source).toContain('<tr style="background-color: #fafafa;">');
    expect(style(find(source, 'th'))['border-top']).toBe('1px solid #ddd');
  });

  test('html: sanitised, otherwise byte for byte', () => {
    const inside =
      '<table   border=1><tr><td>{{ a }}&nbsp;</td></tr></table><!--[if mso]><b>x</b><![endif]-->';
    expect(html(doc([block('html', { html: { html: inside } })]))).toContain(
      '<table border="1"><tr><td>{{ a }}&nbsp;</td></tr></table><!--[if mso]><b>x</b><![endif]-->',
    );
    const bad =
      '<script>alert(1)</script><iframe src="x"></iframe><b onclick="x()">ok</b></td></table>';
    expect(html(doc([block('html', { html: { html: bad } })]))).toContain('<b>ok</b></div>');
  });

  test('merge content is printed as it is', () => {
    expect(html(doc([block('merge-content', { mergeContent: { value: '[Order]' } })]))).toContain(
      '<td class="pad">[Order]</td>',
    );
  });

  test('video: linked preview with the ratio of the film', () => {
    const source = pretty(
      block('video', {
        video: { src: 'https://www.youtube.com/watch?v=abcdefghijk', thumbRatio: '4/3' },
      }),
    );
    expect(attribute(find(source, '.video-preview'), 'href')).toBe(
      'https://www.youtube.com/watch?v=abcdefghijk',
    );
    expect(source).toContain('https://img.youtube.com/vi/abcdefghijk/maxresdefault.jpg');
    expect(source).toContain('<v:group');
    expect(source).toContain('padding-top: 300');
  });

  test('an unknown block is a comment and a warning, never an error', () => {
    const result = renderHtml(doc([block('holo--><script>', {})]), { target: 'message' });
    expect(result.html).toMatch(/<!-- unknown block [\w -]*-->/);
    expect(result.html).not.toContain('<script');
    expect(result.warnings[0]).toContain('unknown module type');
  });

  test('an add-on is drawn as what it holds', () => {
    const source = pretty(block('addon', { image: { src: 'https://i.test/a.gif' } }));
    expect(attribute(find(source, 'img'), 'src')).toBe('https://i.test/a.gif');
  });

  test('e-mails have no carousel and no form, and say so', () => {
    const carousel = { slides: [{ src: 'https://i.test/a.png' }] };
    const form = block('form', { form: { structure: { fields: { a: { type: 'text' } } } } });
    const template = doc([block('carousel', { carousel }), form, form]);
    const { html: source, warnings } = renderHtml(template, { target: 'message' });
    expect(source).not.toMatch(/<form|carousel/);
    expect(warnings).toEqual([
      'a carousel is left out: only AMP e-mails show it',
      'a form is left out: e-mails have none',
    ]);
  });
});
