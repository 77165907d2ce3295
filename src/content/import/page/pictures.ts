// Picture-like blocks of hosted pages: image, divider, spacer, social, icons, video (spec 5.15).
import {
  alignOf,
  frameJson,
  lookOf,
  narrowText,
  pageText,
  part,
  spaceBetween,
  spread,
  holdsOnly,
} from './frame.ts';
import { attr, elementsIn, find, hasClass, lineOf, outermost } from '../dom.ts';
import { border, length, px, round } from '../../template/css.ts';
import { customAttributes } from '../mail/frame.ts';
import { linkJson } from '../mail/pictures.ts';
import { merged, paddingJson, paddingOf } from '../values.ts';
import type { Element } from '../dom.ts';
import type { Json } from '../state.ts';
import type { PageBlock } from './frame.ts';
import type { Style } from '../declarations.ts';

const IMG = /^(?:src|alt|title|width|height|style|class|align|border|id|srcset)$/;
const LINK = /^(?:href|target|style|tabindex|rel|class|id|title)$/;

/** left, center or right by the margins; '' when they say nothing. */
function placeOf(style: Style): '' | 'left' | 'center' | 'right' {
  if (style.get('float') === 'right') return 'right';
  const free = (side: string) => style.get(`margin-${side}`) === 'auto';
  if (free('left')) return free('right') ? 'center' : 'right';
  return style.has('margin-left') || style.has('margin-right') ? 'left' : '';
}

/** The child of the block that is, or holds, the element. */
function branch(block: Element, element: Element): Element {
  let at = element;
  while (at.parentNode && at.parentNode !== block && 'tagName' in at.parentNode) at = at.parentNode;
  return at;
}

/** An image, perhaps in a link; undefined without one, or with more than that. */
export function imageJson(source: PageBlock): Json | undefined {
  const { state, block, prefix } = source;
  const img = find(block, 'img');
  if (img === undefined || attr(img, 'src') === '' || !holdsOnly(block, branch(block, img))) {
    return undefined;
  }
  const holder = branch(block, img);
  const link = holder.tagName === 'a' ? holder : undefined;
  if (holder !== img && link === undefined) return undefined;
  const style = state.styles.own(img);
  const narrow = state.styles.narrow(img);
  const radius = length(style.get('border-radius'));
  const width = px(style.get('max-width'), undefined);
  const full = /^(?:none|100%)$/.test(narrow.get('max-width') ?? '');
  const mobilePlace = placeOf(narrow);
  const attributes = [
    ...customAttributes(link, 'link', LINK),
    ...customAttributes(img, 'tag', IMG),
  ];
  return {
    image: {
      src: attr(img, 'src'),
      alt: attr(img, 'alt'),
      ...(attr(img, 'title') && attr(img, 'title') !== attr(img, 'alt')
        ? { title: attr(img, 'title') }
        : {}),
      ...linkJson(link),
    },
    ...frameJson(source, {
      style: {
        width: '100%',
        ...(radius && radius.value > 0 ? { 'border-radius': style.get('border-radius') } : {}),
      },
      computed: {
        class: `${placeOf(style) || 'left'} ${hasClass(img, `${prefix}-autowidth`) ? 'autowidth' : 'fixedwidth'}${full ? ' fullwidth' : ''}`,
        ...(width === undefined ? {} : { width: `${width}px` }),
      },
      mobile: mobilePlace === '' ? {} : { class: mobilePlace },
    }),
    ...(attributes.length > 0 ? { customAttributes: attributes } : {}),
  };
}

/** A divider: a line, or the empty space that an invisible one leaves. */
export function dividerJson(source: PageBlock): Json | undefined {
  const { state, block } = source;
  const [line] = elementsIn(block);
  if (line === undefined || !holdsOnly(block, line)) return undefined;
  const style = state.styles.own(line);
  const drawn = border(style.get('border-top'));
  const space = hasClass(line, 'spacer');
  if (!space && drawn === undefined) return undefined;
  const height = px(style.get('height'), 0);
  const moved = placeOf(state.styles.narrow(line));
  return {
    divider: {
      style: {
        'border-top': drawn
          ? `${drawn.width}px ${drawn.style} ${drawn.color}`
          : '0px solid transparent',
        width: style.get('width') ?? '100%',
        ...(space ? { height: `${height}px` } : {}),
      },
    },
    ...frameJson(source, {
      computed: { align: space ? 'center' : placeOf(style) || 'left' },
      mobile: moved === '' ? {} : { 'text-align': moved },
    }),
  };
}

