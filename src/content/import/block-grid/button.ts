// Buttons of the first generation: a box with one or two elements in it, each with a part of the style.
import { attr, descendants, find, isElement } from '../dom.ts';
import { blockItem } from '../loose/items.ts';
import { border, isClear, length, px, round } from '../../template/css.ts';
import { borderJson, fontJson, paddingJson, paddingOf } from '../values.ts';
import { linkJson } from '../mail/pictures.ts';
import { lookOf } from '../loose/look.ts';
import { onlyChild } from './only-child.ts';
import { richHtml } from '../rich.ts';
import type { Element } from '../dom.ts';
import type { Item } from '../loose/items.ts';
import type { Json, State } from '../state.ts';
import type { Sides } from '../values.ts';
import type { Style } from '../declarations.ts';

/** A button in its container; undefined when nothing in there has a box. */
export function buttonItem(
  container: Element,
  padding: Sides,
  outer: Style,
  state: State,
): Item | undefined {
  const box = [...descendants(container)].find((element) => isBox(element, state));
  if (box === undefined || find(box, 'img') || find(box, 'table')) return undefined;
  const layers = layersOf(box);
  const label = layers.at(-1)!;
  let look = lookOf(box, outer, state);
  let leading = 0;
  let inner: Sides = [0, 0, 0, 0];
  for (const [i, layer] of layers.entries()) {
    if (i > 0) look = lookOf(layer, look, state);
    const style = state.styles.own(layer);
    leading = Math.max(leading, leadingOf(look));
    const [top, right, bottom, left] = paddingOf(style);
    // Upper and lower paddings of what flows with the text take no space.
    const tall = i === 0 || /block/.test(style.get('display') ?? '');
    inner = [
      inner[0] + (tall ? top : 0),
      inner[1] + right,
      inner[2] + (tall ? bottom : 0),
      inner[3] + left,
    ];
  }
  const style = state.styles.own(box);
  const size = px(look.get('font-size'), 16);
  const link = layers.find(({ tagName }) => tagName === 'a') ?? linkAround(box, container);
  const given = state.styles.own(container);
  const align = given.get('text-align') ?? (attr(container, 'align') || 'center');
  const extra = surplus(box, style);
  const [top, right, bottom, left] = inner;
  return blockItem(
    'button',
    {
      button: {
        label: richHtml(state, label, { linkColor: '' }),
        ...linkJson(link),
        style: {
          color: look.get('color') ?? '#000000',
          direction: look.get('direction') === 'rtl' ? 'rtl' : 'ltr',
          'font-family': fontJson(look.get('font-family'), state),
          'font-size': `${size}px`,
          ...(look.has('font-weight') ? { 'font-weight': look.get('font-weight') } : {}),
          'letter-spacing': /\d/.test(look.get('letter-spacing') ?? '')
            ? look.get('letter-spacing')
            : '0px',
          'line-height': `${leading > 0 && size > 0 ? round((100 * leading) / size) : 120}%`,
          'background-color': style.get('background-color') ?? 'transparent',
          ...borderJson(style),
          'border-radius': style.get('border-radius') ?? '0px',
          ...paddingJson([top, right + extra, bottom, left + extra]),
          ...widthJson(box),
          'max-width': '100%',
        },
      },
      style: { 'text-align': align },
      computedStyle: shapeSize(container),
    },
    padding,
  );
}

/** px of one line; 0 where the font decides. */
function leadingOf(look: Style): number {
  const value = look.get('line-height') ?? '';
  const parsed = length(value);
  if (parsed === undefined) return 0;
  return /[a-z]/.test(value) ? parsed.value : parsed.value * px(look.get('font-size'), 16);
}

function isBox(element: Element, state: State): boolean {
  if (!/^(?:a|div|span|td)$/.test(element.tagName)) return false;
  const style = state.styles.own(element);
  return (
    !isClear(style.get('background-color') ?? '') ||
    border(style.get('border-top')) !== undefined ||
    (/block/.test(style.get('display') ?? '') && paddingOf(style).some((side) => side > 0)) ||
    style.get('mso-border-alt') !== undefined
  );
}

/** The box, and what the service put around the label: what users styled themselves is a part of the label. */
function layersOf(box: Element): readonly Element[] {
  const layers = [box];
  for (let i = 0; i < 8; i += 1) {
    const next = onlyChild(layers.at(-1)!);
    if (next === undefined || !/^(?:a|div|span|p)$/.test(next.tagName)) break;
    const style = attr(next, 'style');
    if (attr(next, 'data-mce-style') !== '') break;
    if (i > 0 && next.tagName === 'span' && !/padding|display|word-break/.test(style)) break;
    if (/background|text-(?:transform|shadow|decoration\s*:\s*(?:underline|line))/.test(style))
      break;
    layers.push(next);
  }
  return layers;
}

function linkAround(box: Element, container: Element): Element | undefined {
  for (let up = box.parentNode; up && up !== container && isElement(up); up = up.parentNode) {
    if (up.tagName === 'a') return up;
  }
  return undefined;
}

/** `width: 60%; width: calc(60% - 2px)`: the border lies inside the share. */
function widthJson(box: Element): Json {
  const share = /(?:^|[\s;])width\s*:\s*(?:calc\(\s*)?(\d{1,3}(?:\.\d{1,4})?)%/.exec(
    attr(box, 'style'),
  )?.[1];
  return { width: share === undefined ? 'auto' : `${share}%` };
}

/**
 * Until 2018 the box was as wide as `max-width` and its paddings, which says more than its label needs. Gives the px
 * that each side has more; the width of the label stands there, too.
 */
function surplus(box: Element, style: Style): number {
  if (style.get('display') !== 'block' && box.tagName !== 'div') return 0;
  if (/inline/.test(style.get('display') ?? '')) return 0;
  const most = px(style.get('max-width'), undefined);
  if (most === undefined) return 0;
  const [, right, , left] = paddingOf(style);
  const stated = /(?:^|[\s;])width\s*:\s*(\d{1,4}(?:\.\d{1,4})?)px/.exec(attr(box, 'style'))?.[1];
  const label = stated === undefined ? most - right - left : Number(stated);
  return Math.max(0, round((most - label) / 2));
}

/** The outer size as Outlook gets it. */
function shapeSize(container: Element): Json {
  const shape = container.childNodes
    .map((node) => ('data' in node ? node.data : ''))
    .find((data) => data.includes('v:roundrect'));
  if (shape === undefined) return {};
  const side = (name: string) => {
    const match = new RegExp(`[;"'\\s]${name}:\\s*([\\d.]{1,8})(pt|px)`).exec(shape);
    return match ? Math.round(Number(match[1]) * (match[2] === 'pt' ? 4 / 3 : 1)) : undefined;
  };
  const [width, height] = [side('width'), side('height')];
  return width === undefined || height === undefined ? {} : { width, height };
}
