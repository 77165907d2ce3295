// Button, menu, data table, html and merge content of hosted e-mails (spec 5.8–5.10).
import {
  attr,
  cellsOf,
  child,
  commentsIn,
  descendants,
  elementsIn,
  find,
  innerSource,
  isElement,
  isText,
  lineOf,
  tableRows,
} from '../dom.ts';
import { alignOf, alignmentIn, customAttributes, frameJson } from './frame.ts';
import {
  borderJson,
  merged,
  narrowText,
  paddingJson,
  paddingOf,
  ratioOf,
  textJson,
} from '../values.ts';
import { length, px } from '../../template/css.ts';
import { linkColorIn, richHtml } from '../rich.ts';
import { linkJson } from './pictures.ts';
import { safeMarkup } from '../markup.ts';
import type { Element } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { Source } from './frame.ts';

const LINK = /^(?:href|target|style|tabindex|rel|class|id|title)$/;
/** Cells of a table that are compared with each other. */
const MAX_COMPARED = 1000;
const BOX = /^(?:style|class|id|href|target|rel|title|role|dir|tabindex)$/;

/** A button of any generation; undefined when nothing in the block looks like one. */
export function buttonJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const box = buttonBox(pad, state);
  if (box === undefined) return undefined;
  const link = find(pad, 'a');
  const shape = commentsIn(pad).find((comment) => comment.includes('v:roundrect')) ?? '';
  const looks = [state.styles.own(box)];
  let inner = box;
  // The label stands in one or two spans of the service's own, which carry sides, size and line height.
  for (let i = 0; i < 2; i += 1) {
    const nodes = inner.childNodes.filter(
      (node) => isElement(node) || (isText(node) && node.value.trim() !== ''),
    );
    const [only] = nodes;
    if (nodes.length !== 1 || !only || !isElement(only) || !/^(?:span|a)$/.test(only.tagName))
      break;
    const own = state.styles.own(only);
    if (
      ![...own.keys()].some((name) =>
        /^(?:word-break|padding-left|line-height|display)$/.test(name),
      )
    )
      break;
    inner = only;
    looks.push(own);
    if (own.has('line-height') && !own.has('padding-left')) break;
  }
  const style = merged(...looks);
  const size = px(style.get('font-size'), 16);
  const leading = length(style.get('line-height'));
  const label = richHtml(state, inner, { linkColor: '' });
  const pads = looks.map((look) => paddingOf(look));
  const padding = pads.reduce(
    (sum, sides) => sum.map((side, i) => side + sides[i]!) as unknown as typeof sum,
  );
  const width = length(looks[0]!.get('width'));
  const text = textJson(style, state);
  const { 'font-weight': _weight, 'text-align': _align, ...plain } = text;
  const hover = Object.fromEntries(state.styles.hover(box));
  const outer = /height:\s*(\d+)px;\s*width:\s*(\d+)px/.exec(shape);
  const attributes = [
    ...customAttributes(link, 'link', LINK),
    ...(box === link ? [] : customAttributes(box, 'tag', BOX)),
  ];
  const holder = alignmentIn(source);
  const narrow = {
    ...narrowText(state.styles.narrow(holder)),
    ...narrowText(state.styles.narrow(inner)),
    ...narrowLeading(state, box, inner, size),
  };
  return {
    button: {
      label,
      ...linkJson(link),
      style: {
        ...plain,
        ...(style.has('font-weight') ? { 'font-weight': style.get('font-weight') } : {}),
        'line-height':
          leading === undefined || leading.unit !== 'px'
            ? leading
              ? text['line-height']
              : '120%'
            : ratioOf(leading.value, size),
        'background-color': style.get('background-color') ?? 'transparent',
        ...borderJson(looks[0]!),
        'border-radius': looks[0]!.get('border-radius') ?? '0px',
        ...paddingJson(padding),
        width: width?.unit === '%' ? `${width.value}%` : 'auto',
        'max-width': '100%',
      },
    },
    ...frameJson(source, {
      style: { 'text-align': alignOf(source, 'center') },
      computed: outer ? { width: Number(outer[2]), height: Number(outer[1]) } : {},
      mobile: narrow,
    }),
    ...(Object.keys(hover).length > 0 ? { hoverStyle: hover } : {}),
    ...(attributes.length > 0 ? { customAttributes: attributes } : {}),
  };
}

