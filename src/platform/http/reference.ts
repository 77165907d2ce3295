// The API reference: one OpenAPI document from the schemas of the routes, and a page that shows it.
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Door } from './door.ts';

export interface ReferenceOptions {
  version: string;
  doors: readonly Pick<Door, 'name' | 'description'>[];
}

/**
 * Prepares `/openapi.json` and `/docs`. Must be called before the routes are declared: it collects them as they come.
 * What describes and shows them is only loaded for the first who asks, because it is large and rarely needed.
 */
export function reference(app: FastifyInstance, options: ReferenceOptions): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));

  let loading: Promise<FastifyInstance> | undefined;
  const described = async () => {
    loading ??= describe(routes, options);
    try {
      return await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
  app.addHook('onClose', async () => void (await loading?.catch(() => undefined))?.close());

  const schema = { hide: true };
  app.get('/openapi.json', { schema }, async () => (await described()).swagger());
  const show = async (request: FastifyRequest, reply: FastifyReply) =>
    pass(await described(), request, reply);
  app.route({ method: ['GET', 'HEAD'], url: '/docs', schema, handler: show });
  app.route({ method: ['GET', 'HEAD'], url: '/docs/*', schema, handler: show });
}

/** A server that never listens: it has the same routes, to describe them, and the page with its files. */
async function describe(
  routes: readonly RouteOptions[],
  { version, doors }: ReferenceOptions,
): Promise<FastifyInstance> {
  const [{ default: Fastify }, { default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('fastify'),
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const app = Fastify({ exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } });
  app.setValidatorCompiler(() => () => true);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Skep',
        version,
        description: 'Four HTTP APIs on one server. Each tag is one of them, in its own words.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: doors.map(({ name, description }) => ({ name, description })),
      components: {
        securitySchemes: {
          baasboxSession: { type: 'apiKey', in: 'header', name: 'X-BB-SESSION' },
          baasboxAppCode: { type: 'apiKey', in: 'header', name: 'X-BAASBOX-APPCODE' },
          basic: { type: 'http', scheme: 'basic' },
          bearer: { type: 'http', scheme: 'bearer' },
          beeboxToken: { type: 'apiKey', in: 'query', name: 'token' },
        },
      },
    },
    transform: ({ schema, url, route }) => ({
      schema: { ...schema, ...(schema?.tags ? {} : { tags: [route.config?.door ?? 'skep'] }) },
      url,
    }),
  });
  await app.register(async (scope) => {
    // Nothing is ever sent from these.
    scope.setSerializerCompiler(() => String);
    for (const { method, url, schema, config } of routes) {
      if (schema?.hide) continue;
      scope.route({
        method,
        url,
        ...(schema ? { schema } : {}),
        ...(config ? { config } : {}),
        handler: () => undefined,
      });
    }
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { docExpansion: 'none', validatorUrl: null, filter: true },
    theme: {
      title: 'Skep API reference',
      // The bar on top is for loading other documents.
      css: [{ filename: 'skep.css', content: '.topbar { display: none }' }],
    },
  });
  await app.ready();
  return app;
}

/** Headers of one connection, which are not the answer's. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding']);

/** Has the other server answer. What it does not know, nobody knows. */
async function pass(
  from: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | void> {
  const { 'accept-encoding': _ours, ...headers } = request.headers;
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
  const answer = await from.inject({ method, url: request.url, headers });
  if (answer.statusCode === 404) return reply.callNotFound();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !OF_THE_CONNECTION.has(name)) reply.header(name, value);
  }
  return reply.code(answer.statusCode).send(method === 'HEAD' ? null : answer.rawPayload);
}
