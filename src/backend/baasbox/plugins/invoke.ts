// Calls of plugins by clients (BaasBox spec 5.17).
import type { FastifyRequest } from 'fastify';
import { Unavailable } from '../../../platform/errors.ts';
import { findPlugin } from '../../plugins/plugins.ts';
import { APPCODE, type Presented } from '../access.ts';
import type { Answer, RawAnswer } from '../envelope.ts';
import { Failure } from '../failure.ts';
import { route, type ActorCall, type Call, type Route } from '../route.ts';
import { bodyOf, scriptRequest } from './request.ts';
import { answerRequest } from './run.ts';
import type { PluginServices } from './services.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

export function invocationRoutes(services: PluginServices, bodyLimit: number): Route[] {
  const access = { level: 'anon', group: 'scripts.invoke', presents: appcodeInPath } as const;
  return METHODS.flatMap((method) =>
    ['/plugin/:name', '/plugin/:name/*'].map((path) =>
      route(method, path, access, (call) => invoke(services, call, bodyLimit)),
    ),
  );
}

/** Third parties that call back cannot send headers: the last segment of a path may be the app code. */
async function appcodeInPath({ context, params }: Call, found: Presented): Promise<Presented> {
  if (found.appcode !== undefined || found.session !== undefined) return found;
  const appcode = lastSegment(params);
  const tenant = appcode && (await context.tenants.handles.find(APPCODE, appcode));
  return tenant ? { ...found, appcode } : found;
}

function lastSegment(params: Call['params']): string | undefined {
  return params['*']?.split('/').at(-1);
}

async function invoke(
  services: PluginServices,
  call: ActorCall,
  bodyLimit: number,
): Promise<Answer | RawAnswer> {
  const { context, actor, params, request } = call;
  const plugin = await findPlugin(context.db, actor.tenant, params['name'] ?? '');
  if (!plugin) throw new Failure(404, 'Script does not exist');
  if (!plugin.active || !plugin.ready) {
    throw new Unavailable('plugin_inactive', 'Script is not active');
  }
  const body = await bodyOf(request, call.body, bodyLimit);
  const options = { now: context.clock.now(), appcode: await appcodeOf(call), body };
  return answerRequest(services, { actor, request, script: plugin }, scriptRequest(call, options));
}

/** A body that is too long is 400 where plugins are called, and 413 elsewhere (spec 5.17). */
export function inWordsOf(request: FastifyRequest, failure: Failure): Failure {
  const called = request.routeOptions.url?.startsWith('/plugin/');
  return called && failure.statusCode === 413
    ? new Failure(400, 'Too much data! The body is larger than this server allows')
    : failure;
}

/** The code by which the app is known. */
async function appcodeOf({ context, actor }: ActorCall): Promise<string> {
  const handles = await context.tenants.handles.list(actor.tenant);
  return handles.find(({ kind }) => kind === APPCODE)?.value ?? '';
}
