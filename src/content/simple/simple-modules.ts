// Blocks of a template as modules of the simple schema (Beefree spec 6.3).
import { TooLarge } from '../../platform/errors.ts';
import { labelHtml, labelNodes } from '../render/button-label.ts';
import { property, parseText, unwrap } from '../render/rich.ts';
import { wrapperSize } from '../render/text-blocks.ts';
import { Writer } from '../render/writer.ts';
import { lineHeight, px } from '../template/css.ts';
import { LIMITS } from '../template/context.ts';
import { list, object, text, type Raw } from '../template/values.ts';
import { isUrlOrMergeTags } from './formats.ts';
import { inlinePlainMarkup, plainMarkup } from './markup.ts';
import { customFields, isLocked, paddingsOf } from './simple-parts.ts';
import type {
  Block,
  ButtonBlock,
  Column,
  DividerBlock,
  HeadingBlock,
  IconsBlock,
  ImageBlock,
  LineHeight,
  Link,
  ListBlock,
  MenuBlock,
  ParagraphBlock,
  Template,
  TextBlock,
  TextStyle,
} from '../template/types.ts';
import type { Simple, SimpleModule } from './schema.ts';

/**
 * The module for a block, undefined when the schema has none for it. `raw` is the block as stored, for what the model
 * does not keep. Throws `TooLarge` for a text that grew beyond the limit when it was cleaned.
 */
export function simpleModule(
  block: Block,
  raw: Raw,
  column: Column,
  { body }: Template,
): SimpleModule | undefined {
  const module = moduleOf(block, object(raw['descriptor']), column, body.linkColor);
  if (!module) return undefined;
  if ('text' in module && (module.text?.length ?? 0) > LIMITS.text) {
    throw new TooLarge('text_too_long', `A text may have ${LIMITS.text} characters.`);
  }
  return { ...module, ...(isLocked(raw) ? { locked: true } : {}), ...customFields(raw) };
}

function moduleOf(
  block: Block,
  descriptor: Raw,
  column: Column,
  linkColor: string,
): SimpleModule | undefined {
  switch (block.kind) {
    case 'heading':
      return title(block, linkColor);
    case 'paragraph':
      return paragraph(block, linkColor);
    case 'text':
      return legacyText(block, linkColor);
    case 'list':
      return listModule(block, linkColor);
    case 'button':
      return button(block);
    case 'divider':
      return divider(block, column);
    case 'image':
      return image(block, object(descriptor['image']));
    case 'icons':
      return icons(block, descriptor);
    case 'menu':
      return menu(block, descriptor);
    case 'html':
      return { type: 'html', html: block.html };
    default:
      return undefined;
  }
}

const whole = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, Math.round(value)));

const size = (value: number) => whole(value, 1, 9999);

/** The properties of text that every text module has. */
function words(style: TextStyle, linkColor: string) {
  const spacing = px(style.spacing, 0);
  return {
    size: size(style.size),
    bold: isBold(style.weight),
    color: style.color,
    ...otherThan(linkColor, style.linkColor),
    ...(Math.round(spacing) === 0 ? {} : { 'letter-spacing': whole(spacing, -99, 99) }),
    'line-height': ratio(style.lineHeight, style.size),
    direction: style.direction,
  };
}

/** The colour of links where it is not that of the whole template. */
function otherThan(common: string, linkColor: string): { linkColor?: string } {
  return linkColor === '' || linkColor === common ? {} : { linkColor };
}

function isBold(weight: string): boolean {
  return weight.startsWith('bold') || Number(weight) >= 600;
}

/** Height of a line in sizes of the font, five decimals. */
function ratio(line: LineHeight, fontSize: number): number {
  const value = line.ratio ?? (line.px === undefined ? 1.2 : line.px / fontSize);
  return Number.isFinite(value) ? Math.round(Math.min(3, Math.max(0.5, value)) * 1e5) / 1e5 : 1.2;
}

type Alignment = 'left' | 'center' | 'right';

function aligned(value: string, direction: string): Alignment | 'justify' {
  if (value === 'start') return direction === 'rtl' ? 'right' : 'left';
  if (value === 'end') return direction === 'rtl' ? 'left' : 'right';
  return value === 'center' || value === 'right' || value === 'justify' ? value : 'left';
}

/** Lists and buttons know no justified text. */
function side(value: string, direction: string): Alignment {
  const found = aligned(value, direction);
  return found === 'justify' ? 'left' : found;
}

function title(block: HeadingBlock, linkColor: string): Simple<'title' | 'heading'> {
  const { style } = block;
  return {
    type: 'title',
    title: `h${block.level}`,
    text: inlinePlainMarkup(block.html),
    align: aligned(style.align, style.direction),
    ...words(style, linkColor),
    ...paddingsOf(block.padding),
  };
}

function paragraph(block: ParagraphBlock, linkColor: string): Simple<'paragraph'> {
  const { style } = block;
  return {
    type: 'paragraph',
    text: plainMarkup(block.html),
    align: aligned(style.align, style.direction),
    ...words(style, linkColor),
    ...paddingsOf(block.padding),
  };
}

