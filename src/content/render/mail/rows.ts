// Rows and columns of e-mails, and the choice of each block's renderer (spec 5.4).
import { changingStyle, closeBlock, HIDE, openBlock, TABLE, tableStyle } from './context.ts';
import { anySide, borderPairs, imagePairs, mergedBox, paddingPairs, shorthandOf } from '../box.ts';
import { button } from './button.ts';
import { carousel, video } from './video.ts';
import { divider, icons, image, social, spacer } from './pictures.ts';
import { heading, list, paragraph, text } from './text.ts';
import { condition, html, mergeContent } from './custom-html.ts';
import { menu, table } from './others.ts';
import { outlookBackground } from './outlook-background.ts';
import { important } from '../sheet.ts';
import { NO_BOX } from '../../template/css.ts';
import { NO_MOBILE } from '../../template/frame.ts';
import type { Block, Borders, Column, Frame, Row } from '../../template/types.ts';
import type { MailContext } from './context.ts';
import type { Pairs } from '../declarations.ts';

function hiddenClass(hidden: { readonly mobile: boolean; readonly desktop: boolean }): string {
  return hidden.mobile ? ' mobile_hide' : hidden.desktop ? ' desktop_hide' : '';
}

/** One row with its display condition around it; hidden in both views means not in the document (spec 5.4.5). */
export function mailRow(row: Row, number: number, context: MailContext): void {
  if (row.hidden.mobile && row.hidden.desktop) return;
  const { out, sheet, amp } = context;
  context.row = number;
  context.hide = row.hidden.desktop && !amp ? HIDE : [];
  const shownIf = row.condition && condition(row.condition, context);
  if (shownIf && shownIf.before !== '') out.verbatim(shownIf.before);
  const name = row.className === '' ? '' : ` ${row.className}`;
  out.open(
    `<table class="row row-${number}${hiddenClass(row.hidden)}${name}" align="center" width="100%" ${TABLE}${tableStyle(context, 'background-color', row.container.color, ...imagePairs(row.container))}>`,
  );
  out.open('<tbody>');
  out.open('<tr>');
  out.open('<td>');
  const shape = context.outlookBackgrounds
    ? outlookBackground(row, Math.round(context.body.width))
    : undefined;
  context.inShape = shape !== undefined;
  if (shape) out.line(shape.open);
  content(row, context);
  if (shape) out.line(shape.close);
  out.close('</td>');
  out.close('</tr>');
  out.close('</tbody>');
  out.close('</table>');
  if (shownIf && shownIf.after !== '') out.verbatim(shownIf.after);
  const over = narrowPadding(row);
  sheet.rows.add(`.row-${number} .row-content`, ...(amp ? over : important(over)));
}

function narrowPadding(row: Row): Pairs {
  return anySide(row.mobile.padding)
    ? ['padding', shorthandOf(mergedBox(row.mobile.padding, row.padding))]
    : [];
}

function content(row: Row, context: MailContext): void {
  const { out, body, amp, sheet } = context;
  const width = Math.round(body.width);
  const color = row.content.color || body.contentColor;
  const reverse = row.stack && row.reverse && row.columns.length > 1;
  // AMP allows no `!important`: what a narrow view changes must not stand inline.
  const size = amp ? ['width', '100%', 'max-width', `${width}px`] : ['width', `${width}px`];
  out.open(
    `<table class="row-content${row.stack ? ' stack' : ''}" align="${body.align}" ${TABLE}${changingStyle(context, `.row-${context.row} .row-content`, narrowPadding(row), 'mso-table-lspace', '0pt', 'mso-table-rspace', '0pt', ...borderPairs(row.borders), 'border-radius', row.radius, 'background-color', color, ...imagePairs(row.content), 'color', row.color, ...paddingPairs(row.padding), ...size, 'margin', body.align === 'left' ? '0 auto 0 0' : '0 auto', ...context.hide)} width="${width}">`,
  );
  out.open('<tbody>');
  out.open(reverse ? '<tr class="reverse">' : '<tr>');
  if (reverse) {
    sheet.features.add('reverse');
    if (row.columns.length > 2) {
      sheet.rows.add(
        `.row-${context.row} .reverse`,
        'display',
        'flex',
        'flex-direction',
        'column-reverse',
      );
    }
  }
  for (const [i, column] of row.columns.entries()) {
    if (i > 0 && row.gap > 0) {
      sheet.features.add('gap');
      sheet.rows.add(
        `.row-${context.row} .stack .gap`,
        'display',
        'block',
        'width',
        amp ? '100%' : '100% !important',
        'height',
        `${row.gap}px`,
      );
      out.line(
        `<td class="gap" width="${row.gap}"${out.style('width', `${row.gap}px`, 'font-size', '1px', 'line-height', '1px')}>&nbsp;</td>`,
      );
    }
    const last = i === row.columns.length - 1;
    context.column = i + 1;
    context.width = column.innerWidth;
    mailColumn(column, row, context, {
      place: reverse ? (i === 0 ? ' first' : last ? ' last' : '') : '',
      wrap: reverse && row.columns.length === 2,
    });
  }
  out.close('</tr>');
  out.close('</tbody>');
  out.close('</table>');
}

