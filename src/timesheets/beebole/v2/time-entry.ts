// Time entries (Beebole spec 5.13): recording, changing, deleting, reading.
import Type from 'typebox';
import { calendarDate } from '../../dates.ts';
import { createEntry, deleteEntry, getEntry, listEntries, updateEntry } from '../../entries.ts';
import type { Entity } from '../../model.ts';
import type { Named } from '../../target.ts';
import { invalidParameter } from '../failures.ts';
import { date, hours, member, number, optional, text } from '../parameters.ts';
import { service } from '../service.ts';
import { reference, xid } from './parameters.ts';
import { entryOf } from './rendering.ts';

/** What time is recorded on. Any entity of the account may be named: the decision table says what is wrong with it. */
const aim = {
  company: optional(reference('company', 'any')),
  project: optional(reference('project', 'any')),
  subproject: optional(reference('subproject', 'any')),
  absence: optional(reference('absence', 'any')),
  task: optional(reference('task', 'any')),
};

type AimValues = {
  [Kind in 'company' | 'project' | 'subproject' | 'absence']: Entity<Kind> | undefined;
};

const namedBy = ({ company, project, subproject, absence }: AimValues): Named => ({
  company,
  project,
  subproject,
  absence,
});

const MOMENT = /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/** `YYYY-MM-DD HH:MM:SS`, or empty. */
const moment = (description: string) =>
  optional(
    member<string>(Type.String({ description }), (value, path) => {
      if (value === '') return '';
      const parts = typeof value === 'string' ? MOMENT.exec(value.trim()) : null;
      const [year, month, day, hour, minute, second] = (parts ?? [])
        .slice(1)
        .map((part?: string) => Number(part ?? 0));
      const on = calendarDate(year ?? 0, month ?? 0, day ?? 0);
      const clock = [hour, minute, second].map((part) => String(part).padStart(2, '0')).join(':');
      if (!on || clock > '23:59:59' || (minute ?? 60) > 59 || (second ?? 60) > 59) {
        throw invalidParameter(path);
      }
      return `${on} ${clock}`;
    }),
  );

const details = {
  comment: optional(text('Comment, at most 10 000 characters.')),
  stime: moment('Start, `YYYY-MM-DD HH:MM:SS`.'),
  etime: moment('End, `YYYY-MM-DD HH:MM:SS`.'),
};

const create = service({
  name: 'time_entry.create',
  summary: 'Records time on one company, project, subproject or absence.',
  parameters: {
    ...aim,
    date: date('Day.'),
    hours: hours('0 to 24; rounded up to the account’s smallest quantity.'),
    ...details,
    person: optional(reference('person', 'any')),
    xid: optional(xid),
  },
  who: 'anyone',
  async handler({ context }, values) {
    const entry = await createEntry(context, {
      person: values.person ?? context.actor,
      named: namedBy(values),
      task: values.task,
      date: values.date,
      seconds: values.hours,
      comment: values.comment,
      startedAt: values.stime,
      endedAt: values.etime,
      xid: values.xid,
    });
    return { timeEntry: entryOf(context.account, entry) };
  },
});

const update = service({
  name: 'time_entry.update',
  summary: 'Changes a draft or rejected entry; what is not sent stays, `date` is the new day.',
  parameters: {
    id: number('Number of the entry.'),
    ...aim,
    date: optional(date('New day.')),
    hours: optional(hours('0 to 24.')),
    ...details,
  },
  who: 'anyone',
  async handler({ context }, values) {
    const entry = await updateEntry(context, values.id, {
      named: namedBy(values),
      task: values.task,
      date: values.date,
      seconds: values.hours,
      comment: values.comment,
      startedAt: values.stime,
      endedAt: values.etime,
    });
    return { timeEntry: entryOf(context.account, entry) };
  },
});

const which = {
  id: number('Number of the entry.'),
  date: optional(date('Day of the entry; when it is sent it must be the stored one.')),
};

const get = service({
  name: 'time_entry.get',
  summary: 'Gives one entry.',
  parameters: which,
  who: 'anyone',
  handler: async ({ context }, { id, date: day }) => ({
    timeEntry: entryOf(context.account, await getEntry(context, id, day)),
  }),
});

const remove = service({
  name: 'time_entry.delete',
  summary: 'Deletes a draft or rejected entry.',
  parameters: which,
  who: 'anyone',
  async handler({ context }, { id, date: day }) {
    await deleteEntry(context, id, day);
    return {};
  },
});

const list = service({
  name: 'time_entry.list',
  summary: 'Lists the entries of a person (default: the caller) from one day to another.',
  parameters: {
    person: optional(reference('person', 'any')),
    from: date('First day.'),
    to: date('Last day, included.'),
  },
  who: 'anyone',
  async handler({ context }, { person = context.actor, from, to }) {
    if (from > to) throw invalidParameter('from');
    const entries = await listEntries(context, { person, from, to });
    return { timeEntries: entries.map((entry) => entryOf(context.account, entry)) };
  },
});

export const timeEntryServices = [create, update, get, remove, list];