/** A spacer; its height on phones is that of the block. */
export function spacerJson(source: PageBlock): Json | undefined {
  const { state, block } = source;
  const space = find(block, '.spacer');
  if (space === undefined || !holdsOnly(block, space)) return undefined;
  const style = state.styles.own(space);
  const color = style.get('background-color');
  const narrow =
    state.styles.narrow(block).get('height') ?? state.styles.narrow(space).get('height');
  return {
    spacer: {
      style: {
        height: `${px(style.get('height'), 0)}px`,
        ...(color === undefined ? {} : { 'background-color': color }),
      },
    },
    ...frameJson(source, { mobile: narrow === undefined ? {} : { height: narrow } }),
  };
}

/** Icons of networks; white space between them counts as part of their distance. */
export function socialJson(source: PageBlock): Json | undefined {
  const { state, block } = source;
  const icons = outermost(block, '.icon');
  const pictures = icons.map((icon) => ({ icon, img: find(icon, 'img'), link: find(icon, 'a') }));
  const [first] = pictures;
  if (first?.img === undefined) return undefined;
  const holder = first.icon.parentNode;
  const look = lookOf(block, state);
  const padding = spread(
    paddingOf(state.styles.own(first.icon)),
    holder ? spaceBetween(holder.childNodes, look) : 0,
    alignOf(look),
  );
  const narrow = state.styles.narrow(block).get('text-align');
  const size = px(state.styles.own(first.img).get('max-height'), undefined);
  return {
    iconsList: {
      icons: pictures.map(({ img, link }) => ({
        name: attr(img, 'alt'),
        type: 'follow',
        text: attr(img, 'alt'),
        image: {
          src: attr(img, 'src'),
          alt: attr(img, 'alt'),
          href: attr(link, 'href'),
          target: attr(link, 'target') || '_self',
          title: attr(img, 'title'),
        },
      })),
    },
    ...frameJson(source, {
      style: { 'text-align': alignOf(look) },
      computed: {
        iconsDefaultWidth: size ?? 32,
        padding: padding.map((side) => `${side}px`).join(' '),
      },
      mobile: narrow === undefined ? {} : { 'text-align': narrow },
    }),
  };
}

/** Pictures with labels. */
export function iconsJson(source: PageBlock): Json | undefined {
  const { state, block, prefix } = source;
  const items = outermost(block, `.${prefix}-icon`);
  const parts = items.map((item) => ({
    item,
    picture: find(item, `.${prefix}-icon-image`),
    label: find(item, `.${prefix}-icon-label`) ?? labelBeside(item, prefix),
  }));
  const sample = parts.find(({ picture }) => picture)?.picture;
  if (!parts.some(({ picture, label }) => find(picture, 'img') || label)) return undefined;
  const look = lookOf(block, state);
  const height = px(attr(find(sample, 'img'), 'height'), 32);
  const pair = items.length > 1 ? items : [];
  const [top, right, bottom, left] = sample ? paddingOf(state.styles.own(sample)) : [5, 5, 5, 5];
  // Earlier pages take the white space before a label away with a margin, which also counts without a label.
  const labelled = parts.find(({ label }) => label);
  const beside = labelled ? spaceBetween(labelled.item.childNodes, look) : 0;
  const space = spaceBetween(block.childNodes, look);
  const pulled = sample ? px(state.styles.own(sample).get('margin-right'), 0) + beside : 0;
  return {
    iconsList: {
      icons: parts.map(({ picture, label }) => {
        const img = find(picture, 'img');
        const link = find(picture, 'a') ?? (label && find(label, 'a'));
        return {
          id: state.id(),
          image: attr(img, 'src'),
          text: label ? lineOf(label) : '',
          textPosition: label ? positionOf(label, prefix) : 'right',
          alt: attr(img, 'alt'),
          title: attr(link, 'title') || attr(img, 'title'),
          ...linkJson(link),
        };
      }),
    },
    ...frameJson(source, {
      style: { ...pageText(look, state), 'text-align': alignOf(look) },
      computed: {
        iconHeight: `${height}px`,
        iconSpacing: paddingJson([top, Math.max(0, round(right + pulled)), bottom, left]),
        itemsSpacing: `${Math.max(0, round(betweenItems(pair, source) + space))}px`,
      },
      mobile: narrowText(state.styles.narrow(block)),
    }),
  };
}

