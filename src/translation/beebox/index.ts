// The Beebox door: what connectors of content systems speak to a translation hub.
import type { FastifyInstance } from 'fastify';
import type { Door } from '../../platform/http/door.ts';
import type { Platform } from '../../platform/platform.ts';
import { openTranslation } from '../translation.ts';
import { readNoBody } from './body.ts';
import type { BeeboxConfig } from './config.ts';
import { connecting } from './connect.ts';
import { details } from './details.ts';
import { answerFailure, answerNoMethod, unreadable } from './failures.ts';
import { files } from './files.ts';
import type { BeeboxContext } from './route.ts';
import { ownsPath, rewriteBeeboxUrl } from './url.ts';
import { whois } from './whois.ts';

/** The protocol, resource by resource. */
const routes = [
  ...whois, // GET /whois
  ...connecting, // GET, POST /api/connect; GET, PUT, POST, DELETE /api/disconnect
  ...details, // GET /api/details
  ...files, // PUT, GET, DELETE /api/files/file; DELETE /api/files/directory
];

/** Builds the door on the platform. `version` is what /whois says. */
export function createBeeboxDoor(
  platform: Platform,
  config: BeeboxConfig,
  { version }: { version: string },
): Door {
  const context: BeeboxContext = {
    translation: openTranslation(platform, {
      sessionIdleMs: config.sessionTimeoutMinutes * 60_000,
      simulateBusy: config.simulateBusy,
    }),
    config,
    version,
  };
  return {
    name: 'beebox',
    description: 'Translation of files for content systems. Beebox API.',
    owns: ownsPath,
    rewriteUrl: rewriteBeeboxUrl,
    routes(app: FastifyInstance) {
      readNoBody(app);
      // The schemas of the routes describe; the handlers read, and write finished text.
      app.setValidatorCompiler(() => () => true);
      app.setSerializerCompiler(() => (text) => String(text));
      for (const route of routes) route(app, context);
    },
    onError: (error, request, reply) => answerFailure(error, request, reply, platform.log),
    onNotFound: (request, reply) => answerNoMethod(request, reply),
    rawError: unreadable,
  };
}
