// Companies (Beebole spec 5.5).
import { reading } from '../../context.ts';
import { countByParent } from '../../entity-store.ts';
import { createWork, updateWork } from '../../work.ts';
import { flag, optional, text } from '../parameters.ts';
import { service } from '../service.ts';
import { created, listByName, switches } from './entities.ts';
import { groupingServices } from './group.ts';
import { memberServices } from './members.ts';
import { newXid, target, xid } from './parameters.ts';
import { companyOf } from './rendering.ts';
import { specificTaskServices } from './specific-tasks.ts';

const corporate = optional(flag('An organisation of the account’s own instead of a customer.'));

const create = service({
  name: 'company.create',
  summary: 'Makes a company.',
  wrapper: 'company',
  parameters: { name: text('Name.'), corporate, xid: optional(xid) },
  who: 'admin',
  handler: async (call, values) =>
    created(call, 'company', await createWork(call.context, 'company', undefined, values)),
});

const get = service({
  name: 'company.get',
  summary: 'Gives one company.',
  parameters: { id: target('company') },
  who: 'anyone',
  async handler({ context }, { id: company }) {
    const { tenantId } = context.account;
    const counts = await countByParent(reading(context), tenantId, 'project', company.id);
    return { company: companyOf(context.account, company, counts.get(company.id) ?? 0) };
  },
});

const update = service({
  name: 'company.update',
  summary: 'Changes what is sent of a company.',
  wrapper: 'company',
  parameters: { id: target('company'), name: optional(text('Name.')), corporate, xid: newXid },
  who: 'admin',
  async handler({ context }, { id: company, ...change }) {
    await updateWork(context, company, change);
    return {};
  },
});

const list = service({
  name: 'company.list',
  summary: 'Lists the companies.',
  parameters: {},
  who: 'anyone',
  async handler(call) {
    const { account } = call.context;
    const counts = await countByParent(reading(call.context), account.tenantId, 'project');
    const companies = await listByName(call, 'company');
    return {
      companies: companies.map((one) => companyOf(account, one, counts.get(one.id) ?? 0)),
    };
  },
});

export const companyServices = [
  create,
  get,
  update,
  list,
  ...switches('company'),
  ...specificTaskServices('company'),
  ...memberServices('company'),
  ...groupingServices('company'),
];
