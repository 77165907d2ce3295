// Which brand styles there are for each kind of block, and where a template stores them (Beefree spec 3.9, 4.7).
import {
  border,
  color,
  fill,
  flag,
  font,
  fontStyle,
  href,
  items,
  lineHeight,
  oneOf,
  padding,
  picture,
  pixels,
  src,
  start,
  weight,
  width,
  widthOrAuto,
  words,
} from './values.ts';
import type { Check } from './values.ts';

/** Names of members, from the outside in. */
export type Path = readonly string[];

/** One style: what it may be, and every place that stores it. */
export interface Field {
  readonly check: Check;
  readonly to: readonly Path[];
}

/** Fields by their name in kebab case. */
export type Fields = Readonly<Record<string, Field>>;

/** The fields of one kind: the main ones stand in the entry itself or in its `styles`, the others in groups. */
export interface Kind {
  /** Ends of the names of the types that this is about. */
  readonly types: readonly string[];
  readonly main: Fields;
  readonly groups: Readonly<Record<string, Fields>>;
}

const SIDES = ['top', 'right', 'bottom', 'left'] as const;

const field = (check: Check, ...to: readonly string[]): Field => ({
  check,
  to: to.map((path) => path.split('.')),
});

/** One field for all sides, and one for each. */
function sides(name: string, check: Check, at: string, stored = name): Record<string, Field> {
  const place = (side: string): string => `${at}.${stored}-${side}`;
  return {
    [name]: field(check, ...SIDES.map((side) => place(side))),
    ...Object.fromEntries(SIDES.map((side) => [`${name}-${side}`, field(check, place(side))])),
  };
}

const align = oneOf('left', 'center', 'right');
const textAlign = oneOf('left', 'center', 'right', 'justify');
const px = pixels(0, 999);

/** How text looks, stored in a style object. */
function textFields(at: string): Fields {
  return {
    color: field(color, `${at}.color`),
    'font-size': field(pixels(1, 999), `${at}.font-size`),
    'font-family': field(font, `${at}.font-family`),
    'font-weight': field(weight, `${at}.font-weight`),
    'line-height': field(lineHeight, `${at}.line-height`),
    'letter-spacing': field(pixels(-99, 99), `${at}.letter-spacing`),
    'text-align': field(textAlign, `${at}.text-align`),
    direction: field(oneOf('ltr', 'rtl'), `${at}.direction`),
  };
}

/** The options of every block; `aligned` are the places that decide where its content stands. */
function blockOptions(...aligned: readonly string[]): Record<string, Field> {
  return {
    ...sides('padding', padding, 'style'),
    align: field(align, ...aligned),
    'text-align': field(align, ...aligned),
    'hide-content-on-mobile': field(flag, 'computedStyle.hideContentOnMobile'),
    'hide-content-on-desktop': field(flag, 'computedStyle.hideContentOnDesktop'),
  };
}

function box(at: string): Fields {
  return {
    'background-color': field(fill, `${at}.background-color`),
    'border-radius': field(padding, `${at}.border-radius`),
    ...sides('border', border, at),
    ...sides('padding', padding, at),
  };
}

/** Texts have their alignment in two places: the inner one counts. */
const textual = (name: string) => blockOptions('style.text-align', `${name}.style.text-align`);
const whole = blockOptions('style.text-align');

/** Pictures have their alignment among the words of a class. */
const IMAGE_CLASS = 'computedStyle.class';

const image: Omit<Kind, 'types'> = {
  main: {
    alt: field(words, 'image.alt'),
    href: field(href, 'image.href'),
    src: field(src, 'image.src'),
    width: field(width, 'computedStyle.width'),
    'border-radius': field(padding, 'style.border-radius'),
  },
  groups: { blockOptions: blockOptions(IMAGE_CLASS) },
};

const heading = (): Kind => ({
  types: ['heading', 'title'],
  main: {
    ...textFields('heading.style'),
    'link-color': field(color, 'heading.style.link-color'),
    'hide-content-on-mobile': field(flag, 'computedStyle.hideContentOnMobile'),
  },
  groups: { blockOptions: textual('heading') },
});

const onlyOptions = (type: string, options = whole): Kind => ({
  types: [type],
  main: {},
  groups: { blockOptions: options },
});

const FORM = 'form.style';
const BUTTONS = `${FORM}.buttons`;

