// Reads and writes time entries and their history, without rules.
import { statement } from '../platform/database/statement.ts';
import { duplicateXid } from './failures.ts';
import type { Entry, EntryStatus, TargetKind } from './model.ts';
import type { Sql, TimesheetTables } from './tables.ts';

/** Entries with what their renderings say of target and task, and the project they count for. */
const select = (sql: Sql, tenantId: string) =>
  sql
    .selectFrom('time_entries as e')
    .innerJoin('time_entities as target', (join) =>
      join.onRef('target.tenant_id', '=', 'e.tenant_id').onRef('target.id', '=', 'e.target_id'),
    )
    .leftJoin('time_entities as task', (join) =>
      join.onRef('task.tenant_id', '=', 'e.tenant_id').onRef('task.id', '=', 'e.task_id'),
    )
    .select([
      'e.id',
      'e.xid',
      'e.person_id',
      'e.date',
      'e.seconds',
      'e.status',
      'e.comment',
      'e.target_id',
      'e.target_kind',
      'e.task_id',
      'e.started_at',
      'e.ended_at',
      'e.version',
      'target.xid as target_xid',
      'target.name as target_name',
      'target.active as target_active',
      'target.parent_id as target_parent',
      'task.xid as task_xid',
      'task.name as task_name',
      'task.active as task_active',
    ])
    .where('e.tenant_id', '=', tenantId);

type Row = Awaited<ReturnType<ReturnType<typeof select>['execute']>>[number];

/** An entry with what the rules need beyond its rendering. */
export interface StoredEntry extends Entry {
  /** The project on which the time counts, if it was recorded on a project or subproject. */
  projectId: number | undefined;
  version: number;
}

const byId = statement<{ tenant: string; id: number }, Row, TimesheetTables>((sql, slot) =>
  select(sql, slot('tenant')).where('e.id', '=', slot('id')),
);

const ofRange = statement<
  { tenant: string; person: number; from: string; to: string },
  Row,
  TimesheetTables
>((sql, slot) =>
  select(sql, slot('tenant'))
    .where('e.person_id', '=', slot('person'))
    .where('e.date', '>=', slot('from'))
    .where('e.date', '<=', slot('to'))
    .orderBy('e.date')
    .orderBy('e.id'),
);

/** The entry with this number. */
export async function findEntry(
  sql: Sql,
  tenantId: string,
  id: number,
): Promise<StoredEntry | undefined> {
  const row = await byId.first(sql, { tenant: tenantId, id });
  return row && toEntry(row);
}

/** The entries of a person from one day to another, both included, by date and number. */
export async function listEntriesOf(
  sql: Sql,
  tenantId: string,
  personId: number,
  from: string,
  to: string,
): Promise<StoredEntry[]> {
  const rows = await ofRange.all(sql, { tenant: tenantId, person: personId, from, to });
  return rows.map(toEntry);
}

const sumOfDay = statement<
  { tenant: string; person: number; date: string; except: number },
  { seconds: number | null },
  TimesheetTables
>((sql, slot) =>
  sql
    .selectFrom('time_entries')
    .select(({ fn }) => fn.sum<number | null>('seconds').as('seconds'))
    .where('tenant_id', '=', slot('tenant'))
    .where('person_id', '=', slot('person'))
    .where('date', '=', slot('date'))
    .where('id', '!=', slot('except')),
);

/** No entry has this number. */
const NO_ENTRY = 0;

/** The seconds of a person on a day, without one entry. */
export async function secondsOn(
  sql: Sql,
  tenantId: string,
  personId: number,
  date: string,
  except = NO_ENTRY,
): Promise<number> {
  const row = await sumOfDay.first(sql, { tenant: tenantId, person: personId, date, except });
  return row?.seconds ?? 0;
}

/** What is stored of an entry apart from its life cycle. */
export interface EntryContent {
  personId: number;
  date: string;
  seconds: number;
  targetId: number;
  targetKind: TargetKind;
  taskId: number | undefined;
  comment: string;
  startedAt: string;
  endedAt: string;
}

export interface Change {
  actorId: number;
  now: number;
}

type EntryRow = TimesheetTables['time_entries'];

