// The button of e-mails: a styled span, and a VML rectangle of the same size for Outlook (spec 5.8).
import {
  anchor,
  closeBlock,
  genericFont,
  href,
  changingStyle,
  mobileRule,
  openBlock,
  selector,
} from './context.ts';
import { paddingPairs } from '../box.ts';
import { customAttributes } from '../custom-attributes.ts';
import { attrInComment } from '../escape.ts';
import { labelHtml, labelNodes } from '../button-label.ts';
import { important } from '../sheet.ts';
import { isElement } from '../rich.ts';
import { isClear, lineHeight, round } from '../../template/css.ts';
import type { Border, ButtonBlock } from '../../template/types.ts';
import type { MailContext } from './context.ts';
import type { Node } from '../fragment.ts';
import type { Pairs } from '../declarations.ts';

/** The text of a label with a line break where its markup breaks the line. */
function plainText(nodes: readonly Node[]): string {
  return nodes
    .map((node) => {
      if (typeof node === 'string') return node.replaceAll(/\s+/g, ' ');
      if (!isElement(node)) return '';
      if (node.tag === 'br') return '\n';
      const inside = plainText(node.children);
      return node.tag === 'p' || node.tag === 'div' ? `\n${inside}\n` : inside;
    })
    .join('');
}

/** The lines of a label. */
function labelLines(nodes: readonly Node[]): readonly string[] {
  const lines = plainText(nodes)
    .replaceAll(/&[#\w]{1,31};/g, '\u00A0')
    .split('\n')
    .map((line) => line.trim());
  const written = lines.filter((line) => line !== '');
  return written.length === 0 ? [''] : written;
}

/** px height of one line of the label. */
function labelLine(block: ButtonBlock): number {
  return block.style.lineHeight.px ?? block.style.size * 1.2;
}

const width = (border: Border | undefined) => border?.width ?? 0;

/** px of the roundest corner: VML has one radius for all four. */
function corner(radius: string, height: number): number {
  const px = (part: string) =>
    part.endsWith('%') ? (Number.parseFloat(part) * height) / 100 : Number.parseFloat(part);
  return radius === '' ? 0 : Math.max(...radius.split(' ').map(px));
}

/** Outer size in px: as the editor measured it, else estimated from the label. */
function buttonSize(
  block: ButtonBlock,
  nodes: readonly Node[],
  inner: number,
): { readonly width: number; readonly height: number } {
  const { borders, inner: pad } = block;
  const sides = (pad.left ?? 0) + (pad.right ?? 0) + width(borders.left) + width(borders.right);
  const ends = (pad.top ?? 0) + (pad.bottom ?? 0) + width(borders.top) + width(borders.bottom);
  const room = inner - (block.padding.left ?? 0) - (block.padding.right ?? 0);
  const lines = labelLines(nodes);
  const measured =
    block.width ?? (block.percent === undefined ? undefined : (room * block.percent) / 100);
  return {
    width: Math.max(
      1,
      Math.round(Math.min(measured ?? labelWidth(block, lines) + sides, Math.max(inner, 1))),
    ),
    height: Math.max(1, Math.round(block.height ?? labelLine(block) * lines.length + ends)),
  };
}

/** An estimate of the px that the longest line of the label takes. */
function labelWidth({ label, style }: ButtonBlock, lines: readonly string[]): number {
  const bold = /^(?:[6-9]\d\d|bold|bolder)$/.test(style.weight) || /<(?:strong|b)\b/i.test(label);
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  return longest * style.size * (bold ? 0.6 : 0.55);
}

/** The opening half of the Outlook button; its values stand in a comment, so `>` is escaped. */
function vml(block: ButtonBlock, nodes: readonly Node[], context: MailContext): string {
  const size = buttonSize(block, nodes, context.width);
  const arc = Math.ceil((100 * corner(block.radius, size.height)) / size.height);
  const url = href(context, block.link.href);
  const target = url === '' ? '' : ` href="${attrInComment(url)}"`;
  const clear = isClear(block.fill);
  const fill = clear ? ' filled="false"' : ` fillcolor="${attrInComment(block.fill)}"`;
  const border = [
    block.borders.top,
    block.borders.right,
    block.borders.bottom,
    block.borders.left,
  ].find((side) => side !== undefined);
  const weight = width(border);
  const line =
    border !== undefined && !isClear(border.color)
      ? border.color
      : clear
        ? 'transparent'
        : block.fill;
  const stroke =
    weight > 0 ? ` strokeweight="${weight}px" strokecolor="${attrInComment(line)}"` : '';
  const visible = clear && weight === 0 ? ' stroked="false"' : '';
  const direction = block.style.direction === 'rtl' ? ' dir="rtl"' : '';
  return [
    '<!--[if mso]>',
    `<v:roundrect xmlns:v="urn:schemas-microsoft-com:vml" xmlns:w="urn:schemas-microsoft-com:office:word"${target} style="height:${size.height}px;width:${size.width}px;v-text-anchor:middle;" arcsize="${arc}%"${stroke}${visible}${fill}>`,
    `<v:stroke dashstyle="${border?.style === 'dashed' ? 'Dash' : border?.style === 'dotted' ? 'Dot' : 'Solid'}" weight="${weight}px" color="${attrInComment(line)}"/>`,
    '<w:anchorlock/>',
    '<v:textbox inset="0px,0px,0px,0px">',
    `<center${direction} style="color:${attrInComment(block.color)};font-family:${genericFont(block.style.font)};font-size:${block.style.size}px">`,
    '<![endif]-->',
  ].join('\n');
}

const line = (border: Border | undefined) =>
  border === undefined
    ? '0px solid transparent'
    : `${border.width}px ${border.style} ${border.color}`;

/** `button_block`, with the link around everything when there is a target. */
export function button(block: ButtonBlock, context: MailContext): void {
  const { out, amp } = context;
  const { style, borders } = block;
  const nodes = labelNodes(block.label, style.lineHeight.css);
  openBlock(context, 'button', block, { pad: ['text-align', block.align] });
  const onLink = customAttributes(block, 'link', out.amp);
  const onTag = customAttributes(block, 'tag', out.amp);
  const start = anchor(
    context,
    block.link,
    `${out.style('color', block.color, 'text-decoration', 'none')}${onLink}`,
  );
  const target = selector(context, 'button');
  const over = narrowText(block);
  const hover = block.hover.flat();
  const box = changingStyle(
    context,
    `${target} .button`,
    [...over, ...hover],
    'background-color',
    block.fill || 'transparent',
    'border-bottom',
    line(borders.bottom),
    'border-left',
    line(borders.left),
    'border-radius',
    block.radius || '0px',
    'border-right',
    line(borders.right),
    'border-top',
    line(borders.top),
    'color',
    block.color,
    'direction',
    style.direction === 'rtl' ? 'rtl' : '',
    'display',
    'inline-block',
    'font-family',
    style.font,
    'font-size',
    `${style.size}px`,
    'font-weight',
    block.weight,
    'mso-border-alt',
    'none',
    ...paddingPairs(block.inner),
    'text-align',
    'center',
    'width',
    block.percent === undefined ? 'auto' : `${block.percent}%`,
    'max-width',
    block.percent === undefined ? '' : '100%',
    'word-break',
    'keep-all',
    'letter-spacing',
    style.spacing,
  );
  const leading = `${round(labelLine(block))}px`;
  const inner = changingStyle(
    context,
    `${target} .button>span`,
    over,
    'word-break',
    'break-word',
    'line-height',
    leading,
  );
  const label = `<span${inner}>${labelHtml(nodes, out, true)}</span>`;
  const plain = amp || context.inShape;
  const shape = plain ? '' : vml(block, nodes, context);
  const end = plain ? '' : '<!--[if mso]></center></v:textbox></v:roundrect><![endif]-->';
  out.line(
    `<div class="alignment" align="${block.align}">${start}${shape}<span class="button"${box}${onTag}>${label}</span>${end}${start === '' ? '' : '</a>'}</div>`,
  );
  closeBlock(context);
  sheetRules(block, context);
}

/** Font size and line height of the narrow view; the line height is px, as on the desktop. */
function narrowText(block: ButtonBlock): Pairs {
  const { mobile, style } = block;
  if (mobile.fontSize === undefined && mobile.lineHeight === '') return [];
  const size = mobile.fontSize ?? style.size;
  const height = mobile.lineHeight === '' ? style.lineHeight : lineHeight(mobile.lineHeight, size);
  const leading = height.ratio === undefined ? height.px : height.ratio * size;
  return [
    'font-size',
    mobile.fontSize === undefined ? '' : `${size}px`,
    'line-height',
    leading === undefined ? '' : `${round(leading)}px`,
  ];
}

function sheetRules(block: ButtonBlock, context: MailContext): void {
  const target = selector(context, 'button');
  if (block.mobile.textAlign !== '') {
    mobileRule(context, `${target} .alignment`, 'text-align', block.mobile.textAlign);
    const inline = ['display', 'inline-block'];
    context.sheet.helpers.add(
      `${target} .alignment .button`,
      ...(context.amp ? inline : important(inline)),
    );
  }
  // In AMP the selectors must be as specific as the rules that they change.
  mobileRule(
    context,
    context.amp ? [`${target} .button`, `${target} .button>span`] : `${target} span`,
    ...narrowText(block),
  );
  const hover = `.row-${context.row} .column-${context.column} .block-${context.block} .button:hover`;
  const pairs = block.hover.flat();
  context.sheet.hover.add(
    context.amp ? `${target} .button:hover` : hover,
    ...(context.amp ? pairs : important(pairs)),
  );
}
