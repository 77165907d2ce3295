// Text-like blocks of pages and popups: heading, paragraph, list, legacy text, table (spec 5.15).
import { borderPairs } from '../box.ts';
import { closeBlock, kindSelector, narrowRule, openBlock, selector } from './context.ts';
import { inline, lines, parsePhrase, parseText, property, unwrap } from '../rich.ts';
import { lineHeight } from '../../template/css.ts';
import { mobileText, textPairs, withLists, wrapperSize } from '../text-blocks.ts';
import type {
  HeadingBlock,
  ListBlock,
  ParagraphBlock,
  TableBlock,
  TextBlock,
  TextStyle,
} from '../../template/types.ts';
import type { PageContext } from './context.ts';
import type { Pairs } from '../declarations.ts';

const PLAIN = { linkColor: '', mail: false };

/** A text style with its line height as written. */
const pagePairs = (style: TextStyle, font = style.font) =>
  textPairs({ ...style, lineHeight: { ...style.lineHeight, css: style.lineHeight.written } }, font);

/** Text styles in the sheet leave out a font that is inherited. */
const sheetPairs = (style: TextStyle) => pagePairs(style, style.inheritsFont ? '' : style.font);

/** The heading element carries its style inline, as in e-mails. */
export function heading(block: HeadingBlock, context: PageContext): void {
  const { out } = context;
  const tag = `h${block.level}`;
  openBlock(context, 'heading', block, 'text-align', block.align || 'center', 'width', '100%');
  const { style } = block;
  const look = out.style(...pagePairs(style), 'margin-top', '0', 'margin-bottom', '0');
  const html = inline(parsePhrase(block.html), out, { linkColor: style.linkColor, mail: false });
  out.line(`<${tag}${look}>${html}</${tag}>`);
  closeBlock(context);
  narrowRule(context, `${selector(context)} ${tag}`, ...mobileText(block.mobile));
}

/** Paragraphs take their style from the sheet. */
export function paragraph(block: ParagraphBlock, context: PageContext): void {
  const { sheet } = context;
  const target = selector(context);
  sheet.kinds.add(kindSelector(context, 'paragraph'), 'overflow-wrap', 'anywhere');
  openBlock(context, 'paragraph', block, ...sheetPairs(block.style));
  lines(unwrap(parseText(block.html)).nodes, context.out, PLAIN);
  closeBlock(context);
  sheet.numbered.add(`${target} a`, 'color', block.style.linkColor);
  sheet.numbered.add(`${target} p:not(:last-child)`, 'margin-bottom', `${block.spacing}px`);
  narrowRule(context, target, ...mobileText(block.mobile));
}

/** Lists take their style from the sheet; `inside` markers indent nested lists only. */
export function list(block: ListBlock, context: PageContext): void {
  const { sheet } = context;
  const target = selector(context);
  sheet.kinds.add(kindSelector(context, 'list'), 'overflow-wrap', 'anywhere');
  sheet.kinds.add(
    [kindSelector(context, 'list', ' ol'), kindSelector(context, 'list', ' ul')],
    'margin',
    '0',
    'padding',
    '0',
  );
  openBlock(context, 'list', block, ...sheetPairs(block.style));
  lines(withLists(parseText(block.html), block), context.out, PLAIN);
  closeBlock(context);
  sheet.numbered.add(`${target} a`, 'color', block.style.linkColor);
  sheet.numbered.add(
    [`${target} ol`, `${target} ul`],
    'list-style-type',
    block.marker,
    'list-style-position',
    block.position,
    'padding-left',
    block.position === 'outside' ? `${block.indent}px` : '',
  );
  sheet.numbered.add(`${target} li:not(:last-child)`, 'margin-bottom', `${block.spacing}px`);
  sheet.numbered.add(
    [`${target} li ol`, `${target} li ul`],
    'margin-top',
    block.spacing > 0 ? `${block.spacing}px` : '',
  );
  if (block.position === 'inside') {
    sheet.numbered.add(`${target} li li`, 'margin-left', `${block.indent}px`);
  }
  narrowRule(context, target, ...mobileText(block.mobile));
}

/** Legacy text keeps the editor's inline styles. */
export function text(block: TextBlock, context: PageContext): void {
  const { out, sheet, prefix } = context;
  sheet.kinds.add(kindSelector(context, 'text'), 'overflow-wrap', 'anywhere');
  openBlock(context, 'text', block);
  const { style, nodes } = unwrap(parseText(block.html));
  const size = wrapperSize(block, style, nodes);
  const stored = property(style, 'font-family');
  const font =
    stored !== '' && stored !== 'inherit' ? stored : block.inheritsFont ? 'inherit' : block.font;
  out.open(
    `<div class="${prefix}-text-content"${out.style('font-size', `${size}px`, 'line-height', lineHeight(block.lineHeight, size).written, 'color', block.color, 'font-family', font, 'text-align', property(style, 'text-align'))}>`,
  );
  lines(nodes, out, { linkColor: block.linkColor, mail: false });
  out.close('</div>');
  closeBlock(context);
  narrowRule(context, `${selector(context)} .${prefix}-text-content`, ...mobileText(block.mobile));
}

const withoutLeading = (pairs: Pairs): Pairs =>
  pairs.map((part, i) => (pairs[i - 1] === 'line-height' ? '' : part));

/** A data table. */
export function table(block: TableBlock, context: PageContext): void {
  const { out, sheet } = context;
  const { style, header } = block;
  const target = selector(context);
  openBlock(context, 'table', block);
  if (block.headers.length + block.rows.length > 0) {
    out.open('<table>');
    const line = (tag: 'th' | 'td', items: readonly string[]) => {
      out.open('<tr>');
      for (const html of items) out.line(`<${tag}>${inline(parseText(html), out, PLAIN)}</${tag}>`);
      out.close('</tr>');
    };
    if (block.headers.length > 0) {
      out.open('<thead>');
      for (const items of block.headers) line('th', items);
      out.close('</thead>');
    }
    out.open('<tbody>');
    for (const items of block.rows) line('td', items);
    out.close('</tbody>');
    out.close('</table>');
  }
  closeBlock(context);
  sheet.numbered.add(
    `${target} table`,
    'border-collapse',
    'collapse',
    'table-layout',
    'fixed',
    'width',
    '100%',
    'background-color',
    block.fill,
    ...withoutLeading(sheetPairs(style)),
  );
  sheet.numbered.add(
    [`${target} td`, `${target} th`],
    'padding',
    '10px',
    'word-break',
    'break-word',
    'vertical-align',
    'top',
    // Each line has the height of its own size: headers differ.
    'line-height',
    style.lineHeight.written,
    ...borderPairs(block.borders),
  );
  if (block.headers.length > 0) {
    sheet.numbered.add(
      `${target} th`,
      'background-color',
      header.fill,
      'color',
      header.color,
      'font-size',
      `${header.size}px`,
      'font-weight',
      header.weight,
      'text-align',
      header.align,
    );
  }
  if (block.rows.length > 1) {
    sheet.numbered.add(`${target} tbody tr:nth-child(even)`, 'background-color', block.stripe);
  }
  sheet.numbered.add(`${target} a`, 'color', style.linkColor);
}
