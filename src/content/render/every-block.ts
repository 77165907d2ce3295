// A template with every kind of block and row in it, every field filled in, for tests over all of them.
import { block } from './test-kit.ts';

/** A picture that tests may replace; the path says its natural size. */
const picture = (width: number, height: number) =>
  `https://img.example.test/${width}x${height}.png`;

const text = {
  color: '#222222',
  'font-family': 'inherit',
  'font-size': '16px',
  'font-weight': '400',
  'letter-spacing': '0px',
  'line-height': '150%',
  direction: 'ltr',
  'text-align': 'left',
};
const padded = {
  'padding-top': '10px',
  'padding-right': '10px',
  'padding-bottom': '10px',
  'padding-left': '10px',
};
const link = { href: 'https://example.test/a?b=1&c=2', target: '_blank', title: 'Read on' };
const pair = (a: object[], b: object[], content: object = {}) => ({
  content,
  columns: [
    { 'grid-columns': 6, modules: a },
    { 'grid-columns': 6, modules: b },
  ],
});
const line = (label: string) =>
  block('paragraph', { paragraph: { html: `<p>${label}</p>`, style: text } });

const heading = block('heading', {
  heading: {
    title: 'h2',
    text: '<span class="tinyMce-placeholder">A <em>fine</em> <a href="https://example.test/h">heading</a></span>',
    style: { ...text, color: '#884422', 'font-size': '28px', 'link-color': '#116633' },
    translations: { de: { text: 'Eine Überschrift' } },
  },
  id: 'top',
  style: { ...padded, 'text-align': 'center' },
  mobileStyle: { 'font-size': '20px', 'text-align': 'center', 'padding-top': '2px' },
  customAttributes: [
    { key: 'data-part', value: 'head', target: 'tag' },
    { key: 'class', value: 'own' },
  ],
});

const paragraph = block('paragraph', {
  paragraph: {
    html: '<p>First <strong>bold</strong> <code data-bee-type="mergetag">{{name}}</code></p><p>Second <a href="{{!!unsublink}}" style="color:#0a0">link</a></p>',
    style: text,
    computedStyle: { linkColor: '#aa0055', paragraphSpacing: '12px' },
    translations: { de: { html: '<p>Erstens</p>' } },
  },
  style: { 'padding-left': '20px', 'padding-right': '20px' },
  mobileStyle: { 'font-size': '14px', 'text-align': 'center' },
});

const list = block('list', {
  list: {
    html: '<ol><li>One<ol><li>Nested</li></ol></li><li>Two <a href="https://example.test/l">link</a></li></ol>',
    tag: 'ol',
    style: text,
    computedStyle: {
      linkColor: '#0055aa',
      liIndent: '30px',
      liSpacing: '6px',
      listStyleType: 'lower-alpha',
      listStylePosition: 'outside',
      startList: '3',
    },
  },
  style: padded,
  mobileStyle: { 'font-size': '13px' },
});

const legacyText = block('text', {
  text: {
    html: '<div class="txtTinyMce-wrapper" style="font-size:15px;line-height:22px" data-mce-style="x"><p style="font-size:15px;text-align:center" data-mce-style="y">Old <span style="color:#ff0000">text</span> <a href="https://example.test/t">link</a></p></div>',
    style: { color: '#333333', 'line-height': '150%', 'font-family': "'Lato', Tahoma, sans-serif" },
    computedStyle: { linkColor: '#008080' },
  },
  style: padded,
  mobileStyle: { 'text-align': 'left', 'font-size': '13px' },
});

const image = block('image', {
  image: {
    src: picture(600, 300),
    alt: 'A wide picture',
    prefix: '',
    ...link,
    title: 'Tooltip',
    width: '600px',
    height: '300px',
    percWidth: '50',
  },
  computedStyle: { class: 'right  fixedwidth fullwidth', width: '220px' },
  style: { width: '100%', 'border-radius': '12px', ...padded },
  mobileStyle: { class: 'center' },
});

