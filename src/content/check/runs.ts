// Runs of text inside a block: stretches of one look, after the inline styles that their author gave (spec 4.8).
import { property } from '../render/rich.ts';
import { length, px } from '../template/css.ts';
import { isBold, paints } from './colors.ts';
import type { Element, Node } from '../render/fragment.ts';

export interface Look {
  readonly color: string;
  /** colours behind the text, the outer ones first */
  readonly behind: readonly string[];
  /** px */
  readonly size: number;
  readonly bold: boolean;
  /** inside a link */
  readonly link: boolean;
  /** a colour of its own, not the block's */
  readonly own: boolean;
}

export interface Run {
  readonly text: string;
  readonly look: Look;
}

const HEADING = /^h[1-6]$/;

/** All runs with something to read in them, in document order. `linkColor` is what links without a colour take. */
export function runsOf(nodes: readonly Node[], look: Look, linkColor: string): readonly Run[] {
  return nodes.flatMap((node) => {
    if (typeof node === 'string') {
      return node.replaceAll('&nbsp;', ' ').trim() === '' ? [] : [{ text: node.trim(), look }];
    }
    return 'tag' in node ? runsOf(node.children, inside(node, look, linkColor), linkColor) : [];
  });
}

function inside(element: Element, look: Look, linkColor: string): Look {
  const { tag, style } = element;
  const link = tag === 'a' && element.attributes.some(([name]) => name === 'href');
  const color = property(style, 'color');
  const back = property(style, 'background-color') || property(style, 'background');
  const given = property(style, 'font-weight');
  const colored = color !== '' && color !== 'inherit';
  return {
    color: colored ? color : link ? linkColor : look.color,
    behind: paints(back) ? [...look.behind, back] : look.behind,
    size: sizeOf(property(style, 'font-size'), look.size),
    bold:
      given === ''
        ? look.bold || tag === 'b' || tag === 'strong' || HEADING.test(tag)
        : isBold(given),
    link: look.link || link,
    own: colored || paints(back) || (look.own && !link),
  };
}

function sizeOf(css: string, inherited: number): number {
  const given = length(css);
  if (given === undefined) return inherited;
  if (given.unit === '%') return (inherited * given.value) / 100;
  return given.unit === 'em' ? inherited * given.value : px(css, inherited);
}
