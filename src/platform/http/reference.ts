// The API reference: one OpenAPI document from the schemas of the routes, and a page that shows it.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { Door } from './door.ts';

/**
 * Prepares `/openapi.json` and `/docs`. Must be called before the routes are declared: it collects them as they come.
 * The page loads nothing from elsewhere.
 */
export async function reference(
  app: FastifyInstance,
  { version, doors }: { version: string; doors: readonly Pick<Door, 'name' | 'description'>[] },
): Promise<void> {
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
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
