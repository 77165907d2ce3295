// Button, menu, html and merge content of pages and popups (spec 5.15).
import {
  anchor,
  closeBlock,
  kindSelector,
  labelPairs,
  narrowRule,
  openBlock,
  selector,
} from './context.ts';
import { text } from '../escape.ts';
import { customAttributes } from '../custom-attributes.ts';
import { important } from '../sheet.ts';
import { labelHtml, labelNodes } from '../button-label.ts';
import { lineHeight, round } from '../../template/css.ts';
import { borderPairs, shorthandOf } from '../box.ts';
import type { ButtonBlock, HtmlBlock, MenuBlock, MergeContentBlock } from '../../template/types.ts';
import type { PageContext } from './context.ts';

/** A link that looks like a button; without a target the same box as a div. */
export function button(block: ButtonBlock, context: PageContext): void {
  const { out, sheet, prefix } = context;
  const { style, inner } = block;
  sheet.kinds.add(kindSelector(context, 'button-content'), 'text-align', 'center');
  sheet.kinds.add(kindSelector(context, 'button', ' a'), 'text-decoration', 'none');
  openBlock(context, 'button', block, 'text-align', block.align);
  const box = out.style(
    'font-size',
    `${style.size}px`,
    'background-color',
    block.fill || 'transparent',
    ...borderPairs(block.borders),
    'border-radius',
    block.radius || '0px',
    'color',
    block.color,
    'direction',
    style.direction,
    'font-family',
    style.inheritsFont ? 'inherit' : style.font,
    'font-weight',
    block.weight,
    'letter-spacing',
    style.spacing === 'normal' ? '' : style.spacing,
    'max-width',
    '100%',
    'padding-bottom',
    `${inner.bottom ?? 0}px`,
    'padding-left',
    `${inner.left ?? 0}px`,
    'padding-right',
    `${inner.right ?? 0}px`,
    'padding-top',
    `${inner.top ?? 0}px`,
    'width',
    block.percent === undefined ? 'auto' : `${block.percent}%`,
    'display',
    'inline-block',
    'text-align',
    style.align === 'center' ? '' : style.align,
  );
  const label = `<span${out.style('word-break', 'break-word', 'font-size', `${style.size}px`, 'line-height', style.lineHeight.written)}>${labelHtml(labelNodes(block.label), out, false)}</span>`;
  const link = anchor(
    { ...block.link, title: '' },
    ` class="${prefix}-button-content"${box}${customAttributes(block, 'link')}${customAttributes(block, 'tag')}`,
  );
  out.line(
    link === ''
      ? `<div class="${prefix}-button-content"${box}${customAttributes(block, 'tag')}>${label}</div>`
      : `${link}${label}</a>`,
  );
  closeBlock(context);
  const target = selector(context);
  const { mobile } = block;
  narrowRule(context, target, 'text-align', mobile.textAlign);
  narrowRule(context, `${target} .${prefix}-button-content`, 'width', mobile.width);
  if (mobile.fontSize !== undefined || mobile.lineHeight !== '') {
    const size = mobile.fontSize ?? style.size;
    const leading = lineHeight(mobile.lineHeight, size, style.lineHeight.css);
    narrowRule(
      context,
      [`${target} .${prefix}-button-content`, `${target} span`],
      'font-size',
      mobile.fontSize === undefined ? '' : `${size}px`,
      'line-height',
      mobile.lineHeight === ''
        ? ''
        : leading.px === undefined
          ? leading.css
          : `${round(leading.px)}px`,
    );
  }
  if (block.hover.length > 0) {
    sheet.numbered.add(
      `${target} .${prefix}-button-content:hover`,
      ...important(block.hover.flat()),
    );
  }
}

/** A list of links, with a check box that opens it in the narrow view. */
export function menu(block: MenuBlock, context: PageContext): void {
  const { out, sheet, prefix } = context;
  const { style } = block;
  const target = selector(context);
  sheet.kinds.add(
    kindSelector(context, 'menu', ' ul'),
    'list-style-type',
    'none',
    'margin',
    '0',
    'padding',
    '0',
  );
  sheet.kinds.add(
    kindSelector(context, 'menu', ` ul.${prefix}-horizontal li`),
    'display',
    'inline-block',
  );
  sheet.kinds.add(kindSelector(context, 'menu', ' ul li a'), 'text-decoration', 'none');
  openBlock(context, 'menu', block, ...labelPairs(style), 'text-align', block.align);
  out.open(`<nav class="${prefix}-menu">`);
  if (block.hamburger) hamburger(block.hamburger, context);
  const names = `${prefix}-${block.vertical ? 'vertical' : 'horizontal'}${block.hamburger ? ` with-${prefix}-hamburger` : ''}`;
  // On one line: white space between inline blocks would be seen.
  let items = '';
  for (const [i, item] of block.items.entries()) {
    if (i > 0 && block.separator !== '' && !block.vertical) {
      items += `<li class="${prefix}-separator">${text(block.separator)}</li>`;
    }
    const start = anchor(item);
    items +=
      start === ''
        ? `<li><span>${text(item.text)}</span></li>`
        : `<li>${start}${text(item.text)}</a></li>`;
  }
  out.line(`<ul class="${names}">${items}</ul>`);
  out.close('</nav>');
  closeBlock(context);
  sheet.numbered.add(`${target} li a`, 'color', style.linkColor);
  sheet.numbered.add(`${target} li:not(.${prefix}-separator)`, 'padding', shorthandOf(block.gap));
  narrowRule(
    context,
    target,
    'text-align',
    block.mobile.textAlign,
    'font-size',
    block.mobile.fontSize === undefined ? '' : `${block.mobile.fontSize}px`,
  );
}

