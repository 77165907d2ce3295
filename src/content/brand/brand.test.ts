// The styles of a brand on templates and rows (Beefree spec 3.9).
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { block, doc, example, html } from '../render/test-kit.ts';
import { brandRows, brandTemplate } from './brand.ts';

type Json = Record<string, unknown>;
interface Page {
  page: {
    body: Json;
    rows: { columns: { modules: { descriptor: Json }[] }[] }[];
  };
}

const applied = (template: object, styles: object) =>
  brandTemplate(template as Json, styles as Json);
const branded = (modules: readonly object[], styles: object, row: object = {}) =>
  (applied(doc(modules, row), styles).json as unknown as Page).page.rows[0]!;
/** The descriptor of a module after the styles. */
const after = (type: string, descriptor: object, styles: object): Json =>
  branded([block(type, descriptor)], styles).columns[0]!.modules[0]!.descriptor;

const TEXT = {
  color: '#101010',
  fontSize: '18px',
  fontFamily: "'Lato', sans-serif",
  fontWeight: '700',
  lineHeight: '150%',
  letterSpacing: '1px',
  textAlign: 'right',
  direction: 'rtl',
};
const TEXT_STORED = {
  color: '#101010',
  'font-size': '18px',
  'font-family': "'Lato', sans-serif",
  'font-weight': '700',
  'line-height': '150%',
  'letter-spacing': '1px',
  'text-align': 'right',
  direction: 'rtl',
};
const OPTIONS = {
  paddingTop: '1px',
  paddingRight: '2px',
  paddingBottom: '3px',
  paddingLeft: 4,
  hideContentOnMobile: true,
};
const PADDINGS = {
  'padding-top': '1px',
  'padding-right': '2px',
  'padding-bottom': '3px',
  'padding-left': '4px',
};
const HIDDEN = { hideContentOnMobile: true };
const BORDER = '2px dashed #abc';
const BORDERS = {
  'border-top': BORDER,
  'border-right': BORDER,
  'border-bottom': BORDER,
  'border-left': BORDER,
};

