// `time_entry.get_entities`: on what a person may record time, as a tree or as its leaves (Beebole spec 4.7).
import { reading } from '../../context.ts';
import { dayIn } from '../../dates.ts';
import { notAllowed } from '../../failures.ts';
import { offeredLists, offeredTree, type OfferedNode } from '../../loggable.ts';
import type { Account, Entity, Person } from '../../model.ts';
import type { Json } from '../json.ts';
import { choice, optional } from '../parameters.ts';
import { service, type Call } from '../service.ts';
import { entityId } from './parameters.ts';
import { inTreeOrder, listItem, named, treeOrder } from './rendering.ts';

export const getEntities = service({
  name: 'time_entry.get_entities',
  aliases: ['time.get_entities'],
  summary: 'Gives the companies, projects, subprojects, absences and tasks for time entries.',
  parameters: {
    person_id: optional(entityId('person', 'any')),
    format: optional(
      choice(['tree', 'flat'], 'The whole tree (default), or its leaves one by one.'),
    ),
  },
  who: 'anyone',
  async handler(call, { person_id: person = call.context.actor, format = 'tree' }) {
    const { account } = call.context;
    if (!(await call.sight())(person)) throw notAllowed();
    const { companies, absences, tasks } = await offered(call, person);
    return format === 'tree'
      ? {
          companies: companies.map((node) => branch(account, node)),
          absences: absences.map((absence) => named(account, absence)),
          tasks: some(tasks.map((task) => named(account, task))),
        }
      : {
          entities: companies.flatMap((node) => leaves(node, [])),
          absences: absences.map(listItem),
          tasks: some(tasks.map(({ id, name }) => ({ task_id: id, task_name: name }))),
        };
  },
});

interface Offered {
  companies: OfferedNode[];
  absences: Entity<'absence'>[];
  tasks: Entity<'task'>[];
}

async function offered({ context }: Call, person: Person): Promise<Offered> {
  const { account, clock } = context;
  const sql = reading(context);
  const today = dayIn(account.timeZone, clock.now());
  const tree = await offeredTree(sql, account, person, { date: today });
  const { absences, tasks } = await offeredLists(sql, account, person);
  return {
    companies: inOrder(tree),
    absences: inTreeOrder('absence', absences),
    tasks: inTreeOrder('task', tasks),
  };
}

/** A company or project without children has no member for them. */
function branch(account: Account, { entity, children }: OfferedNode): Json {
  const nested = children.map((child) => branch(account, child));
  return {
    ...named(account, entity),
    ...(nested.length > 0 && {
      [entity.kind === 'company' ? 'projects' : 'subprojects']: nested,
    }),
  };
}

/** Each leaf in an object with its kind as the only member, its parents from the root down. */
function leaves({ entity, children }: OfferedNode, parents: Json[]): Json[] {
  if (children.length === 0) {
    return [{ [entity.kind]: { ...listItem(entity), parents } }];
  }
  const path = [...parents, { [entity.kind]: listItem(entity) }];
  return children.flatMap((child) => leaves(child, path));
}

function inOrder(nodes: readonly OfferedNode[]): OfferedNode[] {
  return nodes
    .toSorted((a, b) => treeOrder[a.entity.kind](a.entity, b.entity))
    .map(({ entity, children }) => ({ entity, children: inOrder(children) }));
}

/** `tasks` is there only when there are any. */
const some = (items: Json[]) => (items.length > 0 ? items : undefined);
