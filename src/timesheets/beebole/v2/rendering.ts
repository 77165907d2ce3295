// Shapes of the second generation (Beebole spec 5.3, 5.4).
import type { Account, Entity, Entry, Reference } from '../../model.ts';
import type { FailureStyle } from '../failures.ts';
import { Hours, type Json } from '../json.ts';

type Members = Record<string, Json | undefined>;

/** The number of an object or, when it has one, its external id. */
export function identity(account: Account, { id, xid }: Pick<Reference, 'id' | 'xid'>): Members {
  if (xid === undefined) return { id };
  return account.xidMode === 'both' ? { id, xid } : { xid };
}

/** An object as others refer to it: identity and name. */
export const ref = (account: Account, reference: Reference): Members => ({
  ...identity(account, reference),
  name: reference.name,
});

/** Identity, name and whether it is active. */
export const named = (account: Account, reference: Reference): Members => ({
  ...ref(account, reference),
  active: reference.active,
});

const parentOf = (account: Account, { parent }: Entity) => parent && ref(account, parent);

/** `projects` is the number of its projects, inactive ones included. */
export const companyOf = (account: Account, company: Entity<'company'>, projects: number) => ({
  ...named(account, company),
  projects: { count: projects },
  corporate: company.corporate,
});

/** `subprojects` is the number of its subprojects, inactive ones included. */
export const projectOf = (account: Account, project: Entity<'project'>, subprojects: number) => ({
  ...named(account, project),
  startDate: project.startDate,
  description: project.description,
  company: parentOf(account, project),
  subprojects: { count: subprojects },
});

export const subprojectOf = (account: Account, subproject: Entity<'subproject'>) => ({
  ...named(account, subproject),
  project: parentOf(account, subproject),
});

/** A task or absence type: both belong to a company. */
export const companyItemOf = (account: Account, item: Entity<'task' | 'absence'>) => ({
  ...named(account, item),
  company: parentOf(account, item),
});

/** `leaders` is the number of the person's leaders. */
export const personOf = (account: Account, person: Entity<'person'>, leaders: number) => ({
  ...named(account, person),
  company: parentOf(account, person),
  email: person.email,
  userGroup: person.userGroup,
  leaders: { count: leaders },
});

/** The placeholder that the real server sends where there is no task. */
const NO_TASK = { active: false };

/** A time entry: always with its number, exactly one target and never its parents. */
export const entryOf = (account: Account, entry: Entry) => ({
  id: entry.id,
  xid: entry.xid,
  date: entry.date,
  hours: new Hours(entry.seconds),
  status: entry.status,
  comment: entry.comment,
  [entry.target.kind]: named(account, entry.target),
  task: entry.task ? named(account, entry.task) : NO_TASK,
  stime: entry.startedAt,
  etime: entry.endedAt,
});

const FIELDS: Readonly<Record<string, string>> = { startedAt: 'stime', endedAt: 'etime' };

/** How failures name parameters and show proposals. */
export const failureStyle = (account: Account): FailureStyle => ({
  parameterOf: (field) => FIELDS[field] ?? field,
  proposal: ({ entities }) => entities.map((entity) => named(account, entity)),
});
