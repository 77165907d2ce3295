// Tests of the AMP document against the public rules of AMP for e-mail (spec 5.17).
import { describe, expect, test } from 'vitest';
import { all, attribute, block, doc, example, find, html } from '../test-kit.ts';
import { renderHtml } from '../render.ts';

const amp = (template: unknown) => html(template, { target: 'amp' });
const image = (more: object = {}) =>
  block('image', {
    image: { src: 'https://i.test/a.png', alt: 'A', width: '1200px', height: '600px', ...more },
  });

describe('frame', () => {
  const source = amp(example('apiary-newsletter'));

  test('doctype, marker, boilerplate, runtime', () => {
    expect(source.startsWith('<!doctype html><html ⚡4email data-css-strict')).toBe(true);
    expect(source).toContain('<style amp4email-boilerplate>body{visibility:hidden}</style>');
    expect(source).toContain('<script async src="https://cdn.ampproject.org/v0.js"></script>');
    expect(source.match(/<style amp-custom>/g)).toHaveLength(1);
  });

  test('nothing that AMP refuses', () => {
    expect(source).not.toMatch(/!important|mso-|\[if |v:|@import|-webkit-text-size|javascript:/);
    for (const element of all(source)) {
      expect(element.tagName).not.toMatch(/^(?:img|iframe|form|input|object|video)$/);
      if (element.tagName.startsWith('amp-')) expect(attribute(element, 'style')).toBeUndefined();
      const target = attribute(element, 'target');
      if (target !== undefined) expect(target).toBe('_blank');
      const href = attribute(element, 'href');
      if (element.tagName === 'a') expect(href).toMatch(/^(?:https?:\/\/|mailto:|tel:|\{\{)/);
    }
  });
});

describe('pictures', () => {
  test('responsive in their natural ratio', () => {
    expect(amp(doc([image()]))).toContain(
      '<amp-img src="https://i.test/a.png" alt="A" width="1200" height="600" layout="responsive"></amp-img>',
    );
  });

  test('16:9 when nobody knows', () => {
    expect(amp(doc([image({ width: undefined, height: undefined })]))).toContain(
      'width="600" height="338"',
    );
  });

  test('a link that AMP would refuse is left out, with a warning', () => {
    const result = renderHtml(doc([image({ href: 'page.html' })]), { target: 'amp' });
    expect(result.html).not.toContain('page.html');
    expect(result.warnings.join()).toContain('page.html');
  });
});

describe('visibility and components', () => {
  test('hidden on AMP, hidden on HTML', () => {
    const hidden = (flag: string) =>
      block('spacer', { spacer: {}, computedStyle: { [flag]: true } });
    expect(amp(doc([hidden('hideContentOnAmp')]))).not.toContain('spacer_block');
    expect(amp(doc([hidden('hideContentOnHtml')]))).toContain('spacer_block');
  });

  test('carousel with its script', () => {
    const source = amp(
      doc([
        block('carousel', {
          carousel: {
            slides: [
              { src: 'https://i.test/1.png', alt: '1', href: 'https://a.test' },
              { src: 'https://i.test/2.png' },
            ],
            autoPlay: true,
            autoplayInterval: 4,
          },
        }),
      ]),
    );
    const carousel = find(source, 'amp-carousel');
    expect(attribute(carousel, 'delay')).toBe('4000');
    expect(attribute(carousel, 'layout')).toBe('responsive');
    expect(source).toContain('custom-element="amp-carousel"');
    expect(amp(doc([]))).not.toContain('custom-element');
  });
});

describe('narrow view', () => {
  const style = { 'font-size': '40px', 'text-align': 'left', color: '#111111' };
  const source = amp(
    doc(
      [
        block('heading', {
          heading: { title: 'h2', text: 'x', style },
          style: { 'padding-top': '30px', 'padding-left': '5px' },
          mobileStyle: { 'font-size': '20px', 'padding-top': '10px' },
        }),
        block('button', {
          button: { label: 'Go', href: 'https://a.test', style: { 'font-size': '20px' } },
          mobileStyle: { 'font-size': '14px' },
          hoverStyle: { color: '#ff0000' },
        }),
      ],
      {},
      { style: { 'padding-left': '50px' }, mobileStyle: { 'padding-left': '10px' } },
    ),
  );
  const [wide, narrow] = source.split('@media') as [string, string];

  test('what changes stands in the sheet twice and never inline', () => {
    expect(attribute(find(source, 'h2'), 'style')).not.toContain('font-size');
    expect(attribute(find(source, 'h2'), 'style')).toContain('color:#111');
    expect(wide).toContain('.block-1.heading_block h2{font-size:40px}');
    expect(narrow).toContain('.block-1.heading_block h2{font-size:20px}');
    expect(wide).toContain('.block-1.heading_block td.pad{padding-left:5px;padding-top:30px}');
    expect(narrow).toContain('.block-1.heading_block td.pad{padding:10px 0 0 5px}');
    expect(wide).toContain('.row-1 .column-1{padding-left:50px}');
    expect(narrow).toContain('.row-1 .column-1{padding:0 0 0 10px}');
    expect(attribute(find(source, '.column-1'), 'style')).not.toContain('padding');
  });

  test('buttons shrink and light up', () => {
    expect(wide).toContain('.block-2.button_block .button{color:#fff;font-size:20px}');
    expect(wide).toContain('.block-2.button_block .button:hover{color:#f00}');
    expect(narrow).toContain('.block-2.button_block .button>span{font-size:14px');
  });
});

test('values of the template bring no `!important`', () => {
  const source = amp(
    doc([
      block('paragraph', {
        paragraph: {
          html: '<p style="color:red !important">x</p>',
          style: { color: 'red!important' },
        },
        mobileStyle: { 'text-align': 'center' },
      }),
      block('button', {
        button: { label: 'x', href: 'https://a.test' },
        hoverStyle: { color: 'blue !important' },
      }),
    ]),
  );
  expect(source).not.toContain('important');
  expect(source).toContain('color:blue');
});
