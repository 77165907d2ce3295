// How a route of this door is declared: method, path, who may, handler.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor, BackendContext } from '../context.ts';
import { admit, presented, tenantByAppcode, type AccessRules, type Level } from './access.ts';
import { NO_BODY, type RawBody } from './body.ts';
import { sendAnswer, type Answer } from './envelope.ts';
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
export type Route = (app: FastifyInstance, rules: AccessRules) => void;

/** A route for callers who are known to the level. A path may stand for several levels: then `level` looks at the call. */
export function route(
  method: Method,
  path: string,
  level: Exclude<Level, 'none' | 'appcode'> | ((call: Call) => Exclude<Level, 'none' | 'appcode'>),
  handler: (call: ActorCall) => Promise<Answer>,
): Route {
  return declare(method, path, async (call, rules) => {
    const { request, query } = call;
    const needed = typeof level === 'function' ? level(call) : level;
    const actor = await admit(rules, needed, presented(request, query), request.ip);
    return handler({ ...call, actor });
  });
}

/** A route that needs an app code only. */
export function appRoute(
  method: Method,
  path: string,
  handler: (call: AppCall) => Promise<Answer>,
): Route {
  return declare(method, path, async (call, rules) => {
    const { request, query } = call;
    const appcode = presented(request, query).appcode ?? (query.first('appcode') || undefined);
    const tenant = await tenantByAppcode(rules, appcode);
    return handler({ ...call, tenant });
  });
}

/** A route that anyone may call. */
export function openRoute(
  method: Method,
  path: string,
  handler: (call: Call) => Promise<Answer>,
): Route {
  return declare(method, path, handler);
}

function declare(
  method: Method,
  path: string,
  run: (call: Call, rules: AccessRules) => Promise<Answer>,
): Route {
  return (app, rules) => {
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
        return sendAnswer(reply, await run(call, rules), query.first('call_id'));
      },
    });
  };
}
