// Simple modules as the blocks of full templates, with every field that a renderer reads (Beefree spec 6.2).
import { inlineMarkup, listMarkup, paragraphMarkup } from './markup.ts';
import { borderStyle, paddingStyle, SHOWN, type Build, type Json } from './json.ts';
import type { Simple, SimpleModule } from './schema.ts';

/** The block of one simple module, in its envelope. */
export function fullModule(module: SimpleModule, build: Build): Json {
  const { type, descriptor } = blockOf(module, build);
  return {
    type: `mailup-bee-newsletter-modules-${type}`,
    uuid: build.id(),
    locked: module.locked ?? false,
    descriptor: {
      ...descriptor,
      computedStyle: { ...(descriptor['computedStyle'] as Json | undefined), ...SHOWN },
      mobileStyle: {},
    },
    ...(module.customFields ? { customFields: module.customFields } : {}),
  };
}

interface Block {
  readonly type: string;
  readonly descriptor: Json;
}

function blockOf(module: SimpleModule, build: Build): Block {
  switch (module.type) {
    case 'title':
    case 'heading':
      return { type: 'heading', descriptor: heading(module, build) };
    case 'paragraph':
      return { type: 'paragraph', descriptor: paragraph(module, build) };
    case 'list':
      return { type: 'list', descriptor: list(module, build) };
    case 'button':
      return { type: 'button', descriptor: button(module, build) };
    case 'divider':
      return { type: 'divider', descriptor: divider(module) };
    case 'image':
      return { type: 'image', descriptor: image(module, build) };
    case 'icons':
      return { type: 'icons', descriptor: icons(module, build) };
    case 'menu':
      return { type: 'menu', descriptor: menu(module, build) };
    case 'html':
      return { type: 'html', descriptor: html(module) };
  }
}

type Words = Simple<'title' | 'heading'> | Simple<'paragraph'> | Simple<'list'>;

interface Look {
  readonly color: string;
  readonly size: number;
  readonly bold: boolean;
  readonly align: string;
}

function textStyle(module: Words, build: Build, look: Look): Json {
  const ratio = module['line-height'];
  return {
    color: module.color || look.color,
    direction: module.direction ?? build.direction,
    'font-family': 'inherit',
    'font-size': `${module.size ?? look.size}px`,
    'font-weight': (module.bold ?? look.bold) ? '700' : '400',
    'letter-spacing': `${module['letter-spacing'] ?? 0}px`,
    'line-height': ratio === undefined ? '120%' : `${Math.round(ratio * 1e7) / 1e5}%`,
    'text-align': module.align ?? look.align,
  };
}

/** Where text starts. */
const start = (module: Words, build: Build) =>
  (module.direction ?? build.direction) === 'rtl' ? 'right' : 'left';

const HEADING_SIZES = { h1: 38, h2: 32, h3: 24, h4: 20, h5: 18, h6: 16 } as const;

function heading(module: Simple<'title' | 'heading'>, build: Build): Json {
  const level = module.title ?? 'h1';
  const look = { color: '#555555', size: HEADING_SIZES[level], bold: true, align: 'center' };
  const style = textStyle(module, build, look);
  return {
    heading: {
      title: level,
      text: inlineMarkup(module.text ?? module.html ?? '', module),
      style: { ...style, 'link-color': module.linkColor || build.linkColor },
    },
    style: {
      ...paddingStyle(module, 10),
      'text-align': style['text-align'],
      width: '100%',
    },
  };
}

function paragraph(module: Simple<'paragraph'>, build: Build): Json {
  const look = { color: '#000000', size: 14, bold: false, align: start(module, build) };
  return {
    paragraph: {
      html: paragraphMarkup(module.text ?? module.html ?? '', module),
      style: textStyle(module, build, look),
      computedStyle: { linkColor: module.linkColor || build.linkColor, paragraphSpacing: '16px' },
    },
    style: paddingStyle(module, 10),
  };
}

function list(module: Simple<'list'>, build: Build): Json {
  const look = { color: '#000000', size: 14, bold: false, align: start(module, build) };
  const tag = module.tag ?? 'ul';
  return {
    list: {
      html: listMarkup(module.text ?? module.html ?? '', tag, module),
      tag,
      style: textStyle(module, build, look),
      computedStyle: {
        linkColor: module.linkColor || build.linkColor,
        liIndent: '40px',
        liSpacing: '0px',
        listStyleType: 'revert',
        listStylePosition: 'inside',
        startList: '1',
        startListFrom: '1',
      },
    },
    style: paddingStyle(module, 10),
  };
}

