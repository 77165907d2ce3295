// Reads and writes entities of all kinds, without rules.
import { foldName } from '../platform/credentials/names.ts';
import { statement } from '../platform/database/statement.ts';
import { duplicateEmail, duplicateXid } from './failures.ts';
import type { Entity, EntityKind, Reference, UserGroup } from './model.ts';
import { takeNumber } from './sequences.ts';
import type { Sql, TimesheetTables } from './tables.ts';

interface Row {
  id: number;
  kind: string;
  parent_id: number | null;
  xid: string | null;
  name: string;
  active: number;
  corporate: number | null;
  start_date: string | null;
  description: string | null;
  specific_tasks_disabled: number;
  email: string | null;
  user_group: string | null;
  parent_xid: string | null;
  parent_name: string | null;
  parent_active: number | null;
}

/** Entities with what their renderings say of the parent. */
const select = (sql: Sql) =>
  sql
    .selectFrom('time_entities as e')
    .leftJoin('time_entities as p', (join) =>
      join.onRef('p.tenant_id', '=', 'e.tenant_id').onRef('p.id', '=', 'e.parent_id'),
    )
    .select([
      'e.id',
      'e.kind',
      'e.parent_id',
      'e.xid',
      'e.name',
      'e.active',
      'e.corporate',
      'e.start_date',
      'e.description',
      'e.specific_tasks_disabled',
      'e.email',
      'e.user_group',
      'p.xid as parent_xid',
      'p.name as parent_name',
      'p.active as parent_active',
    ]);

const byId = statement<{ tenant: string; id: number }, Row, TimesheetTables>((sql, slot) =>
  select(sql).where('e.tenant_id', '=', slot('tenant')).where('e.id', '=', slot('id')),
);

/** The entity with this number, of whatever kind. */
export async function findEntity(
  sql: Sql,
  tenantId: string,
  id: number,
): Promise<Entity | undefined> {
  const row = await byId.first(sql, { tenant: tenantId, id });
  return row && toEntity(row);
}

/** The entity of a kind with this number or, when no number is given, this external id. */
export async function findOfKind<Kind extends EntityKind>(
  sql: Sql,
  tenantId: string,
  kind: Kind,
  key: { id?: number | undefined; xid?: string | undefined },
): Promise<Entity<Kind> | undefined> {
  if (key.id !== undefined) {
    const found = await findEntity(sql, tenantId, key.id);
    return found?.kind === kind ? (found as Entity<Kind>) : undefined;
  }
  if (key.xid === undefined) return undefined;
  const row = await select(sql)
    .where('e.tenant_id', '=', tenantId)
    .where('e.kind', '=', kind)
    .where('e.xid', '=', key.xid)
    .executeTakeFirst();
  return row && (toEntity(row) as Entity<Kind>);
}

export interface ListFilter {
  parentId?: number | undefined;
  activeOnly?: boolean;
}

/** All entities of the kinds, in no order. */
export async function listEntities<Kind extends EntityKind>(
  sql: Sql,
  tenantId: string,
  kinds: readonly Kind[],
  { parentId, activeOnly = false }: ListFilter = {},
): Promise<Entity<Kind>[]> {
  let query = select(sql).where('e.tenant_id', '=', tenantId).where('e.kind', 'in', kinds);
  if (parentId !== undefined) query = query.where('e.parent_id', '=', parentId);
  if (activeOnly) query = query.where('e.active', '=', 1);
  return (await query.execute()).map((row) => toEntity(row) as Entity<Kind>);
}

/** Values in one list of a statement; the engines allow more. */
const CHUNK = 5000;

/** The entities with these numbers, in no order. */
export async function listByIds(
  sql: Sql,
  tenantId: string,
  ids: readonly number[],
): Promise<Entity[]> {
  const found: Entity[] = [];
  for (let at = 0; at < ids.length; at += CHUNK) {
    const rows = await select(sql)
      .where('e.tenant_id', '=', tenantId)
      .where('e.id', 'in', ids.slice(at, at + CHUNK))
      .execute();
    found.push(...rows.map(toEntity));
  }
  return found;
}

/** How many entities of a kind each parent has, inactive ones included. Parents without any are not in the map. */
export async function countByParent(
  sql: Sql,
  tenantId: string,
  kind: EntityKind,
  parentId?: number,
): Promise<Map<number, number>> {
  let query = sql
    .selectFrom('time_entities')
    .select(({ fn }) => ['parent_id', fn.countAll<number>().as('count')])
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .groupBy('parent_id');
  if (parentId !== undefined) query = query.where('parent_id', '=', parentId);
  return new Map((await query.execute()).map((row) => [row.parent_id ?? 0, row.count]));
}

/** What a new entity is made of. Texts have been checked by the caller. */
export interface NewEntity {
  kind: EntityKind;
  name: string;
  parentId?: number | undefined;
  xid?: string | undefined;
  corporate?: boolean | undefined;
  startDate?: string | undefined;
  description?: string | undefined;
  email?: string | undefined;
  userGroup?: UserGroup | undefined;
  invitedAt?: number | undefined;
}

