// Who may call: the levels of access and the failures of each (BaasBox spec 2.1, 2.2, 2.4).
import type { FastifyRequest } from 'fastify';
import type { EventStreams } from '../../platform/http/event-stream.ts';
import type { Actor, BackendContext } from '../context.ts';
import { isInternalName } from '../users/accounts.ts';
import { actorFor, anonymous, checkPassword, checkSession } from '../users/sessions.ts';
import { Failure } from './failure.ts';
import { rootActor, ROOT_NAME, type Root } from './root-access.ts';
import type { QueryString } from './query-string.ts';

/** `appcode`: only the app must be named. `anon`: nobody need be logged in. */
export type Level = 'none' | 'appcode' | 'anon' | 'user' | 'admin' | 'root';

/** Handles of tenants that are app codes. */
export const APPCODE = 'baasbox.appcode';

const APPCODE_NAME = 'X-BAASBOX-APPCODE';
const SESSION_NAME = 'X-BB-SESSION';

export interface AccessRules {
  context: BackendContext;
  /** The status when Basic credentials are refused (spec 1.4, C3). */
  basicFailureStatus: 400 | 401;
  root: Root;
  /** The open event streams of this server. */
  streams: EventStreams;
  /** Told of each caller as soon as it is known who it is. */
  onIdentified?: (request: FastifyRequest, actor: Actor) => void;
}

/** What a request presents. */
export interface Presented {
  appcode: string | undefined;
  session: string | undefined;
  basic: string | undefined;
}

export function presented(request: FastifyRequest, query: QueryString): Presented {
  return {
    appcode: parameter(request, query, APPCODE_NAME),
    session: parameter(request, query, SESSION_NAME),
    basic: request.headers.authorization || undefined,
  };
}

/** The header, else the query parameter; empty counts as missing. */
function parameter(request: FastifyRequest, query: QueryString, name: string): string | undefined {
  const header = request.headers[name.toLowerCase()];
  return (Array.isArray(header) ? header[0] : header) || query.first(name) || undefined;
}

const NOT_VALID = 'Authentication info not valid or not provided. HINT: is your session expired?';

/** The actor of a request on the levels with actors. Throws `Failure` by the tables of spec 2.4 and 2.8. */
export async function identify(
  rules: AccessRules,
  level: 'anon' | 'user' | 'admin' | 'root',
  { appcode, session, basic }: Presented,
  client: string,
): Promise<Actor> {
  if (level === 'root') return byRootPassword(rules, basic, appcode, client);
  if (basic !== undefined && appcode === undefined) throw appcodeMissing();
  if (session !== undefined) return bySession(rules, session);
  if (basic !== undefined) return byPassword(rules, basic, appcode as string, client);
  return byAppcode(rules, level, appcode);
}

/** Throws `Failure` (403, row 11 of spec 2.4) for everyone else. */
export function requireAdministrator({ administrator, user }: Actor): void {
  if (!administrator) throw new Failure(403, `User ${user?.name ?? ''} is not an administrator`);
}

async function bySession({ context }: AccessRules, token: string): Promise<Actor> {
  const check = await checkSession(context, token);
  if (check.actor) return check.actor;
  if (check.name !== undefined) throw notAuthorized(401, check.name);
  throw new Failure(401, NOT_VALID, '40101');
}

async function byPassword(
  { context, root, basicFailureStatus: status }: AccessRules,
  header: string,
  appcode: string,
  client: string,
): Promise<Actor> {
  const credentials = basicCredentials(header);
  if (!credentials) throw new Failure(status, NOT_VALID, '40101');
  const { name, password } = credentials;
  if (isInternalName(name)) throw new Failure(403, `The user ${name} cannot use the REST API`);
  const tenant = await tenantOf(context, appcode, status);
  if (root.mayAdminister && name === ROOT_NAME && root.admits(password, client)) {
    return rootActor(context, tenant);
  }
  const identity = await checkPassword(context, { tenant, name, password, client });
  const actor = identity && (await actorFor(context, identity));
  if (!actor) throw notAuthorized(status, name);
  return actor;
}

async function byRootPassword(
  { context, root }: AccessRules,
  header: string | undefined,
  appcode: string | undefined,
  client: string,
): Promise<Actor> {
  if (appcode === undefined) throw appcodeMissing();
  if (header === undefined) throw needsUser();
  const credentials = basicCredentials(header);
  if (!credentials) throw new Failure(401, NOT_VALID, '40101');
  const { name, password } = credentials;
  if (isInternalName(name)) throw new Failure(403, `The user ${name} cannot use the REST API`);
  if (name !== ROOT_NAME || !root.admits(password, client)) throw notAuthorized(401, name);
  return rootActor(context, await tenantOf(context, appcode, 401));
}

async function byAppcode(
  { context }: AccessRules,
  level: 'anon' | 'user' | 'admin',
  appcode: string | undefined,
): Promise<Actor> {
  if (appcode === undefined) {
    throw new Failure(400, 'Missing Session Token, Authorization info and even the AppCode');
  }
  if (level !== 'anon') {
    throw needsUser();
  }
  return anonymous(await tenantOf(context, appcode, 401));
}

/** The tenant for calls that need only an app code (sign-up): 400, or `missing`, without one, 401 for a wrong one. */
export async function tenantByAppcode(
  { context }: AccessRules,
  appcode: string | undefined,
  missing: 400 | 401 = 400,
): Promise<string> {
  if (appcode === undefined) throw appcodeMissing(missing);
  return tenantOf(context, appcode, 401);
}

/** The tenant whose app code this is; the failure has the given status. */
export async function tenantOf(
  { tenants, gate }: BackendContext,
  appcode: string,
  status: number,
): Promise<string> {
  const tenant = await tenants.handles.find(APPCODE, appcode);
  if (tenant === undefined) throw new Failure(status, `${appcode} is an Invalid App Code`);
  gate.check(tenant);
  return tenant;
}

/** Row 1 of spec 2.4. */
export function needsUser(): Failure {
  return new Failure(401, 'Missing both Session Token and Authorization info');
}

function appcodeMissing(status: 400 | 401 = 400): Failure {
  return new Failure(status, 'AppCode is empty or not set');
}

function notAuthorized(status: number, name: string): Failure {
  return new Failure(status, `User ${name} is not authorized to access`);
}

/** Name and password; the scheme's name does not matter, white space in the encoded part is ignored. */
function basicCredentials(header: string): { name: string; password: string } | undefined {
  const encoded = header.slice(6).replaceAll(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon <= 0 || colon === text.length - 1) return undefined;
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
