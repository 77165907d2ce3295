// Rows and columns of pages and popups, and the choice of each block's renderer (spec 5.15).
import { anySide, borderPairs, imagePairs, mergedBox, shorthandOf } from '../box.ts';
import { boxPairs, narrowRule } from './context.ts';
import { button, html, menu, mergeContent } from './others.ts';
import { divider, icons, image, social, spacer, video } from './pictures.ts';
import { form } from './form.ts';
import { heading, list, paragraph, table, text } from './text.ts';
import type { Block, Column, Row } from '../../template/types.ts';
import type { PageContext } from './context.ts';

/** What stays the same in all rows. */
type PageBase = Omit<PageContext, 'row' | 'column' | 'block' | 'width'>;

/** One row with its display condition around it. */
export function pageRow(row: Row, number: number, base: PageBase): void {
  if (row.hidden.mobile && row.hidden.desktop) return;
  const { out, prefix, sheet, body } = base;
  const context: PageContext = { ...base, row: number, column: 0, block: 0, width: body.width };
  const popup = base.scope !== '';
  const hidden = row.hidden.mobile
    ? ` ${prefix}-mobile_hide`
    : row.hidden.desktop
      ? ` ${prefix}-desktop_hide`
      : '';
  const name = row.className === '' ? '' : ` ${row.className}`;
  const target = `.${prefix}-row-${number}`;
  const content = `${target} .${prefix}-row-content`;
  const { radius } = row;
  const color = row.content.color || body.contentColor;
  // A popup has no page around its rows: colour and corners of the content belong to the whole row.
  sheet.numbered.add(
    target,
    'background-color',
    row.container.color,
    ...imagePairs(row.container),
    'border-radius',
    popup ? radius : '',
  );
  sheet.numbered.add(
    content,
    'background-color',
    color,
    ...imagePairs(row.content),
    ...borderPairs(row.borders),
    'border-radius',
    popup ? '' : radius,
    'color',
    row.color,
    ...boxPairs(row.padding),
    'gap',
    row.gap > 0 ? `${row.gap}px` : '',
  );
  if (row.condition && row.condition.before !== '') out.verbatim(row.condition.before);
  out.open(`<div class="${prefix}-row ${prefix}-row-${number}${hidden}${name}">`);
  const reverse = row.stack && row.reverse && row.columns.length > 1;
  out.open(
    `<div class="${prefix}-row-content${row.stack ? '' : ' no_stack'}${reverse ? ' reverse' : ''}">`,
  );
  for (const [i, column] of row.columns.entries()) {
    pageColumn(column, row, { ...context, column: i + 1, width: column.innerWidth });
  }
  out.close('</div>');
  out.close('</div>');
  if (row.condition && row.condition.after !== '') out.verbatim(row.condition.after);
  if (reverse) {
    sheet.narrowKinds.add(
      `${base.scope}.${prefix}-row-content.reverse`,
      'display',
      'flex',
      'flex-direction',
      'column-reverse',
    );
  }
  if (anySide(row.mobile.padding)) {
    narrowRule(
      context,
      content,
      'padding',
      shorthandOf(mergedBox(row.mobile.padding, row.padding)),
    );
  }
}

const JUSTIFY = { top: '', middle: 'center', bottom: 'flex-end' } as const;

function pageColumn(column: Column, row: Row, context: PageContext): void {
  const { out, prefix, sheet } = context;
  const name = column.className === '' ? '' : ` ${column.className}`;
  const target = `.${prefix}-row-${context.row} .${prefix}-col-${context.column}`;
  sheet.widths.add(column.grid);
  const justify = JUSTIFY[row.verticalAlign];
  sheet.numbered.add(
    target,
    'background-color',
    column.color,
    ...borderPairs(column.borders),
    ...boxPairs(column.padding),
    'border-radius',
    column.radius,
    ...(justify === ''
      ? []
      : ['display', 'flex', 'flex-direction', 'column', 'justify-content', justify]),
  );
  const start = `<div class="${prefix}-col ${prefix}-col-${context.column} ${prefix}-col-w${column.grid}${name}">`;
  if (column.blocks.every(({ kind }) => kind === 'empty' || kind === 'carousel'))
    out.line(`${start}</div>`);
  else {
    out.open(start);
    for (const [i, block] of column.blocks.entries()) {
      if (!(block.hidden.mobile && block.hidden.desktop))
        pageBlock(block, { ...context, block: i + 1 });
    }
    out.close('</div>');
  }
  const last = context.column === row.columns.length;
  narrowRule(
    context,
    target,
    // Stacked columns are no flex items, so the gap needs a margin.
    'margin-bottom',
    row.gap > 0 && row.stack && !last ? `${row.gap}px` : '',
    ...borderPairs(column.mobile.borders),
    'padding',
    anySide(column.mobile.padding)
      ? shorthandOf(mergedBox(column.mobile.padding, column.padding))
      : '',
  );
}

function pageBlock(block: Block, context: PageContext): void {
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
    case 'form':
      return form(block, context);
    case 'merge':
      return mergeContent(block, context);
    // An empty column is an empty div (spec 5.15), and only AMP shows carousels.
    case 'empty':
    case 'carousel':
      return undefined;
    case 'unknown':
      return context.out.line(
        `<!-- unknown block ${block.type.replaceAll(/[^\w-]+/g, ' ').slice(0, 80)} -->`,
      );
  }
}
