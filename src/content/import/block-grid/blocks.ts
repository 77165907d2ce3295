// The blocks in a column of the first generation: each kind is known by its class or by its structure.
import {
  attr,
  cellsOf,
  classes,
  descendants,
  elementsIn,
  find,
  hasClass,
  isElement,
  tableRows,
  textOf,
  visibleText,
} from '../dom.ts';
import { blockItem, padded } from '../loose/items.ts';
import { buttonItem } from './button.ts';
import { declarations } from '../declarations.ts';
import { dividerItem, imageItem, isSocial, socialItem, spaceHeight } from './pictures.ts';
import { headingJson } from '../mail/text.ts';
import { htmlItem, spacerItem } from '../loose/leaves.ts';
import { iconsJson, videoJson } from '../mail/pictures.ts';
import { isFlow, textItem } from './text.ts';
import { lookOf } from '../loose/look.ts';
import { menuJson } from '../mail/others.ts';
import { paddingJson, paddingOf, textJson } from '../values.ts';
import { px } from '../../template/css.ts';
import type { Element, Node } from '../dom.ts';
import type { Item } from '../loose/items.ts';
import type { Json, State } from '../state.ts';
import type { Sides } from '../values.ts';
import type { Source } from '../mail/frame.ts';
import type { Style } from '../declarations.ts';

/** What browsers show without a style: these documents name no font and no size for their body. */
const PLAIN: Style = new Map([
  ['font-family', "'Times New Roman'"],
  ['font-size', '16px'],
  ['text-align', 'left'],
]);

/** The blocks of some nodes in order. */
export function columnBlocks(nodes: readonly Node[], state: State): readonly Item[] {
  return blocks(nodes, PLAIN, state);
}

function blocks(nodes: readonly Node[], look: Style, state: State): readonly Item[] {
  const items: Item[] = [];
  let run: Node[] = [];
  const flush = () => {
    items.push(...textItem(run, look, state));
    run = [];
  };
  for (const node of nodes) {
    if (isFlow(node)) run.push(node);
    else if (isElement(node)) {
      flush();
      items.push(...block(node, look, state));
    }
  }
  flush();
  return items;
}

function block(node: Element, look: Style, state: State): readonly Item[] {
  const names = classes(node);
  const [mobile, desktop] = [names.includes('mobile_hide'), names.includes('desktop_hide')];
  // The class says where a block is hidden; its own style only hides it before the sheet shows it again.
  if (!desktop && state.styles.own(node).get('display') === 'none') return [];
  const items = visibleBlock(node, look, state);
  for (const item of items) {
    item.mobileHidden ||= mobile;
    item.desktopHidden ||= desktop;
  }
  return items;
}

function visibleBlock(node: Element, outer: Style, state: State): readonly Item[] {
  const look = lookOf(node, outer, state);
  const padding = spaceOf(node, state);
  const space = spaceHeight(node, state);
  if (space !== undefined) return space > 0 ? [spacerItem(space)] : [];
  if (hasClass(node, 'img-container')) {
    const image = imageItem(node, padding, state);
    if (image) return [image];
  }
  if (hasClass(node, 'button-container')) {
    const button = buttonItem(node, padding, look, state);
    if (button) return [button];
  }
  if (node.tagName === 'table' && find(node, '.divider_inner') && visibleText(textOf(node)) === '')
    return dividerItem(node, state);
  if (!isGroup(node) && isSocial(node)) return [socialItem(node, padding, look, state)];
  const known = named(node, padding, state);
  if (known) return known;
  if (node.tagName === 'div' && isPlainFrame(node, state))
    return padded(blocks(node.childNodes, look, state), padding);
  const broken = new Map([...outer, ['word-break', 'break-word']]);
  const html = htmlItem(node, { look: broken, link: undefined, rows: false, narrow: true }, state);
  return html ? [html] : [];
}

function spaceOf(node: Element, state: State): Sides {
  const style = state.styles.own(node);
  const [top, right, bottom, left] = paddingOf(style);
  const margin = (side: string) => Math.max(0, px(style.get(`margin-${side}`), 0));
  return [
    top + margin('top'),
    right + margin('right'),
    bottom + margin('bottom'),
    left + margin('left'),
  ];
}

/** Blocks that the later generations write nearly alike. */
function named(node: Element, padding: Sides, state: State): readonly Item[] | undefined {
  const source = (pad: Element): Source => ({
    block: node,
    pad,
    state,
    padding: paddingOf(state.styles.own(pad)),
    mobile: {},
  });
  if (find(node, '.video-preview')) {
    const holder = find(node, '.video-block') ?? node;
    const sides = padding.some((side) => side > 0) ? padding : spaceOf(holder, state);
    const json = videoJson({ ...source(node), padding: sides });
    const width = px(state.styles.own(holder).get('max-width'), undefined);
    return fromSource('video', json && (width === undefined ? json : sized(json, width)));
  }
  const cell = onlyCell(node);
  if (cell === undefined) return undefined;
  if (find(cell, '.menu-links')) return fromSource('menu', menuOf(source(cell)));
  if (find(cell, '.icons-inner')) return fromSource('icons', iconsJson(source(cell)));
  const [title, ...others] = elementsIn(cell);
  if (title && /^h[1-6]$/.test(title.tagName) && others.length === 0 && isPlainTitle(title))
    return fromSource('heading', breakable(headingJson(source(cell))));
  const image =
    visibleText(textOf(cell)) === '' && imageItem(cell, paddingOf(state.styles.own(cell)), state);
  return image ? [image] : undefined;
}

