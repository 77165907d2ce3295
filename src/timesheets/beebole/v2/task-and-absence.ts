// Tasks and absence types: both belong to a company and have the same services (Beebole spec 5.8, 5.9).
import { createWork, updateWork } from '../../work.ts';
import { optional, text } from '../parameters.ts';
import { service, type Service } from '../service.ts';
import { created, listByName, switches } from './entities.ts';
import { groupingServices } from './group.ts';
import { newXid, reference, target, xid } from './parameters.ts';
import { companyItemOf } from './rendering.ts';

interface Words {
  /** Of the answer's list: `tasks`. */
  plural: string;
  /** For people: `task`, `absence type`. */
  noun: string;
}

function servicesOf(kind: 'task' | 'absence', { plural, noun }: Words): Service[] {
  const create = service({
    name: `${kind}.create`,
    summary: `Makes a new ${noun} in a company.`,
    wrapper: kind,
    parameters: { name: text('Name.'), company: reference('company'), xid: optional(xid) },
    who: 'admin',
    handler: async (call, { company, ...values }) =>
      created(call, kind, await createWork(call.context, kind, company, values)),
  });

  const get = service({
    name: `${kind}.get`,
    summary: `Gives one ${noun}.`,
    parameters: { id: target(kind) },
    who: 'anyone',
    handler: async ({ context }, { id: item }) => ({
      [kind]: companyItemOf(context.account, item),
    }),
  });

  const update = service({
    name: `${kind}.update`,
    summary: `Changes what is sent of one ${noun}.`,
    wrapper: kind,
    parameters: { id: target(kind), name: optional(text('Name.')), xid: newXid },
    who: 'admin',
    async handler({ context }, { id: item, ...change }) {
      await updateWork(context, item, change);
      return {};
    },
  });

  const list = service({
    name: `${kind}.list`,
    summary: `Lists each ${noun} of a company, or of all.`,
    parameters: { company: optional(reference('company')) },
    who: 'anyone',
    async handler(call, { company }) {
      const items = await listByName(call, kind, company);
      return { [plural]: items.map((item) => companyItemOf(call.context.account, item)) };
    },
  });

  return [create, get, update, list, ...switches(kind), ...groupingServices(kind)];
}

export const taskServices = servicesOf('task', { plural: 'tasks', noun: 'task' });
export const absenceServices = servicesOf('absence', { plural: 'absences', noun: 'absence type' });
