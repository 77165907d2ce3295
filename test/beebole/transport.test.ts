// The envelope of both generations: methods, bodies, credentials, the switch, hosts, browsers (Beebole spec 2).
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findAccount, updateAccount, type AccountChange } from '../../src/timesheets/accounts.ts';
import { resetApiToken, showApiToken } from '../../src/timesheets/api-tokens.ts';
import { findOfKind } from '../../src/timesheets/entity-store.ts';
import type { TimesheetTables } from '../../src/timesheets/tables.ts';
import { setActive } from '../../src/timesheets/work.ts';
import { onBothEngines } from '../support/database.ts';
import { sendRaw, type TestRequest } from '../support/http.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { basic, call, newTenant, post, startDemo, type Demo } from './demo.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const LIST = '{"service":"company.list"}';
const OK = { status: 'ok' };

const paths = ['/api', '/api/v2'] as const;

const unauthenticated = {
  status: 401,
  headers: { 'content-type': JSON_TYPE, 'www-authenticate': 'Basic realm="API"' },
};
const notJson = {
  status: 400,
  headers: { 'content-type': JSON_TYPE },
  json: { status: 'error', message: 'Request body is not a valid JSON object' },
};
const notPost = {
  status: 405,
  headers: { allow: 'POST', 'content-type': JSON_TYPE },
  json: { status: 'error', message: 'Only POST is supported' },
};

const withHeaders = (
  path: string,
  headers: Record<string, string>,
  body: unknown = LIST,
): TestRequest => ({ method: 'POST', path, headers, body });

const deep = (levels: number) =>
  `{"service":"company.list","x":${'['.repeat(levels)}${']'.repeat(levels)}}`;