const sized = (json: Json, width: number): Json => ({
  ...json,
  computedStyle: { ...(json['computedStyle'] as Json), width: `${width}px` },
});

/** The cell of a table that has only one. */
function onlyCell(node: Element): Element | undefined {
  if (node.tagName !== 'table') return undefined;
  const rows = tableRows(node);
  const cells = rows.flatMap((row) => cellsOf(row));
  return cells.length === 1 ? cells[0] : undefined;
}

/** A heading with more style than a block can have is kept as it is. */
function isPlainTitle(title: Element): boolean {
  return declarations(attr(title, 'style')).every(
    ({ name, value }) =>
      /^(?:color|direction|font-.*|letter-spacing|line-height|text-align|mso-.*|word-break)$/.test(
        name,
      ) ||
      (name.startsWith('margin-') && px(value, undefined) === 0),
  );
}

/** Words that are too long break everywhere in these documents; in blocks of today those in spans do. */
function breakable(json: Json | undefined): Json | undefined {
  if (json === undefined) return undefined;
  const heading = json['heading'] as Json;
  const text = `<span class="tinyMce-placeholder">${String(heading['text'])}</span>`;
  return { ...json, heading: { ...heading, text } };
}

/** Only the links say how a menu looks; where they flow with the text, their upper and lower paddings take no space. */
function menuOf(source: Source): Json | undefined {
  const json = menuJson(source);
  const first = find(find(source.pad, '.menu-links'), 'a');
  if (json === undefined || first === undefined) return json;
  const { state, pad } = source;
  const look = state.styles.own(first);
  const style = json['style'] as Json;
  const computed = json['computedStyle'] as Json;
  const sides = computed['menuItemsSpacing'] as Json;
  const flat =
    look.get('display') === 'inline'
      ? { ...sides, 'padding-top': '0px', 'padding-bottom': '0px' }
      : sides;
  const align = state.styles.own(pad).get('text-align') ?? (attr(pad, 'align') || 'center');
  return {
    ...json,
    style: { ...style, ...textJson(look, state), 'text-align': align },
    computedStyle: { ...computed, menuItemsSpacing: flat },
  };
}

/** A descriptor with its paddings as an item, whose paddings are kept apart. */
function fromSource(type: string, descriptor: Json | undefined): readonly Item[] | undefined {
  if (descriptor === undefined) return undefined;
  const style = (descriptor['style'] ?? {}) as Json;
  const [top, right, bottom, left] = paddingOf(
    new Map(Object.entries(style).map(([name, value]) => [name, String(value)])),
  );
  const names = Object.keys(paddingJson([0, 0, 0, 0]));
  const rest = Object.fromEntries(Object.entries(style).filter(([name]) => !names.includes(name)));
  return [blockItem(type, { ...descriptor, style: rest }, [top, right, bottom, left])];
}

/** A `div` that only groups: no box of its own that a block could not have. */
function isPlainFrame(node: Element, state: State): boolean {
  if (
    [...descendants(node)].some(({ tagName }) => /^(?:table|form)$/.test(tagName)) &&
    !holdsBlocks(node)
  )
    return false;
  const style = state.styles.own(node);
  return ![...style].some(
    ([name, value]) =>
      (/^(?:background-(?:color|image)|border-(?:top|right|bottom|left|radius)|box-shadow|float|position|transform)$/.test(
        name,
      ) &&
        !/^(?:none|0|0px.*|transparent|static)$/.test(value)) ||
      (/^(?:max-|min-)?(?:width|height)$/.test(name) && !/^(?:auto|none|0|100%)/.test(value)) ||
      (name === 'display' && !/^(?:block|none)$/.test(value)) ||
      (/^margin-(?:left|right)$/.test(name) && value === 'auto'),
  );
}

/** True for a `div` that only says where its blocks are hidden. */
const isGroup = (node: Element) =>
  node.tagName === 'div' && classes(node).some((name) => /^(?:mobile|desktop)_hide$/.test(name));

/** True when there are blocks of these documents in an element, or it is one. */
export const holdsBlocks = (node: Element) =>
  [node, ...descendants(node)].some(
    (element) =>
      classes(element).some((name) =>
        /^(?:img-container|button-container|divider|social_icons|menu-links|icons-inner|txtTinyMce-wrapper|video-preview)$/.test(
          name,
        ),
      ) || /^h[1-6]$/.test(element.tagName),
  );
