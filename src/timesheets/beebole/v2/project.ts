// Projects (Beebole spec 5.6).
import { reading } from '../../context.ts';
import { countByParent } from '../../entity-store.ts';
import { createWork, updateWork } from '../../work.ts';
import { date, optional, text } from '../parameters.ts';
import { service } from '../service.ts';
import { created, listByName, switches } from './entities.ts';
import { groupingServices } from './group.ts';
import { managerServices, memberServices } from './members.ts';
import { newXid, reference, target, xid } from './parameters.ts';
import { projectOf } from './rendering.ts';
import { specificTaskServices } from './specific-tasks.ts';

const startDate = optional(date('First day; default: the first of the current month.'));
const description = optional(text('Description, at most 10 000 characters.'));

const create = service({
  name: 'project.create',
  summary: 'Makes a project in a company.',
  wrapper: 'project',
  parameters: {
    name: text('Name.'),
    company: reference('company'),
    startDate,
    description,
    xid: optional(xid),
  },
  who: 'admin',
  handler: async (call, { company, ...values }) =>
    created(call, 'project', await createWork(call.context, 'project', company, values)),
});

const get = service({
  name: 'project.get',
  summary: 'Gives one project.',
  parameters: { id: target('project') },
  who: 'anyone',
  async handler({ context }, { id: project }) {
    const { tenantId } = context.account;
    const counts = await countByParent(reading(context), tenantId, 'subproject', project.id);
    return { project: projectOf(context.account, project, counts.get(project.id) ?? 0) };
  },
});

const update = service({
  name: 'project.update',
  summary: 'Changes what is sent of a project; another company moves it.',
  wrapper: 'project',
  parameters: {
    id: target('project'),
    name: optional(text('Name.')),
    startDate,
    description,
    company: optional(reference('company')),
    xid: newXid,
  },
  who: 'admin',
  async handler({ context }, { id: project, company, ...change }) {
    await updateWork(context, project, { ...change, parent: company });
    return {};
  },
});

const list = service({
  name: 'project.list',
  summary: 'Lists the projects of a company, or of all.',
  parameters: { company: optional(reference('company')) },
  who: 'anyone',
  async handler(call, { company }) {
    const { account } = call.context;
    const counts = await countByParent(reading(call.context), account.tenantId, 'subproject');
    const projects = await listByName(call, 'project', company);
    return { projects: projects.map((one) => projectOf(account, one, counts.get(one.id) ?? 0)) };
  },
});

export const projectServices = [
  create,
  get,
  update,
  list,
  ...switches('project'),
  ...specificTaskServices('project'),
  ...memberServices('project'),
  ...groupingServices('project'),
  ...managerServices,
];
