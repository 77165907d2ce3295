// A server with the BaasBox door alone, on either engine, with a clock that tests move.
import Type from 'typebox';
import { baasboxConfig, type BaasboxConfig } from '../../src/backend/baasbox/config.ts';
import { addUser, createApp } from '../../src/backend/baasbox/app.ts';
import { createBaasboxDoor } from '../../src/backend/baasbox/index.ts';
import { backendMigrations } from '../../src/backend/tables.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createServer } from '../../src/platform/http/server.ts';
import { Jobs } from '../../src/platform/jobs/jobs.ts';
import { createLogger } from '../../src/platform/log.ts';
import { platformSettings } from '../../src/platform/platform-config.ts';
import { openPlatform, type Platform } from '../../src/platform/platform.ts';
import { makePlace, type Engine } from '../support/database.ts';
import { send, type TestRequest, type TestResponse } from '../support/http.ts';

export const APP = '1234567890';
export const ADMIN = { username: 'admin', password: 'admin-secret' };

const schema = Type.Object({ ...platformSettings, baasbox: baasboxConfig });

export interface TestServer {
  base: string;
  platform: Platform;
  /** Moves the server's clock forward. */
  advance(ms: number): void;
  send(request: TestRequest): Promise<TestResponse>;
  /** Adds a user with any role and password `secret`, and logs in. */
  user(name: string, role?: string): Promise<TestUser>;
  admin: TestUser;
  /** Logs in again; the administrator's password for `admin`, `secret` for others. */
  login(name: string): Promise<TestUser>;
  /** Does the jobs that are due, and those that they ask for. */
  runJobs(): Promise<void>;
  /** Stops listening and starts a new server on the same database; gives its address. */
  restart(): Promise<string>;
  /** Errors that nobody foresaw; tests expect none. */
  unexpected: unknown[];
  close(): Promise<void>;
}

export interface TestUser {
  name: string;
  token: string;
  /** Sends with the session token. */
  send(method: string, path: string, body?: unknown): Promise<TestResponse>;
}

/** Starts a server on an empty database with the app code `APP` and the administrator `ADMIN`. */
export async function startServer(
  engine: Engine,
  config: Partial<BaasboxConfig> = {},
): Promise<TestServer> {
  const place = await makePlace(engine);
  const settings = await loadConfig(schema, { env: {} });
  let offset = 0;
  const opened = await openPlatform({
    config: {
      ...settings,
      dataDir: place.folder,
      sqlite: { synchronous: 'NORMAL' },
      ...(place.url ? { databaseUrl: place.url } : {}),
    },
    migrations: backendMigrations,
    clock: { now: () => Date.now() + offset },
    log: createLogger({ level: 'silent', format: 'json' }),
    credentials: { cost: { memory: 64, passes: 1, parallelism: 1 }, flushEveryMs: 0 },
  });
  // On PostgreSQL jobs run by the time of its server; tests move the clock.
  const newJobs = () =>
    new Jobs({ ...opened, sharedTime: () => Promise.resolve(opened.clock.now()) });
  const platform: Platform = { ...opened, jobs: newJobs() };
  const unexpected: unknown[] = [];
  const serve = (jobs = platform.jobs) =>
    createServer({
      http: { ...settings.http, bodyLimit: 1024 * 1024, trustProxy: false },
      doors: [createBaasboxDoor({ ...platform, jobs }, { ...settings.baasbox, ...config })],
      onArrived: (connection, open) => platform.db.requestArrived(connection, open),
      onServed: () => undefined,
      onUnexpected: (error) => unexpected.push(error),
    });
  let app = await serve();
  const base = await app.listen({ host: '127.0.0.1', port: 0 });

  const tenant = await platform.db.write(async (trx) => {
    const { id } = await platform.tenants.create(trx, { name: 'test' });
    return id;
  });
  const password = await platform.credentials.passwords.prepare(ADMIN.password);
  await platform.db.write((trx) =>
    createApp(trx, platform, { tenant, appcode: APP, admin: { name: ADMIN.username, password } }),
  );

  const login = async (username: string, secret: string): Promise<TestUser> => {
    const response = await send(base, {
      method: 'POST',
      path: '/login',
      body: { username, password: secret, appcode: APP },
    });
    if (response.status !== 200) throw new Error(response.text);
    const token = String(response.headers['x-bb-session']);
    return {
      name: username,
      token,
      send: (method, path, body) =>
        send(base, { method, path, body, headers: { 'X-BB-SESSION': token } }),
    };
  };

  return {
    base,
    platform,
    unexpected,
    advance: (ms) => void (offset += ms),
    send: (request) => send(base, request),
    async user(name, role) {
      const prepared = await platform.credentials.passwords.prepare('secret');
      await platform.db.write((trx) =>
        addUser(trx, platform, { tenant, name, password: prepared, ...(role ? { role } : {}) }),
      );
      return login(name, 'secret');
    },
    admin: await login(ADMIN.username, ADMIN.password),
    login: (name) => login(name, name === ADMIN.username ? ADMIN.password : 'secret'),
    async runJobs() {
      while ((await platform.jobs.tick()) > 0) await platform.jobs.idle();
    },
    async restart() {
      await app.close();
      // Each server has its own jobs, as each process would.
      app = await serve(newJobs());
      return app.listen({ host: '127.0.0.1', port: 0 });
    },
    async close() {
      await app.close();
      await platform.close();
      await place.remove();
    },
  };
}