/** The kinds by the names of their styles. `title` is every heading, `h1` to `h6` those of a level. */
export const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['title', heading()],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((level): [string, Kind] => [level, heading()]),
  [
    'text',
    {
      types: ['text'],
      main: {
        ...textFields('text.style'),
        'link-color': field(color, 'text.computedStyle.linkColor'),
      },
      groups: { blockOptions: textual('text') },
    },
  ],
  [
    'paragraph',
    {
      types: ['paragraph'],
      main: {
        ...textFields('paragraph.style'),
        'link-color': field(color, 'paragraph.computedStyle.linkColor'),
        'paragraph-spacing': field(px, 'paragraph.computedStyle.paragraphSpacing'),
      },
      groups: { blockOptions: textual('paragraph') },
    },
  ],
  [
    'list',
    {
      types: ['list'],
      main: {
        ...textFields('list.style'),
        'link-color': field(color, 'list.computedStyle.linkColor'),
        'li-spacing': field(px, 'list.computedStyle.liSpacing'),
        'li-indent': field(px, 'list.computedStyle.liIndent'),
        'list-type': field(oneOf('ul', 'ol'), 'list.tag'),
        'list-style-type': field(
          oneOf(
            'revert',
            'auto',
            'disc',
            'circle',
            'square',
            'decimal',
            'lower-alpha',
            'upper-alpha',
            'lower-roman',
            'upper-roman',
          ),
          'list.computedStyle.listStyleType',
        ),
        'list-style-position': field(
          oneOf('inside', 'outside'),
          'list.computedStyle.listStylePosition',
        ),
        'start-list': field(start, 'list.computedStyle.startList'),
        'start-list-from': field(start, 'list.computedStyle.startListFrom'),
      },
      groups: { blockOptions: textual('list') },
    },
  ],
  [
    'button',
    {
      types: ['button'],
      main: {
        ...textFields('button.style'),
        ...box('button.style'),
        label: field(words, 'button.label'),
        href: field(href, 'button.href'),
        width: field(widthOrAuto, 'button.style.width'),
        'max-width': field(width, 'button.style.max-width'),
      },
      groups: { blockOptions: whole },
    },
  ],
  ['image', { ...image, types: ['image'] }],
  ['logo', { ...image, types: ['logo'] }],
  [
    'divider',
    {
      types: ['divider'],
      main: {
        width: field(width, 'divider.style.width'),
        line: field(border, 'divider.style.border-top'),
        align: field(align, 'computedStyle.align'),
      },
      groups: { blockOptions: blockOptions('computedStyle.align') },
    },
  ],
  [
    'spacer',
    {
      types: ['spacer'],
      main: { height: field(px, 'spacer.style.height') },
      groups: { blockOptions: whole },
    },
  ],
  [
    'social',
    {
      types: ['social'],
      main: { icons: field(items, 'iconsList.icons') },
      groups: { blockOptions: whole },
    },
  ],
  [
    'icons',
    {
      types: ['icons'],
      main: { ...textFields('style'), items: field(items, 'iconsList.icons') },
      groups: {
        iconSpacing: sides('padding', padding, 'computedStyle.iconSpacing'),
        blockOptions: {
          ...whole,
          'item-spacing': field(px, 'computedStyle.itemsSpacing'),
          'icon-height': field(pixels(1, 999), 'computedStyle.iconHeight'),
        },
      },
    },
  ],
  [
    'menu',
    {
      types: ['menu'],
      main: {
        ...textFields('style'),
        items: field(items, 'menuItemsList.items'),
        'link-color': field(color, 'computedStyle.linkColor'),
      },
      groups: {
        itemsSpacing: sides('padding', padding, 'computedStyle.menuItemsSpacing'),
        hamburger: {
          mobile: field(flag, 'computedStyle.hamburger.mobile'),
          'foreground-color': field(color, 'computedStyle.hamburger.foregroundColor'),
          'background-color': field(fill, 'computedStyle.hamburger.backgroundColor'),
          'icon-size': field(pixels(1, 999), 'computedStyle.hamburger.iconSize'),
          'icon-type': field(oneOf('normal', 'rounded'), 'computedStyle.hamburger.iconType'),
        },
        blockOptions: whole,
      },
    },
  ],
  [
    'table',
    {
      types: ['table'],
      main: {
        ...textFields('table.style'),
        'background-color': field(fill, 'table.style.background-color'),
        ...sides('border', border, 'table.style'),
        'link-color': field(color, 'table.computedStyle.linkColor'),
        'headers-background-color': field(fill, 'table.computedStyle.headersBackgroundColor'),
        'headers-color': field(color, 'table.computedStyle.headersColor'),
        'headers-font-size': field(pixels(1, 999), 'table.computedStyle.headersFontSize'),
        'headers-font-weight': field(weight, 'table.computedStyle.headersFontWeight'),
        'headers-text-align': field(textAlign, 'table.computedStyle.headersTextAlign'),
        'alternate-row-background-color': field(
          fill,
          'table.computedStyle.alternateRowBackgroundColor',
        ),
      },
      groups: { blockOptions: textual('table') },
    },
  ],
  [
    'form',
    {
      types: ['form'],
      main: { ...textFields('style'), width: field(width, 'style.width') },
      groups: {
        labelsOptions: {
          ...textFields(`${FORM}.labels`),
          'font-style': field(fontStyle, `${FORM}.labels.font-style`),
          align: field(align, `${FORM}.labels.text-align`),
          position: field(oneOf('top', 'side'), `${FORM}.labels.label-position`),
          'min-width': field(px, `${FORM}.labels.min-width`),
        },
        fieldsOptions: {
          ...box(`${FORM}.fields`),
          color: field(color, `${FORM}.fields.color`),
          'outline-color': field(color, `${FORM}.fields.outlineColor`),
        },
        buttonsOptions: {
          ...textFields(BUTTONS),
          ...box(BUTTONS),
          align: field(align, `${BUTTONS}.text-align`),
          width: field(widthOrAuto, `${BUTTONS}.width`),
          'max-width': field(width, `${BUTTONS}.max-width`),
          ...sides('margin', padding, BUTTONS),
          // The documentation spells it so.
          'marging-left': field(padding, `${BUTTONS}.margin-left`),
        },
        blockOptions: {
          ...whole,
          'background-color': field(fill, 'style.background-color'),
        },
      },
    },
  ],
  ['video', onlyOptions('video', blockOptions(IMAGE_CLASS))],
  ['dynamic', onlyOptions('merge-content')],
  ['carousel', onlyOptions('carousel')],
]);

