// Readers of the picture-like blocks: image, divider, spacer, social, icons, video, carousel.
import { border, color, length, paddings, px, radius, round, shorthand } from '../css.ts';
import { flag, list, object, text } from '../values.ts';
import { safeValue } from '../safe-css.ts';
import { LIMITS, link, localized, localizedPart, warn } from '../context.ts';
import { textStyle } from '../text-style.ts';
import type {
  CarouselBlock,
  DividerBlock,
  Frame,
  IconsBlock,
  ImageBlock,
  SocialBlock,
  SpacerBlock,
  VideoBlock,
} from '../types.ts';
import type { ReadContext } from '../context.ts';
import type { Raw } from '../values.ts';

function words(value: unknown): readonly string[] {
  return text(value).split(/\s+/);
}

function placement(names: readonly string[]): 'left' | 'center' | 'right' | '' {
  for (const name of names)
    if (name === 'left' || name === 'center' || name === 'right') return name;
  return '';
}

/** Reads `descriptor.image`; `dynamicSrc` wins over `src`, and the tooltip falls back to `alt` (spec 4.7). */
export function readImage(descriptor: Raw, frame: Frame, context: ReadContext): ImageBlock {
  const raw = localized(object(descriptor['image']), context);
  const computed = object(descriptor['computedStyle']);
  const style = object(descriptor['style']);
  const names = words(computed['class']);
  const src = context.moved((text(raw['dynamicSrc']) || text(raw['src'])).trim());
  if (src === '') warn(context, 'an image without src is left out');
  return {
    ...frame,
    kind: 'image',
    src,
    alt: text(raw['alt']),
    title: text(raw['title']) || text(raw['alt']),
    link: link(raw),
    naturalWidth: positive(px(raw['width'], undefined)),
    naturalHeight: positive(px(raw['height'], undefined)),
    width: positive(px(computed['width'], undefined)),
    placement: placement(names) || 'center',
    sizing: names.includes('fixedwidth') ? 'fixedwidth' : 'autowidth',
    fullWidth: names.includes('fullwidth'),
    radius: radius(style['border-radius']),
    mobilePlacement: placement(words(frame.mobile.className)),
  };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

/** Reads `descriptor.divider`; a line that cannot be seen becomes empty space (spec 5.7). */
export function readDivider(descriptor: Raw, frame: Frame): DividerBlock {
  const style = object(object(descriptor['divider'])['style']);
  const written = style['border-top'] ?? '1px solid #BBBBBB';
  const line = border(written);
  const clear = line === undefined || line.color.toLowerCase() === 'transparent';
  const height = px(style['height'], 0);
  const width = length(style['width']);
  const align = text(object(descriptor['computedStyle'])['align']);
  return {
    ...frame,
    kind: 'divider',
    align: align === 'left' || align === 'right' ? align : 'center',
    line: clear ? undefined : line,
    width: width && width.value >= 0 ? `${width.value}${width.unit === '%' ? '%' : 'px'}` : '100%',
    height: clear ? Math.max(0, height) : 0,
    thickness: line?.width ?? 0,
  };
}

/** Reads `descriptor.spacer`. */
export function readSpacer(descriptor: Raw, frame: Frame): SpacerBlock {
  const style = object(object(descriptor['spacer'])['style']);
  return {
    ...frame,
    kind: 'spacer',
    height: Math.max(0, px(style['height'], 60)),
    color: color(style['background-color']),
  };
}

/** Reads a social block: `descriptor.iconsList` with `image` objects (spec 4.7). */
export function readSocial(descriptor: Raw, frame: Frame, context: ReadContext): SocialBlock {
  const computed = object(descriptor['computedStyle']);
  const icons = list(object(descriptor['iconsList'])['icons']).slice(0, LIMITS.items);
  return {
    ...frame,
    kind: 'social',
    align: frame.align || 'center',
    size: positive(px(computed['iconsDefaultWidth'], undefined)) ?? 32,
    gap: shorthand(computed['padding']),
    icons: icons.flatMap((item) => {
      const icon = localized(object(item), context);
      const image = localizedPart(object(item), 'image', context);
      const src = context.moved(text(image['src']).trim());
      if (src === '') return [];
      const name = text(icon['name']);
      return [
        { ...link(image), src, alt: text(image['alt'], name), title: text(image['title'], name) },
      ];
    }),
  };
}

/** Reads an icons block: `descriptor.iconsList` with picture URLs and labels (spec 4.7). */
export function readIcons(descriptor: Raw, frame: Frame, context: ReadContext): IconsBlock {
  const computed = object(descriptor['computedStyle']);
  const height = positive(px(computed['iconHeight'], undefined)) ?? 32;
  const spacing = computed['iconSpacing'] ?? { padding: '5px' };
  const icons = list(object(descriptor['iconsList'])['icons']).slice(0, LIMITS.items);
  return {
    ...frame,
    kind: 'icons',
    align: frame.align || 'center',
    height,
    gap: typeof spacing === 'string' ? shorthand(spacing) : paddings(spacing),
    itemGap: px(computed['itemsSpacing'], 0),
    style: textStyle(object(descriptor['style']), context, { size: 14, align: 'center' }),
    icons: icons.flatMap((item) => {
      const icon = localized(object(item), context);
      const src = context.moved(text(icon['image']).trim());
      const label = text(icon['text']);
      if (src === '' && label === '') return [];
      const natural = px(icon['width'], 0) / px(icon['height'], 0);
      const position = text(icon['textPosition']);
      return [
        {
          ...link(icon),
          src,
          alt: text(icon['alt']),
          text: label,
          position: /^(?:left|top|bottom)$/.test(position)
            ? (position as 'left' | 'top' | 'bottom')
            : ('right' as const),
          width: Math.max(
            1,
            Math.round(height * (Number.isFinite(natural) && natural > 0 ? natural : 1)),
          ),
        },
      ];
    }),
  };
}

/** Reads `descriptor.video`; YouTube pictures are found by the id in the URL (spec 5.7). */
export function readVideo(descriptor: Raw, frame: Frame, context: ReadContext): VideoBlock {
  const raw = localized(object(descriptor['video']), context);
  const computed = object(descriptor['computedStyle']);
  const src = text(raw['src']).trim();
  const mode = text(raw['mode']);
  const id = youtubeId(src);
  const known = id ? `https://img.youtube.com/vi/${id}/maxresdefault.jpg` : '';
  return {
    ...frame,
    kind: 'video',
    src,
    mode: mode === 'embedded' || mode === 'custom' ? mode : 'thumbnail',
    thumbnail: context.moved(text(raw['thumbSrc']).trim() || known),
    ratio: ratio(raw['thumbRatio']),
    icon: {
      size: positive(px(raw['iconSize'], undefined)) ?? 60,
      line: color(raw['iconColor1'], '#ffffff'),
      fill: color(raw['iconColor2'], '#000000', true),
      src: context.moved(text(raw['iconSrc']).trim()),
    },
    controls: flag(raw['controls'], true),
    loop: flag(raw['loop']),
    width: positive(px(computed['width'], undefined)),
    placement: placement(words(computed['class'])) || 'center',
    title: text(raw['title']) || text(raw['alt']),
  };
}

/** The id in a YouTube page, short or embed URL; '' for other URLs. */
export function youtubeId(url: string): string {
  return (
    /^(?:https?:)?\/\/(?:www\.|m\.)?(?:youtu\.be\/|youtube(?:-nocookie)?\.com\/(?:embed\/|shorts\/|live\/|watch\?(?:[^#]{0,200}&)?v=))([\w-]{6,20})/i.exec(
      url,
    )?.[1] ?? ''
  );
}

/** The id in a Vimeo page or player URL; '' for other URLs. */
export function vimeoId(url: string): string {
  return (
    /^(?:https?:)?\/\/(?:www\.|player\.)?vimeo\.com\/(?:video\/|channels\/[\w-]{1,60}\/)?(\d{1,15})/i.exec(
      url,
    )?.[1] ?? ''
  );
}

function ratio(value: unknown): number {
  const parts = /^\s*(\d{1,5}(?:\.\d{1,9})?)\s*(?:[/:]\s*(\d{1,5}(?:\.\d{1,9})?))?\s*$/.exec(
    text(value),
  );
  const result = parts ? Number(parts[1]) / Number(parts[2] ?? 1) : Number.NaN;
  return Number.isFinite(result) && result >= 0.1 && result <= 10 ? round(result) : round(16 / 9);
}

/** Reads `descriptor.carousel`, which only AMP output shows (spec 4.7). */
export function readCarousel(descriptor: Raw, frame: Frame, context: ReadContext): CarouselBlock {
  const raw = localized(object(descriptor['carousel']), context);
  const slides = list(raw['slides']).slice(0, LIMITS.items);
  return {
    ...frame,
    kind: 'carousel',
    interval: flag(raw['autoPlay'] ?? raw['autoplay'])
      ? Math.min(600, Math.max(1, px(raw['autoplayInterval'], 3)))
      : undefined,
    height: positive(px(object(descriptor['computedStyle'])['height'], undefined)),
    slides: slides.flatMap((item) => {
      const slide = localized(object(item), context);
      const src = context.moved(text(slide['src']).trim());
      return src === '' ? [] : [{ ...link(slide), src, alt: text(slide['alt']) }];
    }),
  };
}

/** Reads the CSS values of a hover style that a button can take. */
export function hoverStyle(value: unknown): readonly (readonly [string, string])[] {
  const raw = object(value);
  return Object.keys(raw)
    .filter((key) => /^(?:background-color|color|border-(?:top|right|bottom|left))$/.test(key))
    .map((key) => [key, safeValue(raw[key])] as const)
    .filter(([, css]) => css !== '');
}
