// Companies, projects, subprojects, tasks and absence types: making, changing, switching on and off.
import { lockAccount } from './accounts.ts';
import { writing, type AccountContext } from './context.ts';
import { dayIn } from './dates.ts';
import { findOfKind, insertEntity, updateEntity, type EntityChange } from './entity-store.ts';
import { lastAdmin, mainCompany, notMovable } from './failures.ts';
import type { Company, Entity, WorkKind } from './model.ts';
import type { Sql } from './tables.ts';
import { checkName, checkText, checkXid } from './text.ts';

/** Kinds that are made and changed here; people are in `people.ts`. */
type WorkLikeKind = 'company' | 'project' | 'subproject' | 'task' | 'absence';

export interface NewWork {
  name: string;
  xid?: string | undefined;
  /** Companies: one of the account's own organisations. Default: a customer. */
  corporate?: boolean | undefined;
  /** Projects: `YYYY-MM-DD`. Default: the first day of the current month. */
  startDate?: string | undefined;
  /** Projects. */
  description?: string | undefined;
}

/**
 * Makes an active entity below its parent (none for companies) and gives its number.
 * Throws `Invalid` for a bad text and `Conflict` (`duplicate_xid`).
 */
export async function createWork(
  context: AccountContext,
  kind: WorkLikeKind,
  parent: Entity | undefined,
  work: NewWork,
): Promise<number> {
  const now = context.clock.now();
  const entity = {
    kind,
    name: checkName(work.name),
    parentId: parent?.id,
    xid: work.xid === undefined ? undefined : checkXid(work.xid),
    ...(kind === 'company' && { corporate: work.corporate ?? false }),
    ...(kind === 'project' && {
      startDate: work.startDate ?? `${dayIn(context.account.timeZone, now).slice(0, 8)}01`,
      description: checkText(work.description ?? '', 'description'),
    }),
  };
  return writing(context, (sql) => insertEntity(sql, context.account.tenantId, entity, now));
}

/** What changes; a member that is absent stays. */
export interface WorkChange {
  name?: string | undefined;
  /** Empty: removes it. */
  xid?: string | undefined;
  corporate?: boolean | undefined;
  startDate?: string | undefined;
  description?: string | undefined;
  /** Another company of a project, another project of a subproject. */
  parent?: Entity | undefined;
}

/**
 * Changes an entity. A project or subproject moves only while all its time is draft or rejected.
 * Throws `Invalid` for a bad text, `Conflict` (`duplicate_xid`, `main_company`, `not_movable`).
 */
export async function updateWork(
  context: AccountContext,
  entity: Entity<WorkLikeKind>,
  change: WorkChange,
): Promise<void> {
  const { account } = context;
  if (entity.id === account.mainCompanyId && change.corporate === false) throw mainCompany();
  const moves = change.parent !== undefined && change.parent.id !== entity.parent?.id;
  const set: EntityChange = {
    ...(change.name !== undefined && { name: checkName(change.name) }),
    ...(change.xid !== undefined && { xid: change.xid === '' ? null : checkXid(change.xid) }),
    ...(entity.kind === 'company' && { corporate: change.corporate }),
    ...(entity.kind === 'project' && {
      startDate: change.startDate,
      description:
        change.description === undefined ? undefined : checkText(change.description, 'description'),
    }),
    ...(moves && { parentId: change.parent?.id }),
  };
  await writing(context, async (sql) => {
    if (moves && (await hasSettledTime(sql, account.tenantId, entity))) {
      throw notMovable(entity.kind as 'project' | 'subproject');
    }
    await updateEntity(sql, account.tenantId, entity, set, context.clock.now());
  });
}

/**
 * Switches an entity on or off; doing it twice is fine. What is below keeps its own switch but cannot be used.
 * Throws `Conflict` (`main_company`, `last_admin`).
 */
export async function setActive(
  context: AccountContext,
  entity: Entity,
  active: boolean,
): Promise<void> {
  const { account } = context;
  if (!active && entity.id === account.mainCompanyId) throw mainCompany();
  await writing(context, async (sql) => {
    if (!active && entity.kind === 'person') await keepAnAdmin(sql, account.tenantId, entity.id);
    await updateEntity(sql, account.tenantId, entity, { active }, context.clock.now());
  });
}

/** Says whether time on a company, project or subproject needs no task (Beebole spec 8.2, rule 4). */
export function setSpecificTasksDisabled(
  context: AccountContext,
  entity: Entity<WorkKind>,
  specificTasksDisabled: boolean,
): Promise<void> {
  const { tenantId } = context.account;
  const now = context.clock.now();
  return writing(context, (sql) =>
    updateEntity(sql, tenantId, entity, { specificTasksDisabled }, now),
  );
}

/** Throws `Conflict` (`last_admin`) when nobody but this person is an active administrator. */
export async function keepAnAdmin(sql: Sql, tenantId: string, personId: number): Promise<void> {
  // Two administrators must not switch each other off at the same moment.
  await lockAccount(sql, tenantId);
  const other = await sql
    .selectFrom('time_entities')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'person')
    .where('user_group', '=', 'admin')
    .where('active', '=', 1)
    .where('id', '!=', personId)
    .executeTakeFirst();
  if (!other) throw lastAdmin();
}

/** The account's main company. */
export async function mainCompanyOf(sql: Sql, context: AccountContext): Promise<Company> {
  const { tenantId, mainCompanyId } = context.account;
  const company = await findOfKind(sql, tenantId, 'company', { id: mainCompanyId });
  if (!company) throw new TypeError('The account has lost its main company');
  return company;
}

async function hasSettledTime(sql: Sql, tenantId: string, entity: Entity): Promise<boolean> {
  const row = await sql
    .selectFrom('time_entries as e')
    .innerJoin('time_entities as target', (join) =>
      join.onRef('target.tenant_id', '=', 'e.tenant_id').onRef('target.id', '=', 'e.target_id'),
    )
    .select('e.id')
    .where('e.tenant_id', '=', tenantId)
    .where('e.status', 'in', ['s', 'a', 'l'])
    .where((or) =>
      or.or([or('e.target_id', '=', entity.id), or('target.parent_id', '=', entity.id)]),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
