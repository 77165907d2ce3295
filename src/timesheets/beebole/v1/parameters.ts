// Parameters of the first generation: flat, with numbers under `…_id` (Beebole spec 4).
import Type from 'typebox';
import type { Entity, EntityKind } from '../../model.ts';
import { lookUp, member, readNumber, type Reach } from '../parameters.ts';
import type { Parameter } from '../service.ts';

/** A required `…_id`; gives the entity. */
export const entityId = <Kind extends EntityKind>(
  kind: Kind,
  reach: Reach = 'visible',
): Parameter<Entity<Kind>> =>
  member<Entity<Kind>>(Type.Integer({ description: `Number of the ${kind}.` }), (value, path) =>
    lookUp(kind, { id: readNumber(value, path) }, reach),
  );
