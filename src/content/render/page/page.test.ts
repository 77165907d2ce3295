// Tests of pages and popups (spec 5.15, 5.16, 5.19).
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

const page = (template: unknown) => html(template, { target: 'page' });
const popup = (template: unknown) => html(template, { target: 'popup' });
const spacer = (more: object = {}) =>
  block('spacer', { spacer: { style: { height: '10px' } }, ...more });

describe('the worked example', () => {
  const source = page(example('harvest-booking'));

  test('widths, alignment and break-point', () => {
    expect(source).toContain('.bee-row-content{max-width:600px;margin:0 auto;display:flex}');
    expect(source).toContain('.bee-row-content .bee-col-w4{flex-basis:33.3333%}');
    expect(source).toContain('.bee-row-content .bee-col-w8{flex-basis:66.6667%}');
    expect(source.match(/justify-content:center/g)).toHaveLength(2);
    expect(source).toContain('@media (max-width:620px)');
  });

  test('class tree', () => {
    expect(ancestors(find(source, '.bee-image'))).toEqual([
      'bee-col bee-col-1 bee-col-w4',
      'bee-row-content',
      'bee-row bee-row-1',
      'bee-page-container',
      'body',
      'html',
    ]);
    expect(attribute(find(source, '.bee-button'), 'class')).toBe(
      'bee-block bee-block-1 bee-button',
    );
  });

  test('as a popup: shares instead of percent, no head', () => {
    const fragment = popup(example('harvest-booking'));
    expect(fragment.startsWith('<div class="bee-popup-container">')).toBe(true);
    expect(fragment).toContain('.bee-popup-col-w4{flex:4}');
    expect(fragment).toContain('.bee-popup-col-w8{flex:8}');
    expect(fragment).not.toMatch(/<title|<html|<head|<body|<!DOCTYPE/i);
  });
});

describe('frame', () => {
  test('the default page: one row, one column, 500 px', () => {
    const source = page({ page: {} });
    expect(source).toContain('max-width:500px');
    expect(source).toContain('@media (max-width:520px)');
    expect(source).toContain('.bee-row-1 .bee-col-1{padding-bottom:5px;padding-top:5px}');
    expect(source).toContain('<div class="bee-col bee-col-1 bee-col-w12"></div>');
    expect(source).toContain('<!DOCTYPE html><html><head><title></title><meta charset="UTF-8">');
  });

  test('title, description, Open Graph, icons, language', () => {
    const source = page(example('open-day-page'));
    expect(textOf(find(source, 'title'))).toBe('Open day');
    expect(attribute(find(source, 'html'), 'lang')).toBe('en');
    expect(source).toContain(
      '<meta property="og:description" content="Visit the bees of Honeyford">',
    );
    expect(source).toContain('<link rel="icon" sizes="32x32"');
    expect(source).toContain('<link rel="apple-touch-icon"');
  });

  test('the title falls back to the name of the template', () => {
    expect(textOf(find(page(doc([], {}, {}, { title: 'Name' })), 'title'))).toBe('Name');
  });

  test('wide pages stack at 768 px', () => {
    expect(page(example('open-day-page'))).toContain('@media (max-width:768px)');
  });
});

