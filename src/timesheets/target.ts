// The decision table of a time entry: on what may this time be recorded? (Beebole spec 4.5, 8.1)
import {
  hasChildren,
  inactive,
  notMember,
  targetConflict,
  targetRequired,
  taskInvalid,
  taskRequired,
} from './failures.ts';
import {
  WORK_KINDS,
  type Entity,
  type Reference,
  type TargetKind,
  type WorkKind,
} from './model.ts';

/** What the caller named; each must exist and be of its kind. */
export type Named = { readonly [Kind in TargetKind]?: Entity<Kind> | undefined };

/** An entity of the path from the company down to the target. */
export type Step = Pick<Entity, 'id' | 'kind' | 'active'>;

/**
 * Rows 1 and 2, and the deepest of what was named. Whether several work entities belong together is seen once the
 * path of the deepest is known: `checkChain`. Throws `target_required`, `target_conflict`.
 */
export function deepestOf(named: Named): Entity<TargetKind> {
  const work = named.subproject ?? named.project ?? named.company;
  if (named.absence) {
    if (work) throw targetConflict();
    return named.absence;
  }
  if (!work) throw targetRequired();
  return work;
}

/** Rows 3 and 4: everything that was named is on the path of the deepest. Throws `target_conflict`. */
export function checkChain(named: Named, path: readonly Step[]): void {
  for (const kind of WORK_KINDS) {
    const entity = named[kind];
    if (entity && !path.some((step) => step.id === entity.id)) throw targetConflict();
  }
}

export interface WorkFacts {
  /** From the company down to the target, which is the last. */
  path: readonly Step[];
  /** The lowest level of the path whose exclusive members do not include the person. */
  refusedBy?: WorkKind | undefined;
  /** Whether the target has active children at all. */
  hasActiveChildren: boolean;
  /** Those active children that the person may use. */
  children: readonly Reference[];
  /** The tasks of which one must be chosen; empty when none is needed. */
  offered: readonly Reference[];
  /** The tasks that are accepted. */
  accepted: readonly Reference[];
}

/**
 * Rows 6 to 14: returns when time may be recorded on the last entity of the path, with this task or without.
 * Throws the failure of the row that applies, with what could be chosen instead. What nobody can use (inactive) or this
 * person cannot (membership) is told first: a proposal would lead nowhere.
 */
export function decideWork(
  facts: WorkFacts,
  task: Pick<Entity, 'id' | 'active'> | undefined,
): void {
  const target = facts.path.at(-1) as Step;
  for (const step of facts.path.toReversed()) if (!step.active) throw inactive(step.kind);
  if (task && !task.active) throw inactive('task');
  if (facts.refusedBy) throw notMember(facts.refusedBy);

  if (facts.hasActiveChildren && (target.kind === 'company' || target.kind === 'project')) {
    const kind = target.kind === 'company' ? 'project' : 'subproject';
    throw hasChildren(target.kind, { kind, entities: facts.children });
  }
  const proposal = { kind: 'task' as const, entities: facts.offered };
  if (!task) {
    if (facts.offered.length > 0) throw taskRequired(proposal);
  } else if (!facts.accepted.some(({ id }) => id === task.id)) {
    throw taskInvalid(facts.offered.length > 0 ? proposal : undefined);
  }
}
