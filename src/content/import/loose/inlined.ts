// Markup with what sheets say of it: templates keep no sheets of users.
import { attr as escaped } from '../../render/escape.ts';
import { attr, isElement, isText } from '../dom.ts';
import { declarations } from '../declarations.ts';
import { rawAttributes, textSource } from '../rich.ts';
import type { Element, Node } from '../dom.ts';
import type { State } from '../state.ts';

type Pairs = readonly (readonly [string, string])[];

const VOID = /^(?:br|hr|img|wbr|area|col|input)$/;
const BROWSER_LINK = '#0000EE';

/** What sheets say of an element beyond its own style. */
function sheetStyle(element: Element, state: State): Pairs {
  const inline = new Set(declarations(attr(element, 'style')).map(({ name }) => name));
  return [...state.styles.own(element)].filter(
    ([name, value]) => !inline.has(name) && value !== 'inherit',
  );
}

/** The style of an element in a text: what sheets say stands in it, and links have a colour. */
export function inlinedStyle(element: Element, own: Pairs, state: State): Pairs {
  const flat = element.tagName === 'p' || element.tagName === 'a';
  const sheet = sheetStyle(element, state).filter(
    ([name]) => !(flat && name.startsWith('margin-')) && !/^(?:display|max-|min-)/.test(name),
  );
  const style = [...own, ...sheet];
  const link = element.tagName === 'a' && attr(element, 'href') !== '';
  const color = state.styles.own(element).get('color');
  if (!link || (color !== undefined && color !== 'inherit')) return style;
  return [...style.filter(([name]) => name !== 'color'), ['color', color ?? BROWSER_LINK]];
}

/** An element as markup, with what sheets say of it and all in it. */
export function inlinedMarkup(node: Node, state: State): string {
  if (isText(node)) return textSource(state, node);
  if (!isElement(node) || /^(?:script|style|title|head)$/.test(node.tagName)) return '';
  const sheet = sheetStyle(node, state)
    .map(([name, value]) => `${name}: ${value};`)
    .join(' ');
  const given = rawAttributes(state, node).filter(([name]) => name !== 'style');
  const style = `${attr(node, 'style')
    .trim()
    .replace(/([^;])$/, '$1;')} ${sheet}`.trim();
  const attributes = given.map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
  const start = `<${node.tagName}${attributes}${style === '' ? '' : ` style="${escaped(style)}"`}>`;
  if (VOID.test(node.tagName)) return start;
  const inside = node.childNodes.map((child) => inlinedMarkup(child, state)).join('');
  return `${start}${inside}</${node.tagName}>`;
}
