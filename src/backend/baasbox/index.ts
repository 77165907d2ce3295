// The BaasBox door: REST with envelopes, app codes and session tokens. This file is its table of contents.
import path from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../platform/errors.ts';
import { EventStreams } from '../../platform/http/event-stream.ts';
import { pathOf, type Door } from '../../platform/http/door.ts';
import type { Platform } from '../../platform/platform.ts';
import type { BackendContext } from '../context.ts';
import { serveBackend } from '../open.ts';
import { serverSettings } from '../operation/server-settings.ts';
import { scheduleUpkeep } from '../upkeep.ts';
import type { AccessRules } from './access.ts';
import { accountRoutes } from './account.ts';
import { adminUserRoutes } from './admin-users.ts';
import { batchRoutes } from './batch.ts';
import { mediaType, NO_BODY, type RawBody } from './body.ts';
import { assetRoutes } from './assets.ts';
import { changeRoutes } from './changes.ts';
import { collectionRoutes } from './collections.ts';
import { databaseRoutes } from './database.ts';
import { backendOptions, type BaasboxConfig } from './config.ts';
import { documentRoutes } from './documents.ts';
import { CORS_HEADERS, rawFailure, sendFailure } from './envelope.ts';
import { endpointRoutes } from './endpoints.ts';
import { failureOf } from './errors.ts';
import { friendRoutes } from './friends.ts';
import { fileRoutes } from './files.ts';
import { grantRoutes } from './grants.ts';
import { indexRoutes } from './indexes.ts';
import { linkRoutes } from './links.ts';
import { ownAccountRoutes } from './own-account.ts';
import { partRoutes } from './parts.ts';
import { pushRoutes } from './push.ts';
import { resetRoutes } from './password-reset.ts';
import { pluginAdminRoutes } from './plugins/admin.ts';
import { invocationRoutes, inWordsOf } from './plugins/invoke.ts';
import { logRoutes, RequestLog } from './plugins/logs.ts';
import { openPlugins } from './plugins/services.ts';
import { existsRoutes, peopleRoutes } from './people.ts';
import { roleRoutes } from './roles.ts';
import { RequestMetrics } from './request-metrics.ts';
import { rootRoutes } from './root.ts';
import { Root } from './root-access.ts';
import { NOT_FOUND_TEXT } from './route.ts';
import { sessionRoutes } from './sessions.ts';
import { settingRoutes } from './settings.ts';
import { socialRoutes } from './social.ts';
import { statisticsRoutes } from './statistics.ts';
import { sendPage, WELCOME } from './web.ts';
import { webhookRoutes } from './webhooks.ts';

/** Every route, by group. */
const GROUPS = {
  account: accountRoutes,
  ownAccount: ownAccountRoutes,
  people: peopleRoutes,
  friends: friendRoutes,
  adminUsers: adminUserRoutes,
  roles: roleRoutes,
  sessions: sessionRoutes,
  reset: resetRoutes,
  social: socialRoutes,
  push: pushRoutes,
  documents: documentRoutes,
  batch: batchRoutes,
  indexes: indexRoutes,
  links: linkRoutes,
  files: fileRoutes,
  assets: assetRoutes,
  parts: partRoutes,
  grants: grantRoutes,
  collections: collectionRoutes,
  settings: settingRoutes,
  endpoints: endpointRoutes,
  database: databaseRoutes,
  changes: changeRoutes,
  webhooks: webhookRoutes,
};

