// Templates drawn at random for the tests of the importer: every kind of block, row and column with values of their own.
import fc from 'fast-check';
import { block } from '../../src/content/render/test-kit.ts';

const px = (max: number) => fc.integer({ min: 0, max }).map((value) => `${value}px`);
const color = fc.constantFrom('#112233', '#fafafa', 'red', '#0a66c2');
const align = fc.constantFrom('left', 'center', 'right');
const font = fc.constantFrom('inherit', "'Lato', Tahoma, sans-serif", 'Georgia, serif');
const ratio = fc.constantFrom('100%', '120%', '150%', '175%', '200%');
const words = fc.constantFrom(
  'Plain words',
  'A &amp; B',
  '{{ name | default: "you" }}',
  'a <em>little</em> <strong>more</strong>',
  '{% if a < b %}x{% endif %}',
  '1&nbsp;000 €',
);
const href = fc.constantFrom('https://a.test/?x=1&y={{id}}', 'mailto:a@b.test', '{{unsubscribe}}');

const look = fc.record({
  color,
  'font-family': font,
  'font-size': fc.integer({ min: 8, max: 60 }).map((size) => `${size}px`),
  'font-weight': fc.constantFrom('400', '700'),
  'line-height': ratio,
  'letter-spacing': fc.constantFrom('0px', '1px', '-1px'),
  direction: fc.constantFrom('ltr', 'rtl'),
  'text-align': align,
});

const border = fc.constantFrom('0px solid transparent', '2px solid #445566', '1px dashed red');
const frame = fc.record({
  'padding-top': px(40),
  'padding-right': px(40),
  'padding-bottom': px(40),
  'padding-left': px(40),
});
const narrow = fc.record(
  {
    'font-size': fc.integer({ min: 8, max: 40 }).map((size) => `${size}px`),
    'text-align': align,
    'padding-top': px(30),
  },
  { requiredKeys: [] },
);
const visible = fc.constantFrom(
  {},
  {},
  { hideContentOnMobile: true },
  { hideContentOnDesktop: true },
);

