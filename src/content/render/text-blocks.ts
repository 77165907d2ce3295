// What text blocks of e-mails and pages share: text styles, lists, the size of legacy text (spec 5.6).
import { isElement, property } from './rich.ts';
import { lineHeight, px } from '../template/css.ts';
import { NO_MOBILE } from '../template/frame.ts';
import type { Element, Node } from './fragment.ts';
import type { ListBlock, Mobile, TextBlock, TextStyle } from '../template/types.ts';
import type { Pairs } from './declarations.ts';

/** The declarations of a text style in the order of the hosted service; pages leave out fonts that are inherited. */
export function textPairs(style: TextStyle, font = style.font): Pairs {
  return [
    'color',
    style.color,
    'direction',
    style.direction,
    'font-family',
    font,
    'font-size',
    `${style.size}px`,
    'font-weight',
    style.weight,
    'letter-spacing',
    style.spacing,
    'line-height',
    style.lineHeight.css,
    'text-align',
    style.align,
  ];
}

/** What the narrow view changes in a text. */
export function mobileText(mobile: Mobile): Pairs {
  if (mobile === NO_MOBILE) return [];
  return [
    'text-align',
    mobile.textAlign,
    'font-size',
    mobile.fontSize === undefined ? '' : `${mobile.fontSize}px`,
    'line-height',
    mobile.lineHeight === '' ? '' : lineHeight(mobile.lineHeight, mobile.fontSize ?? 16).css,
  ];
}

/** The start number on the outer lists; loose items get the list that they miss. */
export function withLists(nodes: readonly Node[], block: ListBlock): readonly Node[] {
  const loose = nodes.some((node) => isElement(node) && node.tag === 'li');
  const outer: readonly Node[] = loose
    ? [{ tag: block.tag, attributes: [], style: [], children: [...nodes] }]
    : nodes;
  if (block.start === 1) return outer;
  return outer.map((node) =>
    typeof node === 'object' &&
    'tag' in node &&
    node.tag === 'ol' &&
    !node.attributes.some(([name]) => name === 'start')
      ? { ...node, attributes: [...node.attributes, ['start', String(block.start)] as const] }
      : node,
  );
}

/** First of block style, wrapper style, first paragraph, 14 px. */
export function wrapperSize(
  block: TextBlock,
  style: Element['style'],
  nodes: readonly Node[],
): number {
  const first = nodes.find((node) => isElement(node));
  return (
    block.size ??
    px(property(style, 'font-size'), undefined) ??
    (first ? px(property(first.style, 'font-size'), undefined) : undefined) ??
    14
  );
}
