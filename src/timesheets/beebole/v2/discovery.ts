// On what time may be recorded: one level of the tree a call, and the tasks of one entity (Beebole spec 5.13).
import { availableTasks } from '../../available-tasks.ts';
import { reading } from '../../context.ts';
import { dayIn } from '../../dates.ts';
import { notAllowed, targetRequired } from '../../failures.ts';
import { offeredLists, offeredTree, recordsTime, type OfferedNode } from '../../loggable.ts';
import { admissionOf } from '../../membership.ts';
import type { Entity, Person, WorkKind } from '../../model.ts';
import { pathTo } from '../../target-facts.ts';
import { byName } from '../../text.ts';
import type { Json } from '../json.ts';
import { date, optional } from '../parameters.ts';
import { service, type Call } from '../service.ts';
import { reference } from './parameters.ts';
import { named } from './rendering.ts';

const day = optional(
  date('The day whose group memberships and project starts hold; default: today.'),
);
const person = optional(reference('person', 'any'));

const getEntities = service({
  name: 'time_entry.get_entities',
  summary: 'Gives the companies, the projects of a company, or the subprojects of a project.',
  parameters: {
    company: optional(reference('company')),
    project: optional(reference('project')),
    subproject: optional(reference('subproject')),
    date: day,
    person,
  },
  who: 'anyone',
  async handler(call, { company, project, subproject, date: on = today(call), person: whose }) {
    const { account } = call.context;
    const owner = await personFor(call, whose);
    if (subproject) return { subprojects: [] };
    const sql = reading(call.context);
    const tree = await offeredTree(sql, account, owner, { date: on, begunOnly: true });
    const level = (nodes: readonly OfferedNode[], counted?: string): Json[] =>
      nodes
        .toSorted((a, b) => byName(a.entity, b.entity))
        .map(({ entity, children }) => ({
          ...named(account, entity),
          ...(counted && { [counted]: { count: children.length } }),
        }));
    if (project) {
      const found = tree.flatMap(({ children }) => children).find(isNodeOf(project));
      return { subprojects: level(found?.children ?? []) };
    }
    if (company) {
      return { projects: level(tree.find(isNodeOf(company))?.children ?? [], 'subprojects') };
    }
    const { absences } = await offeredLists(sql, account, owner);
    return {
      companies: level(tree, 'projects'),
      absences: absences.sort(byName).map((absence) => named(account, absence)),
    };
  },
});

const getTasks = service({
  name: 'time_entry.get_tasks',
  summary: 'Gives the tasks for time on a company, project or subproject.',
  parameters: {
    company: optional(reference('company')),
    project: optional(reference('project')),
    subproject: optional(reference('subproject')),
    date: day,
    person,
  },
  who: 'anyone',
  async handler(call, { date: on = today(call), person: whose, ...values }) {
    const { account } = call.context;
    const target: Entity<WorkKind> | undefined =
      values.subproject ?? values.project ?? values.company;
    if (!target) throw targetRequired();
    const owner = await personFor(call, whose);
    const sql = reading(call.context);
    const path = await pathTo(sql, account, target);
    const admits = await admissionOf(sql, account.tenantId, owner, on, path);
    const usable =
      path.every(({ id, active }) => active && admits(id)) &&
      (await recordsTime(sql, account, owner));
    const { offered } = usable ? await availableTasks(sql, account, path, owner) : { offered: [] };
    return { tasks: offered.sort(byName).map((task) => named(account, task)) };
  },
});

export const discoveryServices = [getEntities, getTasks];

const today = ({ context: { account, clock } }: Call) => dayIn(account.timeZone, clock.now());

const isNodeOf = (entity: Entity) => (node: OfferedNode) => node.entity.id === entity.id;

/** The caller, or another person whom the caller sees. Throws `Forbidden`. */
async function personFor(call: Call, other: Person | undefined): Promise<Person> {
  if (!other) return call.context.actor;
  if (!(await call.sight())(other)) throw notAllowed();
  return other;
}
