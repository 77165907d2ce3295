// Specific tasks of companies, projects and subprojects (Beebole spec 5.5, 8.2).
import { setSpecificTask, specificTasks } from '../../available-tasks.ts';
import { reading, writing } from '../../context.ts';
import type { Entity, WorkKind } from '../../model.ts';
import { byName } from '../../text.ts';
import { setSpecificTasksDisabled } from '../../work.ts';
import { service, type Parameter, type Service } from '../service.ts';
import { reference, target } from './parameters.ts';
import { named } from './rendering.ts';

/** The task; one client calls the member `tasks`. */
const task: Parameter<Entity<'task'>> = {
  ...reference('task'),
  read(source, name, prefix) {
    const used = source[name] === undefined && source['tasks'] !== undefined ? 'tasks' : name;
    return reference('task').read(source, used, prefix);
  },
};

/** The services of one kind of work entity. */
export function specificTaskServices(kind: WorkKind): Service[] {
  const change = (verb: 'attach' | 'detach', summary: string) =>
    service({
      name: `${kind}.${verb}_specific_task`,
      aliases: [`${kind}.${verb}_specific_tasks`],
      summary,
      parameters: { id: target(kind), task },
      who: 'admin',
      async handler({ context }, { id: owner, task: attached }) {
        const { tenantId } = context.account;
        const on = verb === 'attach';
        await writing(context, (sql) => setSpecificTask(sql, tenantId, owner.id, attached, on));
        return {};
      },
    });

  const switched = (verb: 'enable' | 'disable', summary: string) =>
    service({
      name: `${kind}.${verb}_specific_tasks`,
      summary,
      parameters: { id: target(kind) },
      who: 'admin',
      async handler({ context }, { id: owner }) {
        await setSpecificTasksDisabled(context, owner, verb === 'disable');
        return {};
      },
    });

  const list = service({
    name: `${kind}.specific_tasks`,
    summary: `Lists the specific tasks of one ${kind}.`,
    parameters: { id: target(kind) },
    who: 'anyone',
    async handler({ context }, { id: owner }) {
      const { account } = context;
      const attached = await specificTasks(reading(context), account.tenantId, [owner.id]);
      return {
        disabled: owner.specificTasksDisabled,
        specificTasks: (attached.get(owner.id) ?? [])
          .sort(byName)
          .map((one) => named(account, one)),
      };
    },
  });

  return [
    change('attach', `Attaches a task: such tasks replace the general list on this ${kind}.`),
    change('detach', 'Takes an attached task away.'),
    list,
    switched('enable', 'Makes tasks needed again.'),
    switched('disable', `Makes time entries on this ${kind} need no task.`),
  ];
}