describe('every kind of block', () => {
  const cases: [string, string, object, object, object][] = [
    [
      'title, directly',
      'heading',
      { heading: { title: 'h2', text: 'x' } },
      { title: { ...TEXT, linkColor: '#202020', blockOptions: { ...OPTIONS, align: 'left' } } },
      {
        heading: { title: 'h2', text: 'x', style: { ...TEXT_STORED, 'link-color': '#202020' } },
        style: { ...PADDINGS, 'text-align': 'left' },
        computedStyle: HIDDEN,
      },
    ],
    [
      'h3, under styles, in kebab case too',
      'heading',
      { heading: { title: 'h3' } },
      { h3: { styles: { 'font-size': 20, color: '#333' } } },
      { heading: { title: 'h3', style: { 'font-size': '20px', color: '#333' } } },
    ],
    [
      'text',
      'text',
      { text: { html: 'x', style: { 'line-height': '120%' } } },
      { text: { html: 'ignored', styles: { color: '#fff', linkColor: '#000', fontSize: '9px' } } },
      {
        text: {
          html: 'x',
          style: { 'line-height': '120%', color: '#fff', 'font-size': '9px' },
          computedStyle: { linkColor: '#000' },
        },
      },
    ],
    [
      'paragraph',
      'paragraph',
      { paragraph: { html: 'x' } },
      {
        paragraph: {
          styles: { ...TEXT, linkColor: '#333333', paragraphSpacing: '8px' },
          blockOptions: OPTIONS,
          mobileStyles: { fontSize: 'ignored' },
        },
      },
      {
        paragraph: {
          html: 'x',
          style: TEXT_STORED,
          computedStyle: { linkColor: '#333333', paragraphSpacing: '8px' },
        },
        style: PADDINGS,
        computedStyle: HIDDEN,
      },
    ],
    [
      'list',
      'list',
      { list: { tag: 'ul', html: '<ul><li>a<ul><li>b</li></ul></li></ul>' } },
      {
        list: {
          styles: {
            ...TEXT,
            liSpacing: '5px',
            liIndent: '30px',
            listType: 'ol',
            listStyleType: 'lower-alpha',
            listStylePosition: 'outside',
            startList: 3,
          },
        },
      },
      {
        list: {
          tag: 'ol',
          html: '<ol><li>a<ul><li>b</li></ul></li></ol>',
          style: TEXT_STORED,
          computedStyle: {
            liSpacing: '5px',
            liIndent: '30px',
            listStyleType: 'lower-alpha',
            listStylePosition: 'outside',
            startList: '3',
          },
        },
      },
    ],
    [
      'button; its measured size goes',
      'button',
      { button: { label: 'a' }, computedStyle: { width: 100, height: 30, kept: 1 } },
      {
        button: {
          label: '<b>Go</b>',
          href: 'https://x.test/{{id}}',
          width: '35%',
          styles: {
            ...TEXT,
            backgroundColor: 'transparent',
            border: BORDER,
            borderRadius: '60px',
            maxWidth: '100%',
            padding: '0px',
            paddingLeft: '20px',
          },
          blockOptions: { ...OPTIONS, align: 'center' },
          hoverStyles: { color: 'ignored' },
        },
      },
      {
        button: {
          label: '<b>Go</b>',
          href: 'https://x.test/{{id}}',
          style: {
            ...TEXT_STORED,
            'background-color': 'transparent',
            ...BORDERS,
            'border-radius': '60px',
            'max-width': '100%',
            'padding-top': '0px',
            'padding-right': '0px',
            'padding-bottom': '0px',
            'padding-left': '20px',
            width: '35%',
          },
        },
        style: { ...PADDINGS, 'text-align': 'center' },
        computedStyle: { kept: 1, hideContentOnMobile: true },
      },
    ],
    [
      'image, with a width in px',
      'image',
      {
        image: { src: 'a.png', alt: '', width: '800px', height: '10px' },
        computedStyle: { class: 'center  autowidth fullwidth', width: 500 },
      },
      {
        image: {
          src: 'https://x.test/b.png',
          alt: 'b',
          href: '',
          width: '250px',
          borderRadius: '30px',
          blockOptions: { ...OPTIONS, align: 'right' },
        },
      },
      {
        image: { src: 'https://x.test/b.png', alt: 'b', href: '' },
        computedStyle: { class: 'right fullwidth fixedwidth', width: 250, ...HIDDEN },
        style: { ...PADDINGS, 'border-radius': '30px' },
      },
    ],
    [
      'image, with a share of the column',
      'image',
      { image: { src: 'a.png' }, style: { 'padding-left': '20px', 'padding-right': '30px' } },
      { image: { width: '50%' } },
      {
        image: { src: 'a.png', percWidth: 50 },
        style: { 'padding-left': '20px', 'padding-right': '30px' },
        computedStyle: { width: '275px', class: 'fixedwidth' },
      },
    ],
    [
      'logo',
      'logo',
      { image: { src: 'a.png' } },
      { logo: { alt: 'Bees', blockOptions: { align: 'left' } } },
      { image: { src: 'a.png', alt: 'Bees' }, computedStyle: { class: 'left' } },
    ],
    [
      'divider',
      'divider',
      { divider: { style: { height: '10px' } } },
      {
        divider: {
          width: '80%',
          line: '10px solid #BBBBBB',
          align: 'right',
          blockOptions: OPTIONS,
        },
      },
      {
        divider: { style: { height: '10px', width: '80%', 'border-top': '10px solid #BBBBBB' } },
        computedStyle: { align: 'right', ...HIDDEN },
        style: PADDINGS,
      },
    ],
    [
      'spacer',
      'spacer',
      { spacer: { style: { height: '60px' } } },
      { spacer: { height: '0px', blockOptions: { hideContentOnMobile: 0 } } },
      { spacer: { style: { height: '0px' } }, computedStyle: { hideContentOnMobile: false } },
    ],
    [
      'social',
      'social',
      { iconsList: { icons: [{ name: 'old' }] }, computedStyle: { iconsDefaultWidth: 32 } },
      {
        social: {
          icons: [{ type: 'custom', name: 'f', image: { src: 'https://x.test/f.png', href: '' } }],
          blockOptions: { align: 'left' },
        },
      },
      {
        iconsList: {
          icons: [{ type: 'custom', name: 'f', image: { src: 'https://x.test/f.png', href: '' } }],
        },
        computedStyle: { iconsDefaultWidth: 32 },
        style: { 'text-align': 'left' },
      },
    ],
    [
      'icons',
      'icons',
      {},
      {
        icons: {
          items: [{ image: './a.png', text: 'A', href: 'https://x.test' }],
          styles: { color: '#000000', fontWeight: 700 },
          iconSpacing: { paddingTop: '5px' },
          blockOptions: { itemSpacing: '10px', iconHeight: '50px' },
        },
      },
      {
        iconsList: { icons: [{ image: './a.png', text: 'A', href: 'https://x.test' }] },
        style: { color: '#000000', 'font-weight': '700' },
        computedStyle: {
          iconSpacing: { 'padding-top': '5px' },
          itemsSpacing: '10px',
          iconHeight: '50px',
        },
      },
    ],
    [
      'menu; its styles are called style, too',
      'menu',
      { computedStyle: { layout: 'vertical', hamburger: { mobile: false } } },
      {
        menu: {
          items: [{ text: 'A', link: { href: 'https://x.test', title: 'a', target: '_blank' } }],
          style: { linkColor: '#0068A5' },
          styles: { fontSize: '14px' },
          hamburger: {
            mobile: true,
            iconSize: '36px',
            iconType: 'rounded',
            foregroundColor: '#fff',
          },
          itemsSpacing: { paddingLeft: '5px' },
        },
      },
      {
        menuItemsList: {
          items: [{ text: 'A', link: { href: 'https://x.test', title: 'a', target: '_blank' } }],
        },
        computedStyle: {
          layout: 'vertical',
          linkColor: '#0068A5',
          hamburger: {
            mobile: true,
            iconSize: '36px',
            iconType: 'rounded',
            foregroundColor: '#fff',
          },
          menuItemsSpacing: { 'padding-left': '5px' },
        },
        style: { 'font-size': '14px' },
      },
    ],
    [
      'table',
      'table',
      { table: { content: { rows: [] } } },
      {
        table: {
          rows: 'ignored',
          styles: {
            border: BORDER,
            backgroundColor: '#eee',
            headersBackgroundColor: '#EAEAEA',
            headersColor: '#505659',
            headersFontSize: '14px',
            headersFontWeight: '400',
            headersTextAlign: 'left',
            alternateRowBackgroundColor: 'transparent',
            linkColor: '#0068a5',
          },
        },
      },
      {
        table: {
          content: { rows: [] },
          style: { ...BORDERS, 'background-color': '#eee' },
          computedStyle: {
            headersBackgroundColor: '#EAEAEA',
            headersColor: '#505659',
            headersFontSize: '14px',
            headersFontWeight: '400',
            headersTextAlign: 'left',
            alternateRowBackgroundColor: 'transparent',
            linkColor: '#0068a5',
          },
        },
      },
    ],
    [
      'form; the spelling that is there stays',
      'form',
      {
        form: {
          structure: { fields: {} },
          style: { fields: { backgroundColor: '#ffffff' }, buttons: {} },
        },
      },
      {
        form: {
          styles: { width: '100px', fontSize: '14px' },
          labelsOptions: {
            color: '#000',
            fontWeight: '',
            fontStyle: '',
            align: 'left',
            position: 'side',
            minWidth: 30,
          },
          fieldsOptions: { backgroundColor: '#eeeeee', outlineColor: '#3AAEE0' },
          buttonsOptions: { width: '100%', margingLeft: '7px', marginTop: '1px', align: 'center' },
          blockOptions: { backgroundColor: '#FF819C' },
        },
      },
      {
        form: {
          structure: { fields: {} },
          style: {
            fields: { backgroundColor: '#eeeeee', outlineColor: '#3AAEE0' },
            buttons: {
              width: '100%',
              'margin-left': '7px',
              'margin-top': '1px',
              'text-align': 'center',
            },
            labels: {
              color: '#000',
              'text-align': 'left',
              'label-position': 'side',
              'min-width': '30px',
            },
          },
        },
        style: { width: '100px', 'font-size': '14px', 'background-color': '#FF819C' },
      },
    ],
    ...['video', 'carousel'].map((type): [string, string, object, object, object] => [
      type,
      type,
      { [type]: { src: 'x' } },
      { [type]: { src: 'ignored', blockOptions: OPTIONS } },
      { [type]: { src: 'x' }, style: PADDINGS, computedStyle: HIDDEN },
    ]),
    [
      'dynamic content',
      'merge-content',
      { mergeContent: { value: '{{x}}' } },
      { dynamic: { blockOptions: OPTIONS } },
      { mergeContent: { value: '{{x}}' }, style: PADDINGS, computedStyle: HIDDEN },
    ],
  ];
  test.each(cases)('%s', (_name, type, descriptor, styles, expected) => {
    expect(after(type, descriptor, styles)).toEqual(
      type === 'image' && 'percWidth' in (expected as { image: object }).image
        ? expected
        : widthsAsStored(expected),
    );
  });
});

