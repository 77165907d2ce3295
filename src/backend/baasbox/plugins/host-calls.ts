// The calls that `box.js` makes: each takes JSON values from the script, trusts none of them, and gives a JSON value.
import { NotFound } from '../../../platform/errors.ts';
import { getCollection } from '../../collections/collections.ts';
import type { Json, JsonObject } from '../../query/values.ts';
import { readStorage, writeStorage } from '../../plugins/storage.ts';
import { userAsActor } from '../../plugins/identities.ts';
import { findUser, findUserByName } from '../../users/rows.ts';
import {
  checkPassword,
  closeSession,
  closeSessionById,
  closeSessionsOf,
  listSessions,
  openSession,
} from '../../users/sessions.ts';
import { presented } from '../access.ts';
import { Failure } from '../failure.ts';
import { QueryString } from '../query-string.ts';
import type { HostCall, ScriptHost } from './host.ts';
import { JsonText } from './json-text.ts';
import { readExec, readSelect, type Assignment } from './statements.ts';
import { callWeb } from './web.ts';

/** Documents that one statement changes. */
const MAX_CHANGED = 1000;
const MAX_SESSIONS = 1000;

export const HOST_CALLS: Readonly<Record<string, HostCall>> = {
  request: async (host, [method, path, query, body]) =>
    new JsonText(
      await host.endpoint(textOf(method), pathOf(path), { query: queryOf(query), body }),
    ),
  require: (host, [name]) => host.require(textOf(name)),
  log: async (host, [level, words]) => host.log(textOf(level), listOf(words).map(textOf)),

  isAdmin: async (host) => host.actor.administrator,
  enterAdmin: (host) => host.enterAdmin(),
  leaveAdmin: async (host) => host.leaveAdmin(),
  // One's own, whatever rights the script has at the moment.
  me: async (host) => new JsonText(await host.endpoint('GET', ['me'], { actor: host.caller })),
  saveMe: async (host, [body]) =>
    new JsonText(await host.endpoint('PUT', ['me'], { actor: host.caller, body })),
  rename,

  select,
  exec,
  existsCollection: async ({ context, caller }, [name]) =>
    getCollection(context.db, caller.tenant, textOf(name)).then(
      () => true,
      (error: unknown) => {
        if (error instanceof NotFound) return false;
        throw error;
      },
    ),
  isInTransaction: async (host) => host.inTransaction,
  beginTransaction: (host) => host.beginTransaction(),
  commit: (host) => host.endTransaction('commit'),
  rollback: (host) => host.endTransaction('rollback'),

  getStorage: async (host, [plugin]) => {
    const { json } = await readStorage(host.context.db, host.caller.tenant, moduleOf(host, plugin));
    return new JsonText(json ?? 'null');
  },
  setStorage: async (host, [plugin, value]) => {
    const key = { tenant: host.caller.tenant, name: moduleOf(host, plugin) };
    await writeStorage(host.context, key, jsonOrNull(value));
  },
  holdStorage,
  putStorage,
  releaseStorage: async (host, [plugin]) => release(host, moduleOf(host, plugin)),

  cacheGet: async ({ services: { cache }, caller }, [key, scope]) =>
    new JsonText(cache.get(caller.tenant, ownerOf(caller, scope), textOf(key)) ?? 'null'),
  cacheSet: async ({ services: { cache }, caller }, [key, value, scope, ttl]) => {
    const seconds = typeof ttl === 'number' && ttl > 0 ? ttl : undefined;
    const json = JSON.stringify(value ?? null);
    cache.set(caller.tenant, ownerOf(caller, scope), textOf(key), json, seconds);
  },
  cacheRemove: async ({ services: { cache }, caller }, [key, scope]) =>
    cache.remove(caller.tenant, ownerOf(caller, scope), textOf(key)),

  fetch: ({ services }, [method, url, body, options], signal) =>
    callWeb(
      { method: textOf(method), url: textOf(url), body: body ?? null, options: options ?? null },
      { trusted: services.trustedHosts, signal },
    ),

  sessions,
  currentSession: async (host) => {
    const token = tokenOf(host);
    return token === undefined ? null : { token, username: host.caller.user?.name ?? '' };
  },
  createSession,
  revokeSession,
  revokeSessions: async (host, [name]) => {
    const user = await userNamed(host, name);
    return closeSessionsOf(host.context, host.caller.tenant, user.id);
  },
};

async function rename(host: ScriptHost, [from, to]: readonly Json[]): Promise<boolean> {
  const name = textOf(from);
  const own = name === host.caller.user?.name;
  if (!own && !host.actor.administrator) throw notAdministrator();
  const actor = own ? host.caller : await userAsActor(host.context, host.caller.tenant, name);
  const body = { username: textOf(to) };
  await host.endpoint('PUT', ['me', 'username'], { actor, body });
  return true;
}

async function select(
  host: ScriptHost,
  [text, params, options]: readonly Json[],
): Promise<JsonText> {
  const { collection, criteria } = readSelect(textOf(text));
  const query = { ...queryOf(options), ...criteria, params: listOf(params).map(textOf) };
  return new JsonText(await host.endpoint('GET', ['document', collection], { query }));
}

