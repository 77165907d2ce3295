// Blocks for what stands inside a hosted e-mail but was not made by it: hand-written additions.
import { isElement } from '../dom.ts';
import { lookOf, PLAIN } from './look.ts';
import { modulesOf } from './items.ts';
import { walk } from './walk.ts';
import type { Element, Node } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { Style } from '../declarations.ts';

/** The nodes as blocks in reading order. */
export function looseModules(nodes: readonly Node[], state: State): readonly Json[] {
  const around = { look: lookAround(nodes[0], state), link: undefined, rows: false, narrow: true };
  return modulesOf(walk(nodes, around, state), state);
}

/** What text looks like beside a node: what the elements around it hand down. */
function lookAround(node: Node | undefined, state: State): Style {
  const above: Element[] = [];
  for (let up = node?.parentNode; up && isElement(up); up = up.parentNode) above.push(up);
  return above.reduceRight<Style>((look, element) => lookOf(element, look, state), PLAIN);
}