/** A number that is stored is written as a length when it changes. */
function widthsAsStored(expected: object): object {
  return JSON.parse(JSON.stringify(expected).replace('"width":250,', '"width":"250px",')) as object;
}

describe('the page and its rows', () => {
  it('general styles go to the body, under their older names too', () => {
    const body = (general: object) =>
      (applied(doc([]), { general }).json as unknown as Page).page.body;
    const stored = {
      container: { style: { 'background-color': '#111111' } },
      content: {
        style: { color: '#000000', 'font-family': 'Lato, serif' },
        computedStyle: {
          linkColor: '#333333',
          messageWidth: '700px',
          messageBackgroundColor: '#222222',
        },
      },
    };
    const rest = {
      contentAreaBackgroundColor: '#222222',
      contentAreaWidth: '700px',
      defaultFont: 'Lato, serif',
    };
    expect(body({ backgroundColor: '#111111', linkColor: '#333333', ...rest })).toEqual(stored);
    expect(body({ background: '#111111', links: '#333333', ...rest })).toEqual(stored);
  });

  it('a row has a strip, an area, a layout and columns', () => {
    const row = branded(
      [],
      {
        row: {
          styles: {
            color: '#111',
            width: '640px',
            backgroundColor: '#222',
            backgroundImage: 'https://x.test/a.png',
            backgroundPosition: 'top center',
            backgroundRepeat: 'no-repeat',
            backgroundSize: 'cover',
            verticalAlign: 'bottom',
            columnsStackOnMobile: false,
            columnsSpacing: '20px',
            columnsPadding: '42px',
            columnsPaddingLeft: '25px',
            columnsBackgroundColor: '#333',
          },
          contentStyles: { backgroundColor: 'transparent', paddingTop: '15px', borderRadius: 8 },
        },
      },
      { custom: { kept: [null] }, uuid: 'u' },
    );
    const style = {
      'padding-top': '42px',
      'padding-right': '42px',
      'padding-bottom': '42px',
      'padding-left': '25px',
      'background-color': '#333',
    };
    expect(row).toEqual({
      custom: { kept: [null] },
      uuid: 'u',
      columns: [{ 'grid-columns': 12, modules: [], style }],
      container: {
        style: {
          color: '#111',
          width: '640px',
          'background-color': '#222',
          'background-image': "url('https://x.test/a.png')",
          'background-position': 'top center',
          'background-repeat': 'no-repeat',
          'background-size': 'cover',
        },
      },
      content: {
        style: {
          color: '#111',
          width: '640px',
          'background-color': 'transparent',
          'padding-top': '15px',
          'border-radius': '8px',
        },
        computedStyle: {
          verticalAlign: 'bottom',
          rowColStackOnMobile: false,
          columnsSpacing: '20px',
        },
      },
    });
  });

  it('a row alone takes the same styles', () => {
    const row = doc([block('paragraph', { paragraph: { html: 'x' } })]).page.rows[0]! as Json;
    const result = brandRows([row], {
      paragraph: { styles: { color: '#123456' } },
      general: { color: '#000' },
    });
    expect(result.applied).toBe(true);
    expect(JSON.stringify(result.rows)).toContain('"style":{"color":"#123456"}');
    expect(brandRows([row], { general: { linkColor: '#000000' } })).toEqual({
      rows: [row],
      applied: false,
    });
  });
});

