// The envelope of blocks, columns and rows (spec 4.4–4.6).
import type { Json, State } from './state.ts';

/** A block in its envelope; empty members are left out. */
export function moduleJson(state: State, type: string, descriptor: Json, className = ''): Json {
  return {
    type: `mailup-bee-newsletter-modules-${type}`,
    uuid: state.id(),
    locked: false,
    descriptor: Object.fromEntries(
      Object.entries(descriptor).filter(
        ([name, value]) => name !== 'mobileStyle' || Object.keys(value as Json).length > 0,
      ),
    ),
    ...(className === '' ? {} : { customFields: { className } }),
  };
}

/** A column of so many twelfths. */
export function columnJson(
  state: State,
  grid: number,
  style: Json,
  modules: readonly Json[],
  more: Json = {},
): Json {
  return { uuid: state.id(), 'grid-columns': grid, style, modules, ...more };
}

/** The editor's name for a row of so many columns; nothing depends on it (spec 4.4). */
export function rowType(grids: readonly number[]): string {
  const names: Readonly<Record<number, string>> = {
    1: 'one',
    2: 'two',
    3: 'three',
    4: 'four',
    6: 'six',
  };
  if (grids.length === 1) return 'one-column-empty';
  const equal = grids.every((grid) => grid === grids[0]);
  return `${names[grids.length] ?? String(grids.length)}-columns${equal ? '' : `-${grids.join('-')}`}-empty`;
}

/** A row of one column around blocks that had none. */
export function plainRow(modules: readonly Json[], state: State): Json {
  return {
    uuid: state.id(),
    type: rowType([12]),
    locked: false,
    synced: false,
    container: { style: { 'background-color': 'transparent' } },
    content: { style: { 'background-color': 'transparent', color: '#000000' } },
    columns: [columnJson(state, 12, {}, modules)],
  };
}
