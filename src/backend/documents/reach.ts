// Which documents of a collection an actor may read, and how widely they are strewn among the others.
import { sql } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import { readableBy } from '../acl/readable.ts';
import type { Actor } from '../context.ts';
import { TRUE, type Sql } from '../query/bounds.ts';
import type { CollectionTotals } from './totals.ts';

/** Whose documents: everybody's, those that he may read, or his own alone. */
export type Reach = 'all' | 'readable' | 'own';

/** The narrowest reach that shows the actor all that he may read. */
export function reachOf(actor: Actor, totals: CollectionTotals): Reach {
  if (actor.seesAll) return 'all';
  return totals.granted === 0 && actor.user ? 'own' : 'readable';
}

/** The condition on `backend_documents as d`. */
export function withinReach(dialect: Dialect, actor: Actor, reach: Reach): Sql {
  if (reach === 'all') return TRUE;
  return reach === 'own'
    ? sql`d.author = ${actor.user?.id ?? ''}`
    : readableBy(dialect, actor, 'd');
}

/** Readable documents among all, below which a walk in order would mostly meet unreadable ones. */
const DENSITY = 1 / 8;

/** Does a walk in the order of the index meet what it looks for often enough? */
export function isDense(reach: Reach, totals: CollectionTotals): boolean {
  return reach !== 'readable' || densityOf(reach, totals) >= DENSITY;
}

/** The share of the walked documents that are within reach. */
export function densityOf(reach: Reach, totals: CollectionTotals): number {
  if (reach !== 'readable') return 1;
  return (totals.granted + totals.own) / Math.max(1, totals.records);
}
