// Signing up, logging in and out (BaasBox spec 2.5, 5.1).
import { registerDevice } from '../push/devices.ts';
import { signUp, isInternalName } from '../users/accounts.ts';
import { checkPassword, closeSession, openSession, profileFor } from '../users/sessions.ts';
import type { JsonObject } from '../query/values.ts';
import { presented, tenantOf } from './access.ts';
import { formOrJson, jsonObject } from './body.ts';
import { answer, type Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import { loginDevice } from './login-device.ts';
import {
  appRoute,
  openRoute,
  route,
  type ActorCall,
  type AppCall,
  type Call,
  type Route,
} from './route.ts';
import { readSections } from './sections.ts';
import { profileJson } from './wire.ts';

export const accountRoutes: readonly Route[] = [
  appRoute('POST', '/user', { group: 'account.create' }, create),
  openRoute('POST', '/login', login),
  openRoute('POST', '/user/login', login),
  openRoute('POST', '/users/login', login),
  route('POST', '/logout', { level: 'user', group: 'account' }, logout),
  // Its only purpose is to keep the session alive, which every call does.
  route('GET', '/refresh', 'user', () => Promise.resolve(answer(''))),
];

async function create({ context, tenant, body }: AppCall): Promise<Answer> {
  const { value } = jsonObject(body);
  const name = textField(value, 'username');
  const password = textField(value, 'password');
  const account = { name, password, sections: readSections(value) };
  const { profile, identity } = await signUp(context, tenant, account);
  const session = await openSession(context, identity);
  return {
    status: 201,
    data: profileJson(profile, session),
    headers: { 'X-BB-SESSION': session },
  };
}

async function login({ context, request, query, body }: Call): Promise<Answer> {
  const fields = formOrJson(body);
  const name = textField(fields, 'username');
  const password = textField(fields, 'password');
  const appcode = fields['appcode'] || presented(request, query).appcode;
  if (typeof appcode !== 'string') throw new Failure(400, "The 'appcode' field is missing");
  const device = loginDevice(fields['login_data']);
  if (isInternalName(name)) throw new Failure(403, `The user ${name} cannot log in`);
  const tenant = await tenantOf(context, appcode, 400);
  const client = request.ip;
  const identity = await checkPassword(context, { tenant, name, password, client });
  const profile = identity && (await profileFor(context, identity));
  if (!profile) throw new Failure(401, 'unauthorized');
  if (device) await registerDevice(context, { tenant, userId: profile.id }, device);
  const session = await openSession(context, identity);
  return { data: profileJson(profile, session), headers: { 'X-BB-SESSION': session } };
}

async function logout({ context, request, query }: ActorCall): Promise<Answer> {
  const { session } = presented(request, query);
  // With Basic credentials there is no session to end.
  if (session !== undefined) await closeSession(context, session);
  return answer('user logged out');
}

/** A text that must be there. */
export function textField(fields: JsonObject, name: string): string {
  const value = fields[name];
  if (value == null) throw new Failure(400, `The '${name}' field is missing`);
  if (typeof value !== 'string') throw new Failure(400, `The '${name}' field must be a string`);
  return value;
}
