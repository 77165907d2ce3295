// Readers of the text-like blocks: heading, paragraph, list, legacy text.
import { color, fontStack, px } from '../css.ts';
import { localized } from '../context.ts';
import { isEmpty, object, text } from '../values.ts';
import { safeValue } from '../safe-css.ts';
import { textStyle } from '../text-style.ts';
import type { Frame, HeadingBlock, ListBlock, ParagraphBlock, TextBlock } from '../types.ts';
import type { ReadContext } from '../context.ts';
import type { Raw } from '../values.ts';

/** The object of the block's own kind; some files have it under the name of its neighbour only (spec 4.6). */
function content(descriptor: Raw, own: string, stray: string): Raw {
  const given = object(descriptor[own]);
  return isEmpty(given) ? object(descriptor[stray]) : given;
}

/** Reads `descriptor.heading` (spec 4.7). */
export function readHeading(descriptor: Raw, frame: Frame, context: ReadContext): HeadingBlock {
  const raw = localized(content(descriptor, 'heading', 'title'), context);
  const style = object(raw['style']);
  const level = /^h([1-6])$/i.exec(text(raw['title']))?.[1];
  return {
    ...frame,
    kind: 'heading',
    level: (level === undefined ? 1 : Number(level)) as HeadingBlock['level'],
    html: text(raw['text']) || text(raw['html']),
    style: textStyle(
      style,
      context,
      { color: '#555555', size: 23, weight: '700', align: 'center' },
      style['link-color'] ?? object(raw['computedStyle'])['linkColor'],
    ),
  };
}

/** Reads `descriptor.paragraph`; a missing paragraph spacing counts as 0 (spec 4.7). */
export function readParagraph(descriptor: Raw, frame: Frame, context: ReadContext): ParagraphBlock {
  const raw = localized(content(descriptor, 'paragraph', 'text'), context);
  const computed = object(raw['computedStyle']);
  const style = object(raw['style']);
  return {
    ...frame,
    kind: 'paragraph',
    html: text(raw['html']) || text(raw['text']),
    style: textStyle(style, context, { size: 14 }, computed['linkColor'] ?? style['link-color']),
    spacing: px(computed['paragraphSpacing'], 0),
  };
}

const MARKERS =
  /^(?:revert|auto|disc|circle|square|decimal|lower-alpha|upper-alpha|lower-roman|upper-roman|none)$/;

/** Reads `descriptor.list` (spec 4.7). */
export function readList(descriptor: Raw, frame: Frame, context: ReadContext): ListBlock {
  const raw = localized(object(descriptor['list']), context);
  const computed = object(raw['computedStyle']);
  const marker = safeValue(computed['listStyleType']);
  const start = Number(text(computed['startListFrom']) || text(computed['startList']) || '1');
  return {
    ...frame,
    kind: 'list',
    html: text(raw['html']),
    tag: raw['tag'] === 'ol' ? 'ol' : 'ul',
    style: textStyle(object(raw['style']), context, { size: 14 }, computed['linkColor']),
    indent: px(computed['liIndent'], 40),
    spacing: px(computed['liSpacing'], 0),
    marker: MARKERS.test(marker) ? marker : 'revert',
    position: computed['listStylePosition'] === 'outside' ? 'outside' : 'inside',
    start: Number.isInteger(start) && Math.abs(start) < 1e6 ? start : 1,
  };
}

/** Reads `descriptor.text`, the block of older editors whose HTML carries inline styles (spec 4.7). */
export function readText(descriptor: Raw, frame: Frame, context: ReadContext): TextBlock {
  const raw = localized(content(descriptor, 'text', 'paragraph'), context);
  const style = object(raw['style']);
  const font = safeValue(style['font-family']);
  return {
    ...frame,
    kind: 'text',
    html: text(raw['html']) || text(raw['text']),
    size: px(style['font-size'], undefined),
    lineHeight: text(style['line-height'], '120%') || '120%',
    color: color(style['color'], '#555555', true),
    font: fontStack(font, context.body.font),
    inheritsFont: font === '' || font === 'inherit',
    linkColor: color(object(raw['computedStyle'])['linkColor'], context.body.linkColor),
  };
}
