// How a route of this door is declared: method, path, who may, handler.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EventStreams } from '../../platform/http/event-stream.ts';
import type { Actor, BackendContext } from '../context.ts';
import { GROUP_PREFIX, isEnabled, type EndpointGroup } from '../endpoint-groups.ts';
import {
  identify,
  needsUser,
  presented,
  requireAdministrator,
  tenantByAppcode,
  type AccessRules,
  type Level,
  type Presented,
} from './access.ts';
import { NO_BODY, type RawBody } from './body.ts';
import { prepareAnswer, type Answer, type RawAnswer } from './envelope.ts';
import { Failure } from './failure.ts';
import { QueryString } from './query-string.ts';

/** What a path without a route answers. */
export const NOT_FOUND_TEXT = 'API not found';

/** One call, as its handler sees it. */
export interface Call {
  context: BackendContext;
  request: FastifyRequest;
  /** Path parameters, decoded. */
  params: Readonly<Record<string, string>>;
  query: QueryString;
  body: RawBody;
}

/** A call by someone: anonymous on the level `anon`, a user on the others. */
export interface ActorCall extends Call {
  actor: Actor;
}

/** A call that names its app alone. */
export interface AppCall extends Call {
  tenant: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Puts a route into the server. */
export interface Route {
  (app: FastifyInstance, rules: AccessRules): void;
  readonly method: Method;
  /** As the server matches it: `/document/:collection/:id`. */
  readonly path: string;
  /**
   * Runs the endpoint for a caller who is known already, as scripts on the server do. Throws like a request, save for
   * what concerns credentials and endpoint groups.
   */
  perform(call: Call, actor: Actor): Promise<Answer | RawAnswer>;
}

/** Levels on which somebody in particular calls, if only `anonymous`. */
type ActorLevel = Exclude<Level, 'none' | 'appcode'>;

export interface Access {
  /** A path may stand for several levels: then a function looks at the call. */
  level: ActorLevel | ((call: Call) => ActorLevel);
  /** The endpoint group that administrators can switch off. */
  group?: EndpointGroup;
  /** Finds credentials in other places than most calls have them. */
  presents?: ((call: Call, found: Presented) => Promise<Presented>) | undefined;
}

/** A route for callers who are known to the level. */
export function route(
  method: Method,
  path: string,
  access: ActorLevel | Access,
  handler: (call: ActorCall) => Promise<Answer | RawAnswer>,
): Route {
  const { level, group, presents }: Access =
    typeof access === 'string' ? { level: access } : access;
  const levelOf = (call: Call) => (typeof level === 'function' ? level(call) : level);
  const run = async (call: Call, rules: AccessRules) => {
    const actor = await admit(call, rules, levelOf(call), { group, presents });
    return entered(call.context, actor.tenant, () => handler({ ...call, actor }));
  };
  const perform = async (call: Call, actor: Actor) => {
    const needed = levelOf(call);
    // A script has callers of its app, never the operator.
    if (needed === 'root') throw needsUser();
    if (needed !== 'anon' && !actor.user && !actor.administrator) throw needsUser();
    if (needed === 'admin') requireAdministrator(actor);
    return handler({ ...call, actor });
  };
  return declare(method, path, run, perform);
}

/** A call whose answer goes on for as long as the caller listens. */
export interface StreamCall extends ActorCall {
  streams: EventStreams;
  /** Looks again who calls, and whether he still may. Throws `Failure` as at the beginning. */
  renew(): Promise<Actor>;
}

/** A route that answers with an event stream. */
export function streamRoute(
  path: string,
  { level, group }: { level: ActorLevel; group?: EndpointGroup },
  handler: (call: StreamCall) => Promise<RawAnswer>,
): Route {
  const run = async (call: Call, rules: AccessRules) => {
    const renew = () => admit(call, rules, level, { group });
    return handler({ ...call, actor: await renew(), streams: rules.streams, renew });
  };
  return declare('GET', path, run, () => {
    throw new Failure(400, 'Scripts cannot listen to streams');
  });
}

/** Who calls, if he may. A wrong password comes before a switched-off group, and that before a missing role (spec 1.2). */
async function admit(
  call: Call,
  rules: AccessRules,
  level: ActorLevel,
  { group, presents }: Pick<Access, 'presents'> & { group?: EndpointGroup | undefined },
): Promise<Actor> {
  const { request, query } = call;
  const found = presented(request, query);
  const shown = presents ? await presents(call, found) : found;
  const actor = await identify(rules, level, shown, request.ip);
  call.context.gate.check(actor.tenant);
  rules.onIdentified?.(request, actor);
  if (group && !actor.administrator) await requireGroup(call.context, actor.tenant, group);
  if (level === 'admin') requireAdministrator(actor);
  return actor;
}

/** A route that needs an app code only; `missing` is the status without one. */
export function appRoute(
  method: Method,
  path: string,
  { group, missing }: { group?: EndpointGroup; missing?: 400 | 401 },
  handler: (call: AppCall) => Promise<Answer | RawAnswer>,
): Route {
  const run = async (call: Call, rules: AccessRules) => {
    const { request, query } = call;
    const appcode = presented(request, query).appcode ?? (query.first('appcode') || undefined);
    const tenant = await tenantByAppcode(rules, appcode, missing);
    if (group) await requireGroup(call.context, tenant, group);
    return entered(call.context, tenant, () => handler({ ...call, tenant }));
  };
  return declare(method, path, run, (call, { tenant }) => handler({ ...call, tenant }));
}

/** A route that anyone may call. */
export function openRoute(
  method: Method,
  path: string,
  handler: (call: Call) => Promise<Answer | RawAnswer>,
): Route {
  return declare(method, path, handler, handler);
}

/** Runs an endpoint as one of the app's calls: those end before the app's data are replaced as a whole. */
async function entered<T>(
  { gate }: BackendContext,
  tenant: string,
  run: () => Promise<T>,
): Promise<T> {
  gate.enter(tenant);
  try {
    return await run();
  } finally {
    gate.leave(tenant);
  }
}

async function requireGroup(
  context: BackendContext,
  tenant: string,
  group: EndpointGroup,
): Promise<void> {
  if (await isEnabled(context, tenant, group)) return;
  throw new Failure(403, `The endpoint group ${GROUP_PREFIX}${group} is disabled`);
}

function declare(
  method: Method,
  path: string,
  run: (call: Call, rules: AccessRules) => Promise<Answer | RawAnswer>,
  perform: Route['perform'],
): Route {
  const declareOn = (app: FastifyInstance, rules: AccessRules) => {
    app.route({
      method,
      url: path,
      handler: async (request, reply) => {
        const query = new QueryString(request.originalUrl);
        const call: Call = {
          context: rules.context,
          request,
          params: request.params as Record<string, string>,
          query,
          body: (request.body as RawBody | undefined) ?? NO_BODY,
        };
        return prepareAnswer(reply, await run(call, rules), query.first('call_id'));
      },
    });
  };
  return Object.assign(declareOn, { method, path, perform });
}