/**
 * Stores a new, active entity under the next number of the account, or under `id`.
 * Throws `Conflict` (`duplicate_xid`, `duplicate_email`).
 */
export async function insertEntity(
  sql: Sql,
  tenantId: string,
  entity: NewEntity,
  now: number,
  id?: number,
): Promise<number> {
  if (entity.xid !== undefined) await refuseTakenXid(sql, tenantId, entity.kind, entity.xid);
  if (entity.email !== undefined) await refuseTakenEmail(sql, tenantId, entity.email);
  const number = id ?? (await takeNumber(sql, tenantId, 'entity'));
  const result = await sql
    .insertInto('time_entities')
    .values({
      tenant_id: tenantId,
      id: number,
      kind: entity.kind,
      parent_id: entity.parentId ?? null,
      xid: entity.xid ?? null,
      name: entity.name,
      active: 1,
      corporate: entity.corporate === undefined ? null : Number(entity.corporate),
      start_date: entity.startDate ?? null,
      description: entity.description ?? null,
      specific_tasks_disabled: 0,
      email: entity.email ?? null,
      email_key: entity.email === undefined ? null : foldName(entity.email),
      user_group: entity.userGroup ?? null,
      invited_at: entity.invitedAt ?? null,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  // Someone else took the external id or address between our look and our insertion.
  if (result.numInsertedOrUpdatedRows === 0n) {
    throw entity.xid === undefined ? duplicateEmail() : duplicateXid();
  }
  return number;
}

/** Members that may change; a member that is absent stays. `xid` and `email` are removed by `null`. */
export interface EntityChange {
  name?: string | undefined;
  active?: boolean | undefined;
  parentId?: number | undefined;
  xid?: string | null | undefined;
  corporate?: boolean | undefined;
  startDate?: string | undefined;
  description?: string | undefined;
  specificTasksDisabled?: boolean | undefined;
  email?: string | null | undefined;
  userGroup?: UserGroup | undefined;
  invitedAt?: number | undefined;
}

/** Changes an entity. Throws `Conflict` (`duplicate_xid`, `duplicate_email`). */
export async function updateEntity(
  sql: Sql,
  tenantId: string,
  entity: Pick<Entity, 'id' | 'kind'>,
  change: EntityChange,
  now: number,
): Promise<void> {
  if (change.xid != null) await refuseTakenXid(sql, tenantId, entity.kind, change.xid, entity.id);
  if (change.email != null) await refuseTakenEmail(sql, tenantId, change.email, entity.id);
  await sql
    .updateTable('time_entities')
    .set({
      ...(change.name !== undefined && { name: change.name }),
      ...(change.active !== undefined && { active: Number(change.active) }),
      ...(change.parentId !== undefined && { parent_id: change.parentId }),
      ...(change.xid !== undefined && { xid: change.xid }),
      ...(change.corporate !== undefined && { corporate: Number(change.corporate) }),
      ...(change.startDate !== undefined && { start_date: change.startDate }),
      ...(change.description !== undefined && { description: change.description }),
      ...(change.specificTasksDisabled !== undefined && {
        specific_tasks_disabled: Number(change.specificTasksDisabled),
      }),
      ...(change.email !== undefined && {
        email: change.email,
        email_key: change.email === null ? null : foldName(change.email),
      }),
      ...(change.userGroup !== undefined && { user_group: change.userGroup }),
      ...(change.invitedAt !== undefined && { invited_at: change.invitedAt }),
      updated_at: now,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', entity.id)
    .execute();
}

async function refuseTakenXid(
  sql: Sql,
  tenantId: string,
  kind: EntityKind,
  xid: string,
  self?: number,
): Promise<void> {
  const owner = await findOfKind(sql, tenantId, kind, { xid });
  if (owner && owner.id !== self) throw duplicateXid();
}

async function refuseTakenEmail(
  sql: Sql,
  tenantId: string,
  email: string,
  self?: number,
): Promise<void> {
  const owner = await findByEmail(sql, tenantId, email);
  if (owner !== undefined && owner !== self) throw duplicateEmail();
}

/** The number of the person with this address, whatever its letter case. */
export async function findByEmail(
  sql: Sql,
  tenantId: string,
  email: string,
): Promise<number | undefined> {
  const row = await sql
    .selectFrom('time_entities')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('email_key', '=', foldName(email))
    .executeTakeFirst();
  return row?.id;
}

function toEntity(row: Row): Entity {
  const parent: Reference | undefined =
    row.parent_id === null
      ? undefined
      : {
          id: row.parent_id,
          name: row.parent_name ?? '',
          active: row.parent_active === 1,
          ...(row.parent_xid !== null && { xid: row.parent_xid }),
        };
  return {
    kind: row.kind as EntityKind,
    id: row.id,
    name: row.name,
    active: row.active === 1,
    corporate: row.corporate === 1,
    specificTasksDisabled: row.specific_tasks_disabled === 1,
    description: row.description ?? '',
    userGroup: (row.user_group ?? 'employee') as UserGroup,
    ...(row.xid !== null && { xid: row.xid }),
    ...(parent && { parent }),
    ...(row.start_date !== null && { startDate: row.start_date }),
    ...(row.email !== null && { email: row.email }),
  };
}