const button = block('button', {
  button: {
    label:
      '<div class="txtTinyMce-wrapper"><p><span style="font-size:18px">Book</span><br>now</p></div>',
    ...link,
    style: {
      ...text,
      color: '#ffffff',
      'background-color': '#0a66c2',
      'border-top': '2px solid #003366',
      'border-right': '2px solid #003366',
      'border-bottom': '2px solid #003366',
      'border-left': '2px solid #003366',
      'border-radius': '8px',
      'padding-top': '8px',
      'padding-right': '24px',
      'padding-bottom': '8px',
      'padding-left': '24px',
      width: '50%',
      'max-width': '100%',
    },
    translations: { de: { label: 'Buchen', href: 'https://example.test/de' } },
  },
  computedStyle: { width: 155, height: 66 },
  hoverStyle: { 'background-color': '#003366', color: '#ffff00', 'border-top': '2px solid #000' },
  style: { ...padded, 'text-align': 'left' },
  mobileStyle: { 'text-align': 'center', 'font-size': '14px', 'line-height': '120%' },
  customAttributes: [
    { key: 'data-track', value: 'cta', target: 'link' },
    { key: 'aria-label', value: 'Book', target: 'tag' },
  ],
});

const divider = block('divider', {
  divider: { style: { 'border-top': '3px dashed #bbbbbb', width: '60%', height: '0px' } },
  computedStyle: { align: 'right' },
  style: padded,
  mobileStyle: { 'text-align': 'center', 'padding-top': '4px' },
});

const gap = block('divider', {
  divider: { style: { 'border-top': '0px solid transparent', width: '100%', height: '25px' } },
});

const spacer = block('spacer', {
  spacer: { style: { height: '40px', 'background-color': '#ffeecc' } },
  mobileStyle: { height: '10px' },
});

const social = block('social', {
  iconsList: {
    icons: [
      {
        name: 'facebook',
        type: 'follow',
        image: { src: picture(64, 64), alt: 'Facebook', ...link, prefix: 'https://example.test/' },
      },
      {
        name: 'mail',
        type: 'custom',
        text: 'Write to us',
        image: {
          src: picture(128, 64),
          alt: 'Mail',
          title: 'mail',
          href: 'us@example.test',
          prefix: 'mailto:',
          width: '128px',
          height: '64px',
        },
      },
      { name: 'plain', type: 'follow', image: { src: picture(64, 64), alt: 'No link' } },
    ],
  },
  computedStyle: { iconsDefaultWidth: 32, padding: '0 5px 0 5px', width: 150, height: 50 },
  style: { ...padded, 'text-align': 'right' },
  mobileStyle: { 'text-align': 'center' },
});

const positions = ['left', 'right', 'top', 'bottom'] as const;
const icons = block('icons', {
  iconsList: {
    icons: positions.map((textPosition, i) => ({
      id: `icon-${i}`,
      image: picture(64, 32 + 16 * i),
      text: `text ${textPosition}`,
      textPosition,
      alt: `picture ${i}`,
      title: 'tip',
      href: i % 2 === 0 ? 'https://example.test/icon' : '',
      target: '_blank',
      width: '64px',
      height: `${32 + 16 * i}px`,
    })),
  },
  computedStyle: { iconHeight: '24px', iconSpacing: padded, itemsSpacing: '15px' },
  style: { ...text, ...padded, 'font-size': '14px', 'text-align': 'center' },
  mobileStyle: { 'text-align': 'left', 'font-size': '12px' },
});

const menuItems = [
  { id: 'm1', text: 'Home', link },
  { id: 'm2', text: 'Plain & simple', link: { href: '', title: '', target: '' } },
  { id: 'm3', text: 'Contact', link: { ...link, href: 'mailto:us@example.test' } },
];
const menu = (layout: string, hamburger: boolean) =>
  block('menu', {
    menuItemsList: { items: menuItems },
    computedStyle: {
      layout,
      linkColor: '#0044cc',
      separator: '|',
      menuItemsSpacing: {
        'padding-top': '5px',
        'padding-right': '10px',
        'padding-bottom': '5px',
        'padding-left': '10px',
      },
      hamburger: {
        mobile: hamburger,
        iconSize: '36px',
        iconType: 'rounded',
        foregroundColor: '#ffffff',
        backgroundColor: '#222222',
      },
    },
    style: { ...text, ...padded, 'text-align': 'center' },
    mobileStyle: { 'font-size': '13px' },
  });

const html = block('html', {
  html: {
    html: '<style>.mine{color:#c00}</style><!-- note --><p class="mine" style="margin:0">Own <b>HTML</b></p><table><tr><td>Cell</td></tr></table>',
  },
  style: padded,
});

