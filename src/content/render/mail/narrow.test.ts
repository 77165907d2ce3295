// Tests of the narrow view of e-mails: what each `mobileStyle` changes, under which selector (spec 5.11).
import { describe, expect, test } from 'vitest';
import { block, doc, html } from '../test-kit.ts';

/** The rules inside the media query, each as `selector{declarations}`. */
function narrow(template: unknown): readonly string[] {
  const source = html(template).replaceAll('\n', '');
  const query = /@media \(max-width:620px\)\{(.*?\})\}<\/style>/.exec(source)![1]!;
  return query.split(/(?<=\})/);
}

const PART = '.row-1 .column-1 .block-1';
const mobileStyle = {
  'text-align': 'right',
  'font-size': '11px',
  'padding-top': '3px',
  'padding-left': '4px',
};
const style = { 'padding-top': '20px', 'padding-right': '6px', 'padding-left': '20px' };
const with1 = (kind: string, content: object) =>
  doc([block(kind, { ...content, style, mobileStyle })]);
const icon = { src: 'https://a.test/x.png' };
const items = [{ text: 'x', link: { href: 'https://a.test' } }];

describe('blocks', () => {
  test.each([
    [
      'heading',
      { heading: { title: 'h2', text: 'x' } },
      [`${PART}.heading_block h2{text-align:right!important;font-size:11px!important}`],
    ],
    [
      'paragraph',
      { paragraph: { html: '<p>x</p>' } },
      [`${PART}.paragraph_block td.pad>div{text-align:right!important;font-size:11px!important}`],
    ],
    [
      'text',
      { text: { html: '<p>x</p>' } },
      [`${PART}.text_block td.pad>div{text-align:right!important;font-size:11px!important}`],
    ],
    [
      'list',
      { list: { html: '<ul><li>x</li></ul>' } },
      [
        `${PART}.list_block ol,${PART}.list_block td.pad,${PART}.list_block ul{text-align:right!important;font-size:11px!important}`,
      ],
    ],
    [
      'button',
      { button: { label: 'x', style: { 'line-height': '150%' } } },
      [
        `${PART}.button_block .alignment{text-align:right!important}`,
        `${PART}.button_block .alignment .button{display:inline-block!important}`,
        `${PART}.button_block span{font-size:11px!important;line-height:16.5px!important}`,
      ],
    ],
    [
      'social',
      { iconsList: { icons: [{ image: icon }] } },
      [`${PART}.social_block .alignment,${PART}.social_block td.pad{text-align:right!important}`],
    ],
    [
      'icons',
      { iconsList: { icons: [{ image: icon.src, text: 'x' }] } },
      [`${PART}.icons_block .alignment,${PART}.icons_block td.pad{text-align:right!important}`],
    ],
    [
      'menu',
      { menuItemsList: { items } },
      [
        `${PART}.menu_block .menu-links a,${PART}.menu_block .menu-links span{font-size:11px!important}`,
        `${PART}.menu_block .alignment,${PART}.menu_block td.pad{text-align:right!important}`,
      ],
    ],
    [
      'divider',
      { divider: {} },
      [
        `${PART}.divider_block .alignment,${PART}.divider_block td.pad{text-align:right!important}`,
        `${PART}.divider_block .alignment table{display:inline-table!important}`,
      ],
    ],
  ])('%s', (kind, content, rules) => {
    const found = narrow(with1(kind, content));
    for (const rule of rules) expect(found).toContain(rule);
    // A side that the narrow view leaves out keeps the desktop value.
    expect(found).toContain(`${PART}.${kind}_block td.pad{padding:3px 6px 0 4px!important}`);
  });

  test('image', () => {
    const image = { image: icon, mobileStyle: { class: 'right' } };
    expect(narrow(doc([block('image', image)]))).toContain(
      `${PART}.image_block .alignment div{margin:0 0 0 auto!important}`,
    );
  });

  test('spacer', () => {
    expect(narrow(doc([block('spacer', { mobileStyle: { height: 12 } })]))).toContain(
      `${PART}.spacer_block{height:12px!important}`,
    );
  });

  test('nothing changes without overrides', () => {
    const plain = doc([block('heading', { heading: { text: 'x' }, mobileStyle: [] })]);
    expect(narrow(plain).filter((rule) => rule.includes('block-1'))).toEqual([]);
  });
});

describe('columns and rows', () => {
  const column = {
    style: { 'padding-top': '9px', 'border-left': '3px solid red', 'border-top': '1px solid red' },
    mobileStyle: {
      'padding-left': '2px',
      'border-left': '0px solid transparent',
      'border-right': '0px solid transparent',
      'border-bottom': '2px solid blue',
    },
  };

  test('paddings and borders; a border may go, and one that never was needs no rule', () => {
    expect(narrow(doc([], {}, column))).toContain(
      '.row-1 .column-1{border-bottom:2px solid blue!important;border-left:0 none transparent!important;padding:9px 0 0 2px!important}',
    );
  });

  test('in a reversed row the inner box has what the cell loses', () => {
    const content = { computedStyle: { rowReverseColStackOnMobile: true } };
    const row = { columns: [{ 'grid-columns': 6, ...column }, { 'grid-columns': 6 }], content };
    const found = narrow(doc([], row));
    expect(found).toContain(
      '.row-1 td.column.first .border{border-bottom:2px solid blue;border-left:0 none transparent;border-right:0 none transparent;border-top:1px solid red;padding:9px 0 0 2px}',
    );
    expect(found.filter((rule) => rule.startsWith('.row-1 .column-1{'))).toEqual([]);
  });

  test('row content', () => {
    const content = { style: { 'padding-bottom': '8px' }, mobileStyle: { 'padding-top': '1px' } };
    expect(narrow(doc([], { content }))).toContain(
      '.row-1 .row-content{padding:1px 0 8px!important}',
    );
  });

  test('block rules stand before columns, columns before rows', () => {
    const content = { mobileStyle: { 'padding-top': '1px' } };
    const found = narrow(
      doc([block('spacer', { mobileStyle: { height: 12 } })], { content }, column),
    );
    const at = (start: string) => found.findIndex((rule) => rule.startsWith(start));
    expect(at('.row-1 .column-1 .block-1')).toBeLessThan(at('.row-1 .column-1{'));
    expect(at('.row-1 .column-1{')).toBeLessThan(at('.row-1 .row-content{'));
  });

  test('icons stay at their place in a row that only the narrow view shows', () => {
    const social = block('social', { iconsList: { icons: [{ image: icon }] } });
    const hidden = { content: { computedStyle: { hideContentOnDesktop: true } } };
    const rule = '.desktop_hide .social-table{display:inline-block!important}';
    expect(narrow(doc([social], hidden))).toContain(rule);
    expect(narrow(doc([social]))).not.toContain(rule);
  });

  test('a gap lies between stacked columns', () => {
    const computedStyle = { columnsSpacing: '12px' };
    const row = {
      columns: [{ 'grid-columns': 6 }, { 'grid-columns': 6 }],
      content: { computedStyle },
    };
    expect(narrow(doc([], row))).toContain(
      '.row-1 .stack .gap{display:block;width:100%!important;height:12px}',
    );
  });

  test('a column in which nothing is shown is an empty one', () => {
    const form = block('form', { form: { structure: { fields: { a: { type: 'text' } } } } });
    const hidden = block('spacer', { computedStyle: { hideContentOnHtml: true } });
    expect(html(doc([form, hidden]))).toContain('class="empty_block block-1"');
  });
});
