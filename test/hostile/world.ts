// One server with two tenants that have something behind every door, and how each is called through each door.
import { openBackendOf } from '../../src/backend-of.ts';
import { seedBackendDemo } from '../../src/backend/demo.ts';
import { configSchema } from '../../src/config.ts';
import { createApiKey } from '../../src/content/api-keys.ts';
import { seedDemo } from '../../src/demo.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createTenant } from '../../src/provision.ts';
import { findAccount } from '../../src/timesheets/accounts.ts';
import { showApiToken } from '../../src/timesheets/api-tokens.ts';
import { reading, writing } from '../../src/timesheets/context.ts';
import { findOfKind } from '../../src/timesheets/entity-store.ts';
import { skipNumbers } from '../../src/timesheets/sequences.ts';
import { seedTranslationDemo } from '../../src/translation/demo.ts';
import { openTranslationOf } from '../../src/translation-of.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import type { Engine } from '../support/database.ts';
import type { TestRequest, TestResponse } from '../support/http.ts';

export const DOORS = ['baasbox', 'beebole', 'beefree', 'beebox'] as const;
export type DoorName = (typeof DOORS)[number];

/** A word that stands in everything that the other tenant owns, and nowhere else. */
export const CANARY = 'Umbra';

/** What one tenant has behind the doors, and what opens them. */
export interface Side {
  tenant: string;
  appcode: string;
  admin: { username: string; password: string };
  user: { username: string; password: string };
  collection: string;
  /** Session tokens of the BaasBox administrator and user. */
  adminSession: string;
  session: string;
  /** Host label, and the administrator's token. */
  account: string;
  timesheetToken: string;
  apiKey: string;
  project: string;
  connector: { login: string; password: string };
  translationAdmin: { login: string; password: string };
  /** Session tokens of the Beebox connector, and of its administrator without a project. */
  connectorSession: string;
  adminWithoutProject: string;
}

export interface World {
  app: TestApp;
  mine: Side;
  theirs: Side;
  send(request: TestRequest): Promise<TestResponse>;
  close(): Promise<void>;
}

/** Starts the server. `settings` by flag name. */
export async function openWorld(
  engine: Engine,
  settings: Record<string, string> = {},
): Promise<World> {
  const app = await startTestApp(engine, {
    settings: {
      'log-requests': 'all',
      'beebole-v1-requests-per-day': '0',
      'beebole-v1-kilobytes-per-day': '0',
      'beebole-v2-requests-per-day': '0',
      'beebole-v2-kilobytes-per-day': '0',
      'beefree-requests-per-second': '0',
      'beefree-requests-per-minute': '0',
      ...settings,
    },
  });
  const config = await loadConfig(configSchema, {
    flags: { 'beebole-api-enabled-by-default': 'true' },
    env: {},
  });
  const { platform } = app;

  const demo = await seedDemo(platform, config);
  const mine = await logIn(app, {
    tenant: demo.tenant,
    ...demo.baasbox,
    account: demo.beebole.account,
    timesheetToken: demo.beebole.adminToken,
    apiKey: demo.beefree.apiKey,
    project: demo.beebox.project,
    connector: { login: demo.beebox.login, password: demo.beebox.password },
    translationAdmin: { login: demo.beebox.adminLogin, password: demo.beebox.adminPassword },
  });

  const admin = { username: 'umbra-admin', password: 'umbra admin password' };
  const { id: tenant } = await createTenant(platform, config, {
    name: CANARY,
    appcode: 'umbra-app',
    account: 'umbra',
    admin: admin.username,
    password: admin.password,
  });
  const backend = { admin, user: { username: 'umbra-user', password: 'umbra user password' } };
  await seedBackendDemo(openBackendOf(platform, config), {
    tenant,
    ...backend,
    collection: `${CANARY}s`,
  });
  const translation = await seedTranslationDemo(platform, openTranslationOf(platform, config), {
    tenant,
    login: 'umbra-cms',
    password: 'umbra connector password',
    adminLogin: admin.username,
    adminPassword: admin.password,
  });
  const { token: apiKey } = await createApiKey(platform, { tenant, label: CANARY });
  const theirs = await logIn(app, {
    tenant,
    ...backend,
    appcode: 'umbra-app',
    collection: `${CANARY}s`,
    account: 'umbra',
    timesheetToken: await administratorsToken(app, tenant),
    apiKey,
    project: translation.project,
    connector: { login: translation.login, password: translation.password },
    translationAdmin: { login: admin.username, password: admin.password },
  });
  // Their numbers are none of ours: a number of theirs that leads anywhere leads to them.
  await writing(platform, (sql) => skipNumbers(sql, tenant, 'entity', 7000));
  await writing(platform, (sql) => skipNumbers(sql, tenant, 'entry', 7000));

  return { app, mine, theirs, send: (request) => app.send(request), close: () => app.close() };
}