/** The check box and its label, which show and hide the list on phones (spec 5.9, 5.15). */
function hamburger(look: NonNullable<MenuBlock['hamburger']>, context: PageContext): void {
  const { out, sheet, prefix } = context;
  const id = `${prefix}-hamburger-r${context.row - 1}c${context.column - 1}m${context.block - 1}`;
  const target = selector(context);
  const list = `ul.with-${prefix}-hamburger`;
  const controls = `${prefix}-hamburger-controls`;
  const { kinds, narrowKinds } = sheet;
  kinds.add(kindSelector(context, 'menu', ` .${prefix}-hamburger-trigger`), 'display', 'none');
  kinds.add(
    kindSelector(context, 'menu', ` .${controls}`),
    'cursor',
    'pointer',
    'display',
    'inline-block',
    'position',
    'relative',
  );
  kinds.add(
    kindSelector(context, 'menu', ` .${controls} span`),
    'display',
    'block',
    'position',
    'absolute',
    'top',
    '50%',
    'left',
    '50%',
    'background-size',
    '100%',
    'background-repeat',
    'no-repeat',
    'transition',
    '.12s ease-in-out',
  );
  const inMenu = (rest: string) => kindSelector(context, 'menu', ` ${rest}`);
  narrowKinds.add(
    inMenu(list),
    'display',
    'none',
    'padding',
    '5px 0',
    'position',
    'relative',
    'top',
    '-4px',
  );
  narrowKinds.add(inMenu(`${list} li`), 'display', 'block', 'text-align', 'center');
  narrowKinds.add(inMenu(`${list} .${prefix}-separator`), 'display', 'none');
  narrowKinds.add(inMenu(`.${prefix}-hamburger-trigger:checked~ul`), 'display', 'block');
  const size = `${look.size}px`;
  narrowRule(
    context,
    `${target} .${controls}`,
    'width',
    size,
    'height',
    size,
    'background-color',
    look.fill,
    'border-radius',
    look.rounded ? '50%' : '0',
  );
  const glyph = `${round(look.size / 2)}px`;
  narrowRule(context, `${target} .${controls} span`, 'width', glyph, 'height', glyph);
  for (const [name, lines, shown] of [
    ['open', OPEN, 1],
    ['close', CLOSE, 0],
  ] as const) {
    narrowRule(
      context,
      `${target} .${prefix}-hamburger-${name}`,
      'background-image',
      drawing(lines, look.color),
      'transform',
      `translate(-50%,-50%) scaleY(${shown})`,
    );
    narrowRule(
      context,
      `${target} .${prefix}-hamburger-trigger:checked~.${controls} .${prefix}-hamburger-${name}`,
      'transform',
      `translate(-50%,-50%) scaleY(${1 - shown})`,
    );
  }
  narrowRule(context, `${target} ${list}`, 'background-color', look.fill);
  narrowRule(context, [`${target} ${list} li`, `${target} ${list} li a`], 'color', look.color);
  out.line(
    `<input class="${prefix}-hamburger-trigger" id="${id}" type="checkbox"><label class="${controls}" for="${id}"><span class="${prefix}-hamburger-open"></span><span class="${prefix}-hamburger-close"></span></label>`,
  );
}

const OPEN = 'M3 6h26M3 16h26M3 26h26';
const CLOSE = 'M6 6l20 20M6 26L26 6';

/** Lines with round ends in one colour, as a picture inside the sheet. */
function drawing(lines: string, color: string): string {
  const stroke = encodeURIComponent(color).replaceAll(/['()]/g, '');
  return `url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='${lines}' stroke='${stroke}' stroke-width='6' stroke-linecap='round'/%3E%3C/svg%3E")`;
}

/** Custom HTML of a page is printed as it is (spec 4.7). */
export function html(block: HtmlBlock, context: PageContext): void {
  context.sheet.kinds.add(kindSelector(context, 'html-block'), 'text-align', 'center');
  openBlock(context, 'html-block html', block);
  context.out.verbatim(block.html);
  closeBlock(context);
}

/** Dynamic content of the sending system, printed as it is. */
export function mergeContent(block: MergeContentBlock, context: PageContext): void {
  openBlock(context, 'merge-content', block);
  context.out.verbatim(block.value);
  closeBlock(context);
}