/** Text of older editors: its size and line height stand on the wrapper, its alignment on the paragraphs. */
function legacyText(block: TextBlock, linkColor: string): Simple<'paragraph'> {
  const { style, nodes } = unwrap(parseText(block.html));
  const fontSize = wrapperSize(block, style, nodes);
  const lines = lineHeight(property(style, 'line-height') || block.lineHeight, fontSize);
  return {
    type: 'paragraph',
    text: plainMarkup(block.html),
    align: aligned(property(style, 'text-align') || block.align, 'ltr'),
    size: size(fontSize),
    color: block.color,
    ...otherThan(linkColor, block.linkColor),
    'line-height': ratio(lines, fontSize),
    ...paddingsOf(block.padding),
  };
}

function listModule(block: ListBlock, linkColor: string): Simple<'list'> {
  const { style } = block;
  return {
    type: 'list',
    text: plainMarkup(block.html),
    tag: block.tag,
    align: side(style.align, style.direction),
    ...words(style, linkColor),
    ...paddingsOf(block.padding),
  };
}

function targetOf(link: Link): '_blank' | '_self' | '_top' {
  const { target } = link;
  return target === '_self' || target === '_top' ? target : '_blank';
}

function linkOf(link: Link): { href?: string; target?: '_blank' | '_self' | '_top' } {
  return link.href === '' ? {} : { href: link.href, target: targetOf(link) };
}

function button(block: ButtonBlock): Simple<'button'> {
  const label = labelHtml(labelNodes(block.label), new Writer(false), false);
  const hover = Object.fromEntries(block.hover);
  const pad = (value: number | undefined) => whole(value ?? 0, 0, 60);
  return {
    type: 'button',
    text: label.split(/\r?\n/).join(' ').trim(),
    ...linkOf(block.link),
    align: side(block.align, block.style.direction),
    size: size(block.style.size),
    color: block.color,
    'background-color': block.fill,
    contentPaddingTop: pad(block.inner.top),
    contentPaddingRight: pad(block.inner.right),
    contentPaddingBottom: pad(block.inner.bottom),
    contentPaddingLeft: pad(block.inner.left),
    ...(hover['background-color'] ? { hoverBackgroundColor: hover['background-color'] } : {}),
    ...(hover['color'] ? { hoverColor: hover['color'] } : {}),
    ...paddingsOf(block.padding),
  };
}

/** An invisible divider made space: it becomes a transparent one as high. */
function divider(block: DividerBlock, column: Column): Simple<'divider'> {
  const { line } = block;
  const percent = block.width.endsWith('%')
    ? Number.parseFloat(block.width)
    : (100 * Number.parseFloat(block.width)) / column.innerWidth;
  return {
    type: 'divider',
    color: line?.color ?? 'transparent',
    height: whole(line?.width ?? (block.height || block.thickness), 1, 30),
    width: whole(Number.isFinite(percent) ? percent : 100, 1, 100),
    ...paddingsOf(block.padding),
  };
}

function image(block: ImageBlock, raw: Raw): Simple<'image'> {
  const stored = text(raw['src']).trim();
  const dynamic = text(raw['dynamicSrc']).trim();
  const valid = isUrlOrMergeTags(stored);
  const instead = dynamic || (valid ? '' : stored);
  return {
    type: 'image',
    ...(valid ? { src: stored } : {}),
    ...(instead === '' ? {} : { dynamicSrc: instead }),
    ...(block.alt === '' ? {} : { alt: block.alt }),
    ...linkOf(block.link),
    ...paddingsOf(block.padding),
  };
}

/** Custom attributes as stored, where they fit the schema. */
function customAttributes(descriptor: Raw): Pick<Simple<'icons'>, 'customAttributes'> {
  const kept = list(descriptor['customAttributes'])
    .slice(0, 50)
    .map(object)
    .map((entry) => ({
      key: text(entry['key']) || text(entry['name']),
      name: text(entry['name']) || text(entry['key']),
      target: text(entry['target']) || 'tag',
      value: text(entry['value']),
    }))
    .filter(({ key, name, target }) => key !== '' && `${key}${name}${target}`.length <= 1000);
  return kept.length === 0 ? {} : { customAttributes: kept };
}

function icons(block: IconsBlock, descriptor: Raw): Simple<'icons'> {
  const raws = new Map(
    list(object(descriptor['iconsList'])['icons'])
      .map(object)
      .map((icon) => [text(icon['image']).trim(), icon]),
  );
  return {
    type: 'icons',
    icons: block.icons.flatMap((icon) => {
      if (!isUrlOrMergeTags(icon.src)) return [];
      const raw = object(raws.get(icon.src));
      const natural = (name: string, instead: number) => {
        const value = px(raw[name], undefined);
        return `${value !== undefined && value > 0 && value < 1e5 ? Math.round(value) : Math.round(instead)}px`;
      };
      return [
        {
          image: icon.src,
          textPosition: icon.position,
          width: natural('width', icon.width),
          height: natural('height', block.height),
          ...(icon.alt === '' ? {} : { alt: icon.alt }),
          ...(icon.text === '' ? {} : { text: icon.text }),
          ...(icon.title === '' ? {} : { title: icon.title }),
          ...linkOf(icon),
        },
      ];
    }),
    ...customAttributes(descriptor),
    ...paddingsOf(block.padding),
  };
}

function menu(block: MenuBlock, descriptor: Raw): Simple<'menu'> {
  return {
    type: 'menu',
    items: block.items.map((item) => ({
      type: 'menu-item',
      text: item.text,
      link: {
        ...(item.title === '' ? {} : { title: item.title }),
        ...linkOf(item),
      },
    })),
    ...customAttributes(descriptor),
    ...paddingsOf(block.padding),
  };
}
