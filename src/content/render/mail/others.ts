// Menus and data tables of e-mails (spec 5.9, 5.10).
import {
  anchor,
  changingStyle,
  closeBlock,
  mobileAlign,
  mobileRule,
  openBlock,
  selector,
  TABLE,
  tableStyle,
} from './context.ts';
import { borderPairs } from '../box.ts';
import { inline, parseText } from '../rich.ts';
import { round } from '../../template/css.ts';
import { text } from '../escape.ts';
import type { MenuBlock, MenuItem, TableBlock } from '../../template/types.ts';
import type { MailContext } from './context.ts';

/** `menu_block`: links on a line (or below each other), held together by a table in Outlook. */
export function menu(block: MenuBlock, context: MailContext): void {
  const { out, sheet, amp } = context;
  const { style } = block;
  sheet.features.add('menu');
  openBlock(context, 'menu', block, {
    always: [
      'color',
      style.color,
      'font-family',
      style.font,
      'font-size',
      `${style.size}px`,
      'font-weight',
      style.weight,
      // Separators inherit it from here.
      'letter-spacing',
      style.spacing === 'normal' ? '' : style.spacing,
      'text-align',
      block.align,
    ],
  });
  out.open(`<table width="100%" ${TABLE}${tableStyle(context)}>`);
  out.open('<tr>');
  out.open(`<td class="alignment"${out.style('text-align', block.align, 'font-size', '0px')}>`);
  if (block.hamburger && !amp) out.line(trigger(block.hamburger, context));
  const mso = (html: string) => (amp ? '' : `<!--[if mso]>${html}<![endif]-->`);
  const [top, right, bottom, left] = [
    block.gap.top,
    block.gap.right,
    block.gap.bottom,
    block.gap.left,
  ].map((side) => `${side ?? 0}px`);
  const cell = mso(
    `<td style="padding-top:${top};padding-right:${right};padding-bottom:${bottom};padding-left:${left}">`,
  );
  const separator =
    block.separator === ''
      ? ''
      : `<span class="sep"${out.style('word-break', 'break-word', 'font-size', `${style.size}px`, 'font-family', style.font, 'color', style.color)}>${text(block.separator)}</span>`;
  let html = mso(
    `<table role="presentation" border="0" cellpadding="0" cellspacing="0" align="${block.align}" style="">${block.vertical ? '' : '<tr style="text-align:center;">'}`,
  );
  for (const [i, item] of block.items.entries()) {
    if (i > 0 && separator !== '' && !block.vertical)
      html += `${mso('<td>')}${separator}${mso('</td>')}`;
    const open = block.vertical ? mso('<tr>') : '';
    const close = block.vertical ? mso('</tr>') : '';
    html += `${open}${cell}${menuItem(item, block, context)}${mso('</td>')}${close}`;
  }
  html += mso(block.vertical ? '</table>' : '</tr></table>');
  out.line(`<div class="menu-links">${html}</div>`);
  out.close('</td>');
  out.close('</tr>');
  out.close('</table>');
  closeBlock(context);
  const target = selector(context, 'menu');
  const { mobile } = block;
  if (mobile.fontSize !== undefined) {
    mobileRule(
      context,
      [`${target} .menu-links a`, `${target} .menu-links span`],
      'font-size',
      `${mobile.fontSize}px`,
    );
  }
  mobileAlign(context, 'menu', block);
}

function menuItem(item: MenuItem, block: MenuBlock, context: MailContext): string {
  const { style, gap } = block;
  const size = block.mobile.fontSize === undefined ? '' : `${block.mobile.fontSize}px`;
  const look = (color: string, tag: string) =>
    changingStyle(
      context,
      `${selector(context, 'menu')} .menu-links ${tag}`,
      ['font-size', size],
      'mso-hide',
      'false',
      'padding-top',
      `${gap.top ?? 0}px`,
      'padding-bottom',
      `${gap.bottom ?? 0}px`,
      'padding-left',
      `${gap.left ?? 0}px`,
      'padding-right',
      `${gap.right ?? 0}px`,
      'display',
      block.vertical ? 'block' : 'inline-block',
      'color',
      color,
      'font-family',
      style.font,
      'font-size',
      `${style.size}px`,
      'text-decoration',
      'none',
      'letter-spacing',
      style.spacing,
    );
  const start = anchor(context, item, look(style.linkColor, 'a'));
  const label = text(item.text);
  return start === ''
    ? `<span class="label"${look(style.color, 'span').replace('style="', 'style="word-break:break-word;')}>${label}</span>`
    : `${start}${label}</a>`;
}