const SCENARIOS: Scenario<Demo>[] = paths.flatMap((path): Scenario<Demo>[] => [
  ...[
    ['form-urlencoded', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['JSON', { 'content-type': 'application/json' }],
    ['plain text', { 'content-type': 'text/plain; charset=latin1' }],
    ['an unreadable content type', { 'content-type': ';;;' }],
    ['multipart without parts', { 'content-type': 'multipart/form-data' }],
    ['no content type', {}],
  ].map(([name, headers]): Scenario<Demo> => ({
    name: `${path}: accepts a body sent as ${name as string}`,
    request: ({ token }) =>
      withHeaders(path, { ...basic(token), ...(headers as Record<string, string>) }),
    expect: { status: 200, headers: { 'content-type': JSON_TYPE }, json: OK },
  })),
  {
    name: `${path}/ with a slash at the end`,
    request: ({ token }) => withHeaders(`${path}/`, basic(token)),
    expect: { status: 200, json: OK },
  },
  {
    name: `${path}: a byte-order mark and white space around the JSON`,
    request: ({ token }) => post(path, token, `\ufeff\r\n ${LIST}\n\n`),
    expect: { status: 200, json: OK },
  },
  {
    name: `${path}: members that nobody knows`,
    request: ({ token }) =>
      post(path, token, { service: 'company.list', undoc: true, parameters: { a: null } }),
    expect: { status: 200, json: OK },
  },
  {
    name: `${path}: chunked`,
    request: ({ token }) => withHeaders(path, { ...basic(token), 'transfer-encoding': 'chunked' }),
    expect: { status: 200, json: OK },
  },
  ...(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const).map((method): Scenario<Demo> => ({
    name: `${path}: ${method} is refused`,
    request: ({ token }) => ({ method, path, headers: basic(token) }),
    expect: method === 'HEAD' ? { ...notPost, json: undefined } : notPost,
  })),
  {
    name: `${path}: PUT with a body is refused`,
    request: { method: 'PUT', path, headers: { 'content-type': 'text/xml' }, body: '<a/>' },
    expect: notPost,
  },
  {
    name: `${path}: a method of other protocols is refused`,
    request: { method: 'PROPFIND', path },
    expect: notPost,
  },
  {
    name: `${path}: no Authorization`,
    request: { method: 'POST', path, body: LIST },
    expect: {
      ...unauthenticated,
      json: { status: 'error', message: 'Authentication required' },
    },
  },
  {
    name: `${path}: a malformed Authorization`,
    request: withHeaders(path, { authorization: 'Basic %%%' }),
    expect: { ...unauthenticated, json: { message: 'Authentication required' } },
  },
  {
    name: `${path}: an unknown token, whatever the body`,
    request: withHeaders(path, basic('0'.repeat(40)), 'not JSON'),
    expect: { ...unauthenticated, json: { status: 'error', message: 'Invalid API token' } },
  },
  {
    name: `${path}: another password`,
    request: ({ token }) => withHeaders(path, basic(token, 'true')),
    expect: { status: 200, json: OK },
  },
  {
    name: `${path}: Bearer`,
    request: ({ token }) => withHeaders(path, { authorization: `Bearer ${token}` }),
    expect: { status: 200, json: OK },
  },
  {
    name: `${path}: the Base64 form that the token screen shows`,
    request: ({ token }) =>
      withHeaders(path, { authorization: `Basic ${Buffer.from(`${token}:x`).toString('base64')}` }),
    expect: { status: 200, json: OK },
  },
  ...(
    [
      ['an empty body', ''],
      ['no JSON', 'service=company.list'],
      ['JSON with a missing comma', '{"service": "time_entry.list" "id": 16}'],
      ['JSON with a comment', '{"service": "company.list" } // all'],
      ['an array', '[]'],
      ['text', '"company.list"'],
      ['null', 'null'],
      ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
      ['UTF-16', Buffer.from(LIST, 'utf16le')],
      ['JSON that is too deep', deep(200)],
      ['JSON that is far too deep', deep(200_000)],
      ['a prototype', '{"service":"company.list","__proto__":{"a":1}}'],
    ] as const
  ).map(([name, body]): Scenario<Demo> => ({
    name: `${path}: ${name} is no request`,
    request: ({ token }) => post(path, token, body),
    expect: notJson,
  })),
  {
    name: `${path}: a body above 1 MiB, before the credentials are looked at`,
    request: {
      method: 'POST',
      path,
      body: JSON.stringify({ service: 'company.list', pad: 'x'.repeat(1_048_576) }),
    },
    expect: {
      status: 413,
      headers: { 'content-type': JSON_TYPE },
      json: { status: 'error', message: 'Request body too large' },
    },
  },
  ...(
    [
      ['unknown', 'nope.list', 'Invalid service request: nope.list'],
      ['missing', undefined, 'Invalid service request'],
      ['a number', 7, 'Invalid service request'],
      ['an inherited name', 'constructor', 'Invalid service request: constructor'],
      ['empty', '', 'Invalid service request'],
      ['of another case', 'Company.List', 'Invalid service request: Company.List'],
      ['very long', 'x'.repeat(5000), `Invalid service request: ${'x'.repeat(100)}`],
    ] as const
  ).map(([name, service, message]): Scenario<Demo> => ({
    name: `${path}: the service is ${name}`,
    request: ({ token }) => post(path, token, { service }),
    expect: { status: 200, json: { status: 'error', message } },
  })),
  {
    name: `${path}: a preflight`,
    request: {
      method: 'OPTIONS',
      path,
      headers: {
        origin: 'https://sheets.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    },
    expect: {
      status: 204,
      body: '',
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'authorization,content-type',
      },
    },
  },
  {
    name: `${path}: an answer to a page, refusals included`,
    request: withHeaders(path, { origin: 'https://sheets.example' }),
    expect: { status: 401, headers: { 'access-control-allow-origin': '*' } },
  },
  {
    name: `${path}: the host of the account`,
    request: ({ token, account }) =>
      withHeaders(path, { ...basic(token), host: `${account.toUpperCase()}.beebole-apps.com` }),
    expect: { status: 200, json: OK },
  },
  {
    name: `${path}: a host that is no account`,
    request: ({ token }) => withHeaders(path, { ...basic(token), host: 'beebole-apps.com' }),
    expect: { status: 200, json: OK },
  },
  {
    name: `${path}: the host of another account`,
    request: ({ token }) => withHeaders(path, { ...basic(token), host: 'other.beebole-apps.com' }),
    expect: { ...unauthenticated, json: { message: 'Invalid API token' } },
  },
]);

const ONE_GENERATION: Scenario<Demo>[] = [
  ['/api', 'time_entry.export'],
  ['/api', 'company.get'],
  ['/api', 'company.create'],
  ['/api/v2', 'time.create'],
].map(([path, service]) => ({
  name: `${path} has no ${service}`,
  request: ({ adminToken }) => post(path as '/api', adminToken, { service, id: 3 }),
  expect: {
    status: 200,
    json: { status: 'error', message: `Invalid service request: ${service}` },
  },
}));

onBothEngines('the envelope', (engine) => {
  let demo: Demo;

  beforeAll(async () => {
    demo = await startDemo(engine);
    const { db, clock, tenants } = demo.app.platform;
    const { createAccount } = await import('../../src/timesheets/accounts.ts');
    await createAccount(
      { db, clock, handles: tenants.handles },
      {
        tenantId: await newTenant(demo.app, 'other'),
        alias: 'other',
        name: 'Other',
        admin: { name: 'Olga' },
        apiEnabled: true,
      },
    );
  });
  afterAll(() => demo.app.close());

  runScenarios(
    [...SCENARIOS, ...ONE_GENERATION],
    () => demo.app.url,
    () => demo,
  );

  it('waits for the body of a client that expects to be told to continue', async () => {
    const { hostname, port } = new URL(demo.app.url);
    const answer = await new Promise<{ status: number | undefined; continued: boolean }>(
      (resolve, reject) => {
        let continued = false;
        const request = httpRequest({
          hostname,
          port,
          path: '/api',
          method: 'POST',
          headers: { ...basic(demo.token), expect: '100-continue', 'content-length': LIST.length },
        });
        request.on('continue', () => {
          continued = true;
          request.end(LIST);
        });
        request.on('response', (response) => {
          response.resume();
          resolve({ status: response.statusCode, continued });
        });
        request.on('error', reject);
        request.flushHeaders();
      },
    );
    expect(answer).toEqual({ status: 200, continued: true });
  });

  it('refuses a huge body from its declared length', async () => {
    const text = await sendRaw(
      demo.app.url,
      'POST /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 9999999999\r\n\r\n{',
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('Request body too large');
  });

  it('shows the token raw and encoded at any time, and ends the old one at a reset', async () => {
    const context = await accountContext();
    const person = await findOfKind(tables(), demo.tenantId, 'person', { id: 2 });
    if (!person) throw new Error('no person 2');
    const shown = await showApiToken(context, person);
    expect(shown.token).toMatch(/^[0-9a-f]{40}$/);
    expect(shown.basic).toBe(Buffer.from(`${shown.token}:x`).toString('base64'));
    expect(await showApiToken(context, person)).toEqual(shown);
    expect((await call(demo, '/api', shown.token, LIST)).status).toBe(200);

    const fresh = await resetApiToken(context, person);
    expect(fresh.token).not.toBe(shown.token);
    expect((await call(demo, '/api', shown.token, LIST)).status).toBe(401);
    expect((await call(demo, '/api/v2', fresh.token, LIST)).status).toBe(200);
    expect(await showApiToken(context, person)).toEqual(fresh);
    demo.adminToken = fresh.token;
  });

  it('answers 403 while API calls are switched off, and the token is the same afterwards', async () => {
    await change({ apiEnabled: false });
    for (const path of paths) {
      const response = await call(demo, path, demo.token, 'not even JSON');
      expect(response.status).toBe(403);
      expect(response.json()).toMatchObject({
        status: 'error',
        message: 'API calls are disabled for this account',
      });
      expect((await call(demo, path, 'f'.repeat(40), LIST)).status).toBe(401);
    }
    await change({ apiEnabled: true });
    expect((await call(demo, '/api', demo.token, LIST)).status).toBe(200);
  });

  it('refuses the token of a person who is switched off', async () => {
    const context = await accountContext();
    const person = await findOfKind(tables(), demo.tenantId, 'person', { id: 21 });
    if (!person) throw new Error('no person 21');
    await setActive(context, person, false);
    const response = await call(demo, '/api', demo.token, LIST);
    expect(response.status).toBe(401);
    expect(response.json()).toMatchObject({ message: 'Invalid API token' });
    await setActive(context, person, true);
    expect((await call(demo, '/api', demo.token, LIST)).status).toBe(200);
  });

  it('keeps tokens out of logs and database in clear', async () => {
    expect(demo.app.logged.join('')).not.toContain(demo.token);
    const rows = await demo.app.platform.db
      .tables<{ platform_tokens: Record<string, string> }>()
      .selectFrom('platform_tokens')
      .selectAll()
      .execute();
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(demo.token);
  });

  const tables = () => demo.app.platform.db.tables<TimesheetTables>();

  async function accountContext() {
    const { db, clock, credentials } = demo.app.platform;
    const account = await findAccount(tables(), demo.tenantId);
    if (!account) throw new Error('no account');
    return { db, clock, account, tokens: credentials.tokens };
  }

  async function change(settings: AccountChange): Promise<void> {
    await updateAccount(await accountContext(), settings);
  }
});
