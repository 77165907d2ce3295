// Collects from the database what the decision about a target needs.
import { availableTasks, offeredAbsences } from './available-tasks.ts';
import { findEntity, listEntities } from './entity-store.ts';
import { entityNotFound, inactive } from './failures.ts';
import { admissionOf } from './membership.ts';
import type { Account, Entity, Person, TargetKind, WorkKind } from './model.ts';
import type { Sql } from './tables.ts';
import { checkChain, decideWork, deepestOf, type Named, type WorkFacts } from './target.ts';
import { byName } from './text.ts';

export interface Request {
  named: Named;
  task: Entity<'task'> | undefined;
  person: Person;
  /** The day of the entry: group memberships hold for days. */
  date: string;
}

/**
 * The target on which the person may record time with this task on this day, by the whole decision table. A task that
 * is given with an absence is dropped. Throws the failure of the first row that refuses.
 */
export async function resolveTarget(
  sql: Sql,
  account: Account,
  { named, task, person, date }: Request,
): Promise<{ target: Entity<TargetKind>; task: Entity<'task'> | undefined }> {
  const target = deepestOf(named);
  if (target.kind === 'absence') {
    await checkAbsence(sql, account, target as Entity<'absence'>, person);
    return { target, task: undefined };
  }
  const path = await pathTo(sql, account, target as Entity<WorkKind>);
  checkChain(named, path);
  decideWork(await workFacts(sql, account, path, person, date), task);
  return { target, task };
}

/** Row 5: the absence type is active and offered to the person's company. */
async function checkAbsence(
  sql: Sql,
  account: Account,
  absence: Entity<'absence'>,
  person: Person,
): Promise<void> {
  if (!absence.active) throw inactive('absence');
  const offered = await offeredAbsences(sql, account, person);
  if (!offered.some(({ id }) => id === absence.id)) throw entityNotFound('absence');
}

/** From the company down to the entity, which is the last. */
export async function pathTo(
  sql: Sql,
  account: Account,
  entity: Entity<WorkKind>,
): Promise<Entity<WorkKind>[]> {
  const path = [entity];
  for (let at: Entity = entity; at.parent;) {
    const parent = await findEntity(sql, account.tenantId, at.parent.id);
    if (!parent) throw new TypeError(`Entity ${at.id} has lost its parent`);
    path.unshift(parent as Entity<WorkKind>);
    at = parent;
  }
  return path;
}

/** What decides about time of the person on the last entity of the path. */
export async function workFacts(
  sql: Sql,
  account: Account,
  path: readonly Entity<WorkKind>[],
  person: Person,
  date: string,
): Promise<WorkFacts> {
  const { tenantId } = account;
  const target = path.at(-1) as Entity<WorkKind>;
  const children =
    target.kind === 'subproject'
      ? []
      : await listEntities(sql, tenantId, [target.kind === 'company' ? 'project' : 'subproject'], {
          parentId: target.id,
          activeOnly: true,
        });
  const admits = await admissionOf(sql, tenantId, person, date, [...path, ...children]);
  const { offered, accepted } = await availableTasks(sql, account, path, person);
  return {
    path,
    refusedBy: path.findLast(({ id }) => !admits(id))?.kind,
    hasActiveChildren: children.length > 0,
    children: children.filter(({ id }) => admits(id)).sort(byName),
    offered: offered.sort(byName),
    accepted,
  };
}