function button(module: Simple<'button'>, build: Build): Json {
  const label = inlineMarkup(module.text ?? module.label ?? '', {});
  const size = module.size ?? 16;
  const border = module['border-width'] ?? 0;
  const inner = {
    'padding-top': module.contentPaddingTop,
    'padding-right': module.contentPaddingRight,
    'padding-bottom': module.contentPaddingBottom,
    'padding-left': module.contentPaddingLeft,
  };
  const [top, right, bottom, left] = [
    module.contentPaddingTop ?? 5,
    module.contentPaddingRight ?? 20,
    module.contentPaddingBottom ?? 5,
    module.contentPaddingLeft ?? 20,
  ];
  const width = Math.round(visibleLength(label) * size * 0.55) + left + right + 2 * border;
  return {
    button: {
      label,
      href: module.href ?? '',
      target: module.target ?? '_blank',
      style: {
        'background-color': module['background-color'] || '#3AAEE0',
        ...borderStyle(border, module['border-color']),
        'border-radius': `${module['border-radius'] ?? 4}px`,
        color: module.color || '#ffffff',
        direction: build.direction,
        'font-family': 'inherit',
        'font-size': `${size}px`,
        'font-weight': '400',
        'letter-spacing': '0px',
        'line-height': '200%',
        ...paddingStyle(inner, [5, 20, 5, 20]),
        width: 'auto',
        'max-width': '100%',
      },
    },
    style: { ...paddingStyle(module, 10), 'text-align': module.align ?? 'center' },
    hoverStyle: hoverStyle(module),
    computedStyle: {
      width: Math.max(1, Math.min(width, Math.round(build.width))),
      height: size * 2 + top + bottom + 2 * border,
    },
  };
}

/** Characters that a reader sees, each reference one. No expression looks for the end of a tag: there may be none. */
function visibleLength(label: string): number {
  const [first = '', ...others] = label.split('<');
  const texts = [first, ...others.map((part) => part.slice(part.indexOf('>') + 1))];
  return texts.join('').replaceAll(/&[#\w]{1,31};/g, ' ').length;
}

function hoverStyle(module: Simple<'button'>): Json {
  const { hoverBackgroundColor, hoverColor, hoverBorderColor, hoverBorderWidth } = module;
  const color = hoverBorderColor || module['border-color'];
  const width = hoverBorderWidth ?? module['border-width'];
  const changed = Boolean(hoverBorderColor) || hoverBorderWidth !== undefined;
  return {
    ...(hoverBackgroundColor ? { 'background-color': hoverBackgroundColor } : {}),
    ...(hoverColor ? { color: hoverColor } : {}),
    ...(changed ? borderStyle(width, color) : {}),
  };
}

function divider(module: Simple<'divider'>): Json {
  return {
    divider: {
      style: {
        'border-top': `${module.height ?? 1}px solid ${module.color || '#BBBBBB'}`,
        width: `${module.width ?? 100}%`,
        height: '0px',
      },
    },
    style: paddingStyle(module, 10),
    computedStyle: { align: 'center' },
  };
}

function image(module: Simple<'image'>, build: Build): Json {
  const sides = (module['padding-left'] ?? 0) + (module['padding-right'] ?? 0);
  return {
    image: {
      src: module.src ?? '',
      dynamicSrc: module.dynamicSrc ?? '',
      alt: module.alt ?? '',
      title: '',
      href: module.href ?? '',
      prefix: '',
      target: module.target ?? '_blank',
      width: 'auto',
      height: 'auto',
    },
    style: { ...paddingStyle(module, 0), width: '100%', 'border-radius': '0px' },
    computedStyle: {
      class: 'center autowidth',
      width: `${Math.max(1, Math.round(build.width - sides))}px`,
    },
  };
}

/** A length without its unit, or with it, as px. */
function pixels(value: string | number): string {
  const text = String(value).trim();
  return text.endsWith('px') ? text : `${text}px`;
}

function icons(module: Simple<'icons'>, build: Build): Json {
  return {
    iconsList: {
      icons: (module.icons ?? []).map((icon) => ({
        id: build.id(),
        image: icon.image,
        text: icon.text ?? '',
        textPosition: icon.textPosition,
        alt: icon.alt ?? '',
        title: icon.title ?? '',
        href: icon.href ?? '',
        target: icon.target ?? '_blank',
        width: pixels(icon.width),
        height: pixels(icon.height),
      })),
    },
    style: {
      color: '#000000',
      direction: build.direction,
      'font-family': 'inherit',
      'font-size': '14px',
      'font-weight': '400',
      'letter-spacing': '0px',
      'line-height': '120%',
      'text-align': 'center',
      ...paddingStyle(module, 0),
    },
    computedStyle: {
      iconHeight: '32px',
      iconSpacing: paddingStyle({}, 5),
      itemsSpacing: '0px',
    },
    ...(module.customAttributes ? { customAttributes: module.customAttributes } : {}),
  };
}

function menu(module: Simple<'menu'>, build: Build): Json {
  return {
    menuItemsList: {
      items: (module.items ?? []).map(({ text, link }) => ({
        id: build.id(),
        type: 'menu-item',
        text: text ?? '',
        link: {
          title: link?.title ?? '',
          href: link?.href ?? '',
          target: link?.target ?? '_self',
        },
      })),
    },
    style: {
      color: build.linkColor,
      direction: build.direction,
      'font-family': 'inherit',
      'font-size': '14px',
      'font-weight': '400',
      'letter-spacing': '0px',
      'line-height': '120%',
      'text-align': 'center',
      ...paddingStyle(module, 0),
    },
    computedStyle: {
      layout: 'horizontal',
      linkColor: build.linkColor,
      menuItemsSpacing: paddingStyle({}, 5),
      separator: '',
      hamburger: {
        mobile: false,
        iconSize: '36px',
        iconType: 'normal',
        foregroundColor: '#ffffff',
        backgroundColor: '#000000',
      },
    },
    ...(module.customAttributes ? { customAttributes: module.customAttributes } : {}),
  };
}

function html(module: Simple<'html'>): Json {
  return { html: { html: module.html ?? '' }, style: paddingStyle({}, 0) };
}
