// Subprojects (Beebole spec 5.7).
import { createWork, updateWork } from '../../work.ts';
import { optional, text } from '../parameters.ts';
import { service } from '../service.ts';
import { created, listByName, switches } from './entities.ts';
import { groupingServices } from './group.ts';
import { memberServices } from './members.ts';
import { newXid, reference, target, xid } from './parameters.ts';
import { subprojectOf } from './rendering.ts';
import { specificTaskServices } from './specific-tasks.ts';

const create = service({
  name: 'subproject.create',
  summary: 'Makes a subproject in a project.',
  wrapper: 'subproject',
  parameters: { name: text('Name.'), project: reference('project'), xid: optional(xid) },
  who: 'admin',
  handler: async (call, { project, ...values }) =>
    created(call, 'subproject', await createWork(call.context, 'subproject', project, values)),
});

const get = service({
  name: 'subproject.get',
  summary: 'Gives one subproject.',
  parameters: { id: target('subproject') },
  who: 'anyone',
  handler: async ({ context }, { id: subproject }) => ({
    subproject: subprojectOf(context.account, subproject),
  }),
});

const update = service({
  name: 'subproject.update',
  summary: 'Changes what is sent of a subproject; another project moves it.',
  wrapper: 'subproject',
  parameters: {
    id: target('subproject'),
    name: optional(text('Name.')),
    project: optional(reference('project')),
    xid: newXid,
  },
  who: 'admin',
  async handler({ context }, { id: subproject, project, ...change }) {
    await updateWork(context, subproject, { ...change, parent: project });
    return {};
  },
});

const list = service({
  name: 'subproject.list',
  summary: 'Lists the subprojects of a project, or of all.',
  parameters: { project: optional(reference('project')) },
  who: 'anyone',
  async handler(call, { project }) {
    const subprojects = await listByName(call, 'subproject', project);
    return { subprojects: subprojects.map((one) => subprojectOf(call.context.account, one)) };
  },
});

export const subprojectServices = [
  create,
  get,
  update,
  list,
  ...switches('subproject'),
  ...specificTaskServices('subproject'),
  ...memberServices('subproject'),
  ...groupingServices('subproject'),
];
