// Time entries: recording, changing, deleting and reading them (Beebole spec 4.4–4.6, 5.13, 8).
import { statement } from '../platform/database/statement.ts';
import { reading, writing, type PersonContext } from './context.ts';
import { findEntity } from './entity-store.ts';
import {
  contentOf,
  findEntry,
  insertEntry,
  listEntriesOf,
  removeEntry,
  replaceEntry,
  secondsOn,
  type EntryContent,
  type StoredEntry,
} from './entry-store.ts';
import {
  entryNotFound,
  inactive,
  notAllowed,
  overrun,
  statusLocked,
  taskInvalid,
} from './failures.ts';
import { roundUp } from './hours.ts';
import { recordsTime } from './loggable.ts';
import type { Account, Entity, Entry, Person, Reference, TargetKind, WorkKind } from './model.ts';
import { manages, reaches, seesAllTimeOf, viewerOf, type Viewer } from './rights.ts';
import { takeNumber } from './sequences.ts';
import type { Sql, TimesheetTables } from './tables.ts';
import { deepestOf, type Named } from './target.ts';
import { pathTo, resolveTarget } from './target-facts.ts';
import { availableTasks } from './available-tasks.ts';
import { checkText, checkXid } from './text.ts';

const SECONDS_PER_DAY = 86_400;

export interface NewEntry {
  /** Whose time it is. */
  person: Person;
  named: Named;
  task?: Entity<'task'> | undefined;
  /** `YYYY-MM-DD` of a real day. */
  date: string;
  /** As read by `readHours`; stored rounded up. */
  seconds: number;
  comment?: string | undefined;
  xid?: string | undefined;
  /** `YYYY-MM-DD HH:MM:SS`, or empty. */
  startedAt?: string | undefined;
  endedAt?: string | undefined;
}

/**
 * Records time and gives the entry as stored. Two equal calls make two entries, unless they carry the same external id.
 * Throws `Forbidden` without rights on the person, the failures of the decision table, `overrun` above 24 hours a day.
 */
export async function createEntry(context: PersonContext, entry: NewEntry): Promise<Entry> {
  const { account, actor, clock } = context;
  const { tenantId } = account;
  const viewer = await viewerOf(context);
  const comment = checkText(entry.comment ?? '', 'comment');
  const xid = entry.xid === undefined ? undefined : checkXid(entry.xid);
  const seconds = roundUp(entry.seconds, account.minQuantitySeconds);
  const { person, date } = entry;
  const sql = reading(context);
  if (!reaches(viewer, person.id, projectOf(deepestOf(entry.named)))) throw notAllowed();
  if (!(await recordsTime(sql, account, person))) throw notAllowed();
  if (!person.active) throw inactive('person');
  const { target, task } = await resolveTarget(sql, account, {
    named: entry.named,
    task: entry.task,
    person,
    date,
  });
  const content: EntryContent = {
    personId: person.id,
    date,
    seconds,
    targetId: target.id,
    targetKind: target.kind,
    taskId: task?.id,
    comment,
    startedAt: entry.startedAt ?? '',
    endedAt: entry.endedAt ?? '',
  };
  // What was decided from the tree is kept out of the transaction: a change of the tree at the same moment counts as
  // later. What two calls of one person must agree on, the day's total, is decided inside.
  const id = await writing(context, async (trx) => {
    await lockPerson(trx, tenantId, person.id, { activeOnly: true });
    await refuseOverrun(trx, tenantId, person.id, date, seconds);
    const number = await takeNumber(trx, tenantId, 'entry');
    const change = { actorId: actor.id, now: clock.now() };
    await insertEntry(trx, tenantId, number, { ...content, xid }, change);
    return number;
  });
  return {
    id,
    personId: person.id,
    date,
    seconds,
    status: 'd',
    comment,
    target: { ...referenceTo(target), kind: target.kind },
    startedAt: content.startedAt,
    endedAt: content.endedAt,
    ...(task && { task: referenceTo(task) }),
    ...(xid !== undefined && { xid }),
  };
}

