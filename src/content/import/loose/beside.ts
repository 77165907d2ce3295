// Where documents stack their columns later than templates do, a sheet of their own keeps them beside each other.
import type { Json, State } from '../state.ts';

/** px by which templates stack before the content stops fitting (spec 5.11). */
const MARGIN = 20;

/**
 * Custom tags with the rules between the window that the document stacks at, and the one that templates do; '' when
 * the document says nothing of windows, or nothing stands beside anything.
 */
export function besideTags(rows: readonly Json[], width: number, state: State): string {
  const most = width + MARGIN;
  const least = Math.max(0, ...state.styles.breaks.filter((value) => value < most));
  if (least < 200) return '';
  const rules = rows.flatMap((row, r) => {
    const columns = row['columns'] as readonly Json[];
    const content = row['content'] as { computedStyle?: Json };
    if (columns.length < 2 || content.computedStyle?.['rowColStackOnMobile'] !== true) return [];
    const grids = columns.map((column) => Number(column['grid-columns']));
    const total = grids.reduce((sum, grid) => sum + grid, 0);
    return grids.map(
      (grid, c) =>
        `.row-${r + 1} .stack .column-${c + 1}{display:table-cell;width:${Math.round((10_000 * grid) / total) / 100}%}`,
    );
  });
  if (rules.length === 0) return '';
  return `<style>@media (min-width:${Math.ceil(least + 0.01)}px) and (max-width:${most}px){${rules.join('')}}</style>`;
}
