// Text-like blocks of e-mails: heading, paragraph, list, legacy text (spec 5.6).
import {
  changingStyle,
  closeBlock,
  genericFont,
  mobileRule,
  openBlock,
  selector,
} from './context.ts';
import {
  inline,
  isElement,
  lines,
  outlookLineHeight,
  parsePhrase,
  parseText,
  property,
  unwrap,
  without,
} from '../rich.ts';
import { mobileText, textPairs, withLists, wrapperSize } from '../text-blocks.ts';
import { lineHeight, px, round } from '../../template/css.ts';
import type { Element } from '../fragment.ts';
import type {
  HeadingBlock,
  ListBlock,
  ParagraphBlock,
  TextBlock,
  TextStyle,
} from '../../template/types.ts';
import type { MailContext } from './context.ts';

function outlookHeight(style: TextStyle): string {
  return style.lineHeight.px === undefined ? '' : `${Math.round(style.lineHeight.px)}px`;
}

/** `heading_block`: the level element carries everything. */
export function heading(block: HeadingBlock, context: MailContext): void {
  const { out } = context;
  const tag = `h${block.level}`;
  openBlock(context, 'heading', block, {
    pad: ['text-align', block.align || 'center', 'width', '100%'],
  });
  const target = `${selector(context, 'heading')} ${tag}`;
  const over = mobileText(block.mobile);
  const style = changingStyle(
    context,
    target,
    over,
    'margin',
    '0',
    ...textPairs(block.style),
    'margin-top',
    '0',
    'margin-bottom',
    '0',
    'mso-line-height-alt',
    outlookHeight(block.style),
  );
  const html = inline(parsePhrase(block.html), out, {
    linkColor: block.style.linkColor,
    mail: true,
  });
  out.line(`<${tag}${style}>${html}</${tag}>`);
  closeBlock(context);
  mobileRule(context, target, ...over);
}

/** `paragraph_block`: a div with the text style around the paragraphs. */
export function paragraph(block: ParagraphBlock, context: MailContext): void {
  const { out } = context;
  openBlock(context, 'paragraph', block, { table: ['word-break', 'break-word'] });
  const target = `${selector(context, 'paragraph')} td.pad>div`;
  const over = mobileText(block.mobile);
  const style = changingStyle(
    context,
    target,
    over,
    ...textPairs(block.style),
    'mso-line-height-alt',
    outlookHeight(block.style),
  );
  out.open(`<div${style}>`);
  const { nodes } = unwrap(parseText(block.html));
  lines(nodes, out, {
    linkColor: block.style.linkColor,
    mail: true,
    restyle: (element, last) => {
      if (element.tag !== 'p') return element.style;
      // A paragraph may ask for another distance to the next one than the block gives it.
      const own = property(element.style, 'margin-bottom');
      const gap = own === '' ? `${block.spacing}px` : own;
      return [
        ['margin', '0'],
        ...(last ? [] : [['margin-bottom', gap] as const]),
        ...without(element.style, 'margin', 'margin-top', 'margin-bottom'),
      ];
    },
  });
  out.close('</div>');
  closeBlock(context);
  mobileRule(context, target, ...over);
}

/** `list_block`: the table carries the text style; each list loses its outer margins. */
export function list(block: ListBlock, context: MailContext): void {
  const { out, sheet } = context;
  sheet.features.add('list');
  openBlock(context, 'list', block, {
    table: [
      'word-break',
      'break-word',
      ...textPairs(block.style),
      'mso-line-height-alt',
      outlookHeight(block.style),
    ],
  });
  // 20 px of the indent that every program gives lists are taken back, but never more than there are.
  out.open(
    `<div${out.style(`margin-${start(block)}`, `-${Math.min(20, Math.max(0, block.indent))}px`)}>`,
  );
  lines(withLists(parseText(block.html), block), out, {
    linkColor: block.style.linkColor,
    mail: true,
    restyle: (element) => listStyle(element, block),
  });
  out.close('</div>');
  closeBlock(context);
  const target = selector(context, 'list');
  mobileRule(
    context,
    [`${target} td.pad`, `${target} ol`, `${target} ul`],
    ...mobileText(block.mobile),
  );
}

/** The side on which lines begin. */
const start = (block: ListBlock) => (block.style.direction === 'rtl' ? 'right' : 'left');

/** The style of lists and their items in e-mails. */
function listStyle(element: Element, block: ListBlock): Element['style'] {
  if (element.tag === 'ul' || element.tag === 'ol') {
    return [
      ['margin-top', '0'],
      ['margin-bottom', '0'],
      ['list-style-type', block.marker],
      ...(block.position === 'outside' ? [['list-style-position', 'outside'] as const] : []),
      // 40 px is what every program does anyway; the div around takes 20 px of it back.
      ...(block.indent === 40 ? [] : [[`padding-${start(block)}`, `${block.indent}px`] as const]),
      ...without(element.style, 'margin', 'list-style-type', 'padding-left', 'padding-right'),
    ];
  }
  if (element.tag === 'li') {
    return [['Margin', `0 0 ${block.spacing}px 0`], ...without(element.style, 'margin')];
  }
  if (element.tag === 'p') return [['margin', '0'], ...without(element.style, 'margin')];
  return element.style;
}

/** `text_block`: a div with a generic font for Outlook, one with the text style, the stored paragraphs. */
export function text(block: TextBlock, context: MailContext): void {
  const { out } = context;
  openBlock(context, 'text', block, { table: ['word-break', 'break-word'] });
  const { style, nodes } = unwrap(parseText(block.html));
  const size = wrapperSize(block, style, nodes);
  const height = lineHeight(block.lineHeight, size);
  const wrapperFont = property(style, 'font-family');
  const font = wrapperFont === '' || wrapperFont === 'inherit' ? block.font : wrapperFont;
  out.open(`<div${out.style('font-family', genericFont(font))}>`);
  out.open(
    `<div class=""${out.style(
      'font-size',
      `${size}px`,
      'font-family',
      font,
      'mso-line-height-alt',
      height.px === undefined ? '' : `${round(height.px)}px`,
      'color',
      block.color,
      'line-height',
      height.css,
      'text-align',
      property(style, 'text-align'),
    )}>`,
  );
  lines(nodes, out, {
    linkColor: block.linkColor,
    mail: true,
    restyle: (element) => textStyle(element, block, size),
  });
  out.close('</div>');
  out.close('</div>');
  closeBlock(context);
  mobileRule(context, `${selector(context, 'text')} td.pad>div`, ...mobileText(block.mobile));
}

/**
 * Editors stored line heights in px that fit one font size only; the block's ratio replaces them. Outlook gets
 * its own px value by paragraph, for the largest size inside.
 */
function textStyle(element: Element, block: TextBlock, size: number): Element['style'] {
  const style = without(element.style, 'line-height', 'mso-line-height-alt');
  if (element.tag !== 'p' && element.tag !== 'div') return style;
  return [
    ...(element.tag === 'p' ? [['margin', '0'] as const] : []),
    ...without(style, 'margin', 'margin-top', 'margin-bottom'),
    ['mso-line-height-alt', outlookLineHeight(block.lineHeight, largest(element, size))],
  ];
}

function largest(element: Element, inherited: number): number {
  const own = px(property(element.style, 'font-size'), inherited);
  let size = 0;
  for (const child of element.children) {
    if (isElement(child)) size = Math.max(size, largest(child, own));
    else if (typeof child === 'string' && child.trim() !== '') size = Math.max(size, own);
  }
  return size || own;
}
