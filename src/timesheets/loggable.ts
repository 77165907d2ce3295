// The work tree as one person may record time on it on one day (Beebole spec 4.7, 5.13).
import { generalTasks, offeredAbsences } from './available-tasks.ts';
import { listEntities } from './entity-store.ts';
import { admissionOf } from './membership.ts';
import { WORK_KINDS, type Account, type Entity, type Person, type WorkKind } from './model.ts';
import type { Sql } from './tables.ts';

/** An entity on which time may be recorded (no children) or below which there is one. */
export interface OfferedNode {
  entity: Entity<WorkKind>;
  children: OfferedNode[];
}

export interface OfferOptions {
  /** `YYYY-MM-DD`: the day whose group memberships hold. */
  date: string;
  /** Leaves out projects that begin after the day. */
  begunOnly?: boolean;
}

/**
 * The companies offered to the person, with what is offered below them, in no order. Contact people of customers record
 * no time: nothing is offered to them.
 */
export async function offeredTree(
  sql: Sql,
  account: Account,
  person: Person,
  { date, begunOnly = false }: OfferOptions,
): Promise<OfferedNode[]> {
  if (!(await recordsTime(sql, account, person))) return [];
  const { tenantId } = account;
  const entities = await listEntities(sql, tenantId, WORK_KINDS, { activeOnly: true });
  const admits = await admissionOf(sql, tenantId, person, date);

  const byParent = Map.groupBy(entities, (entity) => entity.parent?.id);
  const grow = (entity: Entity<WorkKind>): OfferedNode | undefined => {
    if (!admits(entity.id)) return undefined;
    if (begunOnly && entity.startDate !== undefined && entity.startDate > date) return undefined;
    const active = byParent.get(entity.id) ?? [];
    const children = active.flatMap((child) => grow(child) ?? []);
    // An entity whose children are all hidden is not a leaf (Beebole spec 8.1): nothing can be recorded there.
    return active.length > 0 && children.length === 0 ? undefined : { entity, children };
  };
  return entities.flatMap((entity) => (entity.kind === 'company' ? (grow(entity) ?? []) : []));
}

/** The tasks and absence types of the person's company, in no order. Nothing for contact people of customers. */
export async function offeredLists(
  sql: Sql,
  account: Account,
  person: Person,
): Promise<{ tasks: Entity<'task'>[]; absences: Entity<'absence'>[] }> {
  if (!(await recordsTime(sql, account, person))) return { tasks: [], absences: [] };
  return {
    tasks: await generalTasks(sql, account, person),
    absences: await offeredAbsences(sql, account, person),
  };
}

/** Only people of the account's own organisations have a timesheet (Beebole spec 1.2, 8.6). */
export async function recordsTime(sql: Sql, account: Account, person: Person): Promise<boolean> {
  const companyId = person.parent?.id;
  if (companyId === undefined || companyId === account.mainCompanyId) return true;
  const row = await sql
    .selectFrom('time_entities')
    .select('corporate')
    .where('tenant_id', '=', account.tenantId)
    .where('id', '=', companyId)
    .executeTakeFirst();
  return row?.corporate === 1;
}
