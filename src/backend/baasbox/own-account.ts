// The caller's own account: profile, password, name, suspension (BaasBox spec 5.1).
import { changeOwnPassword, changeProfile, renameUser, suspendUser } from '../users/changes.ts';
import { ownAccount, shownProfile } from '../users/people.ts';
import { textField } from './account.ts';
import { jsonObject } from './body.ts';
import { NOTHING, type Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import { route, type ActorCall, type Route } from './route.ts';
import { readSections } from './sections.ts';
import { profileJson } from './wire.ts';

const OWN = { level: 'user', group: 'account' } as const;

/** The second path of each is how the first versions called it. */
export const ownAccountRoutes: readonly Route[] = ['/me', '/user'].flatMap((path) => [
  route('GET', path, OWN, read),
  route('PUT', path, OWN, change),
  route('PUT', `${path}/password`, OWN, changePassword),
  route('PUT', `${path}/username`, OWN, rename),
  route('PUT', `${path}/suspend`, OWN, suspend),
]);

async function read({ context, actor }: ActorCall): Promise<Answer> {
  const row = await ownAccount(context.db, actor);
  return { data: profileJson(await shownProfile(context, actor, row)) };
}

async function change({ context, actor, body }: ActorCall): Promise<Answer> {
  const sections = readSections(jsonObject(body).value);
  const { id } = await ownAccount(context.db, actor);
  const row = await changeProfile(context, actor.tenant, id, { sections });
  return { data: profileJson(await shownProfile(context, actor, row)) };
}

async function changePassword({ context, actor, request, body }: ActorCall): Promise<Answer> {
  const { value } = jsonObject(body);
  const old = textField(value, 'old');
  const next = textField(value, 'new');
  await changeOwnPassword(context, actor, { old, new: next, client: request.ip });
  return { data: NOTHING };
}

async function rename({ context, actor, body }: ActorCall): Promise<Answer> {
  const { username } = jsonObject(body).value;
  if (typeof username !== 'string') throw new Failure(400, "The 'username' must be a string");
  const { id } = await ownAccount(context.db, actor);
  await renameUser(context, actor.tenant, id, username);
  return { data: NOTHING };
}

async function suspend({ context, actor }: ActorCall): Promise<Answer> {
  const { id } = await ownAccount(context.db, actor);
  await suspendUser(context, actor.tenant, id, true);
  return { data: NOTHING };
}
