// Parameters of the second generation: references as objects, numbers or text; external ids (Beebole spec 5.2, 5.3).
import Type from 'typebox';
import type { Entity, EntityKind } from '../../model.ts';
import { invalidParameter, missingParameter } from '../failures.ts';
import { lookUp, member, readNumber, text, type Reach } from '../parameters.ts';
import { isObject, type Parameter, type Source } from '../service.ts';

interface Key {
  id?: number;
  xid?: string;
}

const keySchema = (description: string) =>
  Type.Object(
    {
      id: Type.Optional(Type.Integer()),
      xid: Type.Optional(Type.String({ description: 'External id, instead of `id`.' })),
    },
    { description },
  );

/** Reads `id` or, without one, `xid`. */
function readKey(source: Source, path: string): Key {
  const { id, xid } = source;
  if (id !== undefined) {
    // What a list of objects becomes when a script selects its ids: `{"id":{"id":7}}`.
    return { id: readNumber(isObject(id) ? id['id'] : id, `${path}id`) };
  }
  if (xid === undefined) throw missingParameter(`${path}id`);
  if (typeof xid !== 'string' && typeof xid !== 'number') throw invalidParameter(`${path}xid`);
  return { xid: String(xid) };
}

/** Another entity: `{"id": 7}`, `{"xid": "A-7"}`, and for lenience `7` and `"7"`. */
export const reference = <Kind extends EntityKind>(
  kind: Kind,
  reach: Reach = 'visible',
): Parameter<Entity<Kind>> =>
  member<Entity<Kind>>(
    keySchema(`The ${kind}.`),
    (value, path) => {
      const key = isObject(value) ? readKey(value, `${path}.`) : { id: readNumber(value, path) };
      return lookUp(kind, key, reach);
    },
    (path) => `${path}.id`,
  );

/** The entity that a service works on, named by `id` or `xid` beside the other members. */
export const target = <Kind extends EntityKind>(kind: Kind): Parameter<Entity<Kind>> => ({
  schema: Type.Integer({ description: `Number of the ${kind}; or \`xid\`, its external id.` }),
  required: true,
  read: (source, _name, prefix) => lookUp(kind, readKey(source, prefix), 'visible'),
});

/** The external id of a new object. */
export const xid = text('External id that replaces `id` from now on, 1 to 255 characters.');

/** The new external id in an update: only a change when the object itself is named by `id`. Empty removes it. */
export const newXid: Parameter<string | undefined> = {
  schema: Type.String({ description: 'New external id when `id` is given too; empty removes it.' }),
  required: false,
  read: (source, name, prefix) =>
    source['id'] === undefined || source[name] === undefined
      ? () => undefined
      : xid.read(source, name, prefix),
};
