// Who is logged in, and logging them out: an extension for administrators (BaasBox spec 9.2).
import { NotFound } from '../../platform/errors.ts';
import { formatDate } from '../query/dates.ts';
import { getUser } from '../users/people.ts';
import { MAX_SESSIONS, sessionsWithUsers, type SessionInfo } from '../users/session-list.ts';
import { closeSessionById, closeSessionsOf } from '../users/sessions.ts';
import { readPage } from './criteria.ts';
import { answer, NOTHING, type Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import { route, type ActorCall, type Route } from './route.ts';

export const sessionRoutes: readonly Route[] = [
  route('GET', '/admin/sessions', 'admin', list),
  route('DELETE', '/admin/sessions/:id', 'admin', revoke),
  route('DELETE', '/admin/sessions', 'admin', revokeAll),
];

async function list({ context, actor, query }: ActorCall): Promise<Answer> {
  const name = query.first('user');
  const user = name ? await getUser(context.db, actor.tenant, name) : undefined;
  // There may be very many: without a page it is the first.
  const { page, size, skip } = readPage(query);
  if (size < 0 || size > MAX_SESSIONS) {
    throw new Failure(400, `recordsPerPage is 0 to ${MAX_SESSIONS} for sessions`);
  }
  const { sessions, more } = await sessionsWithUsers(context, actor.tenant, {
    user: user?.id,
    skip: Math.max(0, page) * size + skip,
    limit: size,
  });
  return { data: JSON.stringify(sessions.map(wireOf)), more };
}

async function revoke({ context, actor, params }: ActorCall): Promise<Answer> {
  const id = params['id'] ?? '';
  if (!(await closeSessionById(context, actor.tenant, id))) {
    throw new NotFound('no_session', `There is no session ${id}`, { id });
  }
  return { data: NOTHING };
}

/** Never of everybody: that is too easily done by a missing parameter. */
async function revokeAll({ context, actor, query }: ActorCall): Promise<Answer> {
  const name = query.first('user');
  if (!name) throw new Failure(400, "The 'user' parameter is missing");
  const { id } = await getUser(context.db, actor.tenant, name);
  return answer({ revoked: await closeSessionsOf(context, actor.tenant, id) });
}

function wireOf({ id, user, createdAt, usedAt, expiresAt }: SessionInfo) {
  return {
    id,
    user,
    created: formatDate(createdAt),
    lastUsed: formatDate(usedAt ?? createdAt),
    expires: expiresAt === undefined ? null : formatDate(expiresAt),
  };
}