/** Changes or deletes the documents that a statement finds, each with the rights of the script; gives their number. */
async function exec(host: ScriptHost, [text, params]: readonly Json[]): Promise<number | null> {
  const statement = readExec(textOf(text));
  if (statement.kind === 'nothing') return null;
  const { collection, where } = statement;
  const values = listOf(params);
  const set = statement.kind === 'update' ? fieldsOf(statement.set, values) : {};
  const found = JSON.parse(
    await host.endpoint('GET', ['document', collection], {
      query: {
        ...(where ? { where } : {}),
        params: values.map(textOf),
        page: '0',
        recordsPerPage: String(MAX_CHANGED + 1),
      },
    }),
  ) as (JsonObject & { id: string })[];
  if (found.length > MAX_CHANGED) {
    throw new Failure(400, `One statement changes at most ${MAX_CHANGED} documents`);
  }
  for (const document of found) {
    const path = ['document', collection, document.id];
    if (statement.kind === 'delete') await host.endpoint('DELETE', path);
    else await host.endpoint('PUT', path, { body: { ...document, ...set } });
  }
  return found.length;
}

/** The fields to set; `?` marks take the first values out of the list. */
function fieldsOf(assignments: readonly Assignment[], values: Json[]): JsonObject {
  return Object.fromEntries(
    assignments.map(({ field, value }) => [
      field,
      value === undefined ? (values.shift() ?? null) : value,
    ]),
  );
}

/** Waits for the storage, so that nobody of this process changes it meanwhile, and gives what is in it. */
async function holdStorage(
  host: ScriptHost,
  [plugin]: readonly Json[],
  signal: AbortSignal,
): Promise<JsonText> {
  const name = moduleOf(host, plugin);
  const { tenant } = host.caller;
  const mine = host.held.get(name);
  if (mine) mine.depth += 1;
  else {
    const give = await host.services.turns.take(tenant, name, signal);
    host.held.set(name, { depth: 1, release: give });
  }
  const { json, version } = await readStorage(host.context.db, tenant, name);
  return new JsonText(`{"value":${json ?? 'null'},"version":${version}}`);
}

/** Stores a value if the storage is still as it was held. False: hold it again. */
async function putStorage(
  host: ScriptHost,
  [plugin, value, version]: readonly Json[],
): Promise<boolean> {
  const name = moduleOf(host, plugin);
  try {
    const key = { tenant: host.caller.tenant, name };
    return await writeStorage(host.context, key, jsonOrNull(value), Number(version));
  } finally {
    release(host, name);
  }
}

function release({ held }: ScriptHost, name: string): void {
  const mine = held.get(name);
  if (!mine || --mine.depth > 0) return;
  held.delete(name);
  mine.release();
}

async function sessions(host: ScriptHost, [name]: readonly Json[]): Promise<unknown> {
  const { tenant } = host.caller;
  const user = name === null && host.actor.administrator ? undefined : await userNamed(host, name);
  const page = { skip: 0, limit: MAX_SESSIONS };
  const open = await listSessions(host.context, tenant, user?.id, page);
  const names = new Map<string, string>();
  for (const { subject } of open) {
    if (names.has(subject)) continue;
    names.set(subject, (await findUser(host.context.db, tenant, subject))?.name ?? '');
  }
  return open.map(({ id, subject, createdAt, expiresAt }) => ({
    id,
    username: names.get(subject),
    created: createdAt,
    expires: expiresAt ?? null,
  }));
}

async function createSession(
  host: ScriptHost,
  [name, password]: readonly Json[],
): Promise<unknown> {
  const { context, request, caller } = host;
  const identity = await checkPassword(context, {
    tenant: caller.tenant,
    name: textOf(name),
    password: textOf(password),
    client: request.ip,
  });
  if (!identity) throw new Failure(401, 'unauthorized');
  return { token: await openSession(context, identity), username: identity.name };
}

/** Ends a session by its token or, for administrators, by the id that a list has. */
async function revokeSession(host: ScriptHost, [which]: readonly Json[]): Promise<boolean> {
  const text = textOf(which);
  if (text === tokenOf(host)) return closeSession(host.context, text);
  if (!host.actor.administrator) throw notAdministrator();
  return (
    (await closeSession(host.context, text)) ||
    closeSessionById(host.context, host.caller.tenant, text)
  );
}

/** A user whose sessions the script may look at. */
async function userNamed(host: ScriptHost, name: Json | undefined) {
  const { actor, caller, context } = host;
  const wanted = name == null ? (caller.user?.name ?? '') : textOf(name);
  const row = await findUserByName(context.db, caller.tenant, wanted);
  if (!row) throw new Failure(404, `User ${wanted} not found`);
  if (row.id !== caller.user?.id && !actor.administrator) throw notAdministrator();
  return row;
}

function tokenOf({ request }: ScriptHost): string | undefined {
  return presented(request, new QueryString(request.originalUrl)).session;
}

function notAdministrator(): Failure {
  return new Failure(403, 'Only administrators may do this');
}

/** What is private to the caller, or shared by all callers of the app. */
function ownerOf(caller: ScriptHost['caller'], scope: Json | undefined): string {
  if (scope === 'app') return 'app';
  if (scope !== 'user') throw new Failure(400, 'The scope of a cache is app or user');
  return `user ${caller.user?.id ?? ''}`;
}

function moduleOf(host: ScriptHost, name: Json | undefined): string {
  const text = textOf(name);
  host.checkModule(text);
  return text;
}

function jsonOrNull(value: Json | undefined): string | null {
  return value == null ? null : JSON.stringify(value);
}

function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Failure(400, 'A text was expected');
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? [...value] : [];
}

function pathOf(value: Json | undefined): string[] {
  return listOf(value).map(textOf);
}

function queryOf(value: Json | undefined): Record<string, string | string[]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      Array.isArray(item) ? item.map(textOf) : textOf(item),
    ]),
  );
}
