// The Beefree door: template JSON and HTML in, HTML, PDF and pictures out. This file is its table of contents.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BrowserPool } from '../../platform/browser/pool.ts';
import { pathOf, type Door } from '../../platform/http/door.ts';
import type { Platform } from '../../platform/platform.ts';
import { CaptureCache } from '../capture/cache.ts';
import { ImportJobs } from '../import-jobs/import-jobs.ts';
import { PdfFiles } from '../pdf-files.ts';
import type { AiConfig } from '../ai/config.ts';
import { admission } from './access.ts';
import { aiRoutes } from './ai.ts';
import { readJsonBodies } from './body.ts';
import { brandRoutes } from './brand.ts';
import { checkRoutes } from './check.ts';
import type { BeefreeConfig } from './config.ts';
import { Refusal, sendError } from './errors.ts';
import { batchRoutes } from './batch.ts';
import { htmlRoutes } from './html.ts';
import { imageRoutes } from './image.ts';
import { importJobRoutes, jobBody } from './import-jobs.ts';
import { mergeRoutes } from './merge.ts';
import { pdfRoutes } from './pdf.ts';
import { plainTextRoutes } from './plain-text.ts';
import { savedRowRoutes } from './saved-rows.ts';
import { conversionRoutes } from './conversion.ts';
import { emailPageRoutes } from './email-page.ts';
import { simpleRoutes } from './simple.ts';
import type { ContentContext } from './route.ts';

const routes = [
  ...batchRoutes, // POST /v1/{message|page|popup|amp}/html/batch
  ...htmlRoutes, // POST /v1/{message|page|popup|amp}/html
  ...plainTextRoutes, // POST /v1/{message|page}/plain-text
  ...pdfRoutes, // POST /v1/{message|page}/pdf, GET /v1/files/{name}
  ...imageRoutes, // POST /v1/{message|page}/image and /thumbnail
  ...mergeRoutes, // POST /v1/{message|page}/merge, POST /v1/{message|page}/merge/index
  ...savedRowRoutes, // POST /v1/{message|page}/merge-rows, POST /v1/{message|page}/synced-rows
  ...brandRoutes, // POST /v1/template/brand, POST /v1/row/brand
  ...checkRoutes, // POST /v1/{message|page|row}/check
  ...conversionRoutes, // POST /v1/conversion/html-to-json
  ...importJobRoutes, // POST /v1/conversion/html-to-json/job, GET and DELETE …/job/{hash}
  ...simpleRoutes, // POST /v1/conversion/simple-to-full-json and /full-to-simple-json
  ...emailPageRoutes, // POST /v1/conversion/email-to-page and /page-to-email
  ...aiRoutes, // POST /v1/ai/{metadata|sms|summary}
];

const HOUR_MS = 3_600_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no API key. */
    public?: boolean;
  }
}

export interface BeefreeDoorOptions {
  browser: BrowserPool;
  /** How long one PDF or picture may take, in milliseconds. */
  renderTimeoutMs: number;
  /** Which PDFs and pictures are remembered. */
  cache: { maxBytes: number; keepMs?: number };
  publicUrl: string | undefined;
  /** Whether checks may ask public addresses for the size of pictures. */
  network: 'none' | 'public';
  ai: AiConfig;
}

