// The list services of the first generation: active entities that the caller sees, as number and name (Beebole spec 4.3).
import { reading } from '../../context.ts';
import type { Company, EntityKind } from '../../model.ts';
import { listVisible } from '../../visibility.ts';
import { mainCompanyOf } from '../../work.ts';
import { findOfKind } from '../../entity-store.ts';
import { optional } from '../parameters.ts';
import { service, type Answer, type Call } from '../service.ts';
import { entityId } from './parameters.ts';
import { listItems } from './rendering.ts';

export const absenceList = service({
  name: 'absence.list',
  summary: 'Lists the absence types of a company; without `company_id`, of the caller’s.',
  parameters: { company_id: optional(entityId('company')) },
  who: 'anyone',
  handler: async (call, { company_id: company }) => ({
    absences: await items(call, 'absence', (company ?? (await ownCompany(call))).id),
  }),
});

export const companyList = service({
  name: 'company.list',
  summary: 'Lists the companies.',
  parameters: {},
  who: 'anyone',
  handler: async (call) => ({ companies: await items(call, 'company') }),
});

export const personList = service({
  name: 'person.list',
  summary: 'Lists the people of a company, or of all.',
  parameters: { company_id: optional(entityId('company')) },
  who: 'anyone',
  handler: async (call, { company_id: company }) => ({
    people: await items(call, 'person', company?.id),
  }),
});

export const projectList = service({
  name: 'project.list',
  summary: 'Lists the projects of a company, or of all.',
  parameters: { company_id: optional(entityId('company')) },
  who: 'anyone',
  handler: async (call, { company_id: company }) => ({
    projects: await items(call, 'project', company?.id),
  }),
});

export const subprojectList = service({
  name: 'subproject.list',
  summary: 'Lists the subprojects of a project.',
  parameters: { project_id: entityId('project') },
  who: 'anyone',
  handler: async (call, { project_id: project }) => ({
    subprojects: await items(call, 'subproject', project.id),
  }),
});

export const taskList = service({
  name: 'task.list',
  summary: 'Lists the tasks of a company; without `company_id`, of the caller’s.',
  parameters: { company_id: optional(entityId('company')) },
  who: 'anyone',
  handler: async (call, { company_id: company }) => ({
    tasks: await items(call, 'task', (company ?? (await ownCompany(call))).id),
  }),
});

async function items(call: Call, kind: EntityKind, parentId?: number): Promise<Answer[string]> {
  const filter = { parentId, activeOnly: true };
  return listItems(kind, await listVisible(call.context, kind, filter));
}

async function ownCompany({ context }: Call): Promise<Company> {
  const sql = reading(context);
  const id = context.actor.parent?.id;
  const own = await findOfKind(sql, context.account.tenantId, 'company', { id });
  return own ?? mainCompanyOf(sql, context);
}
