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
  );
  const label = `<span${out.style('word-break', 'break-word', 'font-size', `${style.size}px`, 'line-height', style.lineHeight.css)}>${labelHtml(labelNodes(block.label), out, false)}</span>`;
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
  out.open(`<ul class="${prefix}-${block.vertical ? 'vertical' : 'horizontal'}">`);
  for (const [i, item] of block.items.entries()) {
    if (i > 0 && block.separator !== '' && !block.vertical) {
      out.line(`<li class="${prefix}-separator">${text(block.separator)}</li>`);
    }
    const start = anchor(item);
    out.line(
      start === ''
        ? `<li><span>${text(item.text)}</span></li>`
        : `<li>${start}${text(item.text)}</a></li>`,
    );
  }
  out.close('</ul>');
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

function hamburger(look: NonNullable<MenuBlock['hamburger']>, context: PageContext): void {
  const { out, sheet, prefix } = context;
  const id = `${prefix}-menu-r${context.row - 1}c${context.column - 1}m${context.block - 1}`;
  const target = selector(context);
  const hide = ['display', 'none'];
  sheet.kinds.add(
    [
      kindSelector(context, 'menu', ' input'),
      kindSelector(context, 'menu', ` .${prefix}-menu-trigger`),
      kindSelector(context, 'menu', ` .${prefix}-menu-close`),
    ],
    ...hide,
  );
  sheet.numbered.add(
    `${target} .${prefix}-menu-trigger`,
    'width',
    `${look.size}px`,
    'height',
    `${look.size}px`,
    'line-height',
    `${look.size}px`,
    'font-size',
    `${Math.max(1, look.size - 10)}px`,
    'text-align',
    'center',
    'cursor',
    'pointer',
    'color',
    look.color,
    'background-color',
    look.fill,
    'border-radius',
    look.rounded ? '50%' : '',
  );
  const box = `${target} input[type=checkbox]`;
  narrowRule(context, `${target} .${prefix}-menu-trigger`, 'display', 'inline-block');
  narrowRule(context, [`${box}~ul`, `${box}:checked~label .${prefix}-menu-open`], ...hide);
  narrowRule(context, [`${box}:checked~ul`, `${box}:checked~ul li`], 'display', 'block');
  narrowRule(context, `${box}:checked~label .${prefix}-menu-close`, 'display', 'inline');
  out.line(`<input type="checkbox" id="${id}">`);
  out.line(
    `<label class="${prefix}-menu-trigger" for="${id}"><span class="${prefix}-menu-open">☰</span><span class="${prefix}-menu-close">✕</span></label>`,
  );
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
