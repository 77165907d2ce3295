// A server with the demo account, and short ways to call it.
import { seedTimesheetDemo, type TimesheetDemo } from '../../src/timesheets/demo.ts';
import type { Engine } from '../support/database.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../support/app.ts';
import type { TestRequest, TestResponse } from '../support/http.ts';

export interface Demo extends TimesheetDemo {
  app: TestApp;
  tenantId: string;
}

/** Starts a server and fills its first tenant with the demo account. */
export async function startDemo(engine: Engine, options: TestAppOptions = {}): Promise<Demo> {
  const app = await startTestApp(engine, options);
  const tenantId = await newTenant(app);
  return { app, tenantId, ...(await seedDemo(app, tenantId)) };
}

export function newTenant({ platform }: TestApp, name = 'demo'): Promise<string> {
  return platform.db.write(async (trx) => (await platform.tenants.create(trx, { name })).id);
}

export function seedDemo({ platform }: TestApp, tenantId: string): Promise<TimesheetDemo> {
  const { db, clock, credentials, tenants } = platform;
  return seedTimesheetDemo(
    { db, clock, tokens: credentials.tokens, handles: tenants.handles },
    tenantId,
  );
}

/** The header that a client makes of a token. */
export const basic = (token: string, password = 'x') => ({
  authorization: `Basic ${Buffer.from(`${token}:${password}`).toString('base64')}`,
});

/** A request as `curl -d` sends it. */
export const post = (path: '/api' | '/api/v2', token: string, body: unknown): TestRequest => ({
  method: 'POST',
  path,
  headers: { ...basic(token), 'content-type': 'application/x-www-form-urlencoded' },
  body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
});

/** Calls a service and gives the answer, whatever it says. */
export async function call(
  { app }: Pick<Demo, 'app'>,
  path: '/api' | '/api/v2',
  token: string,
  body: unknown,
): Promise<TestResponse> {
  return app.send(post(path, token, body));
}