/** Line heights of buttons are px; a template stores them as a share of the font size. */
function narrowLeading(state: State, box: Element, inner: Element, size: number): Json {
  const own = merged(state.styles.narrow(box), state.styles.narrow(inner));
  const leading = length(own.get('line-height'));
  if (leading?.unit !== 'px') return {};
  return { 'line-height': ratioOf(leading.value, px(own.get('font-size'), size)) };
}

/** `span.button`, or the first element with a fill, a border or paddings of its own. */
function buttonBox(pad: Element, state: State): Element | undefined {
  const named = find(pad, '.button');
  if (named !== undefined) return named;
  for (const element of descendants(pad)) {
    if (!/^(?:a|div|span)$/.test(element.tagName)) continue;
    const style = state.styles.own(element);
    if (style.get('display') === 'inline-block' || style.has('background-color')) return element;
  }
  return find(pad, 'a');
}

/** A menu: links, what stands between them, and the button that opens it on phones. */
export function menuJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const links = find(pad, '.menu-links');
  const entries = (links ? elementsIn(links) : []).filter(
    (item) => item.tagName === 'a' || attr(item, 'class') === 'label',
  );
  const [first] = entries;
  // Somebody may have taken all links out; then there is still the button that opens them.
  if (first === undefined && find(pad, '.menu-label') === undefined) return undefined;
  const look = first ? state.styles.own(first) : new Map<string, string>();
  const separator = find(links, '.sep');
  const base = merged(look, state.styles.own(pad));
  const trigger = find(pad, '.menu-label');
  const narrow = merged(state.styles.narrow(find(pad, '.alignment')), state.styles.narrow(first));
  const plain = entries.find((item) => item.tagName === 'a');
  const text = textJson(
    merged(base, new Map([['letter-spacing', look.get('letter-spacing') ?? 'normal']])),
    state,
  );
  return {
    menuItemsList: {
      items: entries.map((item) => ({
        text: lineOf(item),
        link: {
          href: attr(item, 'href'),
          title: attr(item, 'title'),
          target: attr(item, 'target') || '_self',
        },
      })),
    },
    ...frameJson(source, {
      style: {
        ...text,
        'text-align': state.styles.own(pad).get('text-align') ?? alignOf(source, 'center'),
      },
      computed: {
        layout: look.get('display') === 'block' ? 'vertical' : 'horizontal',
        linkColor:
          (plain && state.styles.own(plain).get('color')) ?? base.get('color') ?? state.linkColor,
        menuItemsSpacing: paddingJson(menuGaps(source, entries, separator !== undefined)),
        ...(separator ? { separator: lineOf(separator) } : {}),
        hamburger: trigger ? hamburgerJson(trigger, state) : { mobile: false },
      },
      mobile: narrowText(narrow),
    }),
  };
}

/**
 * The paddings of an item. Documents of older generations have white space between the items, which is as wide as the
 * letter spacing of the cell; ours have none.
 */
function menuGaps(
  { state, pad }: Source,
  entries: readonly Element[],
  separated: boolean,
): readonly [number, number, number, number] {
  const [first] = entries;
  if (first === undefined) return [5, 5, 5, 5];
  const [top, right, bottom, left] = paddingOf(state.styles.own(first));
  const nodes = first.parentNode?.childNodes ?? [];
  const next = nodes[nodes.indexOf(first) + 1];
  const apart = next !== undefined && isText(next) && entries.length > 1;
  const spacing = apart ? px(state.styles.own(pad).get('letter-spacing'), 0) : 0;
  const more = separated ? spacing : spacing / 2;
  return [top, right + more, bottom, left + more];
}

