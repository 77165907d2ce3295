// Exclusive members: to whom alone a company, project or subproject is offered (Beebole spec 8.6).
import type { Person } from './model.ts';
import type { Sql } from './tables.ts';

/** Numbers of the people and groups that are exclusive members, by the entity that they are attached to. */
type Members = ReadonlyMap<number, ReadonlySet<number>>;

/** Exclusive members of the given entities, or of all. Entities without any are not in the map. */
async function loadMembers(
  sql: Sql,
  tenantId: string,
  ownerIds: readonly number[] | undefined,
): Promise<Members> {
  if (ownerIds?.length === 0) return new Map();
  let query = sql
    .selectFrom('time_members')
    .select(['owner_id', 'member_id'])
    .where('tenant_id', '=', tenantId);
  if (ownerIds) query = query.where('owner_id', 'in', ownerIds);
  const members = new Map<number, Set<number>>();
  for (const row of await query.execute()) {
    const set = members.get(row.owner_id);
    if (set) set.add(row.member_id);
    else members.set(row.owner_id, new Set([row.member_id]));
  }
  return members;
}

/** Numbers of the exclusive members of one entity. */
export async function membersOf(sql: Sql, tenantId: string, ownerId: number): Promise<number[]> {
  return [...((await loadMembers(sql, tenantId, [ownerId])).get(ownerId) ?? [])];
}

/** Attaches a person or group, or takes it away. Doing it twice is fine. */
export async function setMember(
  sql: Sql,
  tenantId: string,
  ownerId: number,
  memberId: number,
  attached: boolean,
): Promise<void> {
  if (attached) {
    await sql
      .insertInto('time_members')
      .values({ tenant_id: tenantId, owner_id: ownerId, member_id: memberId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return;
  }
  await sql
    .deleteFrom('time_members')
    .where('tenant_id', '=', tenantId)
    .where('owner_id', '=', ownerId)
    .where('member_id', '=', memberId)
    .execute();
}

/** Decides whether the entity with this number is offered to one person, as far as its own level goes. */
export type Admission = (ownerId: number) => boolean;

/**
 * How a person passes the exclusive members of the given entities (default: of all) on a day: as themselves or through
 * a group they are assigned to on that day, directly or in one of its subgroups. Administrators pass always.
 */
export async function admissionOf(
  sql: Sql,
  tenantId: string,
  person: Person,
  date: string,
  owners?: readonly { id: number }[],
): Promise<Admission> {
  if (person.userGroup === 'admin') return () => true;
  const ids = owners?.map(({ id }) => id);
  const members = await loadMembers(sql, tenantId, ids);
  if (members.size === 0) return () => true;
  const identities = await groupsOf(sql, tenantId, person.id, date);
  identities.add(person.id);
  return (ownerId) => {
    const exclusive = members.get(ownerId);
    return !exclusive || [...identities].some((id) => exclusive.has(id));
  };
}

/**
 * The groups of an entity on a day, with all groups above them. Under each root group only the assignment with the
 * latest start on or before the day holds (Beebole spec 6.2, invariant 10).
 */
async function groupsOf(
  sql: Sql,
  tenantId: string,
  entityId: number,
  date: string,
): Promise<Set<number>> {
  const assignments = await sql
    .selectFrom('time_group_assignments')
    .select(['group_id', 'valid_from'])
    .where('tenant_id', '=', tenantId)
    .where('entity_id', '=', entityId)
    .where('valid_from', '<=', date)
    .execute();
  if (assignments.length === 0) return new Set();
  const groups = await sql
    .selectFrom('time_entities')
    .select(['id', 'parent_id'])
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'group')
    .execute();
  const parents = new Map(groups.map((group) => [group.id, group.parent_id]));
  const upwards = (id: number): number[] => {
    const line: number[] = [];
    for (
      let at: number | null = id;
      at != null && !line.includes(at);
      at = parents.get(at) ?? null
    ) {
      line.push(at);
    }
    return line;
  };

  const latest = new Map<number, string>();
  for (const { group_id, valid_from } of assignments) {
    const root = upwards(group_id).at(-1) as number;
    if (valid_from >= (latest.get(root) ?? '')) latest.set(root, valid_from);
  }
  return new Set(
    assignments
      .map(({ group_id, valid_from }) => ({ line: upwards(group_id), valid_from }))
      .filter(({ line, valid_from }) => latest.get(line.at(-1) as number) === valid_from)
      .flatMap(({ line }) => line),
  );
}
