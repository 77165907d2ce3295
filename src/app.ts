// The server as a whole: opens the ground, mounts the four doors. The one place that knows everything.
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { createDoors } from './doors.ts';
import { holdDataFolder } from './platform/data-folder.ts';
import { safeUrl } from './platform/log.ts';
import type { Door } from './platform/http/door.ts';
import { operations } from './platform/http/operations.ts';
import { reference } from './platform/http/reference.ts';
import { createServer, drain, type Served } from './platform/http/server.ts';
import { countJobs } from './platform/jobs/overview.ts';
import { Metrics } from './platform/metrics.ts';
import type { Platform } from './platform/platform.ts';
import { openSkep, type OpenOptions } from './open.ts';
import { VERSION } from './version.ts';

export interface App {
  readonly platform: Platform;
  readonly http: FastifyInstance;
  /** Starts listening and gives the address: `http://127.0.0.1:9000`. */
  listen(): Promise<string>;
  /** Answers what is running, then stops everything. */
  close(): Promise<void>;
}

/** Requests that take longer get a line in the log, in milliseconds. */
const SLOW_MS = 1000;

/** Opens everything that the configuration names. Throws `Conflict` when another server has the data folder. */
export async function createApp(options: OpenOptions): Promise<App> {
  const { config } = options;
  // With PostgreSQL several servers may share everything; an embedded database has one server.
  const held = config.databaseUrl ? undefined : await holdDataFolder(config.dataDir);
  try {
    const platform = await openSkep(options);
    return await serve(platform, config, () => held?.release());
  } catch (error) {
    held?.release();
    throw error;
  }
}

async function serve(platform: Platform, config: Config, release: () => void): Promise<App> {
  const { log } = platform;
  const metrics = new Metrics();
  watch(metrics, platform);
  const mounted = await createDoors(platform, config, metrics);
  const { doors } = mounted;
  const http = await createServer({
    http: { ...config.http, bodyLimit: 1024 * 1024, trustProxy: trusted(config) },
    doors,
    before: (app) => prepare(app, platform, config, metrics, doors),
    onArrived: (connection, open) => platform.db.requestArrived(connection, open),
    onServed: (served) => {
      metrics.observe(served);
      logServed(platform, config, served);
    },
    onUnexpected: (error, requestId) => log.error({ err: error, requestId }, 'request failed'),
  });

  return {
    platform,
    http,
    async listen() {
      platform.jobs.start();
      return http.listen({ host: config.host, port: config.port });
    },
    async close() {
      await drain(http, config.http.drainMs);
      await mounted.close();
      await platform.close();
      release();
    },
  };
}

async function prepare(
  app: FastifyInstance,
  platform: Platform,
  config: Config,
  metrics: Metrics,
  doors: readonly Door[],
): Promise<void> {
  reference(app, { version: VERSION, doors });
  operations(app, {
    checks: platform.checks,
    metrics: () => metrics.read(),
    metricsToken: config.metrics.token,
    onFailedCheck: (name, error) => platform.log.warn({ err: error, check: name }, 'not ready'),
  });
}

/** Values that are read when somebody asks for the metrics. */
function watch(metrics: Metrics, { db, blobs }: Platform): void {
  metrics.gauge('skep_jobs', 'Jobs by state.', () => countJobs(db), {
    label: 'state',
    everyMs: 15_000,
  });
  metrics.gauge('skep_blob_bytes', 'Bytes of stored files.', () => blobs.totalBytes(), {
    everyMs: 60_000,
  });
}

function trusted(config: Config): boolean | string[] {
  return config.trustProxy.length > 0 ? config.trustProxy : false;
}

function logServed({ log }: Platform, config: Config, served: Served): void {
  const { status, ms, requestId, door, method, url, address } = served;
  const failed = status >= 500;
  const wanted =
    config.log.requests === 'all' || (config.log.requests === 'errors' && (failed || ms > SLOW_MS));
  if (!wanted) return;
  const line = {
    requestId,
    door,
    method,
    url: safeUrl(url),
    status,
    ms: Math.round(ms * 10) / 10,
    address,
  };
  // 503 is what a part says of itself that is switched off, not configured or busy.
  if (status === 503) log.warn(line, 'request');
  else if (failed) log.error(line, 'request');
  else log.info(line, 'request');
}