function hamburgerJson(trigger: Element, state: State): Json {
  const style = state.styles.own(trigger);
  return {
    mobile: true,
    iconSize: style.get('width') ?? '36px',
    iconType:
      style.has('border-radius') && px(style.get('border-radius'), 50) !== 0 ? 'rounded' : 'normal',
    foregroundColor: style.get('color') ?? '#ffffff',
    backgroundColor: style.get('background-color') ?? '#000000',
  };
}

/** A data table with header lines, borders and stripes. */
export function tableJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const table = find(pad, 'table');
  return table === undefined ? undefined : { ...dataTable(table, state), ...frameJson(source) };
}

/**
 * A table whose cells have borders or paddings of their own, as only hands give them: a template has one set for all,
 * so it becomes the HTML that it is. Undefined for any other.
 */
export function unevenTableJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const table = find(pad, 'table');
  const cells = (table ? tableRows(table) : []).flatMap((row) => cellsOf(row));
  const looks = cells.slice(0, MAX_COMPARED).map((cell) => {
    const style = state.styles.own(cell);
    return JSON.stringify([borderJson(style), paddingOf(style)]);
  });
  return new Set(looks).size > 1 ? htmlJson(source) : undefined;
}

/** `descriptor.table` of any table with data in it. */
export function dataTable(table: Element, state: State): Json {
  const rows = tableRows(table);
  const heads = rows.filter((row) => {
    const cells = cellsOf(row);
    return cells.length > 0 && cells.every(({ tagName }) => tagName === 'th');
  });
  const lines = rows.filter((row) => !heads.includes(row) && cellsOf(row).length > 0);
  const part = (row: Element | undefined) =>
    row?.parentNode && isElement(row.parentNode) && row.parentNode !== table
      ? row.parentNode
      : undefined;
  const [head, body] = [part(heads[0]), part(lines[0])];
  const own = (element: Element | undefined) =>
    element ? state.styles.own(element) : new Map<string, string>();
  const linkColor = linkColorIn(state, table);
  const cells = (row: Element) => ({
    cells: cellsOf(row).map((cell) => ({ html: richHtml(state, cell, { linkColor }) })),
  });
  const look = merged(own(table), own(body));
  const th = merged(own(table), own(head), own(heads[0]), own(cellsOf(heads[0])[0]));
  const stripe = own(lines[1]).get('background-color');
  const sample = cellsOf(lines[0] ?? heads[0])[0];
  return {
    table: {
      content: { headers: heads.map(cells), rows: lines.map(cells) },
      style: {
        ...textJson(look, state),
        'background-color': own(table).get('background-color') ?? 'transparent',
        ...borderJson(own(sample)),
      },
      computedStyle: {
        headersBackgroundColor: th.get('background-color') ?? 'transparent',
        headersColor: th.get('color') ?? '#000000',
        headersFontSize: th.get('font-size') ?? '14px',
        headersFontWeight: th.get('font-weight') ?? '700',
        headersTextAlign: th.get('text-align') ?? 'left',
        ...(stripe === undefined || heads.length + lines.length < 2
          ? {}
          : { alternateRowBackgroundColor: stripe }),
        linkColor,
      },
    },
  };
}

/** An html block: what stands in the frame, byte for byte but for scripts. */
export function htmlJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const frame = child(pad, 'div');
  const framed = frame && attr(frame, 'align') === 'center' ? frame : pad;
  const html = safeMarkup(innerSource(state.dom, framed));
  return html === '' ? undefined : { html: { html }, ...frameJson(source) };
}

/** Content of the sending system. */
export function mergeContentJson(source: Source): Json | undefined {
  const value = safeMarkup(innerSource(source.state.dom, source.pad));
  return value === ''
    ? undefined
    : { mergeContent: { name: lineOf(source.pad).slice(0, 60), value }, ...frameJson(source) };
}
