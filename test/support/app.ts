// A whole server for end-to-end tests: all doors on a real socket, on either engine, with a clock that the test moves.
import { createApp, type App } from '../../src/app.ts';
import { configSchema, type Config } from '../../src/config.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createLogger } from '../../src/platform/log.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { makePlace, type Engine, type Place } from './database.ts';
import { send, type TestRequest, type TestResponse } from './http.ts';

/** A clock that stands still until it is told otherwise. */
export interface TestClock extends Clock {
  /** Moves the time on by so many milliseconds. */
  advance(ms: number): void;
}

export interface TestApp {
  app: App;
  platform: App['platform'];
  clock: TestClock;
  /** Base URL without a slash at the end. */
  url: string;
  place: Place;
  /** Every line that the server logged. */
  logged: string[];
  send(request: TestRequest): Promise<TestResponse>;
  /** Stops the server and starts it again on the same data. The URL changes. */
  restart(): Promise<void>;
  /** Starts a second server on the same data, as another process would; PostgreSQL only. */
  another(): Promise<TestApp>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  /** Settings by flag name: `{ 'beebox-simulate-busy': 'true' }`. */
  settings?: Record<string, string>;
  /** Start of the clock, in milliseconds. */
  now?: number;
}

/** 2026-03-02T10:00:00Z, a Monday. */
export const TEST_NOW = Date.UTC(2026, 2, 2, 10);

/** Cheap password hashes: tests are about who may log in, not about how long guessing takes. */
const CHEAP = { memory: 64, passes: 1, parallelism: 1 };

export function testClock(now = TEST_NOW): TestClock {
  return { now: () => now, advance: (ms) => void (now += ms) };
}

/** Starts a server on a new, empty database. The first start's tenant and administrator are made as for an operator. */
export async function startTestApp(engine: Engine, options: TestAppOptions = {}): Promise<TestApp> {
  const place = await makePlace(engine);
  const clock = testClock(options.now);
  return startOn(place, clock, options, () => place.remove());
}

async function startOn(
  place: Place,
  clock: TestClock,
  options: TestAppOptions,
  onClose: () => Promise<void>,
): Promise<TestApp> {
  const config = await testConfig(place, options.settings ?? {});
  const logged: string[] = [];
  const open = () =>
    createApp({
      config,
      clock,
      random: systemRandom(clock),
      log: createLogger({
        level: 'debug',
        format: 'json',
        destination: { write: (line) => logged.push(line) },
      }),
      credentials: { cost: CHEAP, flushEveryMs: 0 },
    });
  const app = await open();
  const test: TestApp = {
    app,
    platform: app.platform,
    clock,
    url: await app.listen(),
    place,
    logged,
    send: (request) => send(test.url, request),
    async restart() {
      await test.app.close();
      test.app = await open();
      test.platform = test.app.platform;
      test.url = await test.app.listen();
    },
    another: () => startOn(place, clock, options, () => Promise.resolve()),
    async close() {
      await test.app.close();
      await onClose();
    },
  };
  return test;
}

function testConfig(place: Place, settings: Record<string, string>): Promise<Config> {
  return loadConfig(configSchema, {
    flags: {
      host: '127.0.0.1',
      port: '0',
      'data-dir': place.folder,
      'sqlite-synchronous': 'NORMAL',
      'admin-password': ADMIN_PASSWORD,
      ...(place.url ? { 'database-url': place.url } : {}),
      ...settings,
    },
  });
}

/** Password of the administrator that every test server starts with. */
export const ADMIN_PASSWORD = 'correct horse battery';