describe('selection', () => {
  const button = (label: string, className?: string, value?: string) => ({
    ...block('button', {
      button: { label },
      ...(value ? { customAttributes: [{ key: 'class', value, target: 'tag' }] } : {}),
    }),
    ...(className ? { customFields: { className } } : {}),
  });
  const colors = (styles: object) =>
    branded(
      [
        button('a'),
        button('b', 'Primary'),
        button('c', undefined, 'big Primary'),
        button('d', 'Second'),
      ],
      {
        button: styles,
      },
    ).columns[0]!.modules.map(
      ({ descriptor }) =>
        (descriptor['button'] as { style?: { color: string } }).style?.color ?? '',
    );

  it('takes blocks by class, from both places', () => {
    expect(colors({ className: 'Primary', styles: { color: '#111' } })).toEqual([
      '',
      '#111',
      '#111',
      '',
    ]);
    expect(colors({ className: 'Primary big', styles: { color: '#111' } })).toEqual([
      '',
      '',
      '#111',
      '',
    ]);
    expect(colors({ className: 'primary', styles: { color: '#111' } })).toEqual(['', '', '', '']);
  });

  it('lets entries for a class win, wherever they stand in the list', () => {
    expect(
      colors([
        { className: 'Primary', styles: { color: '#111' } },
        { styles: { color: '#222' } },
        { className: 'Second', styles: { color: '#333' } },
      ]),
    ).toEqual(['#222', '#111', '#111', '#333']);
  });

  it('takes rows by class', () => {
    const rows = [{ customFields: { className: 'hero' }, columns: [] }, { columns: [] }];
    const styles = { row: { className: 'hero', styles: { backgroundColor: '#111' } } };
    const { json } = applied({ page: { rows } }, styles);
    expect((json as { page: { rows: object[] } }).page.rows).toEqual([
      { ...rows[0], container: { style: { 'background-color': '#111' } } },
      rows[1],
    ]);
  });

  it('a level of headings wins over all headings', () => {
    const heading = (title?: string) => block('heading', { heading: title ? { title } : {} });
    const styles = {
      h1: { color: '#111' },
      h2: { styles: { color: '#222' } },
      title: { color: '#333' },
    };
    const modules = branded([heading('h1'), heading('h2'), heading('h4'), heading()], styles)
      .columns[0]!.modules;
    expect(modules.map(({ descriptor }) => (descriptor['heading'] as Json)['style'])).toEqual(
      ['#111', '#222', '#333', '#111'].map((color) => ({ color })),
    );
  });

  it('tells when there was nothing to style', () => {
    const template = doc([block('paragraph', { paragraph: {} })]);
    for (const styles of [
      {},
      { button: { styles: { color: '#fff' } } },
      { paragraph: {} },
      { paragraph: { mobileStyles: { color: '#fff' } } },
      { paragraph: { className: 'x', styles: { color: '#fff' } } },
      { h1: { color: '#fff' }, constructor: { color: '#fff' }, unknown: 1 },
    ]) {
      expect(applied(template, styles)).toEqual({ json: template, applied: false });
    }
  });
});

