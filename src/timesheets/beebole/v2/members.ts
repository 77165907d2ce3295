// Who is attached to work: exclusive members, and managers of projects (Beebole spec 5.5, 5.6).
import { reading, writing } from '../../context.ts';
import { listByIds } from '../../entity-store.ts';
import { notAllowed } from '../../failures.ts';
import { membersOf, setMember } from '../../membership.ts';
import type { Entity, WorkKind } from '../../model.ts';
import { managersOf, setManager } from '../../relations.ts';
import { seesStaffing, viewerOf } from '../../rights.ts';
import { byName } from '../../text.ts';
import { invalidParameter, missingParameter } from '../failures.ts';
import { optional } from '../parameters.ts';
import { service, type Call, type Service } from '../service.ts';
import { reference, target } from './parameters.ts';
import { named, ref } from './rendering.ts';

/** The services of one kind of work entity. */
export function memberServices(kind: WorkKind): Service[] {
  const change = (verb: 'attach' | 'detach', summary: string) =>
    service({
      name: `${kind}.${verb}_member`,
      summary,
      parameters: {
        id: target(kind),
        person: optional(reference('person')),
        group: optional(reference('group')),
      },
      who: 'admin',
      async handler({ context }, { id: owner, person, group }) {
        const { tenantId } = context.account;
        if (person && group) throw invalidParameter('group');
        const member = person ?? group;
        if (!member) throw missingParameter('person.id');
        const on = verb === 'attach';
        await writing(context, (sql) => setMember(sql, tenantId, owner.id, member.id, on));
        return {};
      },
    });

  const list = service({
    name: `${kind}.members`,
    summary: `Lists the exclusive members of one ${kind}.`,
    parameters: { id: target(kind) },
    who: 'anyone',
    async handler(call, { id: owner }) {
      await mustSeeStaffing(call, owner);
      const { account } = call.context;
      const sql = reading(call.context);
      const ids = await membersOf(sql, account.tenantId, owner.id);
      const attached = (await listByIds(sql, account.tenantId, ids)).sort(byName);
      const of = (what: 'person' | 'group') =>
        attached.filter((member) => member.kind === what).map((member) => ref(account, member));
      return { members: of('person'), groups: of('group') };
    },
  });

  return [
    change('attach', `Offers the ${kind} to this person or group, and to members alone.`),
    change('detach', 'Takes a person or group from the exclusive members.'),
    list,
  ];
}

const changeManager = (verb: 'attach' | 'detach', summary: string) =>
  service({
    name: `project.${verb}_manager`,
    summary,
    parameters: { id: target('project'), person: reference('person') },
    who: 'admin',
    async handler({ context }, { id: project, person }) {
      const { tenantId } = context.account;
      const on = verb === 'attach';
      await writing(context, (sql) => setManager(sql, tenantId, project.id, person.id, on));
      return {};
    },
  });

const managers = service({
  name: 'project.managers',
  summary: 'Lists the managers of a project.',
  parameters: { id: target('project') },
  who: 'anyone',
  async handler(call, { id: project }) {
    await mustSeeStaffing(call, project);
    const { account } = call.context;
    const sql = reading(call.context);
    const ids = await managersOf(sql, account.tenantId, project.id);
    const people = (await listByIds(sql, account.tenantId, ids)).sort(byName);
    return { members: people.map((one) => ({ ...named(account, one), email: one.email })) };
  },
});

export const managerServices = [
  changeManager('attach', 'Makes a person manager of a project.'),
  changeManager('detach', 'Takes a manager from a project.'),
  managers,
];

async function mustSeeStaffing({ context }: Call, owner: Entity<WorkKind>): Promise<void> {
  const projectId = owner.kind === 'subproject' ? owner.parent?.id : owner.id;
  const viewer = await viewerOf(context);
  if (!seesStaffing(viewer, owner.kind === 'company' ? undefined : projectId)) throw notAllowed();
}