const video = (src: string, mode: string, own: object = {}) =>
  block('video', {
    video: {
      src,
      mode,
      thumbSrc: picture(640, 360),
      thumbRatio: '16/9',
      iconType: 1,
      iconColor1: '#ffffff',
      iconColor2: '#000000',
      iconSize: '60',
      iconSrc: '',
      controls: true,
      loop: false,
      title: 'A film',
      ...own,
    },
    style: padded,
    computedStyle: { class: 'center', width: '400px' },
  });

const table = block('table', {
  table: {
    content: {
      headers: [{ cells: [{ html: 'Name' }, { html: 'Size' }] }],
      rows: ['a', 'b', 'c'].map((name) => ({
        cells: [{ html: `<strong>${name}</strong>` }, { html: '<a href="https://x.test">1</a>' }],
      })),
    },
    style: {
      ...text,
      'background-color': '#ffffff',
      'border-top': '1px solid #cccccc',
      'border-right': '1px solid #cccccc',
      'border-bottom': '1px solid #cccccc',
      'border-left': '1px solid #cccccc',
    },
    computedStyle: {
      headersBackgroundColor: '#222222',
      headersColor: '#ffffff',
      headersFontSize: '18px',
      headersFontWeight: '700',
      headersTextAlign: 'center',
      alternateRowBackgroundColor: '#eeeeee',
      linkColor: '#aa0000',
    },
  },
  style: padded,
});

const mergeContent = block('merge-content', {
  mergeContent: { name: 'offer', value: '{{ offer | safe }}' },
  style: padded,
});

const form = block('form', {
  form: {
    structure: {
      title: 'Sign up',
      attributes: { action: 'https://example.test/f', method: 'post', target: '_self' },
      fields: {
        mail: {
          type: 'email',
          label: 'E-mail',
          attributes: { required: true, placeholder: 'you@example.test' },
        },
        size: {
          type: 'select',
          label: 'Size',
          options: [
            { type: 'option', value: 's', label: 'Small' },
            { type: 'option', value: 'l', label: 'Large' },
          ],
        },
        wish: { type: 'radio', label: 'Wish', options: [{ value: '1', label: 'One' }] },
        agree: { type: 'checkbox', label: 'I agree to [the terms](https://example.test/terms)' },
        note: { type: 'textarea', label: 'Note', attributes: { value: 'text', rows: '3' } },
        city: { type: 'datalist', label: 'City', options: ['Rome', { value: 'Bern' }] },
        origin: { type: 'hidden', attributes: { value: 'popup' } },
        send: { type: 'submit', label: '', attributes: { value: 'Send' } },
      },
      layout: [
        ['mail', 'size'],
        { legend: 'More', fields: [['wish'], ['agree']] },
        ['note'],
        ['city'],
        ['origin'],
        ['send'],
      ],
    },
    style: {
      labels: { color: '#333333', 'font-weight': '700', 'text-align': 'left' },
      fields: {
        'background-color': '#ffffff',
        'border-top': '1px solid #888888',
        'border-right': '1px solid #888888',
        'border-bottom': '1px solid #888888',
        'border-left': '1px solid #888888',
        'border-radius': '4px',
        color: '#111111',
        outlineColor: '#0055ff',
        'padding-top': '5px',
      },
      buttons: {
        'background-color': '#0a66c2',
        color: '#ffffff',
        'border-radius': '4px',
        'text-align': 'center',
        width: '50%',
        outer: { 'padding-top': '5px', 'padding-buttom': '6px' },
      },
    },
  },
  style: { ...padded, 'font-family': 'inherit', 'font-size': '14px', width: '100%' },
});

const carousel = block('carousel', {
  carousel: {
    slides: [
      { type: 'image', src: picture(600, 400), alt: 'One', ...link },
      { type: 'image', src: picture(600, 400), alt: 'Two', href: '' },
    ],
    autoPlay: true,
    autoplayInterval: '4',
    dotNavigation: true,
    dotColor: '#333333',
  },
  computedStyle: { height: '300px' },
  style: padded,
});

const addon = block('addon', {
  image: { src: picture(300, 200), alt: 'From an add-on', href: 'https://example.test/add-on' },
  computedStyle: { class: 'center autowidth', width: '300px' },
});

