// Time entries on both engines: the rules as the database applies them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, TestAccount, type TestDatabase } from '../../test/beebole/account.ts';
import { onBothEngines } from '../../test/support/database.ts';
import type { PersonContext } from './context.ts';
import { createEntry, deleteEntry, getEntry, listEntries, updateEntry } from './entries.ts';
import { setManager } from './relations.ts';
import { writing } from './context.ts';
import type { Entity, Person } from './model.ts';
import type { TimesheetTables } from './tables.ts';
import type { Named } from './target.ts';
import { updateWork, setActive } from './work.ts';
import { updateEntity } from './entity-store.ts';
import { updatePerson } from './people.ts';

const DAY = '2026-03-02';
const HOUR = 3600;

onBothEngines('time entries', (engine) => {
  let database: TestDatabase;
  let counter = 0;

  beforeAll(async () => {
    database = await openTestDatabase(engine);
  });
  afterAll(() => database.close());

  /** Company → project → subproject, a leaf project and a leaf company, one task, one employee. */
  async function open() {
    const test = await TestAccount.open(database, `account-${counter++}`);
    const main = await test.main;
    const project = await test.make('project', 'Dev', main);
    const subproject = await test.make('subproject', 'API', project);
    const leafProject = await test.make('project', 'Admin', main);
    const customer = await test.make('company', 'Customer');
    const task = await test.make('task', 'Code', main);
    const ines = await test.person('Ines');
    return { test, main, project, subproject, leafProject, customer, task, ines };
  }

  const record = (
    context: PersonContext,
    named: Named,
    more: {
      task?: Entity<'task'>;
      hours?: number;
      date?: string;
      person?: Person;
      xid?: string;
    } = {},
  ) =>
    createEntry(context, {
      person: more.person ?? context.actor,
      named,
      task: more.task,
      date: more.date ?? DAY,
      seconds: (more.hours ?? 1) * HOUR,
      xid: more.xid,
    });

  describe('the decision table', () => {
    it('records on leaves of every level, with exactly one target', async () => {
      const { test, subproject, leafProject, customer, task, ines } = await open();
      for (const [kind, target] of [
        ['subproject', subproject],
        ['project', leafProject],
        ['company', customer],
      ] as const) {
        const entry = await record(test.as(ines), { [kind]: target }, { task });
        expect(entry).toMatchObject({
          target: { kind, id: target.id, name: target.name },
          task: { id: task.id, name: 'Code', active: true },
          status: 'd',
          seconds: HOUR,
          personId: ines.id,
        });
      }
    });

    it('refuses what has children, with the active children and no others', async () => {
      const { test, main, project, subproject, leafProject, task, ines } = await open();
      const off = await test.make('subproject', 'Off', project);
      await test.switchOff(off);
      await expect(record(test.as(ines), { project }, { task })).rejects.toMatchObject({
        code: 'has_children',
        details: { proposal: { kind: 'subproject', entities: [{ id: subproject.id }] } },
      });
      await expect(record(test.as(ines), { company: main }, { task })).rejects.toMatchObject({
        code: 'has_children',
        details: {
          proposal: { kind: 'project', entities: [{ id: leafProject.id }, { id: project.id }] },
        },
      });
    });

    it('records on a project again once all its subprojects are inactive', async () => {
      const { test, project, subproject, task, ines } = await open();
      await test.switchOff(subproject);
      await expect(record(test.as(ines), { project }, { task })).resolves.toMatchObject({
        target: { kind: 'project', id: project.id },
      });
    });

    it('needs a task when there are tasks, and takes none when there are none', async () => {
      const { test, subproject, task, ines } = await open();
      await expect(record(test.as(ines), { subproject })).rejects.toMatchObject({
        code: 'task_required',
        details: { proposal: { kind: 'task', entities: [{ id: task.id }] } },
      });
      const other = await test.make('task', 'Elsewhere', await test.make('company', 'B'));
      await expect(record(test.as(ines), { subproject }, { task: other })).rejects.toMatchObject({
        code: 'task_invalid',
      });
      await test.switchOff(task);
      await expect(
        record(test.as(ines), { subproject }, { task: await test.find('task', task.id) }),
      ).rejects.toMatchObject({ code: 'inactive' });
      const entry = await record(test.as(ines), { subproject });
      expect(entry.task).toBeUndefined();
      await expect(record(test.as(ines), { subproject }, { task: other })).rejects.toMatchObject({
        code: 'task_invalid',
      });
    });

    it('replaces the general tasks by the specific ones of the nearest level', async () => {
      const { test, main, project, subproject, task, ines } = await open();
      const design = await test.make('task', 'Design', main);
      await test.specific(project, design);
      await expect(record(test.as(ines), { subproject }, { task })).rejects.toMatchObject({
        code: 'task_invalid',
        details: { proposal: { entities: [{ id: design.id }] } },
      });
      await record(test.as(ines), { subproject }, { task: design });
      await test.specific(subproject, task);
      await record(test.as(ines), { subproject }, { task });
    });

    it('needs no task where specific tasks are disabled, and accepts any known one', async () => {
      const { test, project, subproject, task, ines } = await open();
      await writing(test, (sql) =>
        updateEntity(sql, test.account.tenantId, project, { specificTasksDisabled: true }, 0),
      );
      await record(test.as(ines), { subproject });
      await record(test.as(ines), { subproject }, { task });
      const other = await test.make('task', 'Elsewhere', await test.make('company', 'B'));
      await expect(record(test.as(ines), { subproject }, { task: other })).rejects.toMatchObject({
        code: 'task_invalid',
      });
    });

    it('uses the tasks and absences of the main company in a branch that has none', async () => {
      const { test, subproject, task, main } = await open();
      const branch = await test.make('company', 'Branch', undefined, { corporate: true });
      const tom = await test.person('Tom', { company: branch });
      const leave = await test.make('absence', 'Leave', main);
      await record(test.as(tom), { subproject }, { task });
      await record(test.as(tom), { absence: leave });
      const own = await test.make('task', 'Own', branch);
      await expect(record(test.as(tom), { subproject }, { task })).rejects.toMatchObject({
        code: 'task_invalid',
        details: { proposal: { entities: [{ id: own.id }] } },
      });
    });

    it('drops the task of an absence and refuses absences of other companies', async () => {
      const { test, task, ines, customer, main, subproject } = await open();
      const leave = await test.make('absence', 'Leave', main);
      const entry = await record(test.as(ines), { absence: leave }, { task });
      expect(entry).toMatchObject({ target: { kind: 'absence', id: leave.id } });
      expect(entry.task).toBeUndefined();
      const foreign = await test.make('absence', 'Foreign', customer);
      await expect(record(test.as(ines), { absence: foreign })).rejects.toMatchObject({
        kind: 'not_found',
        message: 'Absence not found',
      });
      await expect(record(test.as(ines), { absence: leave, subproject })).rejects.toMatchObject({
        code: 'target_conflict',
      });
      await test.switchOff(leave);
      await expect(
        record(test.as(ines), { absence: await test.find('absence', leave.id) }),
      ).rejects.toMatchObject({ code: 'inactive' });
    });

    it('takes the deepest of one chain and refuses two chains', async () => {
      const { test, main, project, subproject, leafProject, customer, task, ines } = await open();
      const named = { company: main, project, subproject };
      await expect(record(test.as(ines), named, { task })).resolves.toMatchObject({
        target: { kind: 'subproject', id: subproject.id },
      });
      for (const two of [
        { company: customer, subproject },
        { project: leafProject, subproject },
        { company: customer, project: leafProject },
      ]) {
        await expect(record(test.as(ines), two, { task })).rejects.toMatchObject({
          code: 'target_conflict',
        });
      }
    });

    it('refuses what is inactive anywhere on the path', async () => {
      const { test, customer, task, ines } = await open();
      const project = await test.make('project', 'P', customer);
      const subproject = await test.make('subproject', 'S', project);
      await test.switchOff(customer);
      await expect(record(test.as(ines), { subproject }, { task })).rejects.toMatchObject({
        code: 'inactive',
        message: 'The company is inactive',
      });
    });

    it('refuses people whom the exclusive members leave out, on every level', async () => {
      const { test, project, subproject, task, ines, admin } = await openWithMembers();
      await test.member(project, await test.person('Someone'));
      await expect(record(test.as(ines), { subproject }, { task })).rejects.toMatchObject({
        code: 'not_member',
        message: 'You are not a member of this project',
      });
      await test.member(project, ines);
      await record(test.as(ines), { subproject }, { task });
      await test.member(subproject, admin);
      await expect(record(test.as(ines), { subproject }, { task })).rejects.toMatchObject({
        code: 'not_member',
        message: 'You are not a member of this subproject',
      });
      await record(test.as(admin), { subproject }, { task });
    });

    it('counts members of groups on the day of the entry, and of groups below', async () => {
      const { test, subproject, task, ines } = await open();
      const country = await test.group('Country');
      const portugal = await test.group('Portugal', country);
      const sweden = await test.group('Sweden', country);
      await test.member(subproject, portugal);
      await test.assign(ines, portugal, '2026-03-01');
      await test.assign(ines, sweden, '2026-03-10');
      const on = (date: string) => record(test.as(ines), { subproject }, { task, date });
      await expect(on('2026-02-28')).rejects.toMatchObject({ code: 'not_member' });
      await on('2026-03-01');
      await on('2026-03-09');
      await expect(on('2026-03-10')).rejects.toMatchObject({ code: 'not_member' });
      await test.member(subproject, country);
      await on('2026-03-10');
    });

    it('hides from a proposal what the person cannot use', async () => {
      const { test, project, subproject, task, ines, admin } = await openWithMembers();
      const secret = await test.make('subproject', 'Secret', project);
      await test.member(secret, admin);
      await expect(record(test.as(ines), { project }, { task })).rejects.toMatchObject({
        code: 'has_children',
        details: { proposal: { entities: [{ id: subproject.id }] } },
      });
      await test.switchOff(subproject);
      // All that is left is hidden: still no leaf.
      await expect(record(test.as(ines), { project }, { task })).rejects.toMatchObject({
        code: 'has_children',
        details: { proposal: { entities: [] } },
      });
    });

    async function openWithMembers() {
      const all = await open();
      return { ...all, admin: await all.test.admin };
    }
  });

  describe('amounts and days', () => {
    it('rounds up and keeps a day within 24 hours', async () => {
      const { test, subproject, task, ines } = await open();
      const first = await record(test.as(ines), { subproject }, { task, hours: 20.001 });
      expect(first.seconds).toBe(20 * HOUR + 60);
      await expect(record(test.as(ines), { subproject }, { task, hours: 4 })).rejects.toMatchObject(
        { code: 'overrun' },
      );
      await record(test.as(ines), { subproject }, { task, hours: 4, date: '2026-03-03' });
      await expect(
        updateEntry(test.as(ines), first.id, { date: '2026-03-03', seconds: 21 * HOUR }),
      ).rejects.toMatchObject({ code: 'overrun' });
      await updateEntry(test.as(ines), first.id, { seconds: 24 * HOUR });
    });

    it('does not let two calls at once both find room in a day', async () => {
      const { test, subproject, task, ines } = await open();
      const calls = Array.from({ length: 6 }, () =>
        record(test.as(ines), { subproject }, { task, hours: 10 }),
      );
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    });

    it('numbers entries one after the other and never twice', async () => {
      const { test, subproject, task, ines } = await open();
      const calls = Array.from({ length: 10 }, () =>
        record(test.as(ines), { subproject }, { task, hours: 0 }),
      );
      const ids = (await Promise.all(calls)).map(({ id }) => id).sort((a, b) => a - b);
      expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      await deleteEntry(test.as(ines), 10);
      expect((await record(test.as(ines), { subproject }, { task })).id).toBe(11);
    });

    it('refuses an external id that is taken', async () => {
      const { test, subproject, task, ines } = await open();
      await record(test.as(ines), { subproject }, { task, xid: 'A-1' });
      await expect(
        record(test.as(ines), { subproject }, { task, xid: 'A-1' }),
      ).rejects.toMatchObject({ code: 'duplicate_xid' });
    });

    it('refuses comments that would not come back', async () => {
      const { test, subproject, task, ines } = await open();
      for (const comment of ['a\0b', '\ud800', 'x'.repeat(10_001)]) {
        await expect(
          createEntry(test.as(ines), {
            person: ines,
            named: { subproject },
            task,
            date: DAY,
            seconds: 0,
            comment,
          }),
        ).rejects.toMatchObject({ code: 'invalid_value', details: { field: 'comment' } });
      }
    });
  });

  describe('changing and deleting', () => {
    it('changes what is sent and keeps the rest', async () => {
      const { test, subproject, leafProject, task, ines } = await open();
      const context = test.as(ines);
      const { id } = await createEntry(context, {
        person: ines,
        named: { subproject },
        task,
        date: DAY,
        seconds: HOUR,
        comment: 'first\nsecond 🐝',
      });
      expect(await updateEntry(context, id, { seconds: 2 * HOUR })).toMatchObject({
        seconds: 2 * HOUR,
        comment: 'first\nsecond 🐝',
        date: DAY,
        task: { id: task.id },
      });
      expect(await updateEntry(context, id, { date: '2026-03-09' })).toMatchObject({
        date: '2026-03-09',
      });
      await expect(updateEntry(context, id, { named: { project: leafProject } })).rejects.toThrow(
        'A task is required',
      );
      const moved = { named: { project: leafProject }, task };
      expect(await updateEntry(context, id, moved)).toMatchObject({
        target: { kind: 'project', id: leafProject.id },
      });
      const leave = await test.make('absence', 'Leave', await test.main);
      const away = await updateEntry(context, id, { named: { absence: leave } });
      expect(away.target).toMatchObject({ kind: 'absence', id: leave.id });
      expect(away.task).toBeUndefined();
    });

    it('lets an old entry keep a target that can no longer be chosen', async () => {
      const { test, subproject, task, ines } = await open();
      const context = test.as(ines);
      const { id } = await record(context, { subproject }, { task });
      await setActive(test, subproject, false);
      const again = { named: { subproject }, task, seconds: 3 * HOUR };
      expect(await updateEntry(context, id, again)).toMatchObject({
        seconds: 3 * HOUR,
        target: { active: false },
      });
      const other = await record(
        context,
        { project: await test.find('project', subproject.parent?.id ?? 0) },
        { task },
      );
      await expect(
        updateEntry(context, other.id, {
          named: { subproject: await test.find('subproject', subproject.id) },
        }),
      ).rejects.toMatchObject({ code: 'inactive' });
    });

    it('changes nothing that is submitted, approved or locked', async () => {
      const { test, subproject, task, ines } = await open();
      const context = test.as(ines);
      for (const status of ['s', 'a', 'l']) {
        const { id } = await record(context, { subproject }, { task });
        await setStatus(test, id, status);
        await expect(updateEntry(context, id, { seconds: 0 })).rejects.toMatchObject({
          code: 'status_locked',
        });
        await expect(deleteEntry(test.as(await test.admin), id)).rejects.toMatchObject({
          code: 'status_locked',
        });
      }
      const { id } = await record(context, { subproject }, { task });
      await setStatus(test, id, 'r');
      expect(await updateEntry(context, id, { seconds: 0 })).toMatchObject({ status: 'r' });
    });

    it('deletes by number, and only when a given date is right', async () => {
      const { test, subproject, task, ines } = await open();
      const context = test.as(ines);
      const { id } = await record(context, { subproject }, { task });
      await expect(deleteEntry(context, id, '2026-03-03')).rejects.toMatchObject({
        message: 'Time entry not found',
      });
      await deleteEntry(context, id, DAY);
      await expect(getEntry(context, id)).rejects.toMatchObject({ kind: 'not_found' });
      await expect(deleteEntry(context, id)).rejects.toMatchObject({ kind: 'not_found' });
    });

    it('writes one event for every change, and keeps them', async () => {
      const { test, subproject, task, ines } = await open();
      const context = test.as(ines);
      const { id } = await record(context, { subproject }, { task });
      await updateEntry(context, id, { seconds: 0 });
      await expect(
        updateEntry(context, id, {
          named: {},
          date: '2026-03-03',
          seconds: 25 * HOUR,
          comment: '\0',
        }),
      ).rejects.toThrow('Invalid value: comment');
      await deleteEntry(context, id);
      const events = await test.db
        .tables<TimesheetTables>()
        .selectFrom('time_entry_events')
        .select(['version', 'action', 'actor_id'])
        .where('tenant_id', '=', test.account.tenantId)
        .where('entry_id', '=', id)
        .orderBy('version')
        .execute();
      expect(events).toEqual([
        { version: 1, action: 'create', actor_id: ines.id },
        { version: 2, action: 'update', actor_id: ines.id },
        { version: 3, action: 'delete', actor_id: ines.id },
      ]);
    });

    async function setStatus(test: TestAccount, id: number, status: string): Promise<void> {
      await test.db.write<TimesheetTables, unknown>((sql) =>
        sql
          .updateTable('time_entries')
          .set({ status, status_before_lock: status === 'l' ? 'a' : null })
          .where('tenant_id', '=', test.account.tenantId)
          .where('id', '=', id)
          .execute(),
      );
    }
  });

  describe('whose time', () => {
    it('belongs to its owner, the leader of the owner, managers of the project and administrators', async () => {
      const { test, project, subproject, leafProject, task, ines } = await open();
      const leader = await test.person('Lea', { userGroup: 'leader' });
      const manager = await test.person('Max', { userGroup: 'pm' });
      const roaming = await test.person('Rob', { userGroup: 'pm' });
      const other = await test.person('Oda');
      await updatePerson(test, ines, { leaders: [{ id: leader.id }] });
      await writing(test, (sql) =>
        setManager(sql, test.account.tenantId, project.id, manager.id, true),
      );
      const onProject = await record(test.as(ines), { subproject }, { task });
      const elsewhere = await record(test.as(ines), { project: leafProject }, { task });
      const leave = await test.make('absence', 'Leave', await test.main);
      const away = await record(test.as(ines), { absence: leave });

      const seen = async (actor: Person) => {
        const range = { person: ines, from: '2026-01-01', to: '2026-12-31' };
        return (await listEntries(test.as(actor), range)).map(({ id }) => id);
      };
      const all = [onProject.id, elsewhere.id, away.id];
      expect(await seen(ines)).toEqual(all);
      expect(await seen(leader)).toEqual(all);
      expect(await seen(await test.admin)).toEqual(all);
      expect(await seen(manager)).toEqual([onProject.id]);
      expect(await seen(roaming)).toEqual([onProject.id, elsewhere.id]);
      await expect(seen(other)).rejects.toMatchObject({ code: 'forbidden' });

      for (const actor of [manager, other]) {
        await expect(getEntry(test.as(actor), away.id)).rejects.toThrow('Time entry not found');
        await expect(updateEntry(test.as(actor), away.id, { seconds: 0 })).rejects.toThrow(
          'Time entry not found',
        );
        await expect(deleteEntry(test.as(actor), away.id)).rejects.toThrow('Time entry not found');
      }
      await updateEntry(test.as(manager), onProject.id, { seconds: 0 });
      const retarget = { named: { project: leafProject }, task };
      await expect(updateEntry(test.as(manager), onProject.id, retarget)).rejects.toMatchObject({
        code: 'forbidden',
      });
      const forInes = { task, person: ines };
      await record(test.as(leader), { subproject }, forInes);
      await record(test.as(manager), { subproject }, forInes);
      await expect(record(test.as(manager), { project: leafProject }, forInes)).rejects.toThrow(
        'You are not allowed to do this',
      );
      await expect(record(test.as(other), { subproject }, forInes)).rejects.toThrow(
        'You are not allowed to do this',
      );
    });

    it('is not recorded by contact people of customers, nor for people who are switched off', async () => {
      const { test, subproject, customer, task, ines } = await open();
      const contact = await test.person('Kim', { company: customer });
      await expect(record(test.as(contact), { subproject }, { task })).rejects.toMatchObject({
        code: 'forbidden',
      });
      await setActive(test, ines, false);
      await expect(
        record(test.as(await test.admin), { subproject }, { task, person: ines }),
      ).rejects.toMatchObject({ message: 'The person is inactive' });
    });

    it('stays in its account', async () => {
      const one = await open();
      const two = await open();
      const entry = await record(
        one.test.as(one.ines),
        { subproject: one.subproject },
        { task: one.task },
      );
      const foreign = two.test.as(await two.test.admin);
      await expect(getEntry(foreign, entry.id)).rejects.toMatchObject({ kind: 'not_found' });
    });
  });

  it('moves a project only while its time is draft or rejected', async () => {
    const { test, project, subproject, customer, task, ines } = await open();
    const { id } = await record(test.as(ines), { subproject }, { task });
    await updateWork(test, project, { parent: customer });
    expect((await test.find('project', project.id)).parent?.id).toBe(customer.id);
    await test.db.write<TimesheetTables, unknown>((sql) =>
      sql.updateTable('time_entries').set({ status: 's' }).where('id', '=', id).execute(),
    );
    const moved = await test.find('project', project.id);
    await expect(updateWork(test, moved, { parent: await test.main })).rejects.toMatchObject({
      code: 'not_movable',
    });
  });
});