function mailColumn(
  column: Column,
  row: Row,
  context: MailContext,
  reverse: { readonly place: string; readonly wrap: boolean },
): void {
  const { out, sheet } = context;
  const name = column.className === '' ? '' : ` ${column.className}`;
  const target = `.row-${context.row} .column-${context.column}`;
  const padding = paddingPairs(column.padding);
  const border = borderPairs(column.borders);
  const over = reverse.wrap ? [] : columnPairs(column);
  out.open(
    `<td class="column column-${context.column}${reverse.place}${name}" width="${column.percent}%"${changingStyle(context, target, over, 'mso-table-lspace', '0pt', 'mso-table-rspace', '0pt', 'font-weight', '400', 'text-align', 'left', 'background-color', column.color, ...border, ...padding, 'vertical-align', row.verticalAlign, 'border-radius', column.radius)}>`,
  );
  if (reverse.wrap) {
    out.open('<div class="border">');
    // A cell shown as a table group loses its paddings and borders; the div gets them back.
    sheet.rows.add(
      `.row-${context.row} td.column${reverse.place.replace(' ', '.')} .border`,
      ...borderPairs(narrowBorders(column)),
      'padding',
      shorthandOf(mergedBox(column.mobile.padding, column.padding)),
    );
  }
  if (!column.blocks.some((block) => block.kind !== 'form' && shown(block, context))) {
    context.block = 1;
    emptyBlock(context);
  }
  const { hide } = context;
  for (const [i, block] of column.blocks.entries()) {
    if (!shown(block, context)) continue;
    context.block = i + 1;
    context.hide = block.hidden.desktop && !context.amp ? HIDE : hide;
    mailBlock(block, context);
  }
  context.hide = hide;
  if (reverse.wrap) out.close('</div>');
  out.close('</td>');
  sheet.columns.add(target, ...(context.amp ? over : important(over)));
}

/** The narrow-view paddings and borders of a column. */
function columnPairs({ mobile, padding, borders }: Column): Pairs {
  if (mobile === NO_MOBILE) return [];
  const box = anySide(mobile.padding)
    ? ['padding', shorthandOf(mergedBox(mobile.padding, padding))]
    : [];
  // A side without a border in either view needs no rule.
  const side = (name: keyof Borders) =>
    mobile.borders[name]?.width === 0 && borders[name] === undefined
      ? undefined
      : mobile.borders[name];
  const changed = {
    top: side('top'),
    right: side('right'),
    bottom: side('bottom'),
    left: side('left'),
  };
  return [...borderPairs(changed), ...box];
}

/** The borders of a column in the narrow view. */
function narrowBorders({ mobile, borders }: Column): Borders {
  return {
    top: mobile.borders.top ?? borders.top,
    right: mobile.borders.right ?? borders.right,
    bottom: mobile.borders.bottom ?? borders.bottom,
    left: mobile.borders.left ?? borders.left,
  };
}

/** A block hidden in both views, or in this kind of e-mail, is not in the document. */
function shown(block: Block, context: MailContext): boolean {
  if (block.hidden.mobile && block.hidden.desktop) return false;
  return context.amp ? !block.hidden.amp : !block.hidden.html;
}

const NO_FRAME: Frame = {
  padding: NO_BOX,
  align: '',
  id: '',
  className: '',
  attributes: [],
  hidden: { mobile: false, desktop: false, amp: false, html: false },
  mobile: NO_MOBILE,
};

function emptyBlock(context: MailContext): void {
  openBlock(context, 'empty', NO_FRAME);
  context.out.line('<div></div>');
  closeBlock(context);
}

function mailBlock(block: Block, context: MailContext): void {
  switch (block.kind) {
    case 'heading':
      return heading(block, context);
    case 'paragraph':
      return paragraph(block, context);
    case 'list':
      return list(block, context);
    case 'text':
      return text(block, context);
    case 'image':
      return image(block, context);
    case 'button':
      return button(block, context);
    case 'divider':
      return divider(block, context);
    case 'spacer':
      return spacer(block, context);
    case 'social':
      return social(block, context);
    case 'icons':
      return icons(block, context);
    case 'menu':
      return menu(block, context);
    case 'html':
      return html(block, context);
    case 'video':
      return video(block, context);
    case 'table':
      return table(block, context);
    case 'merge':
      return mergeContent(block, context);
    case 'carousel':
      return carousel(block, context);
    case 'empty':
      return emptyBlock(context);
    // E-mails have no forms (spec 5.17).
    case 'form':
      context.warn('a form is left out: e-mails have none');
      return undefined;
    // An unknown block leaves a mark and nothing else (spec 2.7).
    case 'unknown':
      return context.out.line(
        `<!-- unknown block ${block.type.replaceAll(/[^\w-]+/g, ' ').slice(0, 80)} -->`,
      );
  }
}
