// Button, menu, data table, html and merge content of hosted pages (spec 5.15).
import {
  alignOf,
  frameJson,
  lookOf,
  narrowText,
  pageText,
  part,
  holdsOnly,
  spaceBetween,
  spread,
} from './frame.ts';
import { attr, elementsIn, find, hasClass, isElement, isText, lineOf } from '../dom.ts';
import { borderJson, merged, paddingJson, paddingOf } from '../values.ts';
import { customAttributes } from '../mail/frame.ts';
import { dataTable } from '../mail/others.ts';
import { length } from '../../template/css.ts';
import { linkJson } from '../mail/pictures.ts';
import { pageMarkup } from './markup.ts';
import { richHtml } from '../rich.ts';
import type { Element } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { PageBlock } from './frame.ts';

const LINK = /^(?:href|target|style|tabindex|rel|class|id|title|dir)$/;

/** A button; undefined when the block holds none, or more. */
export function buttonJson(source: PageBlock): Json | undefined {
  const { state, block } = source;
  const box = part(source, 'button-content') ?? elementsIn(block)[0];
  if (box === undefined || !holdsOnly(block, box)) return undefined;
  if (box.tagName !== 'a' && find(box, 'a')) return undefined;
  const inner = labelSpan(box);
  const own = state.styles.own(box);
  const around = lookOf(inner, state);
  const text = pageText(around, state);
  const { 'font-weight': _weight, 'text-align': _align, ...plain } = text;
  const link = box.tagName === 'a' ? box : undefined;
  const width = length(own.get('width'));
  const aligned = own.get('text-align') ?? 'inherit';
  const hover = Object.fromEntries(state.styles.hover(box));
  const attributes = [
    ...customAttributes(link, 'link', LINK),
    ...(link ? [] : customAttributes(box, 'tag', LINK)),
  ];
  const narrow = state.styles.narrow(box);
  const wide = length(narrow.get('width'));
  return {
    button: {
      label: richHtml(state, inner),
      ...linkJson(link),
      target: attr(link, 'target') || '_self',
      style: {
        ...plain,
        ...(around.has('font-weight') ? { 'font-weight': around.get('font-weight') } : {}),
        ...(aligned === 'center' ? {} : { 'text-align': aligned }),
        'background-color': own.get('background-color') ?? 'transparent',
        color: around.get('color') ?? '#000000',
        ...borderJson(own),
        'border-radius': own.get('border-radius') ?? '0px',
        ...paddingJson(paddingOf(own)),
        width: width?.unit === '%' ? `${width.value}%` : 'auto',
        'max-width': '100%',
      },
    },
    ...frameJson(source, {
      style: { 'text-align': alignOf(lookOf(block, state)) },
      mobile: {
        ...narrowText(state.styles.narrow(block)),
        ...narrowText(narrow),
        ...narrowText(state.styles.narrow(inner)),
        ...(wide ? { width: `${wide.value}${wide.unit}` } : {}),
      },
    }),
    ...(Object.keys(hover).length > 0 ? { hoverStyle: hover } : {}),
    ...(attributes.length > 0 ? { customAttributes: attributes } : {}),
  };
}

/** The span of the service that carries size and line height of the label; the box itself without one. */
function labelSpan(box: Element): Element {
  const nodes = box.childNodes.filter(
    (node) => isElement(node) || (isText(node) && node.value.trim() !== ''),
  );
  const [only] = nodes;
  return nodes.length === 1 && only && isElement(only) && only.tagName === 'span' ? only : box;
}

/** A menu: links, what stands between them, and the button that opens it on phones. */
export function menuJson(source: PageBlock): Json | undefined {
  const { state, block, prefix } = source;
  const list = find(block, 'ul');
  if (list === undefined) return undefined;
  const entries = elementsIn(list).filter(({ tagName }) => tagName === 'li');
  const items = entries.filter((item) => !hasClass(item, `${prefix}-separator`));
  const [first] = items;
  if (first === undefined) return undefined;
  const separator = entries.find((item) => hasClass(item, `${prefix}-separator`));
  const look = lookOf(block, state);
  const link = find(list, 'a');
  const vertical = hasClass(list, `${prefix}-vertical`);
  const space = vertical ? 0 : spaceBetween(list.childNodes, look);
  const padding = spread(paddingOf(state.styles.own(first)), space, alignOf(look));
  const trigger = part(source, 'hamburger-controls');
  const color = look.get('color') ?? '#000000';
  return {
    menuItemsList: {
      items: items.map((item) => {
        const target = find(item, 'a');
        return {
          text: lineOf(item),
          link: {
            href: attr(target, 'href'),
            title: attr(target, 'title'),
            target: attr(target, 'target') || '_self',
          },
        };
      }),
    },
    ...frameJson(source, {
      style: { ...pageText(look, state), 'text-align': alignOf(look) },
      computed: {
        layout: vertical ? 'vertical' : 'horizontal',
        linkColor: (link && state.styles.own(link).get('color')) ?? color,
        menuItemsSpacing: paddingJson(padding),
        ...(separator ? { separator: lineOf(separator) } : {}),
        hamburger: trigger ? hamburgerJson(source, trigger, list) : { mobile: false },
      },
      mobile: narrowText(state.styles.narrow(block)),
    }),
  };
}

function hamburgerJson({ state }: PageBlock, trigger: Element, list: Element): Json {
  const style = merged(state.styles.own(trigger), state.styles.narrow(trigger));
  const item = find(list, 'a') ?? find(list, 'li');
  const radius = style.get('border-radius');
  return {
    mobile: true,
    iconSize: style.get('width') ?? '36px',
    iconType: radius !== undefined && Number.parseFloat(radius) > 0 ? 'rounded' : 'normal',
    foregroundColor: (item && state.styles.narrow(item).get('color')) ?? '#ffffff',
    backgroundColor: style.get('background-color') ?? '#000000',
  };
}

/** A data table. */
export function tableJson(source: PageBlock): Json | undefined {
  const table = find(source.block, 'table');
  if (table === undefined || !holdsOnly(source.block, table)) return undefined;
  return {
    ...withLeading(dataTable(table, source.state), table, source.state),
    ...frameJson(source),
  };
}

/** The line height as written, which for markup inside differs from a factor. */
function withLeading(json: Json, table: Element, state: State): Json {
  const cell = find(table, 'td') ?? find(table, 'th') ?? table;
  const leading = lookOf(cell, state).get('line-height');
  if (!length(leading)) return json;
  const inner = json['table'] as Json;
  return { table: { ...inner, style: { ...(inner['style'] as Json), 'line-height': leading } } };
}

/** An html block, byte for byte but for scripts: pages print it untouched (spec 4.7). */
export function htmlJson(source: PageBlock): Json | undefined {
  return {
    html: { html: pageMarkup(source.block.childNodes, source.state) },
    ...frameJson(source),
  };
}

/** Content of the sending system. */
export function mergeContentJson(source: PageBlock): Json | undefined {
  const value = pageMarkup(source.block.childNodes, source.state);
  const name = lineOf(source.block).slice(0, 60);
  return { mergeContent: { name, value }, ...frameJson(source) };
}