/** The check box and its label that open and close the menu in the narrow view. */
function trigger(hamburger: NonNullable<MenuBlock['hamburger']>, context: MailContext): string {
  const { out, sheet } = context;
  sheet.features.add('hamburger');
  const id = `r${context.row - 1}c${context.column - 1}m${context.block - 1}`;
  const { size, color, fill } = hamburger;
  sheet.helpers.add(`#menu${id}:checked~.menu-links`, 'background-color', `${fill} !important`);
  sheet.helpers.add(
    [`#menu${id}:checked~.menu-links a`, `#menu${id}:checked~.menu-links span`],
    'color',
    `${color} !important`,
  );
  // The bars are drawn above the middle of their line, the cross in it.
  const glyph = (leading: number, shown: string) =>
    out.style(
      'display',
      shown,
      'mso-hide',
      'all',
      'font-size',
      `${Math.max(1, size - 10)}px`,
      'line-height',
      `${round(leading)}px`,
    );
  return (
    `<!--[if !mso]><!--><input class="menu-checkbox" id="menu${id}" type="checkbox" style="display:none !important;max-height:0;visibility:hidden;"><!--<![endif]-->` +
    `<div class="menu-trigger" style="display:none;max-height:0px;max-width:0px;font-size:0px;overflow:hidden;">` +
    `<label class="menu-label" for="menu${id}"${out.style('height', `${size}px`, 'width', `${size}px`, 'display', 'inline-block', 'cursor', 'pointer', 'mso-hide', 'all', 'user-select', 'none', 'text-align', 'center', 'color', color, 'text-decoration', 'none', 'background-color', fill, 'border-radius', hamburger.rounded ? '50%' : '')}>` +
    `<span class="menu-open"${glyph(0.875 * size, '')}>☰</span><span class="menu-close"${glyph(size, 'none')}>✕</span></label></div>`
  );
}

/** `table_block`: a data table with a header line and optional stripes. */
export function table(block: TableBlock, context: MailContext): void {
  const { out } = context;
  const { style, header } = block;
  openBlock(context, 'table', block);
  if (block.headers.length + block.rows.length > 0) {
    const cells = (block.headers[0] ?? block.rows[0]!).length;
    const share = `${100 / cells}%`;
    const leading = (size: number): readonly string[] => [
      'font-size',
      `${size}px`,
      'line-height',
      style.lineHeight.css,
      'mso-line-height-alt',
      style.lineHeight.ratio === undefined ? '' : `${Math.round(style.lineHeight.ratio * size)}px`,
    ];
    const options = { linkColor: style.linkColor, mail: true };
    out.open(
      `<table${tableStyle(context, 'border-collapse', 'collapse', 'width', '100%', 'table-layout', 'fixed', 'direction', style.direction, 'background-color', block.fill || 'transparent', 'font-family', style.font, 'font-weight', style.weight, 'color', style.color, 'text-align', style.align, 'letter-spacing', style.spacing)} width="100%">`,
    );
    const cell = ['padding', '10px', 'word-break', 'break-word', ...borderPairs(block.borders)];
    const line = (tag: 'th' | 'td', items: readonly string[], look: string, row: string) => {
      out.open(`<tr${row}>`);
      for (const html of items) {
        out.line(
          `<${tag} width="${share}"${look}>${inline(parseText(html), out, options)}</${tag}>`,
        );
      }
      out.close('</tr>');
    };
    if (block.headers.length > 0) {
      out.open(
        `<thead${out.style('vertical-align', 'top', 'background-color', header.fill || 'transparent', 'color', header.color, ...leading(header.size))}>`,
      );
      const look = out.style(...cell, 'font-weight', header.weight, 'text-align', header.align);
      for (const items of block.headers) line('th', items, look, '');
      out.close('</thead>');
    }
    out.open(`<tbody${out.style('vertical-align', 'top', ...leading(style.size))}>`);
    const look = out.style('vertical-align', 'top', ...cell);
    for (const [i, items] of block.rows.entries()) {
      line('td', items, look, i % 2 === 1 ? out.style('background-color', block.stripe) : '');
    }
    out.close('</tbody>');
    out.close('</table>');
  }
  closeBlock(context);
}
