// Time entries of the first generation (Beebole spec 4.4–4.6).
import { createEntry, deleteEntry, getEntry, listEntries, updateEntry } from '../../entries.ts';
import type { Named } from '../../target.ts';
import type { Entity } from '../../model.ts';
import { invalidParameter, missingParameter } from '../failures.ts';
import { date, hours, number, optional, text } from '../parameters.ts';
import { service, type Answer, type Call } from '../service.ts';
import { entityId } from './parameters.ts';
import { entryOf } from './rendering.ts';

/** What time is recorded on. Any entity of the account may be named: the decision table says what is wrong with it. */
const target = {
  company_id: optional(entityId('company', 'any')),
  project_id: optional(entityId('project', 'any')),
  subproject_id: optional(entityId('subproject', 'any')),
  absence_id: optional(entityId('absence', 'any')),
  task_id: optional(entityId('task', 'any')),
};

interface TargetValues {
  company_id: Entity<'company'> | undefined;
  project_id: Entity<'project'> | undefined;
  subproject_id: Entity<'subproject'> | undefined;
  absence_id: Entity<'absence'> | undefined;
}

const namedBy = (values: TargetValues): Named => ({
  company: values.company_id,
  project: values.project_id,
  subproject: values.subproject_id,
  absence: values.absence_id,
});

const notes = optional(text('Comment, at most 10 000 characters.'));

export const timeEntryCreate = service({
  name: 'time_entry.create',
  aliases: ['time.create'],
  summary: 'Records time on one company, project, subproject or absence.',
  parameters: {
    ...target,
    date: date('Day.'),
    hours: hours('0 to 24; rounded up to the account’s smallest quantity.'),
    notes,
    person_id: optional(entityId('person', 'any')),
  },
  who: 'anyone',
  async handler({ context }, values) {
    const entry = await createEntry(context, {
      person: values.person_id ?? context.actor,
      named: namedBy(values),
      task: values.task_id,
      date: values.date,
      seconds: values.hours,
      comment: values.notes,
    });
    return { timeEntry: entryOf(context.account, entry) };
  },
});

export const timeEntryList = service({
  name: 'time_entry.list',
  aliases: ['time.list', 'time.get', 'time_entry.get'],
  summary: 'Gives one entry by `id`, or the entries of a person from one day to another.',
  parameters: {
    id: optional(number('Number of the entry; then nothing else is needed.')),
    person_id: optional(entityId('person', 'any')),
    from: optional(date('First day.')),
    to: optional(date('Last day, included.')),
  },
  who: 'anyone',
  handler: (call, values) => (values.id === undefined ? range(call, values) : one(call, values.id)),
});

async function one({ context }: Call, id: number): Promise<Answer> {
  return { timeEntry: entryOf(context.account, await getEntry(context, id)) };
}

async function range(
  { context }: Call,
  values: {
    person_id: Entity<'person'> | undefined;
    from: string | undefined;
    to: string | undefined;
  },
): Promise<Answer> {
  const { person_id: person = context.actor, from, to } = values;
  if (from === undefined) throw missingParameter('from');
  if (to === undefined) throw missingParameter('to');
  if (from > to) throw invalidParameter('from');
  const entries = await listEntries(context, { person, from, to });
  return { timeEntries: entries.map((entry) => entryOf(context.account, entry)) };
}

export const timeEntryUpdate = service({
  name: 'time_entry.update',
  aliases: ['time.update'],
  summary: 'Changes a draft or rejected entry; what is not sent stays.',
  parameters: {
    id: number('Number of the entry.'),
    ...target,
    date: optional(date('New day.')),
    hours: optional(hours('0 to 24.')),
    notes,
  },
  who: 'anyone',
  async handler({ context }, values) {
    const entry = await updateEntry(context, values.id, {
      named: namedBy(values),
      task: values.task_id,
      date: values.date,
      seconds: values.hours,
      comment: values.notes,
    });
    return { timeEntry: entryOf(context.account, entry) };
  },
});

export const timeEntryDelete = service({
  name: 'time_entry.delete',
  aliases: ['time.delete'],
  summary: 'Deletes a draft or rejected entry; a `date` that is sent must be the entry’s.',
  parameters: {
    id: number('Number of the entry.'),
    date: optional(date('Day of the entry.')),
  },
  who: 'anyone',
  async handler({ context }, { id, date }) {
    await deleteEntry(context, id, date);
    return {};
  },
});