/** The fields of the page as a whole, stored in its `body`. Older documentation has shorter names. */
export const GENERAL: Fields = (() => {
  const background = field(fill, 'container.style.background-color');
  const link = field(color, 'content.computedStyle.linkColor');
  return {
    'background-color': background,
    background,
    'content-area-background-color': field(fill, 'content.computedStyle.messageBackgroundColor'),
    // E-mails have 480 to 900, pages 320 to 1440; a template does not say which of the two it is.
    'content-area-width': field(pixels(320, 1440), 'content.computedStyle.messageWidth'),
    'default-font': field(font, 'content.style.font-family'),
    'link-color': link,
    links: link,
    color: field(color, 'content.style.color'),
  };
})();

const STRIP = 'container.style';
const AREA = 'content.style';
const LAYOUT = 'content.computedStyle';

function background(at: string): Fields {
  return {
    'background-color': field(fill, `${at}.background-color`),
    'background-image': field(picture, `${at}.background-image`),
    'background-position': field(oneOf('top left', 'top center'), `${at}.background-position`),
    'background-repeat': field(
      oneOf('no-repeat', 'repeat', 'repeat-x', 'repeat-y'),
      `${at}.background-repeat`,
    ),
    'background-size': field(oneOf('cover', 'auto', 'none'), `${at}.background-size`),
  };
}

/** The fields of a row, stored in the row itself. */
export const ROW: Omit<Kind, 'types'> = {
  main: {
    ...background(STRIP),
    // Rows print the colour and the width of their content area only.
    color: field(color, `${STRIP}.color`, `${AREA}.color`),
    width: field(pixels(320, 1440), `${STRIP}.width`, `${AREA}.width`),
    'content-area-background-color': field(fill, `${AREA}.background-color`),
    ...sides('padding', padding, AREA),
    'vertical-align': field(oneOf('top', 'middle', 'bottom'), `${LAYOUT}.verticalAlign`),
    'columns-border-radius': field(padding, `${LAYOUT}.columnsBorderRadius`),
    'columns-spacing': field(pixels(0, 99), `${LAYOUT}.columnsSpacing`),
    'columns-stack-on-mobile': field(flag, `${LAYOUT}.rowColStackOnMobile`),
    'columns-reverse-stack-on-mobile': field(flag, `${LAYOUT}.rowReverseColStackOnMobile`),
  },
  groups: {
    contentStyles: {
      ...background(AREA),
      ...box(AREA),
      color: field(color, `${AREA}.color`),
      width: field(pixels(320, 1440), `${AREA}.width`),
    },
  },
};

/** Styles of a row that each of its columns stores. */
export const COLUMN: Fields = {
  'columns-background-color': field(fill, 'style.background-color'),
  ...sides('columns-padding', padding, 'style', 'padding'),
};