/** The label of earlier forms, whose class says its place. */
function labelBeside(item: Element, prefix: string): Element | undefined {
  for (const place of ['right', 'left', 'top', 'bottom']) {
    const label = find(item, `.${prefix}-icon-label-${place}`);
    if (label) return label;
  }
  return undefined;
}

function positionOf(label: Element, prefix: string): string {
  for (const place of ['left', 'top', 'bottom']) {
    if (hasClass(label, `${prefix}-icon-label-${place}`)) return place;
  }
  return 'right';
}

/** px of the margins between two items. */
function betweenItems(items: readonly Element[], { state, prefix }: PageBlock): number {
  const margins = (item: Element | undefined, side: string) => {
    if (item === undefined) return 0;
    const inner = find(item, `.${prefix}-content`);
    const sum = px(state.styles.own(item).get(`margin-${side}`), 0);
    return sum + (inner ? px(state.styles.own(inner).get(`margin-${side}`), 0) : 0);
  };
  return margins(items[0], 'right') + margins(items[1], 'left');
}

/** A video: a player in a frame, a file, or a picture that leads to it. */
export function videoJson(source: PageBlock): Json | undefined {
  const { state, block } = source;
  const frame = find(block, 'iframe');
  const file = find(block, 'video');
  if (frame !== undefined) {
    const holder = frame.parentNode && 'tagName' in frame.parentNode ? frame.parentNode : block;
    const address = attr(frame, 'src');
    const forced = length(state.styles.own(holder).get('padding-top'));
    return {
      video: {
        src: address.replace(/[?#].*$/s, ''),
        mode: 'embedded',
        controls: !/[?&]controls=0/.test(address),
        loop: /[?&]loop=1/.test(address),
        ...(forced?.unit === '%' && forced.value > 0
          ? { thumbRatio: round(100 / forced.value) }
          : {}),
        ...(attr(frame, 'title') ? { title: attr(frame, 'title') } : {}),
      },
      ...frameJson(source),
    };
  }
  if (file !== undefined) {
    const has = (name: string) => file.attrs.some((entry) => entry.name === name);
    return {
      video: {
        src: attr(file, 'src') || attr(find(file, 'source'), 'src'),
        mode: 'custom',
        ...(attr(file, 'poster') ? { thumbSrc: attr(file, 'poster') } : {}),
        controls: has('controls'),
        loop: has('loop'),
      },
      ...frameJson(source),
    };
  }
  const img = find(block, 'img');
  if (img === undefined) return undefined;
  return {
    video: {
      src: attr(find(block, 'a'), 'href'),
      mode: 'thumbnail',
      thumbSrc: attr(img, 'src'),
      ...(attr(img, 'alt') ? { title: attr(img, 'alt') } : {}),
      ...playJson(source),
    },
    ...frameJson(source),
  };
}

/** The play button over a preview picture. */
function playJson(source: PageBlock): Json {
  const play = part(source, 'video-play');
  if (play === undefined) return {};
  const icon = find(play, 'img');
  const style = merged(source.state.styles.own(play));
  const size = px(style.get('width'), 60);
  if (icon) return { iconSize: size, iconSrc: attr(icon, 'src') };
  const circle = border(style.get('border-top'));
  return {
    iconSize: size,
    iconColor1: circle?.color ?? '#ffffff',
    iconColor2: style.get('background-color') ?? 'transparent',
  };
}