/** Builds the door on the platform, and schedules the removal of old PDFs. */
export async function createBeefreeDoor(
  platform: Platform,
  config: BeefreeConfig,
  { browser, renderTimeoutMs, cache, publicUrl, network, ai }: BeefreeDoorOptions,
): Promise<Door> {
  const { db, blobs, clock, random, jobs } = platform;
  const keepMs = config.pdfHours * HOUR_MS;
  const pdfFiles = new PdfFiles({ db, blobs, clock, random, keepMs });
  await pdfFiles.schedule(jobs);
  const importJobs = new ImportJobs({
    db,
    clock,
    jobs,
    newId: () => random.uuid(),
    keepMs: config.importHours * HOUR_MS,
    notices: { network: { trusted: config.trustedHosts }, body: jobBody },
  });
  await importJobs.schedule();
  const context: ContentContext = {
    config,
    ai,
    report: (error) => platform.log.error({ err: error }, 'an item of a batch failed'),
    browser,
    capture: { maxHtmlLength: config.bodyLimitBytes, deadlineMs: renderTimeoutMs },
    cache: new CaptureCache({ ...cache, now: () => clock.now() }),
    pdfFiles,
    importJobs,
    publicUrl: publicUrl?.replace(/\/+$/, ''),
    newId: () => random.uuid(),
    now: () => clock.now(),
    network,
  };
  const admit = admission(platform, config);
  /** Path and methods of every route, to tell a wrong method from a wrong path. */
  const methods = new Map<string, Set<string>>();

  return {
    name: 'beefree',
    description: 'Templates to HTML, PDF and pictures. Beefree Content Services API.',
    owns: (path) => path === '/v1' || path.startsWith('/v1/'),
    rewriteUrl: (url) => url.replace(VERSION_SPELLINGS, '/v1'),
    routes(app) {
      app.addHook('onRoute', ({ url, method }) => {
        const known = methods.get(url) ?? new Set();
        for (const one of [method].flat()) known.add(one);
        methods.set(url, known);
      });
      app.addHook('onRequest', async (request, reply) => {
        reply.headers(CORS);
        if (!request.routeOptions.config.public) await admit(request, reply);
      });
      readJsonBodies(app, config);
      // The schemas of the routes describe; the handlers read, and write finished text.
      app.setValidatorCompiler(() => () => true);
      app.setSerializerCompiler(() => (text) => String(text));
      for (const route of routes) route(app, context);
    },
    onError: (error, _request, reply) => sendError(reply, error),
    onNotFound: async (request, reply) => {
      reply.headers(CORS);
      const path = pathOf(request.url).replace(/\/$/, '');
      const allowed = [...(methods.get(named(path)) ?? [])];
      if (request.method === 'OPTIONS') return preflight(request, reply, allowed);
      const refusal = await refused(admit(request, reply));
      if (refusal && refusal.statusCode !== 401) return sendError(reply, refusal);
      if (allowed.length === 0) return sendError(reply, noResource());
      return sendError(reply.header('allow', allowed.join(', ')), wrongMethod(request.method));
    },
  };
}

/** The version is written in upper and lower case, and the first one was called beta. */
const VERSION_SPELLINGS = /^\/(?:v1|beta)(?=[/?#]|$)/i;

/** The route of a path that ends in a name. */
function named(path: string): string {
  return path
    .replace(/^(\/v1\/files\/)[^/]+$/, '$1:name')
    .replace(/^(\/v1\/conversion\/html-to-json\/job\/)[^/]+$/, '$1:hash');
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'X-Rate-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset, Retry-After, X-Html-Size, X-Render-Warnings',
};

/** A call for nothing counts too, and tells what is left; without a key it just learns that there is nothing. */
async function refused(admitted: Promise<void>): Promise<Refusal | undefined> {
  try {
    await admitted;
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function preflight(
  request: FastifyRequest,
  reply: FastifyReply,
  allowed: readonly string[],
): FastifyReply {
  return reply
    .code(204)
    .headers({
      'access-control-allow-methods': [
        ...(allowed.length > 0 ? allowed : ['POST']),
        'OPTIONS',
      ].join(', '),
      'access-control-allow-headers':
        request.headers['access-control-request-headers'] ?? 'Authorization, Content-Type',
      'access-control-max-age': '86400',
    })
    .send();
}

const noResource = () =>
  new Refusal(404, { code: 4040, message: 'Not Found', details: 'There is no such resource' });

const wrongMethod = (method: string) =>
  new Refusal(405, {
    code: 4050,
    message: 'Method Not Allowed',
    details: `This resource does not support ${method}`,
  });