describe('popup', () => {
  test('no rule can leave the container', () => {
    const sheet = textOf(find(popup(example('sign-up-popup')), 'style')).replaceAll(
      /@media[^{]*\{/g,
      '',
    );
    for (const [, selectors] of sheet.matchAll(/([^{}]+)\{[^{}]*\}/g)) {
      for (const selector of selectors!.split(',')) {
        expect(selector.trim()).toMatch(/^(?:\.bee-popup-container|\.bee-popup-row-\d)/);
      }
    }
  });

  test('the page around has no say in texts and pictures', () => {
    const source = popup(example('sign-up-popup'));
    expect(source).toContain(
      '.bee-popup-container label,.bee-popup-container li,.bee-popup-container p{color:inherit;font:inherit;letter-spacing:inherit}',
    );
    expect(source).toContain('.bee-popup-container form,.bee-popup-container img{border:0}');
  });

  test('corners and colour belong to the row', () => {
    expect(popup(example('sign-up-popup'))).toMatch(/\.bee-popup-row-1\{[^}]*border-radius:16px/);
  });

  test('narrow popups become one column of 250 px', () => {
    expect(popup(example('sign-up-popup'))).toContain(
      '.bee-popup-row-content:not(.no_stack){display:block;max-width:250px}',
    );
  });
});

describe('blocks', () => {
  test('visibility', () => {
    const source = page(
      doc([
        spacer({ computedStyle: { hideContentOnMobile: true } }),
        spacer({ computedStyle: { hideContentOnDesktop: true } }),
      ]),
    );
    expect(attribute(find(source, '.bee-mobile_hide'), 'class')).toBe(
      'bee-block bee-block-1 bee-spacer bee-mobile_hide',
    );
    expect(source).toContain('.bee-desktop_hide{display:none}');
    expect(source).toContain('.bee-desktop_hide{display:block!important}');
  });

  test('button without a target is a div of the same class', () => {
    const source = page(doc([block('button', { button: { label: 'Go', href: '' } })]));
    expect(find(source, '.bee-button-content').tagName).toBe('div');
    expect(style(find(source, '.bee-button-content'))).toMatchObject({
      display: 'inline-block',
      'max-width': '100%',
    });
  });

  test('custom HTML is printed as it is, with both class names', () => {
    const inside = '<script>window.x = 1;</script><custom-tag  a=1>';
    const source = page(doc([block('html', { html: { html: inside } })]));
    expect(source).toContain(`${inside}</div>`);
    expect(attribute(find(source, '.bee-html-block'), 'class')).toContain(
      'bee-html-block bee-html',
    );
  });

  test('text fields are no place for scripts, on pages neither', () => {
    const source = page(
      doc([
        block('paragraph', { paragraph: { html: '<p onclick="x()">a<script>b</script></p>' } }),
      ]),
    );
    expect(source).not.toMatch(/<script|onclick/);
  });

  test('paragraphs take their style from the sheet', () => {
    const source = page(
      doc([
        block('paragraph', {
          paragraph: {
            html: '<p>a</p><p>b</p>',
            style: { color: '#123123', 'font-size': '18px' },
            computedStyle: { paragraphSpacing: '9px', linkColor: '#00aa00' },
          },
        }),
      ]),
    );
    const target = '.bee-row-1 .bee-col-1 .bee-block-1';
    expect(source).toContain(`${target}{color:#123123;direction:ltr;font-size:18px;`);
    expect(source).toContain(`${target} p:not(:last-child){margin-bottom:9px}`);
    expect(source).toContain(`${target} a{color:#0a0}`);
    expect(source).toContain('body,p{margin:0}');
  });

  test('videos: a player for known hosts, a file, or a picture', () => {
    const video = (more: object) => page(doc([block('video', { video: more })]));
    expect(
      video({ mode: 'embedded', src: 'https://youtu.be/abcdefghijk', controls: false }),
    ).toContain('src="https://www.youtube.com/embed/abcdefghijk?controls=0"');
    expect(video({ mode: 'embedded', src: 'https://vimeo.com/12345' })).toContain(
      'src="https://player.vimeo.com/video/12345?controls=1"',
    );
    expect(video({ mode: 'embedded', src: 'https://evil.test/page' })).not.toContain('<iframe');
    expect(video({ mode: 'custom', src: 'https://a.test/a.mp4' })).toContain(
      '<source src="https://a.test/a.mp4">',
    );
    expect(video({ src: 'https://youtu.be/abcdefghijk' })).toContain(
      'img.youtube.com/vi/abcdefghijk',
    );
  });

  test('line heights stay percent, which text inside takes over as a length', () => {
    const text = (leading: string) =>
      page(
        doc([
          block('paragraph', {
            paragraph: { html: '<p>a</p>', style: { 'line-height': leading } },
          }),
          block('heading', { heading: { text: 'b', style: { 'line-height': leading } } }),
          block('text', { text: { html: '<p>c</p>', style: { 'line-height': leading } } }),
        ]),
      );
    expect(text('150%').match(/line-height:150%/g)).toHaveLength(3);
    expect(text('1.5').match(/line-height:1\.5[;}"]/g)).toHaveLength(3);
  });

  test('items on a line have no white space between them, indented or not', () => {
    const template = doc([
      block('social', {
        iconsList: { icons: ['a', 'b'].map((name) => ({ name, image: { src: `${name}.png` } })) },
      }),
      block('icons', { iconsList: { icons: [{ image: 'a.png', text: 'A' }, { image: 'b.png' }] } }),
      block('menu', { menuItemsList: { items: [{ text: 'A' }, { text: 'B' }] } }),
    ]);
    for (const beautify of [true, false]) {
      const source = html(template, { target: 'page', beautify });
      expect(source).toMatch(/<\/span><span class="icon"/);
      expect(source).toMatch(/<\/div><\/div><div class="bee-icon bee-icon-last"/);
      expect(source).toContain('<li><span>A</span></li><li><span>B</span></li>');
    }
  });

  test('a hamburger shows and hides the list of links', () => {
    const source = page(
      doc([
        block('menu', {
          menuItemsList: { items: [{ text: 'A', link: { href: '/a' } }] },
          computedStyle: {
            hamburger: {
              mobile: true,
              iconSize: '40px',
              iconType: 'rounded',
              backgroundColor: '#102030',
            },
          },
        }),
      ]),
    );
    const box = find(source, '.bee-hamburger-trigger');
    expect(attribute(find(source, '.bee-hamburger-controls'), 'for')).toBe(attribute(box, 'id'));
    const target = '.bee-row-1 .bee-col-1 .bee-block-1';
    expect(source).toContain(
      `${target} .bee-hamburger-controls{width:40px!important;height:40px!important;background-color:#102030!important;border-radius:50%!important}`,
    );
    expect(source).toContain('.bee-menu .bee-hamburger-trigger:checked~ul{display:block}');
    expect(attribute(find(source, 'ul'), 'class')).toBe('bee-horizontal with-bee-hamburger');
  });

  test('previews of videos have a play button', () => {
    const video = (more: object) =>
      page(doc([block('video', { video: { src: 'https://youtu.be/abcdefghijk', ...more } })]));
    expect(
      style(find(video({ iconSize: '50', iconColor1: '#fedcba' }), '.bee-video-play')),
    ).toMatchObject({
      width: '50px',
      border: '3px solid #fedcba',
    });
    expect(video({ iconSrc: 'https://i.test/play.png' })).toContain(
      'src="https://i.test/play.png"',
    );
  });

  test('buttons take their width on phones', () => {
    const source = page(
      doc([block('button', { button: { label: 'Go' }, mobileStyle: { width: '100%' } })]),
    );
    expect(source).toContain(
      '.bee-row-1 .bee-col-1 .bee-block-1 .bee-button-content{width:100%!important}',
    );
  });

  test('columns in whole percent where the template says so', () => {
    const rounded = doc([], { columns: [{ 'grid-columns': 4 }, { 'grid-columns': 8 }] });
    Object.assign(rounded.page.body.content.computedStyle, { roundedColumns: true });
    expect(page(rounded)).toContain('.bee-col-w4{flex-basis:33%}');
  });

  test('reverse stacking turns the column order', () => {
    const source = page(
      doc([], {
        columns: [{ 'grid-columns': 6 }, { 'grid-columns': 6 }],
        content: { computedStyle: { rowReverseColStackOnMobile: true } },
      }),
    );
    expect(source).toContain('<div class="bee-row-content reverse">');
    expect(source).toContain(
      '.bee-row-content.reverse{display:flex;flex-direction:column-reverse}',
    );
  });
});

describe('form', () => {
  const source = page(example('open-day-page'));

  test('lines, labels, controls with their own ids', () => {
    const labels = all(source).filter(
      (element) => element.tagName === 'label' && attribute(element, 'for'),
    );
    const ids = new Set(all(source).map((element) => attribute(element, 'id')));
    for (const label of labels) expect(ids).toContain(attribute(label, 'for'));
    expect(source).toContain('class="bee-form-row bee-form-row-multicolumn"');
    expect(source).toContain('required="required"');
    expect(source).not.toContain('Fax');
  });

  test('the caption is the value; labels may hold links', () => {
    expect(textOf(find(source, 'button'))).toBe('Book a visit');
    expect(source).toContain(
      'I accept the <a href="https://post.example.test/privacy">privacy policy</a>',
    );
  });

  test('hidden fields stand directly in the line', () => {
    const hidden = all(source).find((element) => attribute(element, 'type') === 'hidden')!;
    expect(ancestors(hidden)[0]).toContain('bee-form-row');
    expect(attribute(hidden, 'name')).toBe('secret');
  });

  test('choices: for other fields, chosen from the start, on lines of their own', () => {
    const output = page(
      doc([
        block('form', {
          form: {
            structure: {
              fields: {
                hair: { type: 'text', attributes: { list: 'colours' } },
                colours: { type: 'datalist', options: ['red'], attributes: { id: 'colours' } },
                size: { type: 'select', options: [{ value: 's' }, { value: 'l', selected: true }] },
                days: {
                  type: 'checkbox',
                  label: 'Days',
                  orientation: 'vertical',
                  attributes: { required: true },
                  options: [{ value: '1', checked: true }, { value: '2' }],
                },
              },
            },
            style: { labels: { 'label-position': 'side', 'min-width': '120px' } },
          },
        }),
      ]),
    );
    expect(output).toContain('<datalist id="colours"><option value="red">red</option></datalist>');
    expect(output.match(/type="text"/g)).toHaveLength(1);
    expect(output).toContain('<option value="l" selected>');
    const boxes = all(output).filter((element) => attribute(element, 'type') === 'checkbox');
    expect(boxes.map((box) => attribute(box, 'checked'))).toEqual(['', undefined]);
    // Browsers would ask for every box.
    expect(boxes.map((box) => attribute(box, 'required'))).toEqual([undefined, undefined]);
    expect(style(find(output, '.bee-form-option-wrapper'))).toMatchObject({ display: 'flex' });
    expect(output).toMatch(/label\{[^}]*min-width:120px/);
  });

  test('hostile structures', () => {
    const form = {
      structure: {
        attributes: { action: 'javascript:alert(1)', onsubmit: 'alert(1)' },
        fields: {
          '"><script>': {
            type: 'text',
            label: '[x](javascript:alert)',
            attributes: { onfocus: 'x', autofocus: true },
          },
          area: { type: 'textarea', attributes: { value: '</textarea><script>' } },
        },
      },
    };
    const output = page(doc([block('form', { form })]));
    expect(all(output).filter((element) => element.tagName === 'script')).toEqual([]);
    expect(output).not.toMatch(/javascript:|onsubmit|onfocus/);
  });
});