describe('older texts', () => {
  it('say the new look where their markup repeated the old one', () => {
    const text = {
      text: {
        html:
          '<div class="txtTinyMce-wrapper" style="font-size:14px;line-height:16px;font-family:inherit;">' +
          '<p style="font-size:14px;color:#999;" data-mce-style="font-size:14px;">a <span style="font-size:30px">b</span> <a href="x" style="color:#999">c</a></p></div>',
        style: { color: '#555555' },
      },
    };
    const styles = {
      text: {
        styles: { fontSize: '18px', color: '#111111', linkColor: '#222222', fontFamily: 'Lato' },
      },
    };
    expect((after('text', text, styles)['text'] as Json)['html']).toBe(
      '<div class="txtTinyMce-wrapper" style="font-size:18px;line-height:16px;font-family:inherit;">' +
        '<p style="font-size:18px;color:#111111;" data-mce-style="font-size:18px;">a <span style="font-size:30px">b</span> <a href="x" style="color:#222222">c</a></p></div>',
    );
  });

  it('labels of buttons follow their button', () => {
    const button = {
      button: { label: `<span style='font-size:16px; font-family: "Arial"'>Go</span>` },
    };
    const styles = { button: { styles: { fontSize: '20px', fontFamily: "'Lato', serif" } } };
    expect((after('button', button, styles)['button'] as Json)['label']).toBe(
      "<span style='font-size:20px; font-family: &#39;Lato&#39;, serif'>Go</span>",
    );
  });

  it('shows in the HTML', () => {
    const template = doc([
      block('heading', { heading: { text: 'Title', title: 'h2' } }),
      block('button', { button: { label: 'Go', href: 'https://x.test' } }),
    ]);
    const { json } = applied(template, {
      h2: { color: '#a1b2c3' },
      button: { styles: { backgroundColor: '#c3b2a1', borderRadius: '17px' } },
      general: { contentAreaWidth: '777px' },
    });
    const source = html(json);
    for (const part of ['#a1b2c3', '#c3b2a1', '17px', '777px']) expect(source).toContain(part);
    expect(html(template)).not.toContain('#a1b2c3');
  });
});

