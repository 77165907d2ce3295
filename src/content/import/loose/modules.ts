// Blocks for what stands inside a hosted e-mail but was not made by it: hand-written additions.
import { modulesOf } from './items.ts';
import { walk } from './walk.ts';
import type { Json, State } from '../state.ts';
import type { Node } from '../dom.ts';

/** The nodes as blocks in reading order. */
export function looseModules(nodes: readonly Node[], state: State): readonly Json[] {
  const around = { look: new Map(), link: undefined, rows: false, narrow: true };
  return modulesOf(walk(nodes, around, state), state);
}
