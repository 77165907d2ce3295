// The texts of a widget as their reader sees them: looks, runs, and what is painted behind (Beefree spec 3.14).
import { labelNodes } from '../render/button-label.ts';
import { wrapperSize } from '../render/text-blocks.ts';
import { parseText, unwrap } from '../render/rich.ts';
import { isBold, painted, paints, WHITE } from './colors.ts';
import { runsOf, type Look, type Run } from './runs.ts';
import { words, type Widget } from './widgets.ts';
import type { Background, Body, TextStyle } from '../template/types.ts';
import type { Node } from '../render/fragment.ts';

/** One text of a widget; tables have two. */
export interface Text {
  readonly widget: Widget;
  readonly type: string;
  readonly label: string;
  readonly base: Look;
  readonly runs: readonly Run[];
  /** colours that the pointer brings */
  readonly hover?: { readonly color: string; readonly behind: string } | undefined;
  /** px in the narrow view, where the widget sets it */
  readonly narrow: number | undefined;
}

const look = (style: TextStyle, color = style.color, behind: readonly string[] = []): Look => ({
  color,
  behind,
  size: style.size,
  bold: isBold(style.weight),
  link: false,
  own: false,
});

/** The texts of one widget that checks of contrast and size look at. */
export function textsOf(widget: Widget): readonly Text[] {
  const { block } = widget;
  const narrow = block.mobile.fontSize;
  const one = (base: Look, nodes: readonly Node[], linkColor: string, label: string): Text => ({
    widget,
    type: widget.type,
    label,
    base,
    runs: runsOf(nodes, base, linkColor),
    narrow,
  });
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
    case 'list': {
      const nodes = unwrap(parseText(block.html)).nodes;
      const base = look(block.style);
      const label = block.kind === 'list' ? items(block.html) : words(block.html);
      return [one(base, nodes, block.style.linkColor, label)];
    }
    case 'text': {
      const { style, nodes } = unwrap(parseText(block.html));
      const size = wrapperSize(block, style, nodes);
      const base = { color: block.color, behind: [], size, bold: false, link: false, own: false };
      return [one(base, nodes, block.linkColor, words(block.html))];
    }
    case 'button': {
      const base: Look = {
        ...look(block.style, block.color, [block.fill]),
        bold: isBold(block.weight),
      };
      const hover = Object.fromEntries(block.hover);
      const changes = 'color' in hover || 'background-color' in hover;
      return [
        {
          ...one(base, labelNodes(block.label), block.color, words(block.label)),
          hover: changes
            ? {
                color: hover['color'] ?? block.color,
                behind: hover['background-color'] ?? block.fill,
              }
            : undefined,
        },
      ];
    }
    case 'menu': {
      const nodes = block.items.map(({ text, href }): Node => ({
        tag: href === '' ? 'span' : 'a',
        attributes: href === '' ? [] : [['href', href]],
        style: [],
        children: [text],
      }));
      const label = block.items.map((item) => words(item.text)).join(', ');
      return [one(look(block.style), nodes, block.style.linkColor, label)];
    }
    case 'icons': {
      // Linked labels keep the colour of the block.
      const labels = block.icons.map((icon) => icon.text);
      return [one(look(block.style), labels, block.style.color, labels.map(words).join(', '))];
    }
    case 'table': {
      const { style, header } = block;
      const cells = (rows: readonly (readonly string[])[]) => rows.flat().flatMap(parseText);
      const head: Look = {
        ...look(style, header.color, [block.fill, header.fill]),
        size: header.size,
        bold: isBold(header.weight),
      };
      const label = (rows: readonly (readonly string[])[]) => words(rows.flat()[0] ?? '');
      const body = look(style, style.color, [block.fill]);
      const striped = look(style, style.color, [block.fill, block.stripe]);
      const texts = [
        {
          ...one(body, [], style.linkColor, label(block.rows)),
          type: 'table-content',
          runs: block.rows.flatMap((row, i) =>
            runsOf(cells([row]), i % 2 === 1 ? striped : body, style.linkColor),
          ),
        },
        {
          ...one(head, cells(block.headers), style.linkColor, label(block.headers)),
          type: 'table-header',
        },
      ];
      return texts.filter(({ runs }) => runs.length > 0);
    }
    default:
      return [];
  }
}

const items = (html: string) =>
  html
    .split(/<li\b[^>]{0,2000}>/i)
    .slice(1)
    .map(words)
    .filter((item) => item !== '')
    .join(', ')
    .slice(0, 200);

/** What lies behind a widget, from the page to the column; undefined where a picture decides it. */
export function groundOf(widget: Widget, body: Body): string | undefined {
  const { row, column } = widget;
  const layers: readonly (Background | string)[] = [
    body.background,
    row.container,
    { ...row.content, color: row.content.color || body.contentColor },
    column.color,
  ];
  let ground: string | undefined = WHITE;
  for (const layer of layers) {
    const color = typeof layer === 'string' ? layer : layer.color;
    // The colour shows while the picture loads, and stands for it; without one nothing is known.
    if (paints(color)) ground = painted([color], ground);
    else if (typeof layer !== 'string' && layer.image !== '') ground = undefined;
  }
  return ground;
}
