// What the services of all entity kinds share: lists by name, created identities, switches.
import { reading } from '../../context.ts';
import { findOfKind } from '../../entity-store.ts';
import type { Entity, EntityKind } from '../../model.ts';
import { byName } from '../../text.ts';
import { listVisible } from '../../visibility.ts';
import { setActive } from '../../work.ts';
import { service, type Answer, type Call, type Service } from '../service.ts';
import { target } from './parameters.ts';
import { identity } from './rendering.ts';

/** The entities of a kind that the caller sees, below a parent or all, by name. Inactive ones are among them. */
export async function listByName<Kind extends EntityKind>(
  { context }: Call,
  kind: Kind,
  parent?: Entity,
): Promise<Entity<Kind>[]> {
  return (await listVisible(context, kind, { parentId: parent?.id })).sort(byName);
}

/** The answer to a creation: the number, or the external id when the object has one. */
export async function created(call: Call, kind: EntityKind, id: number): Promise<Answer> {
  const { account } = call.context;
  const entity = await findOfKind(reading(call.context), account.tenantId, kind, { id });
  return identity(account, entity ?? { id });
}

/** `KIND.activate` and `KIND.deactivate`. */
export function switches(kind: EntityKind): Service[] {
  const make = (verb: 'activate' | 'deactivate', summary: string) =>
    service({
      name: `${kind}.${verb}`,
      summary,
      parameters: { id: target(kind) },
      who: 'admin',
      async handler({ context }, { id: entity }) {
        await setActive(context, entity, verb === 'activate');
        return {};
      },
    });
  return [
    make('activate', `Makes the ${kind} usable again.`),
    make('deactivate', `Takes the ${kind} out of use; its time entries stay.`),
  ];
}
