// What must hold for a filter to hold: comparisons of one path with constants, from which an index can find the candidates.
import type { CompareOperator, Filter, Operand, Step } from './ast.ts';
import { constant } from './evaluate.ts';
import { likePieces } from './like.ts';
import { isConstant } from './parser.ts';
import type { Value } from './values.ts';

/** A condition on one path that every matching record meets. */
export type Necessary =
  | { steps: readonly Step[]; operator: Exclude<CompareOperator, '<>'>; value: Value }
  /** One of these. */
  | { steps: readonly Step[]; operator: 'in'; values: readonly Value[] }
  /** A text that begins so; not empty. */
  | { steps: readonly Step[]; operator: 'prefix'; prefix: string };

const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** The conditions that stand on top of the filter, joined by `and`. `now` is the time of the request. */
export function necessary(filter: Filter, now: number): Necessary[] {
  switch (filter.kind) {
    case 'and':
      return filter.items.flatMap((item) => necessary(item, now));
    case 'compare':
      return comparison(filter, now);
    case 'between': {
      const { operand, low, high } = filter;
      if (operand.kind !== 'path' || !isConstant(low) || !isConstant(high)) return [];
      const { steps } = operand;
      return [
        { steps, operator: '>=', value: constant(low, now) },
        { steps, operator: '<=', value: constant(high, now) },
      ];
    }
    default:
      return [];
  }
}

function comparison(
  { operator, left, right }: { operator: string; left: Operand; right: Operand },
  now: number,
): Necessary[] {
  if (left.kind === 'path' && isConstant(right)) {
    const { steps } = left;
    const value = constant(right, now);
    if (isOrdering(operator)) return [{ steps, operator, value }];
    if (operator === 'in')
      return [{ steps, operator, values: Array.isArray(value) ? value : [value] }];
    const prefix = operator === 'like' && typeof value === 'string' ? likePieces(value)[0] : '';
    return prefix ? [{ steps, operator: 'prefix', prefix }] : [];
  }
  if (right.kind === 'path' && isConstant(left) && isOrdering(operator)) {
    return [{ steps: right.steps, operator: MIRRORED[operator], value: constant(left, now) }];
  }
  return [];
}

function isOrdering(operator: string): operator is keyof typeof MIRRORED {
  return Object.hasOwn(MIRRORED, operator);
}
