// Following people: a follower sees what the followed person shares with friends (BaasBox spec 5.3).
import { sql } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import { FRIENDS_PREFIX } from '../acl/grantees.ts';
import type { BackendContext } from '../context.ts';
import { listOf } from '../query/columns.ts';
import type { BackendTables } from '../tables.ts';

/** People whom one user follows: each of them is a grantee in every check of the follower's rights. */
const MAX_FOLLOWED = 5000;

interface Pair {
  tenant: string;
  follower: string;
  followed: string;
}

const followedBy = statement<{ tenant: string; follower: string }, { name: string }, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_friends as f')
      .innerJoin('backend_users as u', (join) =>
        join.onRef('u.tenant_id', '=', 'f.tenant_id').onRef('u.id', '=', 'f.followed'),
      )
      .select('u.name')
      .where('f.tenant_id', '=', slot('tenant'))
      .where('f.follower', '=', slot('follower'))
      .orderBy('f.created_at')
      .orderBy('f.followed'),
);

const idsFollowedBy = statement<
  { tenant: string; follower: string },
  { id: string },
  BackendTables
>((db, slot) =>
  db
    .selectFrom('backend_friends')
    .select('followed as id')
    .where('tenant_id', '=', slot('tenant'))
    .where('follower', '=', slot('follower')),
);

/** Holds an account, so that it is not deleted while somebody begins to follow it. */
const hold = statement<{ tenant: string; id: string }, { id: string }, BackendTables>(
  (db, slot, dialect) =>
    db
      .selectFrom('backend_users')
      .select('id')
      .where('tenant_id', '=', slot('tenant'))
      .where('id', '=', slot('id'))
      .$if(dialect === 'postgres', (query) => query.forKeyShare()),
);

const insert = statement<Pair & { now: number }, unknown, BackendTables>((db, slot) =>
  db
    .insertInto('backend_friends')
    .values({
      tenant_id: slot('tenant'),
      follower: slot('follower'),
      followed: slot('followed'),
      created_at: slot('now'),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

const remove = statement<Pair, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_friends')
    .where('tenant_id', '=', slot('tenant'))
    .where('follower', '=', slot('follower'))
    .where('followed', '=', slot('followed')),
);

/** Changes how many people a user follows; 0 rows when that would be more than `max`. */
const count = statement<
  { tenant: string; follower: string; change: number; max: number },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .updateTable('backend_users')
    .set({ following: sql<number>`following + cast(${slot('change')} as integer)` })
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('follower'))
    .where('following', '<', slot('max')),
);

/** One of the two. */
interface Person {
  id: string;
  name: string;
}

/** Names of the roles that the user has as a follower, first followed first. */
export async function friendRoles(
  on: Database | Transaction,
  tenant: string,
  { id, following }: { id: string; following: number },
): Promise<string[]> {
  if (following === 0) return [];
  const people = await followedBy.all(on, { tenant, follower: id });
  return people.map(({ name }) => FRIENDS_PREFIX + name);
}

/** Their ids alone. */
export async function followedIds(
  on: Database | Transaction,
  tenant: string,
  follower: string,
): Promise<string[]> {
  return (await idsFollowedBy.all(on, { tenant, follower })).map(({ id }) => id);
}

/**
 * Begins to follow. Throws `Invalid` (`own_friend`, `too_many_followed` above 5000), `Conflict` (`already_friend`) and
 * `NotFound` (`no_user`) when one of the two has gone.
 */
export async function follow(
  { db, clock }: BackendContext,
  tenant: string,
  follower: Person,
  followed: Person,
): Promise<void> {
  if (follower.id === followed.id) throw new Invalid('own_friend', 'Nobody follows himself');
  const pair = { tenant, follower: follower.id, followed: followed.id };
  await db.write(async (trx) => {
    if (!(await hold.first(trx, { tenant, id: followed.id }))) throw noUser(followed.name);
    if ((await insert.run(trx, { ...pair, now: clock.now() })) === 0) {
      const message = `User ${follower.name} is already a friend of ${followed.name}`;
      throw new Conflict('already_friend', message);
    }
    const counted = { tenant, follower: follower.id, change: 1, max: MAX_FOLLOWED };
    if ((await count.run(trx, counted)) > 0) return;
    if (!(await hold.first(trx, { tenant, id: follower.id }))) throw noUser(follower.name);
    throw new Invalid('too_many_followed', `A user follows at most ${MAX_FOLLOWED} people`);
  });
}

/** Ends following. Throws `NotFound` (`no_friend`). */
export async function unfollow(
  { db }: BackendContext,
  tenant: string,
  follower: Person,
  followed: Person,
): Promise<void> {
  await db.write(async (trx) => {
    const pair = { tenant, follower: follower.id, followed: followed.id };
    if ((await remove.run(trx, pair)) === 0) {
      throw new NotFound('no_friend', `User ${follower.name} is not a friend of ${followed.name}`);
    }
    await count.run(trx, { tenant, follower: follower.id, change: -1, max: MAX_FOLLOWED + 1 });
  });
}

/** Pairs that end in one transaction when a user is deleted. */
const REMOVED_AT_ONCE = 1000;

/**
 * Ends some following of a user who is being deleted; gives how many pairs that were. Inside the transaction that deletes
 * the account it must find none that it leaves.
 */
export async function removeFriends(
  trx: Transaction,
  tenant: string,
  user: string,
  limit = REMOVED_AT_ONCE,
): Promise<number> {
  const followers = await removeFollowers.all(trx, { tenant, user, limit });
  const ids = JSON.stringify(followers.map(({ id }) => id));
  await uncount.run(trx, { tenant, ids });
  const followed = await removeFollowed.run(trx, { tenant, user });
  return followers.length + followed;
}

const removeFollowers = statement<
  { tenant: string; user: string; limit: number },
  { id: string },
  BackendTables
>((db, slot) =>
  db
    .deleteFrom('backend_friends')
    .where('tenant_id', '=', slot('tenant'))
    .where('followed', '=', slot('user'))
    .where('follower', 'in', (query) =>
      query
        .selectFrom('backend_friends')
        .select('follower')
        .where('tenant_id', '=', slot('tenant'))
        .where('followed', '=', slot('user'))
        .limit(slot('limit')),
    )
    .returning('follower as id'),
);

/** At most 5000. */
const removeFollowed = statement<{ tenant: string; user: string }, unknown, BackendTables>(
  (db, slot) =>
    db
      .deleteFrom('backend_friends')
      .where('tenant_id', '=', slot('tenant'))
      .where('follower', '=', slot('user')),
);

const uncount = statement<{ tenant: string; ids: string }, unknown, BackendTables>(
  (db, slot, dialect) =>
    db
      .updateTable('backend_users')
      .set({ following: sql<number>`following - 1` })
      .where('tenant_id', '=', slot('tenant'))
      .where(sql<boolean>`id in ${listOf(dialect, sql`${slot('ids')}`)}`),
);

function noUser(name: string): NotFound {
  return new NotFound('no_user', `${name} not found`, { name });
}