describe('limits', () => {
  const wrong: [string, object, string][] = [
    ['a colour name', { paragraph: { styles: { color: 'red' } } }, 'paragraph.styles.color'],
    ['a colour with alpha', { title: { color: '#11223344' } }, 'title.color'],
    ['a transparent text', { h1: { color: 'transparent' } }, 'h1.color'],
    [
      'a padding of 61',
      { image: { blockOptions: { paddingTop: '61px' } } },
      'image.blockOptions.paddingTop',
    ],
    [
      'a negative padding',
      { row: { contentStyles: { paddingLeft: '-1px' } } },
      'row.contentStyles.paddingLeft',
    ],
    [
      'a padding in percent',
      { list: { blockOptions: { paddingLeft: '5%' } } },
      'list.blockOptions.paddingLeft',
    ],
    [
      'a radius of 61',
      { button: { styles: { borderRadius: '61px' } } },
      'button.styles.borderRadius',
    ],
    [
      'a line height of 130',
      { paragraph: { styles: { lineHeight: '130%' } } },
      'paragraph.styles.lineHeight',
    ],
    ['a weight of 950', { h2: { styles: { fontWeight: '950' } } }, 'h2.styles.fontWeight'],
    ['a bold weight', { h2: { styles: { fontWeight: 'bold' } } }, 'h2.styles.fontWeight'],
    [
      'a position',
      { row: { styles: { backgroundPosition: 'bottom' } } },
      'row.styles.backgroundPosition',
    ],
    ['a size', { row: { styles: { backgroundSize: 'contain' } } }, 'row.styles.backgroundSize'],
    ['a border', { divider: { line: '1px wavy #ccc' } }, 'divider.line'],
    [
      'a border that breaks out',
      { table: { styles: { border: '1px solid #ccc;x:y' } } },
      'table.styles.border',
    ],
    ['a font that breaks out', { general: { defaultFont: 'x;}</style>' } }, 'general.defaultFont'],
    ['a font that loads', { general: { defaultFont: 'url(//x)' } }, 'general.defaultFont'],
    [
      'a page that is too wide',
      { general: { contentAreaWidth: '2000px' } },
      'general.contentAreaWidth',
    ],
    ['a link that runs', { button: { href: 'javascript:alert(1)' } }, 'button.href'],
    ['a picture that runs', { image: { src: 'javascript:alert(1)' } }, 'image.src'],
    [
      'a background that breaks out',
      { row: { styles: { backgroundImage: "url('x');y" } } },
      'row.styles.backgroundImage',
    ],
    [
      'an icon that runs',
      { social: { icons: [{ image: { href: 'vbscript:x' } }] } },
      'social.icons',
    ],
    ['an item that is none', { menu: { items: ['x'] } }, 'menu.items'],
    ['items that are none', { menu: { items: {} } }, 'menu.items'],
    ['a list type', { list: { styles: { listType: 'dl' } } }, 'list.styles.listType'],
    ['a label of another type', { button: { label: 7 } }, 'button.label'],
    ['an endless label', { button: { label: 'x'.repeat(10_001) } }, 'button.label'],
    [
      'an alignment',
      { social: { blockOptions: { align: 'justify' } } },
      'social.blockOptions.align',
    ],
    [
      'a flag',
      { spacer: { blockOptions: { hideContentOnMobile: 'maybe' } } },
      'spacer.blockOptions.hideContentOnMobile',
    ],
    ['the second entry', { button: [{}, { width: '101%' }] }, 'button.1.width'],
    ['a kind that is no object', { button: 'red' }, 'button'],
    ['an entry that is no object', { image: [null] }, 'image.0'],
    ['styles that are no object', { paragraph: { styles: 'x' } }, 'paragraph.styles'],
    ['a class that is no text', { button: { className: {} } }, 'button.className'],
    ['too many entries', { row: Array.from({ length: 101 }, () => ({})) }, 'row'],
  ];
  test.each(wrong)('%s is refused, and named', (_name, styles, path) => {
    // Also where the template has nothing of the kind.
    expect(() => applied(doc([]), styles)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'style_value',
        details: { problem: expect.any(String) as string, path: path.split('.') },
      }) as Error,
    );
  });

  test.each([
    { paragraph: { styles: { lineHeight: '200%', color: '#ABC', fontWeight: 900 } } },
    { h1: { fontWeight: '', color: null } },
    { button: { styles: [], blockOptions: { padding: 60 } } },
    {
      row: {
        styles: { backgroundColor: 'transparent', backgroundImage: 'none', backgroundSize: 'none' },
      },
    },
    { menu: { items: [] }, social: { icons: [] } },
  ])('%j is fine', (styles) => {
    expect(() => applied(doc([]), styles)).not.toThrow();
  });

  it('does not grow a template without end', () => {
    const buttons = Array.from({ length: 100 }, () => block('button', { button: {} }));
    const styles = { button: { label: 'x'.repeat(1000) } };
    const grown = (limit: number) => () => brandTemplate(doc(buttons), styles, limit);
    expect(grown(50_000)).toThrow(/too large/);
    expect(grown(200_000)).not.toThrow();
  });

  it('styles ten thousand blocks in little time', () => {
    const many = Array.from({ length: 10_000 }, () =>
      block('text', { text: { html: '<p style="color:#000">x</p>' } }),
    );
    const started = process.cpuUsage();
    applied(doc(many), { text: { styles: { color: '#123456', fontSize: '11px' } }, button: [] });
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
  });

  it('junk in templates neither breaks nor goes', () => {
    const junk = {
      page: {
        body: [],
        rows: [
          null,
          7,
          [],
          { columns: 'x' },
          { columns: [null, { modules: {} }, { modules: [null, 1, { type: 7 }] }] },
        ],
      },
    };
    const { json } = applied(junk, { paragraph: { styles: { color: '#fff' } } });
    expect(json).toEqual(junk);
  });
});