/** What changes; a member that is absent stays. */
export interface EntryChange {
  /** Empty: the target stays. */
  named?: Named;
  task?: Entity<'task'> | undefined;
  date?: string | undefined;
  seconds?: number | undefined;
  comment?: string | undefined;
  startedAt?: string | undefined;
  endedAt?: string | undefined;
}

/**
 * Changes a draft or rejected entry and gives it as stored. An entry whose target meanwhile became inactive or got
 * children may keep it; a newly chosen target or task goes through the decision table.
 * Throws `NotFound` for an entry that the actor may not see, `status_locked`, and as `createEntry`.
 */
export async function updateEntry(
  context: PersonContext,
  id: number,
  change: EntryChange,
): Promise<Entry> {
  const { account, actor, clock } = context;
  const { tenantId } = account;
  const viewer = await viewerOf(context);
  const comment = change.comment === undefined ? undefined : checkText(change.comment, 'comment');
  return writing(context, async (sql) => {
    const entry = await lockEntry(sql, tenantId, viewer, id);
    const before = contentOf(entry);
    const date = change.date ?? entry.date;
    const seconds =
      change.seconds === undefined
        ? entry.seconds
        : roundUp(change.seconds, account.minQuantitySeconds);
    const aim = await newAim(sql, account, viewer, entry, change, date);
    if (date !== entry.date || seconds > entry.seconds) {
      await refuseOverrun(sql, tenantId, entry.personId, date, seconds, entry.id);
    }
    const after: EntryContent = {
      ...before,
      ...aim,
      date,
      seconds,
      comment: comment ?? entry.comment,
      startedAt: change.startedAt ?? entry.startedAt,
      endedAt: change.endedAt ?? entry.endedAt,
    };
    const made = { actorId: actor.id, now: clock.now() };
    await replaceEntry(sql, tenantId, entry, after, made);
    return stored(sql, tenantId, id);
  });
}

/**
 * Deletes a draft or rejected entry. When `date` is given it must be the stored one.
 * Throws `NotFound` and `status_locked`.
 */
export async function deleteEntry(
  context: PersonContext,
  id: number,
  date?: string,
): Promise<void> {
  const { account, actor, clock } = context;
  const viewer = await viewerOf(context);
  await writing(context, async (sql) => {
    const entry = await lockEntry(sql, account.tenantId, viewer, id, date);
    await removeEntry(sql, account.tenantId, entry, { actorId: actor.id, now: clock.now() });
  });
}

/** One entry. Throws `NotFound` when it does not exist, is not the actor's to see, or is not of that date. */
export async function getEntry(context: PersonContext, id: number, date?: string): Promise<Entry> {
  const entry = await findEntry(reading(context), context.account.tenantId, id);
  const viewer = await viewerOf(context);
  return visible(viewer, entry, date);
}

/**
 * Entries of a person from one day to another, both included, by date and number. Project managers see those on their
 * projects. Throws `Forbidden` when none of the person's time is the actor's to see.
 */
export async function listEntries(
  context: PersonContext,
  { person, from, to }: { person: Person; from: string; to: string },
): Promise<Entry[]> {
  const viewer = await viewerOf(context);
  const all = seesAllTimeOf(viewer, person.id);
  if (!all && viewer.managed !== 'all' && viewer.managed.size === 0) throw notAllowed();
  const entries = await listEntriesOf(
    reading(context),
    context.account.tenantId,
    person.id,
    from,
    to,
  );
  return all ? entries : entries.filter(({ projectId }) => projectId && manages(viewer, projectId));
}

