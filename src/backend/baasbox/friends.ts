// Following people, and lists of followers and followed people (BaasBox spec 5.3, 5.11).
import { NotFound } from '../../platform/errors.ts';
import { follow, unfollow } from '../users/friends.ts';
import { countPeople, getUser, ownAccount, shownProfile } from '../users/people.ts';
import { findUserByName } from '../users/rows.ts';
import { readCriteria, readFilter } from './criteria.ts';
import { answer, NOTHING, type Answer, type RawAnswer } from './envelope.ts';
import { Failure } from './failure.ts';
import { peopleAnswer } from './people.ts';
import { route, type ActorCall, type Route } from './route.ts';
import { adminProfileJson, profileJson, rowsJson } from './wire.ts';

const LOOK = { level: 'user', group: 'friendship' } as const;
const MAKE = { level: 'user', group: 'friendship.create' } as const;

export const friendRoutes: readonly Route[] = [
  route('POST', '/follow/:username', MAKE, begin),
  route('DELETE', '/follow/:username', MAKE, end),
  route('GET', '/followers', LOOK, (call) => list(call, 'followers')),
  route('GET', '/followers/:username', LOOK, (call) => list(call, 'followers')),
  route('GET', '/following', LOOK, (call) => list(call, 'followed')),
  route('GET', '/following/:username', LOOK, (call) => list(call, 'followed')),
  route('GET', '/admin/following/:username', 'admin', listFor),
  route('POST', '/admin/follow/:follower/to/:username', 'admin', beginFor),
  route('DELETE', '/admin/follow/:follower/to/:username', 'admin', endFor),
];

async function begin({ context, actor, params }: ActorCall): Promise<Answer> {
  const follower = await ownAccount(context.db, actor);
  const name = params['username'] ?? '';
  const followed = await getUser(context.db, actor.tenant, name).catch((error: unknown) => {
    throw error instanceof NotFound ? new Failure(404, `User ${name} does not exists.`) : error;
  });
  await follow(context, actor.tenant, follower, followed);
  const profile = await shownProfile(context, actor, followed, { befriended: true });
  return { status: 201, data: profileJson(profile) };
}

async function end({ context, actor, params }: ActorCall): Promise<Answer> {
  const follower = await ownAccount(context.db, actor);
  const followed = await getUser(context.db, actor.tenant, params['username'] ?? '');
  await unfollow(context, actor.tenant, follower, followed);
  return { data: NOTHING };
}

/** Of the caller, or of the user in the path. */
async function list(call: ActorCall, of: 'followers' | 'followed'): Promise<Answer | RawAnswer> {
  const { context, actor, params, query } = call;
  const name = params['username'];
  const user =
    name === undefined
      ? await ownAccount(context.db, actor)
      : await findUserByName(context.db, actor.tenant, name);
  const counted = /^true$/i.test(query.first('justCountThem') ?? '');
  if (user && counted) {
    const circle = { of, user: user.id };
    return answer({ count: await countPeople(context, actor, circle, readFilter(query)) });
  }
  if (user) return peopleAnswer(call, { of, user: user.id }, profileJson);
  // Nobody follows someone who does not exist.
  const { count, paged } = readCriteria(query);
  if (counted) return answer({ count: 0 });
  return { data: count ? rowsJson([{ count: 0 }]) : '[]', more: paged ? false : undefined };
}

async function listFor(call: ActorCall): Promise<Answer | RawAnswer> {
  const { context, actor, params } = call;
  const { id } = await getUser(context.db, actor.tenant, params['username'] ?? '');
  return peopleAnswer(call, { of: 'followed', user: id }, adminProfileJson);
}

async function beginFor({ context, actor, params }: ActorCall): Promise<Answer> {
  const follower = await getUser(context.db, actor.tenant, params['follower'] ?? '');
  const followed = await getUser(context.db, actor.tenant, params['username'] ?? '');
  await follow(context, actor.tenant, follower, followed);
  return { status: 201, data: NOTHING };
}

async function endFor({ context, actor, params }: ActorCall): Promise<Answer> {
  const follower = await getUser(context.db, actor.tenant, params['follower'] ?? '');
  const followed = await getUser(context.db, actor.tenant, params['username'] ?? '');
  await unfollow(context, actor.tenant, follower, followed);
  return { data: NOTHING };
}
