// Which entities a person sees in lists and by number (Beebole spec 5.14).
import { listEntities, type ListFilter } from './entity-store.ts';
import { reading, type PersonContext } from './context.ts';
import { dayIn } from './dates.ts';
import { admissionOf } from './membership.ts';
import type { Entity, EntityKind } from './model.ts';
import { seesAllWork, viewerOf, type Viewer } from './rights.ts';
import type { Sql } from './tables.ts';

/** Decides whether one entity is the acting person's to see. */
export type Sight = (entity: Entity) => boolean;

/**
 * Administrators, leaders and project managers see all work, tasks and absences; employees and contractors those that
 * they could record time with, were they active. People see themselves, their team and, as project managers, whoever
 * has time on their projects.
 */
export async function sightOf(context: PersonContext): Promise<Sight> {
  const viewer = await viewerOf(context);
  if (viewer.isAdmin) return () => true;
  const people = await visiblePeople(context, viewer);
  if (seesAllWork(viewer)) return (entity) => entity.kind !== 'person' || people.has(entity.id);
  const work = await visibleWork(context);
  return (entity) => {
    if (entity.kind === 'person') return people.has(entity.id);
    if (entity.kind === 'task' || entity.kind === 'absence') return work.offers(entity);
    return entity.kind === 'group' || work.admits(entity);
  };
}

/** The entities of a kind that the acting person sees, in no order. */
export async function listVisible<Kind extends EntityKind>(
  context: PersonContext,
  kind: Kind,
  filter: ListFilter = {},
): Promise<Entity<Kind>[]> {
  const sees = await sightOf(context);
  const entities = await listEntities(reading(context), context.account.tenantId, [kind], filter);
  return entities.filter(sees);
}

async function visiblePeople(context: PersonContext, viewer: Viewer): Promise<Set<number>> {
  const people = new Set([viewer.person.id, ...viewer.team]);
  if (viewer.managed === 'all' || viewer.managed.size > 0) {
    const { tenantId } = context.account;
    for (const id of await peopleOn(reading(context), tenantId, viewer.managed)) people.add(id);
  }
  return people;
}

/** The people with time on the projects or their subprojects. */
async function peopleOn(
  sql: Sql,
  tenantId: string,
  projects: ReadonlySet<number> | 'all',
): Promise<number[]> {
  let query = sql
    .selectFrom('time_entries as e')
    .innerJoin('time_entities as target', (join) =>
      join.onRef('target.tenant_id', '=', 'e.tenant_id').onRef('target.id', '=', 'e.target_id'),
    )
    .select('e.person_id')
    .distinct()
    .where('e.tenant_id', '=', tenantId)
    .where('e.target_kind', 'in', ['project', 'subproject']);
  if (projects !== 'all') {
    const ids = [...projects];
    query = query.where((or) =>
      or.or([or('e.target_id', 'in', ids), or('target.parent_id', 'in', ids)]),
    );
  }
  return (await query.execute()).map((row) => row.person_id);
}

/** What an employee could use by membership and company, active or not. */
async function visibleWork(context: PersonContext): Promise<{ admits: Sight; offers: Sight }> {
  const { account, actor, clock } = context;
  const sql = reading(context);
  const today = dayIn(account.timeZone, clock.now());
  const passes = await admissionOf(sql, account.tenantId, actor, today);
  // A subproject knows its project only: what guards its company is found through the project.
  const projects = await listEntities(sql, account.tenantId, ['project']);
  const companyOf = new Map(projects.map((project) => [project.id, project.parent?.id]));
  const admits: Sight = ({ id, parent }) => {
    const above = parent && companyOf.get(parent.id);
    return [id, parent?.id, above].every((level) => level === undefined || passes(level));
  };
  const specific = await specificTaskOwners(sql, account.tenantId);
  const companies = new Set([actor.parent?.id, account.mainCompanyId]);
  const offers: Sight = (entity) =>
    companies.has(entity.parent?.id) || (entity.kind === 'task' && specific.has(entity.id));
  return { admits, offers };
}

/** The tasks that are attached to any work entity. */
async function specificTaskOwners(sql: Sql, tenantId: string): Promise<Set<number>> {
  const rows = await sql
    .selectFrom('time_specific_tasks')
    .select('task_id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .execute();
  return new Set(rows.map((row) => row.task_id));
}
