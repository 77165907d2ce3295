// Which tasks and absences are offered where (Beebole spec 8.2).
import { listByIds, listEntities } from './entity-store.ts';
import { inactive } from './failures.ts';
import type { Account, Entity, Person } from './model.ts';
import type { Sql } from './tables.ts';

export interface TaskOffer {
  /** The tasks of which one must be chosen; empty when none is needed. */
  offered: Entity<'task'>[];
  /** The tasks that are accepted; more than those offered where specific tasks are disabled. */
  accepted: Entity<'task'>[];
}

/**
 * The tasks for time of a person on a work entity. `path` leads from the company down to the entity. The nearest level
 * that has specific tasks replaces the general list of the person's company; a level on which they are disabled
 * needs no task and accepts any that the lists know.
 */
export async function availableTasks(
  sql: Sql,
  account: Account,
  path: readonly Pick<Entity, 'id' | 'specificTasksDisabled'>[],
  person: Person,
): Promise<TaskOffer> {
  const specific = await specificTasks(
    sql,
    account.tenantId,
    path.map((entity) => entity.id),
  );
  for (const { id, specificTasksDisabled } of path.toReversed()) {
    const attached = specific.get(id) ?? [];
    if (specificTasksDisabled) {
      const general = await generalTasks(sql, account, person);
      return { offered: [], accepted: [...general, ...attached.filter((task) => task.active)] };
    }
    if (attached.length > 0) {
      const active = attached.filter((task) => task.active);
      return { offered: active, accepted: active };
    }
  }
  const general = await generalTasks(sql, account, person);
  return { offered: general, accepted: general };
}

/** Active tasks of the person's company; a branch without any uses those of the main company. */
export function generalTasks(
  sql: Sql,
  account: Account,
  person: Person,
): Promise<Entity<'task'>[]> {
  return offeredIn(sql, account, 'task', person);
}

/** Active absence types of the person's company; a branch without any uses those of the main company. */
export function offeredAbsences(
  sql: Sql,
  account: Account,
  person: Person,
): Promise<Entity<'absence'>[]> {
  return offeredIn(sql, account, 'absence', person);
}

async function offeredIn<Kind extends 'task' | 'absence'>(
  sql: Sql,
  account: Account,
  kind: Kind,
  person: Person,
): Promise<Entity<Kind>[]> {
  const companyId = person.parent?.id ?? account.mainCompanyId;
  const own = await listEntities(sql, account.tenantId, [kind], {
    parentId: companyId,
    activeOnly: true,
  });
  if (own.length > 0 || companyId === account.mainCompanyId) return own;
  return listEntities(sql, account.tenantId, [kind], {
    parentId: account.mainCompanyId,
    activeOnly: true,
  });
}

/** The tasks attached to each of the entities, inactive ones too. Entities without any are not in the map. */
export async function specificTasks(
  sql: Sql,
  tenantId: string,
  ownerIds: readonly number[],
): Promise<Map<number, Entity<'task'>[]>> {
  const rows = await sql
    .selectFrom('time_specific_tasks')
    .select(['owner_id', 'task_id'])
    .where('tenant_id', '=', tenantId)
    .where('owner_id', 'in', ownerIds)
    .execute();
  if (rows.length === 0) return new Map();
  const attached = await listByIds(sql, tenantId, [...new Set(rows.map((row) => row.task_id))]);
  const tasks = new Map(attached.map((task) => [task.id, task as Entity<'task'>]));
  const byOwner = new Map<number, Entity<'task'>[]>();
  for (const { owner_id, task_id } of rows) {
    const task = tasks.get(task_id);
    if (task) byOwner.set(owner_id, [...(byOwner.get(owner_id) ?? []), task]);
  }
  return byOwner;
}

/** Attaches a task to a company, project or subproject, or takes it away. Throws `Invalid` (`inactive`). */
export async function setSpecificTask(
  sql: Sql,
  tenantId: string,
  ownerId: number,
  task: Entity<'task'>,
  attached: boolean,
): Promise<void> {
  if (attached) {
    if (!task.active) throw inactive('task');
    await sql
      .insertInto('time_specific_tasks')
      .values({ tenant_id: tenantId, owner_id: ownerId, task_id: task.id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return;
  }
  await sql
    .deleteFrom('time_specific_tasks')
    .where('tenant_id', '=', tenantId)
    .where('owner_id', '=', ownerId)
    .where('task_id', '=', task.id)
    .execute();
}
