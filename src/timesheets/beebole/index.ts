// The Beebole door: two generations of one RPC protocol, POST only, at two paths.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Door } from '../../platform/http/door.ts';
import type { Platform } from '../../platform/platform.ts';
import type { BeeboleConfig } from './config.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import type { Generation } from './dispatch.ts';
import { Endpoint, failureText, Refusal } from './endpoint.ts';
import { referenceOf } from './reference.ts';
import { v1 } from './v1/index.ts';
import { v2 } from './v2/index.ts';

const PATHS: readonly (readonly [path: string, generation: Generation])[] = [
  ['/api', v1],
  ['/api/v2', v2],
];

const CONTENT_TYPE = 'application/json; charset=utf-8';

/** Builds the door on the platform. */
export function createBeeboleDoor(platform: Platform, config: BeeboleConfig): Door {
  return {
    name: 'beebole',
    description: 'Timesheets: companies, projects, people and their time. Beebole API v1 and v2.',

    owns: (path) => PATHS.some(([own]) => path === own || path === `${own}/`),

    routes(app) {
      readAnyBody(app, config.bodyLimitBytes);
      app.addHook('onRequest', async (request, reply) => {
        reply.headers(corsHeaders(config.corsOrigins, request.headers.origin));
      });
      for (const [url, generation] of PATHS) {
        const endpoint = new Endpoint(platform, config, generation);
        app.post(url, {
          schema: referenceOf(generation),
          handler: async (request, reply) => {
            const text = await endpoint.answer(request, reply);
            return reply.type(CONTENT_TYPE).send(text);
          },
        });
        app.options(url, { schema: { hide: true } }, (request, reply) =>
          reply.code(204).headers(preflightHeaders(config.corsOrigins, request.headers)).send(),
        );
        app.route({
          method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
          url,
          schema: { hide: true },
          handler: onlyPost,
        });
      }
    },

    onError(error, _request, reply) {
      if (error instanceof Refusal) {
        return refuse(reply.headers(error.headers), error.statusCode, error.message, error.code);
      }
      const status = statusOf(error);
      if (status === 413) return refuse(reply, 413, 'Request body too large', 'too_large');
      if (status < 500) return refuse(reply, 400, BAD_BODY, 'invalid_json');
      return refuse(reply, status, 'Internal error', 'internal');
    },

    onNotFound: onlyPost,

    rawError: () => ({
      contentType: CONTENT_TYPE,
      body: failureText('Bad request', 'bad_request'),
    }),
  };
}

const BAD_BODY = 'Request body is not a valid JSON object';

/** Clients send JSON under any content type, or none: the bytes are all that counts. */
function readAnyBody(app: FastifyInstance, bodyLimit: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook('onRequest', async (request) => {
    // An unreadable media type would be refused before the body is looked at.
    request.headers['content-type'] = 'application/octet-stream';
  });
  // The schemas of the routes describe; the services read.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (text) => String(text));
}

function onlyPost(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return refuse(reply.header('allow', 'POST'), 405, 'Only POST is supported', 'method_not_allowed');
}

function refuse(reply: FastifyReply, status: number, message: string, code: string): FastifyReply {
  return reply.code(status).type(CONTENT_TYPE).send(failureText(message, code));
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  if ('kind' in error && error.kind === 'unavailable') return 503;
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 ? status : 500;
}
