// Groups: a free tree of labels, and what is assigned to them (Beebole spec 5.11).
import { writing, type AccountContext } from './context.ts';
import { lockAccount } from './accounts.ts';
import { insertEntity, listByIds, listEntities, updateEntity } from './entity-store.ts';
import { groupCycle, groupInUse } from './failures.ts';
import type { Entity } from './model.ts';
import type { Sql } from './tables.ts';
import { byName, checkName, checkXid } from './text.ts';

export type Group = Entity<'group'>;

/** Makes a group below its parent, or a root. Throws `Invalid` and `Conflict` (`duplicate_xid`). */
export async function createGroup(
  context: AccountContext,
  group: { name: string; parent?: Group | undefined; xid?: string | undefined },
): Promise<number> {
  const entity = {
    kind: 'group' as const,
    name: checkName(group.name),
    parentId: group.parent?.id,
    xid: group.xid === undefined ? undefined : checkXid(group.xid),
  };
  const now = context.clock.now();
  return writing(context, (sql) => insertEntity(sql, context.account.tenantId, entity, now));
}

/** What changes; a member that is absent stays. An empty `xid` removes it. */
export interface GroupChange {
  name?: string | undefined;
  parent?: Group | undefined;
  xid?: string | undefined;
}

/** Renames or moves a group. Throws `Conflict` (`group_cycle`) for a parent that is the group itself or below it. */
export async function updateGroup(
  context: AccountContext,
  group: Group,
  { name, parent, xid }: GroupChange,
): Promise<void> {
  const { tenantId } = context.account;
  const set = {
    ...(name !== undefined && { name: checkName(name) }),
    ...(xid !== undefined && { xid: xid === '' ? null : checkXid(xid) }),
    ...(parent && { parentId: parent.id }),
  };
  // Two moves at once could close a circle that neither sees: they take turns.
  await writing(context, async (sql) => {
    await lockAccount(sql, tenantId);
    if (parent && (await withDescendants(sql, tenantId, group.id)).includes(parent.id)) {
      throw groupCycle();
    }
    await updateEntity(sql, tenantId, group, set, context.clock.now());
  });
}

/**
 * Deletes a group and all below it. Throws `Conflict` (`group_in_use`) when anything is assigned to one of them or one is
 * an exclusive member of work, unless `force` takes that away too.
 */
export async function deleteGroup(
  context: AccountContext,
  group: Group,
  { force }: { force: boolean },
): Promise<void> {
  const { tenantId } = context.account;
  await writing(context, async (sql) => {
    await lockAccount(sql, tenantId);
    const ids = await withDescendants(sql, tenantId, group.id);
    if (!force && (await isInUse(sql, tenantId, ids))) throw groupInUse();
    await sql
      .deleteFrom('time_group_assignments')
      .where('tenant_id', '=', tenantId)
      .where('group_id', 'in', ids)
      .execute();
    await sql
      .deleteFrom('time_members')
      .where('tenant_id', '=', tenantId)
      .where('member_id', 'in', ids)
      .execute();
    await sql
      .deleteFrom('time_entities')
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', 'group')
      .where('id', 'in', ids)
      .execute();
  });
}

/** Assigns an entity to a group from now on and for ever, or takes it out. Doing it twice is fine. */
export async function setGroup(
  context: AccountContext,
  entity: Entity,
  group: Group,
  assigned: boolean,
): Promise<void> {
  const { tenantId } = context.account;
  await writing(context, async (sql) => {
    if (!assigned) {
      await sql
        .deleteFrom('time_group_assignments')
        .where('tenant_id', '=', tenantId)
        .where('entity_id', '=', entity.id)
        .where('group_id', '=', group.id)
        .execute();
      return;
    }
    await sql
      .insertInto('time_group_assignments')
      .values({ tenant_id: tenantId, entity_id: entity.id, group_id: group.id, valid_from: '' })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

/** The groups that an entity is assigned to, by name. */
export async function groupsAssignedTo(
  sql: Sql,
  tenantId: string,
  entityId: number,
): Promise<Group[]> {
  const rows = await sql
    .selectFrom('time_group_assignments')
    .select('group_id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('entity_id', '=', entityId)
    .execute();
  const groups = await listByIds(
    sql,
    tenantId,
    rows.map((row) => row.group_id),
  );
  return groups.sort(byName) as Group[];
}

/** The entities that are assigned to a group, by name. */
export async function entitiesAssignedTo(
  sql: Sql,
  tenantId: string,
  groupId: number,
): Promise<Entity[]> {
  const rows = await sql
    .selectFrom('time_group_assignments')
    .select('entity_id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('group_id', '=', groupId)
    .execute();
  const entities = await listByIds(
    sql,
    tenantId,
    rows.map((row) => row.entity_id),
  );
  return entities.sort(byName);
}

/** A group with the groups below it. */
export interface GroupNode {
  group: Group;
  children: GroupNode[];
}

/** All groups from the roots down, by name. */
export async function groupTree(sql: Sql, tenantId: string): Promise<GroupNode[]> {
  const groups = (await listEntities(sql, tenantId, ['group'])).sort(byName);
  const byParent = Map.groupBy(groups, ({ parent }) => parent?.id);
  const grow = (parentId: number | undefined): GroupNode[] =>
    (byParent.get(parentId) ?? []).map((group) => ({ group, children: grow(group.id) }));
  return grow(undefined);
}

async function withDescendants(sql: Sql, tenantId: string, id: number): Promise<number[]> {
  const groups = await listEntities(sql, tenantId, ['group']);
  const byParent = Map.groupBy(groups, ({ parent }) => parent?.id);
  const ids = [id];
  for (const at of ids) ids.push(...(byParent.get(at) ?? []).map((child) => child.id));
  return ids;
}

async function isInUse(sql: Sql, tenantId: string, ids: readonly number[]): Promise<boolean> {
  const assigned = await sql
    .selectFrom('time_group_assignments')
    .select('entity_id as id')
    .where('tenant_id', '=', tenantId)
    .where('group_id', 'in', ids)
    .union(
      sql
        .selectFrom('time_members')
        .select('owner_id as id')
        .where('tenant_id', '=', tenantId)
        .where('member_id', 'in', ids),
    )
    .execute();
  return assigned.length > 0;
}