/** Makes the door. It owns every path that no other door does, so it is mounted last. */
export function createBaasboxDoor(
  platform: Platform,
  config: BaasboxConfig,
  { publicUrl }: { publicUrl?: string | undefined } = {},
): Door {
  const { clock, random } = platform;
  const context = serveBackend(platform, {
    ...backendOptions(config, publicUrl),
    sessionEpoch: config.endSessionsAtStart ? random.uuid() : undefined,
  });

  return {
    name: 'baasbox',
    description: 'App backend: users, collections and documents with permissions.',
    owns: () => true,
    async routes(app) {
      const plugins = openPlugins(context, config, Object.values(GROUPS).flat());
      const requests = new RequestLog(context, plugins.journal);
      const rules: AccessRules = {
        context,
        basicFailureStatus: config.basicAuthFailureStatus,
        root: new Root(config.root, clock),
        streams: new EventStreams(app),
        onIdentified: (request, actor) => requests.identified(request, actor),
      };
      app.addHook('onResponse', async (request, reply) => requests.answered(request, reply));
      app.addHook('onClose', () => plugins.close());
      app.removeAllContentTypeParsers();
      // Many calls ignore what is sent with them: bodies are read by the endpoints that want them.
      app.addContentTypeParser(
        '*',
        { parseAs: 'buffer', bodyLimit: config.bodyLimitBytes },
        (request, bytes, done) => {
          const body: RawBody = {
            type: mediaType(request.headers['content-type']),
            bytes: bytes as Buffer,
          };
          done(null, body);
        },
      );
      // Forms with files are read as they arrive, see multipart.ts.
      app.addContentTypeParser(/^multipart\//i, (request, _payload, done) => {
        done(null, { ...NO_BODY, type: mediaType(request.headers['content-type']) });
      });
      const metrics = new RequestMetrics(clock);
      app.addHook('onResponse', async (request, reply) => measure(metrics, request, reply));
      const groups = {
        ...GROUPS,
        statistics: statisticsRoutes(config.statistics),
        root: rootRoutes(metrics, config.web.enable),
        exists: existsRoutes(config.tellUsers),
        plugins: pluginAdminRoutes(plugins),
        invocations: invocationRoutes(plugins, config.bodyLimitBytes),
        logs: logRoutes(plugins.journal),
      };
      for (const routes of Object.values(groups)) for (const route of routes) route(app, rules);
      await scheduleUpkeep(context);
    },
    onError: (error, request, reply) => {
      const retryAt = error instanceof DomainError ? error.details['retryAt'] : undefined;
      if (typeof retryAt === 'number') {
        reply.header('retry-after', Math.max(1, Math.ceil((retryAt - clock.now()) / 1000)));
      }
      return sendFailure(request, reply, inWordsOf(request, failureOf(error)));
    },
    async onNotFound(request, reply) {
      if (request.method === 'OPTIONS') return preflight(request, reply);
      const page = request.method === 'GET' && (await answerPage(context, config, request, reply));
      return page || sendFailure(request, reply, { statusCode: 404, message: NOT_FOUND_TEXT });
    },
    rawError: rawFailure,
  };
}

/** A page, if there is one at this path. */
async function answerPage(
  context: BackendContext,
  { web }: BaasboxConfig,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if ((await serverSettings(context)).web ?? web.enable) {
    const folder = web.folder ?? path.join(context.folder, 'web');
    const page = await sendPage(folder, request, reply);
    if (page) return page;
  }
  if (pathOf(request.originalUrl) !== '/') return undefined;
  return reply.code(200).header('content-type', 'text/html; charset=utf-8').send(WELCOME);
}

/** Root's own calls are not counted. */
function measure(metrics: RequestMetrics, request: FastifyRequest, reply: FastifyReply): void {
  const pattern = request.routeOptions.url ?? '';
  if (!metrics.running || pattern.startsWith('/root')) return;
  const length = Number(reply.getHeader('content-length'));
  metrics.answered({
    method: request.method,
    path: pattern,
    status: reply.statusCode,
    ms: reply.elapsedTime,
    bytes: Number.isNaN(length) ? undefined : length,
  });
}

const METHODS = 'OPTIONS, GET, POST, PUT, DELETE';

/** Browsers ask before they send our headers: on any path the answer is yes (BaasBox spec 3.7). */
function preflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = request.headers['access-control-request-headers'];
  return reply
    .code(200)
    .headers({
      ...CORS_HEADERS,
      Allow: METHODS,
      'Access-Control-Allow-Methods': METHODS,
      ...(asked ? { 'Access-Control-Allow-Headers': asked } : {}),
    })
    .send();
}
