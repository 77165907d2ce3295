// Groups and what is assigned to them (Beebole spec 5.11).
import { reading } from '../../context.ts';
import { countByParent } from '../../entity-store.ts';
import { notAllowed } from '../../failures.ts';
import {
  createGroup,
  deleteGroup,
  entitiesAssignedTo,
  groupsAssignedTo,
  groupTree,
  setGroup,
  updateGroup,
  type GroupNode,
} from '../../groups.ts';
import type { Entity, EntityKind, UserGroup } from '../../model.ts';
import { missingParameter } from '../failures.ts';
import type { Json } from '../json.ts';
import { flag, optional, text } from '../parameters.ts';
import { service, type Answer, type Call, type Service } from '../service.ts';
import { created } from './entities.ts';
import { newXid, reference, target, xid } from './parameters.ts';
import { named, ref } from './rendering.ts';

type Assignable = Exclude<EntityKind, 'group'>;

const create = service({
  name: 'group.create',
  summary: 'Makes a group below a parent, or a root.',
  wrapper: 'group',
  parameters: { name: text('Name.'), parent: optional(reference('group')), xid: optional(xid) },
  who: 'admin',
  handler: async (call, values) => created(call, 'group', await createGroup(call.context, values)),
});

const get = service({
  name: 'group.get',
  summary: 'Gives one group.',
  parameters: { id: target('group') },
  who: 'anyone',
  async handler({ context: { account } }, { id: group }) {
    const { parent } = group;
    return { group: { ...ref(account, group), parent: parent && ref(account, parent) } };
  },
});

const update = service({
  name: 'group.update',
  summary: 'Renames a group or moves it below another.',
  wrapper: 'group',
  parameters: {
    id: target('group'),
    name: optional(text('Name.')),
    parent: optional(reference('group')),
    xid: newXid,
  },
  who: 'admin',
  async handler({ context }, { id: group, ...change }) {
    await updateGroup(context, group, change);
    return {};
  },
});

const remove = service({
  name: 'group.delete',
  summary: 'Deletes a group and all below it.',
  parameters: {
    id: target('group'),
    force: optional(flag('Takes the assignments away too. Default: false.')),
  },
  who: 'admin',
  async handler({ context }, { id: group, force = false }) {
    await deleteGroup(context, group, { force });
    return {};
  },
});

const list = service({
  name: 'group.list',
  summary: 'Lists the groups of one entity.',
  parameters: {
    absence: optional(reference('absence')),
    company: optional(reference('company')),
    project: optional(reference('project')),
    subproject: optional(reference('subproject')),
    task: optional(reference('task')),
    person: optional(reference('person')),
  },
  who: 'anyone',
  handler(call, values) {
    const entity = Object.values(values).find((value) => value !== undefined);
    if (!entity) throw missingParameter('company.id');
    return groupsOf(call, entity);
  },
});

const PLURALS: readonly (readonly [kind: Assignable, plural: string])[] = [
  ['company', 'companies'],
  ['project', 'projects'],
  ['subproject', 'subprojects'],
  ['task', 'tasks'],
  ['person', 'people'],
  ['absence', 'absences'],
];

const WHO_SEES_ASSIGNMENTS: ReadonlySet<UserGroup> = new Set(['admin', 'leader', 'pm']);

const assignments = service({
  name: 'group.assignments',
  summary: 'Lists everything that is assigned to a group.',
  parameters: { id: target('group') },
  who: 'anyone',
  async handler(call, { id: group }) {
    const { account, actor } = call.context;
    if (!WHO_SEES_ASSIGNMENTS.has(actor.userGroup)) throw notAllowed();
    const sql = reading(call.context);
    const all = await entitiesAssignedTo(sql, account.tenantId, group.id);
    // Project managers learn of nobody whom they do not see elsewhere.
    const entities = actor.userGroup === 'pm' ? all.filter(await call.sight()) : all;
    const item = (entity: Entity) => ({ ...named(account, entity), email: entity.email });
    return Object.fromEntries(
      PLURALS.map(([kind, plural]) => [
        plural,
        entities.filter((entity) => entity.kind === kind).map(item),
      ]),
    );
  },
});

const tree = service({
  name: 'group.tree',
  summary: 'Gives all groups; a group without groups below it has no member for them.',
  parameters: {},
  who: 'anyone',
  async handler({ context: { account, ...context } }) {
    const shown = ({ group, children }: GroupNode): Json => ({
      ...ref(account, group),
      groups: children.length > 0 ? children.map(shown) : undefined,
    });
    return { groups: (await groupTree(reading(context), account.tenantId)).map(shown) };
  },
});

export const groupServices = [create, get, update, remove, list, assignments, tree];

/** `KIND.add_group`, `KIND.remove_group` and `KIND.groups`. */
export function groupingServices(kind: Assignable): Service[] {
  const change = (verb: 'add' | 'remove', summary: string) =>
    service({
      name: `${kind}.${verb}_group`,
      summary,
      parameters: { id: target(kind), group: reference('group') },
      who: 'admin',
      async handler({ context }, { id: entity, group }) {
        await setGroup(context, entity, group, verb === 'add');
        return {};
      },
    });
  return [
    change('add', `Assigns the ${kind} to a group.`),
    change('remove', `Takes the ${kind} out of a group.`),
    service({
      name: `${kind}.groups`,
      summary: `Lists the groups of the ${kind}.`,
      parameters: { id: target(kind) },
      who: 'anyone',
      handler: (call, { id: entity }) => groupsOf(call, entity),
    }),
  ];
}

async function groupsOf({ context }: Call, entity: Entity): Promise<Answer> {
  const { account } = context;
  const sql = reading(context);
  const groups = await groupsAssignedTo(sql, account.tenantId, entity.id);
  const counts = await countByParent(sql, account.tenantId, 'group');
  return {
    groups: groups.map((group) => ({
      ...ref(account, group),
      groups: { count: counts.get(group.id) ?? 0 },
    })),
  };
}
