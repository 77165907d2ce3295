// Looking at users: one, and lists of them (BaasBox spec 5.3).
import { NotFound, Unavailable } from '../../platform/errors.ts';
import { mapped } from '../query/records.ts';
import { countPeople, getUser, listPeople, ownAccount, shownProfile } from '../users/people.ts';
import type { Profile } from '../users/profile.ts';
import { findUserByName, type UserRow } from '../users/rows.ts';
import type { Circle } from '../users/source.ts';
import { readCriteria } from './criteria.ts';
import { answer, type Answer, type RawAnswer } from './envelope.ts';
import { listAnswer } from './list-answer.ts';
import { appRoute, openRoute, route, type ActorCall, type AppCall, type Route } from './route.ts';
import { numberedRows, profileJson, rowsJson } from './wire.ts';

export const peopleRoutes: readonly Route[] = [
  route('GET', '/users', { level: 'user', group: 'users' }, (call) =>
    peopleAnswer(call, { of: 'everyone' }, profileJson),
  ),
  route('GET', '/user/:username', { level: 'user', group: 'users' }, read),
];

/** Whether there is such a user, which the original never told; `answers`: the operator wants it told. */
export function existsRoutes(answers: boolean): readonly Route[] {
  const path = '/user/:username/exists';
  if (answers) return [appRoute('GET', path, { group: 'users' }, exists)];
  return [
    openRoute('GET', path, () => {
      throw new Unavailable('users_not_told', 'This server does not tell which users exist');
    }),
  ];
}

async function exists({ context, tenant, params }: AppCall): Promise<Answer> {
  const name = params['username'] ?? '';
  return answer({ exists: (await findUserByName(context.db, tenant, name)) !== undefined });
}

async function read({ context, actor, params }: ActorCall): Promise<Answer> {
  const row = await named({ context, actor }, params['username'] ?? '');
  return { data: profileJson(await shownProfile(context, actor, row)) };
}

/** The user of this name; `me` is the caller, unless a user is called so. */
async function named(
  { context, actor }: Pick<ActorCall, 'context' | 'actor'>,
  name: string,
): Promise<UserRow> {
  try {
    return await getUser(context.db, actor.tenant, name);
  } catch (error) {
    if (name === 'me' && error instanceof NotFound) return ownAccount(context.db, actor);
    throw error;
  }
}

/** A list of users, or what the criteria make of it. */
export async function peopleAnswer(
  call: ActorCall,
  circle: Circle,
  print: (profile: Profile) => string,
): Promise<Answer | RawAnswer> {
  const { context, actor, query } = call;
  const criteria = readCriteria(query);
  if (criteria.count) {
    const total = await countPeople(context, actor, circle, criteria.query);
    return { data: rowsJson([{ count: total }]) };
  }
  return listAnswer(call, async (signal) => {
    const found = await listPeople(context, actor, circle, criteria.query, signal);
    const read = 'rows' in found ? found.rows : found.profiles;
    const batches =
      'rows' in found
        ? numberedRows(found.rows)
        : mapped(found.profiles, (profile) => print(profile));
    return { batches, more: () => (criteria.paged ? read.more : undefined) };
  });
}
