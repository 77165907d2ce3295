// Who leads whom, who manages what, and what is attached to a work entity.
import { statement } from '../platform/database/statement.ts';
import type { Sql, TimesheetTables } from './tables.ts';

type OfPerson = { tenant: string; person: number };

const team = statement<OfPerson, { person_id: number }, TimesheetTables>((sql, slot) =>
  sql
    .selectFrom('time_leaders')
    .select('person_id')
    .where('tenant_id', '=', slot('tenant'))
    .where('leader_id', '=', slot('person')),
);

/** The people whom this person leads. */
export async function teamOf(sql: Sql, tenantId: string, leaderId: number): Promise<Set<number>> {
  const rows = await team.all(sql, { tenant: tenantId, person: leaderId });
  return new Set(rows.map((row) => row.person_id));
}

/** How many leaders each person has; people without any are not in the map. */
export async function countLeaders(
  sql: Sql,
  tenantId: string,
  personId?: number,
): Promise<Map<number, number>> {
  let query = sql
    .selectFrom('time_leaders')
    .select(({ fn }) => ['person_id', fn.countAll<number>().as('count')])
    .where('tenant_id', '=', tenantId)
    .groupBy('person_id');
  if (personId !== undefined) query = query.where('person_id', '=', personId);
  return new Map((await query.execute()).map((row) => [row.person_id, row.count]));
}

/** The leaders of a person. */
export async function leadersOf(sql: Sql, tenantId: string, personId: number): Promise<number[]> {
  const rows = await sql
    .selectFrom('time_leaders')
    .select('leader_id')
    .where('tenant_id', '=', tenantId)
    .where('person_id', '=', personId)
    .execute();
  return rows.map((row) => row.leader_id);
}

/** Replaces the whole set of leaders. */
export async function setLeaders(
  sql: Sql,
  tenantId: string,
  personId: number,
  leaderIds: readonly number[],
): Promise<void> {
  await sql
    .deleteFrom('time_leaders')
    .where('tenant_id', '=', tenantId)
    .where('person_id', '=', personId)
    .execute();
  const unique = [...new Set(leaderIds)];
  if (unique.length === 0) return;
  await sql
    .insertInto('time_leaders')
    .values(unique.map((leader_id) => ({ tenant_id: tenantId, person_id: personId, leader_id })))
    .execute();
}

/** The projects that this person manages. */
export async function projectsManagedBy(
  sql: Sql,
  tenantId: string,
  personId: number,
): Promise<Set<number>> {
  const rows = await sql
    .selectFrom('time_managers')
    .select('project_id')
    .where('tenant_id', '=', tenantId)
    .where('person_id', '=', personId)
    .execute();
  return new Set(rows.map((row) => row.project_id));
}

/** The managers of a project. */
export async function managersOf(sql: Sql, tenantId: string, projectId: number): Promise<number[]> {
  const rows = await sql
    .selectFrom('time_managers')
    .select('person_id')
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .execute();
  return rows.map((row) => row.person_id);
}

/** Makes a person manager of a project, or no longer. Doing it twice is fine. */
export async function setManager(
  sql: Sql,
  tenantId: string,
  projectId: number,
  personId: number,
  attached: boolean,
): Promise<void> {
  if (attached) {
    await sql
      .insertInto('time_managers')
      .values({ tenant_id: tenantId, project_id: projectId, person_id: personId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return;
  }
  await sql
    .deleteFrom('time_managers')
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('person_id', '=', personId)
    .execute();
}
