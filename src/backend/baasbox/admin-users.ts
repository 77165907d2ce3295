// Administration of users (BaasBox spec 5.11).
import { NotFound } from '../../platform/errors.ts';
import type { JsonObject } from '../query/values.ts';
import { changeUser, createUser } from '../users/administration.ts';
import { setPassword, suspendUser } from '../users/changes.ts';
import { fullProfile, getUser } from '../users/people.ts';
import { deleteUser } from '../users/removal.ts';
import type { UserRow } from '../users/rows.ts';
import { textField } from './account.ts';
import { jsonObject } from './body.ts';
import { NOTHING, type Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import { peopleAnswer } from './people.ts';
import { route, type ActorCall, type Route } from './route.ts';
import { readSections, SECTIONS } from './sections.ts';
import { adminProfileJson } from './wire.ts';

export const adminUserRoutes: readonly Route[] = [
  route('GET', '/admin/user', 'admin', (call) =>
    peopleAnswer(call, { of: 'everyone' }, adminProfileJson),
  ),
  route('GET', '/admin/user/:username', 'admin', read),
  route('POST', '/admin/user', 'admin', create),
  route('PUT', '/admin/user/:username', 'admin', change),
  route('PUT', '/admin/user/:username/password', 'admin', changePassword),
  route('DELETE', '/admin/user/:username', 'admin', remove),
  route('PUT', '/admin/user/suspend/:username', 'admin', (call) => suspend(call, true)),
  route('PUT', '/admin/user/activate/:username', 'admin', (call) => suspend(call, false)),
];

/** The user in the path. */
function named({ context, actor, params }: ActorCall): Promise<UserRow> {
  return getUser(context.db, actor.tenant, params['username'] ?? '');
}

/** The same for calls to which an unknown name is a bad request. */
async function namedOr400(call: ActorCall): Promise<UserRow> {
  return named(call).catch((error: unknown) => {
    if (!(error instanceof NotFound)) throw error;
    throw new Failure(400, `${call.params['username'] ?? ''} is not a user`);
  });
}

async function read(call: ActorCall): Promise<Answer> {
  const { context, actor } = call;
  return { data: adminProfileJson(await fullProfile(context, actor, await named(call))) };
}

async function create({ context, actor, body }: ActorCall): Promise<Answer> {
  const { value } = jsonObject(body);
  await createUser(context, actor.tenant, {
    name: textField(value, 'username'),
    password: textField(value, 'password'),
    role: textField(value, 'role'),
    sections: readSections(value),
    id: optionalText(value, 'id'),
  });
  return { status: 201, data: NOTHING };
}

async function change(call: ActorCall): Promise<Answer> {
  const { context, actor, body } = call;
  const { value } = jsonObject(body);
  const missing = Object.values(SECTIONS).find((section) => !Object.hasOwn(value, section));
  if (missing) throw new Failure(400, `The '${missing}' field is missing`);
  const sections = readSections(value);
  const role = optionalText(value, 'role');
  const user = await namedOr400(call);
  const row = await changeUser(context, actor.tenant, user, { sections, role });
  return { data: adminProfileJson(await fullProfile(context, actor, row)) };
}

/** `null` counts as absent. */
function optionalText(value: JsonObject, name: string): string | undefined {
  return value[name] == null ? undefined : textField(value, name);
}

async function changePassword(call: ActorCall): Promise<Answer> {
  const { context, actor, body } = call;
  const { password } = jsonObject(body).value;
  if (typeof password !== 'string') {
    throw new Failure(400, "The body payload doesn't contain password field");
  }
  await setPassword(context, actor.tenant, await named(call), password);
  return { data: NOTHING };
}

async function remove(call: ActorCall): Promise<Answer> {
  await deleteUser(call.context, call.actor.tenant, await named(call));
  return { data: NOTHING };
}

async function suspend(call: ActorCall, suspended: boolean): Promise<Answer> {
  const { id } = await namedOr400(call);
  await suspendUser(call.context, call.actor.tenant, id, suspended);
  return { data: NOTHING };
}
