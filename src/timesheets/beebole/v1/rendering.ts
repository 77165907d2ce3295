// Shapes of the first generation: always numbers as ids, `notes`, the orders of the published samples (Beebole spec 4.1).
import type { FailureStyle } from '../failures.ts';
import type { Account, Entity, EntityKind, Entry, Reference } from '../../model.ts';
import { Hours, type Json } from '../json.ts';

type ById = (a: { id: number }, b: { id: number }) => number;

const oldestFirst: ById = (a, b) => a.id - b.id;
const newestFirst: ById = (a, b) => b.id - a.id;

/** The order of a list service. */
export const listOrder: Record<EntityKind, ById> = {
  company: oldestFirst,
  project: newestFirst,
  subproject: newestFirst,
  task: newestFirst,
  absence: newestFirst,
  person: newestFirst,
  group: newestFirst,
};

/** The order inside the answer of `time_entry.get_entities`, which differs. */
export const treeOrder: Record<'company' | 'project' | 'subproject' | 'task' | 'absence', ById> = {
  company: oldestFirst,
  project: oldestFirst,
  subproject: newestFirst,
  task: oldestFirst,
  absence: oldestFirst,
};

/** `{id, name}` */
export const listItem = ({ id, name }: Reference) => ({ id, name });

/** A list as a list service gives it. */
export const listItems = (kind: EntityKind, entities: readonly Reference[]): Json[] =>
  [...entities].sort(listOrder[kind]).map(listItem);

/** `{id, name, active}`, as the real server sends it; `{id, name}` in accounts that want the printed form. */
export const named = (account: Account, { id, name, active }: Reference) => ({
  id,
  name,
  ...(!account.v1Strict && { active }),
});

/** The placeholder that the real server sends where there is no task. */
const NO_TASK = { active: false };

/** A time entry: exactly one target, never its parents. */
export function entryOf(account: Account, entry: Entry): Json {
  const { target, task } = entry;
  return {
    id: entry.id,
    date: entry.date,
    hours: new Hours(entry.seconds),
    status: entry.status,
    [target.kind]: named(account, target),
    task: task ? named(account, task) : account.v1Strict ? undefined : NO_TASK,
    notes: entry.comment,
  };
}

/** How failures name parameters and show proposals. */
export const failureStyle: FailureStyle = {
  parameterOf: (field) => (field === 'comment' ? 'notes' : field),
  proposal: ({ kind, entities }) => listItems(kind, entities),
};

/** One level of the tree, in its order. */
export function inTreeOrder<Kind extends keyof typeof treeOrder>(
  kind: Kind,
  entities: readonly Entity<Kind>[],
): Entity<Kind>[] {
  return [...entities].sort(treeOrder[kind]);
}