/** Text is read as JSON, and refused when it is none. */
const isNoText = (value: unknown) => typeof value !== 'string';

describe('for every template', () => {
  const hex = fc.stringMatching(/^#[0-9a-f]{6}$/);
  const length = fc.integer({ min: 0, max: 60 }).map((n) => `${n}px`);
  const ratio = fc.constantFrom('120%', '150%', '180%', '200%');
  const weight = fc.integer({ min: 1, max: 9 }).map((n) => `${n}00`);
  const align = fc.constantFrom('left', 'center', 'right');
  const look = fc.record({
    color: hex,
    lineHeight: ratio,
    fontWeight: weight,
    textAlign: align,
    fontSize: length.filter((n) => n !== '0px'),
  });
  const around = fc.record({ paddingTop: length, paddingLeft: length });
  const kebab = (style: object) =>
    Object.fromEntries(
      Object.entries(style).map(([name, value]) => [
        name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`),
        value as unknown,
      ]),
    );
  const inner = fc.constantFrom(
    '<p style="color:#000;font-size:9px">x</p>',
    'x',
    '<a style="color:#fff" href="y">z</a>',
  );
  // Styles, and a block that has them already.
  const pair = fc.oneof(
    fc.record({ look, around, inner }).map((o) => ({
      styles: { paragraph: { styles: o.look, blockOptions: o.around } },
      module: block('paragraph', {
        paragraph: { html: o.inner, style: kebab(o.look) },
        style: kebab(o.around),
      }),
    })),
    fc.record({ look, around, inner }).map((o) => ({
      styles: { text: { styles: o.look, blockOptions: o.around } },
      module: block('text', {
        text: { html: o.inner, style: kebab(o.look) },
        style: kebab(o.around),
      }),
    })),
    fc.record({ look, around, inner, hex }).map((o) => ({
      styles: { h2: { ...o.look, linkColor: o.hex, blockOptions: o.around } },
      module: block('heading', {
        heading: { title: 'h2', text: o.inner, style: { ...kebab(o.look), 'link-color': o.hex } },
        style: kebab(o.around),
      }),
    })),
    fc.record({ look, around, inner, length }).map((o) => ({
      styles: {
        button: {
          label: o.inner,
          styles: { ...o.look, borderRadius: o.length },
          blockOptions: o.around,
        },
      },
      module: block('button', {
        button: { label: o.inner, style: { ...kebab(o.look), 'border-radius': o.length } },
        style: kebab(o.around),
        computedStyle: { width: 120, height: 40 },
      }),
    })),
    fc.record({ align, width: fc.integer({ min: 1, max: 600 }) }).map((o) => ({
      styles: { image: { src: 'a.png', width: `${o.width}px`, blockOptions: { align: o.align } } },
      module: block('image', {
        image: { src: 'a.png', width: 900 },
        computedStyle: { class: `${o.align} autowidth`, width: o.width },
      }),
    })),
  );

  it('a template that has the styles already does not change, and is told to be styled', () => {
    fc.assert(
      fc.property(
        pair,
        fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }),
        ({ styles, module }, odd) => {
          const template = doc([module], {}, {}, { odd });
          const result = applied(template, styles);
          expect(result).toEqual({ json: template, applied: true });
          expect(JSON.stringify(result.json)).toBe(JSON.stringify(template));
        },
      ),
    );
  });

  it('any JSON where a template should be stays what it is', () => {
    const styles = {
      title: { color: '#111111', blockOptions: { align: 'left' } },
      image: { width: '50%', blockOptions: { align: 'left' } },
      button: [{ label: 'x' }, { className: 'a', styles: { fontSize: '9px' } }],
      list: { styles: { listType: 'ol' } },
      row: { className: 'a', styles: { columnsPadding: '1px' } },
    };
    const type = fc.constantFrom('heading', 'image', 'button', 'list', 'hologram');
    const odd = fc.jsonValue({ maxDepth: 4 });
    const module = fc
      .tuple(type, odd)
      .map(([name, descriptor]) => block(name, descriptor as object));
    const rows = fc.array(
      fc.oneof(
        odd,
        fc.array(fc.oneof(odd, module)).map((modules) => ({ columns: [{ modules }] })),
      ),
    );
    fc.assert(
      fc.property(fc.oneof(rows, odd.filter(isNoText)), odd, (given, body) => {
        const template = { page: { rows: given, body }, more: body };
        const once = applied(template, styles).json;
        expect(applied(once, styles).json).toEqual(once);
        expect((once as { more: unknown }).more).toBe(body);
        html(once);
      }),
    );
  });

  it('styling twice is as styling once, and what is given does not change', () => {
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 4 }), (pairs) => {
        const styles = Object.assign({}, ...pairs.map((one) => one.styles)) as object;
        const template = doc(pairs.map((one) => one.module).toReversed());
        const before = JSON.stringify(template);
        const once = applied(template, styles).json;
        expect(JSON.stringify(template)).toBe(before);
        expect(applied(once, styles).json).toEqual(once);
      }),
    );
  });

  it('a newsletter keeps every word', () => {
    const template = example('apiary-newsletter') as Json;
    const styles = {
      general: { linkColor: '#123456' },
      paragraph: { styles: { color: '#654321' } },
      row: { styles: { backgroundColor: '#fff' } },
    };
    const words = (value: unknown) =>
      html(value)
        .replaceAll(/<style[\s\S]*?<\/style>|<!--[\s\S]*?-->|<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ');
    expect(words(applied(template, styles).json)).toBe(words(template));
  });
});