/** The target and task that an update leads to. */
async function newAim(
  sql: Sql,
  account: Account,
  viewer: Viewer,
  entry: StoredEntry,
  change: EntryChange,
  date: string,
): Promise<{ targetId: number; targetKind: TargetKind; taskId: number | undefined }> {
  const { tenantId } = account;
  const { named = {}, task } = change;
  const kept = { targetId: entry.target.id, targetKind: entry.target.kind, taskId: entry.task?.id };
  const renamed = Object.values(named).some((entity) => entity !== undefined);
  if (!renamed && (!task || task.id === entry.task?.id)) return kept;

  const person = await ownerOf(sql, tenantId, entry);
  const intended = renamed ? deepestOf(named) : undefined;
  if (!intended || intended.id === entry.target.id) {
    if (!task || task.id === entry.task?.id || entry.target.kind === 'absence') return kept;
    await checkTask(sql, account, entry, task, person);
    return { ...kept, taskId: task.id };
  }
  if (!reaches(viewer, person.id, projectOf(intended))) throw notAllowed();
  const { target, task: accepted } = await resolveTarget(sql, account, {
    named,
    task,
    person,
    date,
  });
  return { targetId: target.id, targetKind: target.kind, taskId: accepted?.id };
}

/** Another task on the same target: the target is not judged again, the task is. */
async function checkTask(
  sql: Sql,
  account: Account,
  entry: StoredEntry,
  task: Entity<'task'>,
  person: Person,
): Promise<void> {
  if (!task.active) throw inactive('task');
  const target = (await findEntity(sql, account.tenantId, entry.target.id)) as Entity<WorkKind>;
  const path = await pathTo(sql, account, target);
  const { offered, accepted } = await availableTasks(sql, account, path, person);
  if (accepted.some(({ id }) => id === task.id)) return;
  throw taskInvalid(offered.length > 0 ? { kind: 'task', entities: offered } : undefined);
}

const lock = statement<{ tenant: string; id: number }, { active: number }, TimesheetTables>(
  (sql, slot) =>
    sql
      .updateTable('time_entities')
      .set((column) => ({ updated_at: column.ref('updated_at') }))
      .where('tenant_id', '=', slot('tenant'))
      .where('id', '=', slot('id'))
      .returning('active'),
);

/**
 * Lets other changes of the person's time wait for this transaction, so that two calls at once cannot both find room in
 * the same day. Throws `Invalid` (`inactive`) when the person must be active and is not.
 */
async function lockPerson(
  sql: Sql,
  tenantId: string,
  personId: number,
  { activeOnly = false } = {},
): Promise<void> {
  const row = await lock.first(sql, { tenant: tenantId, id: personId });
  if (activeOnly && row?.active !== 1) throw inactive('person');
}

/** The entry, locked for a change that its status allows. */
async function lockEntry(
  sql: Sql,
  tenantId: string,
  viewer: Viewer,
  id: number,
  date?: string,
): Promise<StoredEntry> {
  const seen = visible(viewer, await findEntry(sql, tenantId, id), date);
  await lockPerson(sql, tenantId, seen.personId);
  // What we saw before the lock may be over.
  const entry = visible(viewer, await findEntry(sql, tenantId, id), date);
  if (entry.status !== 'd' && entry.status !== 'r') throw statusLocked();
  return entry;
}

function visible(viewer: Viewer, entry: StoredEntry | undefined, date?: string): StoredEntry {
  if (!entry || !reaches(viewer, entry.personId, entry.projectId)) throw entryNotFound();
  if (date !== undefined && date !== entry.date) throw entryNotFound();
  return entry;
}

async function refuseOverrun(
  sql: Sql,
  tenantId: string,
  personId: number,
  date: string,
  seconds: number,
  except?: number,
): Promise<void> {
  const others = await secondsOn(sql, tenantId, personId, date, except);
  if (others + seconds > SECONDS_PER_DAY) throw overrun();
}

async function ownerOf(sql: Sql, tenantId: string, entry: StoredEntry): Promise<Person> {
  return (await findEntity(sql, tenantId, entry.personId)) as Person;
}

async function stored(sql: Sql, tenantId: string, id: number): Promise<Entry> {
  const entry = await findEntry(sql, tenantId, id);
  if (!entry) throw entryNotFound();
  return entry;
}

function referenceTo({ id, xid, name, active }: Reference): Reference {
  return { id, name, active, ...(xid !== undefined && { xid }) };
}

function projectOf(target: Entity<TargetKind>): number | undefined {
  if (target.kind === 'project') return target.id;
  return target.kind === 'subproject' ? target.parent?.id : undefined;
}