/** One block of each kind, with its values drawn anew. */
const blocks = fc.oneof(
  fc
    .record({
      style: look,
      text: words,
      level: fc.constantFrom('h1', 'h2', 'h3'),
      frame,
      narrow,
      visible,
      align,
    })
    .map((b) =>
      block('heading', {
        heading: { title: b.level, text: b.text, style: b.style },
        style: { ...b.frame, 'text-align': b.align },
        mobileStyle: b.narrow,
        computedStyle: b.visible,
      }),
    ),
  fc
    .record({
      style: look,
      texts: fc.array(words, { minLength: 1, maxLength: 3 }),
      href,
      gap: px(20),
      frame,
      narrow,
      visible,
      link: color,
    })
    .map((b) =>
      block('paragraph', {
        paragraph: {
          html: b.texts
            .map((text) => `<p>${text} <a href="${b.href}" target="_blank">link</a></p>`)
            .join(''),
          style: b.style,
          computedStyle: { linkColor: b.link, paragraphSpacing: b.gap },
        },
        style: b.frame,
        mobileStyle: b.narrow,
        computedStyle: b.visible,
      }),
    ),
  fc
    .record({
      style: look,
      text: words,
      tag: fc.constantFrom('ul', 'ol'),
      indent: px(60),
      gap: px(10),
      marker: fc.constantFrom('revert', 'square'),
      position: fc.constantFrom('inside', 'outside'),
      start: fc.constantFrom('1', '4'),
      frame,
    })
    .map((b) =>
      block('list', {
        list: {
          html: `<${b.tag}><li>${b.text}</li><li>two<ul><li>inner</li></ul></li></${b.tag}>`,
          tag: b.tag,
          style: b.style,
          computedStyle: {
            linkColor: '#aa0000',
            liIndent: b.indent,
            liSpacing: b.gap,
            listStyleType: b.marker,
            listStylePosition: b.position,
            startList: b.start,
          },
        },
        style: b.frame,
      }),
    ),
  fc.record({ color, font, ratio, text: words, size: px(40), frame, align }).map((b) =>
    block('text', {
      text: {
        html: `<div class="txtTinyMce-wrapper" style="text-align: ${b.align};"><p style="font-size: 18px;">${b.text}</p><p>more</p></div>`,
        style: {
          color: b.color,
          'font-family': b.font,
          'line-height': b.ratio,
          'font-size': b.size,
        },
      },
      style: b.frame,
    }),
  ),
  fc
    .record({
      alt: fc.constantFrom('', 'A "bee" & hive'),
      href: fc.oneof(fc.constant(''), href),
      width: fc.integer({ min: 20, max: 200 }),
      place: align,
      full: fc.boolean(),
      radius: px(20),
      frame,
      visible,
      narrow: fc.constantFrom({}, { class: 'center' }, { class: 'right' }),
    })
    .map((b) =>
      block('image', {
        image: { src: 'https://a.test/i.png?a=1&b=2', alt: b.alt, href: b.href },
        computedStyle: {
          ...b.visible,
          width: `${b.width}px`,
          class: `${b.place} fixedwidth${b.full ? ' fullwidth' : ''}`,
        },
        style: { ...b.frame, 'border-radius': b.radius },
        mobileStyle: b.narrow,
      }),
    ),
  fc
    .record({
      style: look,
      fill: color,
      border,
      radius: px(40),
      width: fc.constantFrom('auto', '50%', '100%'),
      inner: frame,
      frame,
      href: fc.oneof(fc.constant(''), href),
      label: words,
      align,
      narrow,
      hover: fc.constantFrom({}, { 'background-color': '#000001', color: '#fffffe' }),
    })
    .map((b) =>
      block('button', {
        button: {
          label: b.label,
          href: b.href,
          style: {
            ...b.style,
            ...b.inner,
            'background-color': b.fill,
            'border-top': b.border,
            'border-bottom': b.border,
            'border-radius': b.radius,
            width: b.width,
          },
        },
        style: { ...b.frame, 'text-align': b.align },
        mobileStyle: b.narrow,
        hoverStyle: b.hover,
      }),
    ),
  fc
    .record({
      line: fc.constantFrom(
        '1px solid #bbbbbb',
        '3px dotted red',
        '0px solid transparent',
        '6px solid transparent',
      ),
      width: fc.constantFrom('100%', '40%'),
      height: px(30),
      align,
      frame,
    })
    .map((b) =>
      block('divider', {
        divider: { style: { 'border-top': b.line, width: b.width, height: b.height } },
        computedStyle: { align: b.align },
        style: b.frame,
      }),
    ),
  fc
    .record({
      height: px(90),
      fill: fc.constantFrom({}, { 'background-color': '#ddeeff' }),
      narrow: fc.constantFrom({}, { height: '7px' }),
      visible,
    })
    .map((b) =>
      block('spacer', {
        spacer: { style: { height: b.height, ...b.fill } },
        mobileStyle: b.narrow,
        computedStyle: b.visible,
      }),
    ),
  fc
    .record({
      size: fc.integer({ min: 16, max: 64 }),
      gap: fc.constantFrom('0 5px 0 5px', '2px 0 0 9px'),
      count: fc.integer({ min: 1, max: 3 }),
      href,
      align,
      frame,
    })
    .map((b) =>
      block('social', {
        iconsList: {
          icons: Array.from({ length: b.count }, (_, i) => ({
            name: `net ${i}`,
            image: {
              src: `https://a.test/${i}.png`,
              alt: `Net ${i}`,
              title: 'T',
              href: i === 1 ? '' : b.href,
            },
          })),
        },
        computedStyle: { iconsDefaultWidth: b.size, padding: b.gap },
        style: { ...b.frame, 'text-align': b.align },
      }),
    ),
  fc
    .record({
      style: look,
      position: fc.constantFrom('left', 'right', 'top', 'bottom'),
      count: fc.integer({ min: 1, max: 3 }),
      gap: px(9),
      between: px(20),
      frame,
    })
    .map((b) =>
      block('icons', {
        iconsList: {
          icons: Array.from({ length: b.count }, (_, i) => ({
            image: `https://a.test/${i}.png`,
            text: `Label ${i}`,
            textPosition: b.position,
            alt: 'x',
            href: 'https://a.test/',
            width: '40',
            height: '20',
          })),
        },
        computedStyle: {
          iconHeight: '24px',
          iconSpacing: { 'padding-top': b.gap, 'padding-left': '3px' },
          itemsSpacing: b.between,
        },
        style: { ...b.frame, ...b.style },
      }),
    ),
  fc
    .record({
      style: look,
      layout: fc.constantFrom('horizontal', 'vertical'),
      separator: fc.constantFrom('', '|'),
      gap: px(9),
      link: color,
      round: fc.constantFrom('normal', 'rounded'),
      open: fc.boolean(),
      frame,
    })
    .map((b) =>
      block('menu', {
        menuItemsList: {
          items: [
            { text: 'One', link: { href: 'https://a.test/1' } },
            { text: 'Two', link: { href: '' } },
          ],
        },
        computedStyle: {
          layout: b.layout,
          separator: b.separator,
          linkColor: b.link,
          menuItemsSpacing: { 'padding-top': b.gap, 'padding-left': b.gap },
          hamburger: {
            mobile: b.open,
            iconSize: '30px',
            iconType: b.round,
            foregroundColor: '#ffffff',
            backgroundColor: '#111111',
          },
        },
        style: { ...b.frame, ...b.style },
      }),
    ),
  fc
    .record({
      style: look,
      border,
      head: fc.boolean(),
      stripe: fc.constantFrom({}, { alternateRowBackgroundColor: '#eeeeef' }),
      fill: color,
      frame,
    })
    .map((b) =>
      block('table', {
        table: {
          content: {
            headers: b.head ? [{ cells: [{ html: 'H1' }, { html: 'H2' }] }] : [],
            rows: [
              { cells: [{ html: 'a' }, { html: '<strong>b</strong>' }] },
              { cells: [{ html: 'c' }, { html: '' }] },
            ],
          },
          style: {
            ...b.style,
            'border-top': b.border,
            'border-left': b.border,
            'background-color': b.fill,
          },
          computedStyle: {
            headersBackgroundColor: b.fill,
            headersFontSize: '18px',
            headersTextAlign: 'center',
            ...b.stripe,
          },
        },
        style: b.frame,
      }),
    ),
  fc
    .record({
      frame,
      html: fc.constantFrom(
        '<div style="color: red;">one<br>two</div>',
        '<table><tr><td>x {{y}}</td></tr></table>',
      ),
    })
    .map((b) => block('html', { html: { html: b.html }, style: b.frame })),
  fc
    .record({
      frame,
      ratio: fc.constantFrom('16/9', '4/3', '1'),
      size: fc.integer({ min: 30, max: 80 }),
    })
    .map((b) =>
      block('video', {
        video: {
          src: 'https://www.youtube.com/watch?v=abcdefghijk&t=1',
          thumbRatio: b.ratio,
          iconSize: b.size,
          iconColor1: '#ffffff',
          iconColor2: '#102030',
        },
        style: b.frame,
      }),
    ),
);