const background = (image: string) => ({
  'background-color': '#ddeeff',
  'background-image': `url('${image}')`,
  'background-position': 'center top',
  'background-repeat': 'no-repeat',
  'background-size': 'cover',
});
const border = '2px solid #446688';

/** Every kind of block and row; each call gives a new copy. */
export function everyBlock(): { readonly page: Readonly<Record<string, unknown>> } {
  const rows = [
    pair([heading, paragraph], [list, legacyText]),
    pair([image, button], [divider, gap, spacer, social], {
      computedStyle: { rowReverseColStackOnMobile: true, verticalAlign: 'middle' },
    }),
    { columns: [{ modules: [icons, menu('horizontal', true), menu('vertical', false), html] }] },
    pair(
      [video('https://youtu.be/abcdefghijk', 'thumbnail'), table],
      [
        video('https://vimeo.com/123456', 'embedded', { thumbRatio: '1.3333' }),
        video('https://example.test/film.mp4', 'custom', { iconSrc: picture(80, 80) }),
        mergeContent,
      ],
    ),
    { columns: [{ modules: [form, carousel, addon, block('empty', {})] }] },
    {
      customFields: { className: 'my-row' },
      container: {
        style: background(picture(800, 200)),
        displayCondition: {
          type: 'x',
          label: 'Customers',
          before: '{% if customer %}',
          after: '{% endif %}',
        },
      },
      content: {
        style: {
          ...background(picture(400, 300)),
          color: '#112233',
          width: '500px',
          'border-top': border,
          'border-right': border,
          'border-bottom': border,
          'border-left': border,
          'border-radius': '20px',
          ...padded,
        },
        computedStyle: { rowColStackOnMobile: false },
        mobileStyle: { 'padding-top': '0px' },
      },
      columns: [3, 6, 3].map((grid, i) => ({
        'grid-columns': grid,
        customFields: { className: `my-column-${i}` },
        style: {
          'background-color': '#ffffff',
          'border-left': border,
          'border-radius': '6px',
          'padding-top': '5px',
          'padding-left': '5px',
        },
        mobileStyle: { 'padding-left': '1px', 'border-left': '1px solid #000000' },
        modules: [line(`Part ${i + 1}`)],
      })),
    },
    {
      content: { computedStyle: { columnsSpacing: '12px', columnsBorderRadius: '10px' } },
      columns: [4, 4, 4].map((grid) => ({
        'grid-columns': grid,
        style: { 'background-color': '#ccddee', 'padding-top': '10px', 'padding-bottom': '10px' },
        modules: [line('Card')],
      })),
    },
    { ...pair([line('Only wide')], []), content: { computedStyle: { hideContentOnMobile: true } } },
    {
      ...pair([line('Only narrow'), social, icons], [menu('horizontal', false)]),
      content: { computedStyle: { hideContentOnDesktop: true } },
    },
    {
      columns: [1, 2, 3].map((n) => ({ modules: [line(`Last first ${n}`)] })),
      content: { computedStyle: { rowReverseColStackOnMobile: 1 } },
    },
  ];
  return structuredClone({
    page: {
      title: 'Every block',
      description: 'A template for tests',
      template: { name: 'template-base', type: 'basic', version: '2.0.0' },
      language: { label: 'English', value: 'en' },
      head: {
        customTags: '<style>.own{outline:0}</style>',
        meta: {
          title: 'Page title',
          description: 'Page description',
          subject: 'Subject {{name}}',
          preheader: 'Preheader',
          lang: 'en',
          favicon: [{ handle: '32-icon', url: picture(32, 32) }],
        },
      },
      body: {
        type: 'mailup-bee-page-properties',
        webFonts: [
          { name: 'Lato', fontFamily: "'Lato'", url: 'https://fonts.example.test/lato.css' },
        ],
        container: { style: { ...background(picture(1000, 500)), 'background-color': '#f2f2f2' } },
        content: {
          style: { color: '#000000', 'font-family': 'Georgia, Times, serif' },
          computedStyle: {
            linkColor: '#0068A5',
            messageBackgroundColor: '#fffff0',
            messageWidth: '600px',
            align: 'center',
          },
        },
      },
      rows,
    },
  });
}