type Loggable = Omit<Side, 'adminSession' | 'session' | 'connectorSession' | 'adminWithoutProject'>;

async function logIn(app: TestApp, side: Loggable): Promise<Side> {
  const { appcode, project, connector, translationAdmin } = side;
  const session = async (who: { username: string; password: string }) => {
    const answer = await app.send({ path: '/login', body: { ...who, appcode } });
    return String(answer.headers['x-bb-session']);
  };
  const connect = async (key: string, { login, password }: Side['connector']) => {
    const body = { project: key, login, pwd: password };
    return (await app.send({ path: '/api/connect', body })).text;
  };
  return {
    ...side,
    adminSession: await session(side.admin),
    session: await session(side.user),
    connectorSession: await connect(project, connector),
    adminWithoutProject: await connect('', translationAdmin),
  };
}

async function administratorsToken({ platform }: TestApp, tenant: string): Promise<string> {
  const { db, clock, credentials } = platform;
  const account = await findAccount(reading(platform), tenant);
  const person = account && (await findOfKind(reading(platform), tenant, 'person', { id: 2 }));
  if (!account || !person) throw new Error('The tenant has no timesheet');
  return (await showApiToken({ db, clock, tokens: credentials.tokens, account }, person)).token;
}

/** The header that a Beebole client makes of a token. */
export const basic = (user: string, password = 'x') => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Every secret of a side: none of them may be in a log or in an answer to someone else. */
export function secretsOf(side: Side): string[] {
  return [
    side.admin.password,
    side.user.password,
    side.adminSession,
    side.session,
    side.timesheetToken,
    side.apiKey,
    side.connector.password,
    side.translationAdmin.password,
    side.connectorSession,
    side.adminWithoutProject,
  ];
}

/** A request with a body through each door, with everything right but the body, which stands for what is tried. */
export function bodyRequest(
  side: Side,
  door: DoorName,
  body: string | Buffer,
  headers: Record<string, string> = {},
): TestRequest {
  const json = { 'content-type': 'application/json', ...headers };
  const method = 'POST';
  switch (door) {
    case 'baasbox': {
      const path = `/document/${side.collection}`;
      return { method, path, body, headers: { 'X-BB-SESSION': side.session, ...json } };
    }
    case 'beebole':
      return { method, path: '/api/v2', body, headers: { ...basic(side.timesheetToken), ...json } };
    case 'beefree':
      return {
        method,
        path: '/v1/message/html',
        body,
        headers: { ...bearer(side.apiKey), ...json },
      };
    case 'beebox':
      return { method, path: '/api/connect', body, headers: json };
  }
}

/** The same, with a body that the door answers with success; `marker` is the client's own text in it. */
export function goodBody(side: Side, door: DoorName, marker: string): string {
  switch (door) {
    case 'baasbox':
      return JSON.stringify({ name: marker });
    case 'beebole':
      return JSON.stringify({ service: 'company.list', extra: marker });
    case 'beefree':
      return JSON.stringify({ page: { title: marker } });
    case 'beebox':
      return JSON.stringify({
        project: side.project,
        login: side.connector.login,
        pwd: side.connector.password,
        connector: marker,
      });
  }
}