const putEntry = statement<EntryRow, unknown, TimesheetTables>((sql, slot) =>
  sql
    .insertInto('time_entries')
    .values({
      tenant_id: slot('tenant_id'),
      id: slot('id'),
      person_id: slot('person_id'),
      date: slot('date'),
      seconds: slot('seconds'),
      target_id: slot('target_id'),
      target_kind: slot('target_kind'),
      task_id: slot('task_id'),
      comment: slot('comment'),
      status: slot('status'),
      status_before_lock: slot('status_before_lock'),
      started_at: slot('started_at'),
      ended_at: slot('ended_at'),
      xid: slot('xid'),
      version: slot('version'),
      created_by: slot('created_by'),
      created_at: slot('created_at'),
      updated_at: slot('updated_at'),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

type EventRow = TimesheetTables['time_entry_events'];

const putEvent = statement<EventRow, unknown, TimesheetTables>((sql, slot) =>
  sql.insertInto('time_entry_events').values({
    tenant_id: slot('tenant_id'),
    entry_id: slot('entry_id'),
    version: slot('version'),
    actor_id: slot('actor_id'),
    at: slot('at'),
    action: slot('action'),
    before: slot('before'),
    after: slot('after'),
  }),
);

/** Stores a new draft and its first event. Throws `Conflict` (`duplicate_xid`). */
export async function insertEntry(
  sql: Sql,
  tenantId: string,
  id: number,
  content: EntryContent & { xid: string | undefined },
  { actorId, now }: Change,
): Promise<void> {
  const row: EntryRow = {
    tenant_id: tenantId,
    id,
    ...columns(content),
    status: 'd',
    status_before_lock: null,
    xid: content.xid ?? null,
    version: 1,
    created_by: actorId,
    created_at: now,
    updated_at: now,
  };
  if ((await putEntry.run(sql, row)) === 0) throw duplicateXid();
  await recordEvent(sql, tenantId, id, 1, 'create', { actorId, now }, undefined, content);
}

/** Replaces the content of an entry and records what it was. */
export async function replaceEntry(
  sql: Sql,
  tenantId: string,
  entry: StoredEntry,
  content: EntryContent,
  { actorId, now }: Change,
): Promise<void> {
  const version = entry.version + 1;
  await sql
    .updateTable('time_entries')
    .set({ ...columns(content), version, updated_at: now })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', entry.id)
    .execute();
  const before = contentOf(entry);
  await recordEvent(sql, tenantId, entry.id, version, 'update', { actorId, now }, before, content);
}

/** Deletes an entry; its history stays. */
export async function removeEntry(
  sql: Sql,
  tenantId: string,
  entry: StoredEntry,
  { actorId, now }: Change,
): Promise<void> {
  await sql
    .deleteFrom('time_entries')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', entry.id)
    .execute();
  const before = contentOf(entry);
  await recordEvent(
    sql,
    tenantId,
    entry.id,
    entry.version + 1,
    'delete',
    { actorId, now },
    before,
    undefined,
  );
}

async function recordEvent(
  sql: Sql,
  tenantId: string,
  entryId: number,
  version: number,
  action: 'create' | 'update' | 'delete',
  { actorId, now }: Change,
  before: EntryContent | undefined,
  after: EntryContent | undefined,
): Promise<void> {
  await putEvent.run(sql, {
    tenant_id: tenantId,
    entry_id: entryId,
    version,
    actor_id: actorId,
    at: now,
    action,
    before: before ? JSON.stringify(before) : null,
    after: after ? JSON.stringify(after) : null,
  });
}

/** The content of a stored entry, as a change starts from it. */
export function contentOf(entry: StoredEntry): EntryContent {
  return {
    personId: entry.personId,
    date: entry.date,
    seconds: entry.seconds,
    targetId: entry.target.id,
    targetKind: entry.target.kind,
    taskId: entry.task?.id,
    comment: entry.comment,
    startedAt: entry.startedAt,
    endedAt: entry.endedAt,
  };
}

function columns(content: EntryContent) {
  return {
    person_id: content.personId,
    date: content.date,
    seconds: content.seconds,
    target_id: content.targetId,
    target_kind: content.targetKind,
    task_id: content.taskId ?? null,
    comment: content.comment,
    started_at: content.startedAt,
    ended_at: content.endedAt,
  };
}

function toEntry(row: Row): StoredEntry {
  const kind = row.target_kind as TargetKind;
  return {
    id: row.id,
    personId: row.person_id,
    date: row.date,
    seconds: row.seconds,
    status: row.status as EntryStatus,
    comment: row.comment,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    version: row.version,
    projectId: projectOf(kind, row),
    target: {
      kind,
      id: row.target_id,
      name: row.target_name,
      active: row.target_active === 1,
      ...(row.target_xid !== null && { xid: row.target_xid }),
    },
    ...(row.xid !== null && { xid: row.xid }),
    ...(row.task_id !== null && {
      task: {
        id: row.task_id,
        name: row.task_name ?? '',
        active: row.task_active === 1,
        ...(row.task_xid !== null && { xid: row.task_xid }),
      },
    }),
  };
}

function projectOf(kind: TargetKind, row: Row): number | undefined {
  if (kind === 'project') return row.target_id;
  return kind === 'subproject' ? (row.target_parent ?? undefined) : undefined;
}