const rows = fc.record({
  grids: fc.constantFrom([12], [6, 6], [4, 8], [4, 4, 4], [3, 3, 6], [3, 3, 3, 3]),
  modules: fc.array(fc.array(blocks, { maxLength: 3 }), { minLength: 4, maxLength: 4 }),
  strip: fc.constantFrom(
    {},
    { 'background-color': '#123456' },
    {
      'background-image': "url('https://a.test/b.png')",
      'background-repeat': 'no-repeat',
      'background-size': 'cover',
      'background-position': 'center top',
    },
  ),
  fill: fc.constantFrom({}, { 'background-color': '#fedcba' }),
  border,
  radius: px(20),
  padding: frame,
  column: frame,
  narrow: fc.constantFrom(
    {},
    { 'padding-top': '3px' },
    { 'padding-left': '0px', 'padding-right': '9px' },
  ),
  stack: fc.boolean(),
  reverse: fc.boolean(),
  vertical: fc.constantFrom('top', 'middle', 'bottom'),
  gap: fc.constantFrom({}, { columnsSpacing: '12px' }),
  visible,
  condition: fc.constantFrom(
    {},
    { displayCondition: { before: '{% if a < b %}', after: '{% endif %}' } },
    { displayCondition: { before: '{{#if x}}', after: '{{/if}}' } },
  ),
});

/** Whole templates. */
export const templates = fc.array(rows, { minLength: 1, maxLength: 3 }).map((list) => ({
  page: {
    head: {
      meta: { subject: 'S & T', preheader: 'First {{line}}', lang: 'de' },
      customTags: '<style>.x { color: red; }</style>',
    },
    body: {
      webFonts: [
        {
          name: 'Lato',
          fontFamily: "'Lato'",
          url: 'https://fonts.example.test/css?family=Lato&display=swap',
        },
      ],
      container: { style: { 'background-color': '#eeeeee' } },
      content: {
        style: { 'font-family': 'Verdana, sans-serif' },
        computedStyle: { messageWidth: '640px', linkColor: '#aa0000' },
      },
    },
    rows: list.map((row) => ({
      container: { style: row.strip, ...row.condition },
      content: {
        style: {
          ...row.fill,
          ...row.padding,
          'border-top': row.border,
          'border-radius': row.radius,
        },
        computedStyle: {
          rowColStackOnMobile: row.stack,
          rowReverseColStackOnMobile: row.reverse,
          verticalAlign: row.vertical,
          ...row.visible,
          ...row.gap,
        },
        mobileStyle: row.narrow,
      },
      columns: row.grids.map((grid, i) => ({
        'grid-columns': grid,
        style: row.column,
        mobileStyle: row.narrow,
        modules: row.modules[i],
      })),
    })),
  },
}));
