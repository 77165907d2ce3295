// Logging in and out over HTTP: the seed document, to the letter (Beebox spec 2.1 to 2.9, appendix B 1 to 11).
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { send, sendRaw } from '../support/http.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { ADMINISTRATOR, CONNECTOR, startBeebox, TOKEN, type BeeboxServer } from './door.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const UNKNOWN_KEY = '00000000-0000-4000-8000-000000000000';

const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString();
const login = (server: BeeboxServer, more: Record<string, string> = {}) =>
  query({ project: server.project.key, ...CONNECTOR, ...more });

const gives = (id: string) => ({
  status: 400,
  headers: { 'content-type': JSON_TYPE, 'www-authenticate': undefined },
  json: { type: 'Api error', id, message: expect.stringMatching(/\S/) as string, failed: true },
});
const noMethod = {
  status: 404,
  headers: { 'content-type': JSON_TYPE },
  json: {
    Message: expect.stringContaining("that matches the request URI 'http") as string,
    MessageDetail: 'No action was found on the controller that matches the request.',
    message: expect.stringMatching(/\S/) as string,
    failed: true,
  },
};
const givesToken = {
  status: 200,
  headers: {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': '36',
    'access-control-allow-origin': undefined,
  },
  contains: [TOKEN],
};

const scenarios: Scenario<BeeboxServer>[] = [
  {
    name: 'GET connect with all six parameters gives the bare token',
    request: (server) => ({
      path: `/api/connect?${login(server, { waitsecs: '10', connector: 'Acme CMS', version: '2.4.1' })}`,
    }),
    expect: givesToken,
    forbid: ['"', '\n', '\uFEFF', ' '],
    after: async (_response, server) => {
      const [connector] = await server.translation.connectors.list(server.project);
      expect(connector?.lastLogin).toMatchObject({ client: 'Acme CMS', version: '2.4.1' });
      expect(server.logged.join('')).toContain('Acme CMS');
    },
  },
  {
    name: 'the order of parameters, their letter case, unknown and repeated ones do not matter',
    request: (server) => ({
      path: `//API/Connect?0=folder&PWD=${encodeURIComponent(CONNECTOR.pwd)}&pwd=other&Login=${CONNECTOR.login}&PROJECT=${server.project.key.toUpperCase()}&login=other`,
    }),
    expect: givesToken,
  },
  {
    name: 'the old name of the password parameter works too',
    request: (server) => ({
      path: `/api/connect?${query({ project: server.project.key, login: CONNECTOR.login, password: CONNECTOR.pwd })}`,
    }),
    expect: givesToken,
  },
  {
    name: 'POST connect gives the same bare token',
    request: (server) => ({
      method: 'POST',
      path: '/api/connect',
      body: {
        project: server.project.key,
        ...CONNECTOR,
        waitsecs: 10,
        connector: 'A',
        version: '1',
      },
    }),
    expect: givesToken,
    forbid: ['"'],
  },
  {
    name: 'POST connect takes waitsecs as text',
    request: (server) => ({
      method: 'POST',
      path: '/api/connect',
      body: { project: server.project.key, ...CONNECTOR, waitsecs: '3' },
    }),
    expect: givesToken,
  },
  ...['application/json; charset=utf-8', 'text/json', 'Stream', ''].map(
    (type): Scenario<BeeboxServer> => ({
      name: `POST connect takes the content type ${JSON.stringify(type)}`,
      request: (server) => ({
        method: 'POST',
        path: '/api/connect',
        headers: type ? { 'content-type': type } : {},
        body: JSON.stringify({ project: server.project.key, ...CONNECTOR }),
      }),
      expect: givesToken,
    }),
  ),
  {
    name: 'POST connect without a project logs an administrator in',
    request: { method: 'POST', path: '/api/connect', body: ADMINISTRATOR },
    expect: givesToken,
  },
  {
    name: 'POST connect takes null for no project',
    request: { method: 'POST', path: '/api/connect', body: { project: null, ...ADMINISTRATOR } },
    expect: givesToken,
  },
  ...['', '{', 'null', '[]', '"x"', 'login=x&pwd=y', '{"login":"\xff'].map(
    (body): Scenario<BeeboxServer> => ({
      name: `POST connect with the body ${JSON.stringify(body)} is an API error`,
      request: {
        method: 'POST',
        path: '/api/connect',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(body, 'latin1'),
      },
      expect: { status: 400, json: { type: 'Api error', failed: true } },
    }),
  ),
  {
    name: 'POST connect with a member missing is no method',
    request: { method: 'POST', path: '/api/connect', body: { login: 'x' } },
    expect: noMethod,
  },
  ...['project', 'login', 'pwd'].map((name): Scenario<BeeboxServer> => ({
    name: `GET connect without ${name} is no method`,
    request: (server) => {
      const parameters = new URLSearchParams(login(server));
      parameters.delete(name);
      return { path: `/api/connect?${parameters.toString()}` };
    },
    expect: noMethod,
    forbid: [CONNECTOR.pwd, encodeURIComponent(CONNECTOR.pwd)],
  })),
  ...[
    { pwd: 'wrong' },
    { pwd: '' },
    { login: 'nobody' },
    { login: '' },
    { project: UNKNOWN_KEY },
    { project: '' },
    { project: '../etc' },
  ].map((more): Scenario<BeeboxServer> => ({
    name: `GET connect with ${JSON.stringify(more)} is refused without a reason`,
    request: (server) => ({ path: `/api/connect?${login(server, more)}` }),
    expect: {
      ...gives('LOGIN_FAILED'),
      body: '{"type":"Api error","id":"LOGIN_FAILED","message":"The project, login or password is not right","failed":true}',
    },
  })),
  {
    name: 'HEAD connect is GET without the body',
    request: (server) => ({ method: 'HEAD', path: `/api/connect?${login(server)}` }),
    expect: { status: 200, headers: { 'content-length': '36' }, body: '' },
  },
  ...(['GET', 'PUT', 'POST', 'DELETE'] as const).flatMap((method): Scenario<BeeboxServer>[] => [
    {
      name: `${method} disconnect ends the session and says nothing`,
      request: async (server) => ({
        method,
        path: `/api/disconnect?token=${await server.connect()}`,
      }),
      expect: { status: 204, body: '', headers: { 'content-type': undefined } },
    },
    {
      name: `${method} disconnect says the same about an unknown token`,
      request: { method, path: '/api/disconnect?token=nonsense' },
      expect: { status: 204, body: '' },
    },
    {
      name: `${method} disconnect says the same without a token`,
      request: { method, path: '/api/disconnect' },
      expect: { status: 204, body: '' },
    },
  ]),
  {
    name: 'POST disconnect reads no sense in a broken body, and says nothing',
    request: { method: 'POST', path: '/api/disconnect', body: '{' },
    expect: { status: 204, body: '' },
  },
  {
    name: 'whois answers as clients compare it',
    request: { path: '/whois' },
    expect: {
      status: 200,
      headers: { 'content-type': JSON_TYPE },
      json: {
        name: 'Beebox API',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
        vendor: 'Skep',
      },
    },
    forbid: ['\uFEFF'],
  },
  {
    name: 'whois answers under a base URL that ends with a slash',
    request: { path: '//whois' },
    expect: { status: 200, contains: ['"name":"Beebox API"'] },
  },
  ...[
    '/api/detials?token=x',
    '/api/files',
    '/api/files/status?token=x',
    '/api/v2/x',
    '/api/a/%zz',
  ].map((path): Scenario<BeeboxServer> => ({
    name: `GET ${path} is no method`,
    request: { path },
    expect: noMethod,
    forbid: ['<html'],
  })),
  ...[
    ['DELETE', '/api/connect'],
    ['POST', '/api/details'],
    ['POST', '/api/files/file'],
    ['OPTIONS', '/api/details'],
    ['POST', '/whois'],
  ].map(([method, path]): Scenario<BeeboxServer> => ({
    name: `${method} ${path} is no method`,
    request: { method: method as string, path: path as string },
    expect: noMethod,
  })),
];

onBothEngines('beebox sessions', (engine) => {
  let server: BeeboxServer;
  beforeAll(async () => {
    server = await startBeebox(engine);
  });
  afterAll(() => server.close());

  describe('scenarios', () => {
    runScenarios(
      scenarios,
      () => server.url,
      () => server,
    );
  });

  const details = (token: string) => server.call('GET', 'details', { token });
  const isLoggedOut = async (token: string) => {
    const response = await details(token);
    expect(response.text).toBe(
      '{"type":"Api error","id":"LOGGEDOUT","message":"Not authorised","failed":true}',
    );
    expect(response.status).toBe(400);
    expect(response.headers['content-type']).toBe(JSON_TYPE);
  };

  it('makes another token at each login, and an older one stays good', async () => {
    const [first, second] = [await server.connect(), await server.connect()];
    expect(first).not.toBe(second);
    expect((await details(first)).status).toBe(200);
    expect((await details(second)).status).toBe(200);
  });

  it('ends a session for good', async () => {
    for (const [method, body] of [['GET'], ['POST', true]] as const) {
      const token = await server.connect();
      const sent = await (body
        ? server.send({ method, path: '/api/disconnect', body: { token: `"${token}"` } })
        : server.call(method, 'disconnect', { token }));
      expect(sent.status).toBe(204);
      await isLoggedOut(token);
    }
    for (const token of ['', 'nonsense', UNKNOWN_KEY]) await isLoggedOut(token);
  });

  it('takes a token with quotes, spaces and capitals', async () => {
    const token = await server.connect();
    for (const sent of [`"${token}"`, ` ${token} `, token.toUpperCase(), `%22${token}%22`]) {
      const path = `/api/details?token=${sent.includes('%') ? sent : encodeURIComponent(sent)}`;
      expect((await server.send({ path })).status).toBe(200);
    }
  });

  it('lets a session live for 15 minutes from the last call', async () => {
    const token = await server.connect();
    for (let call = 0; call < 3; call++) {
      server.clock.advance(14 * 60_000);
      expect((await details(token)).status).toBe(200);
    }
    server.clock.advance(15 * 60_000);
    await isLoggedOut(token);
  });

  it('lets a session outlive a restart of the server', async () => {
    const token = await server.connect();
    await server.restart();
    expect((await details(token)).status).toBe(200);
  });

  describe('administrators', () => {
    const wide = () => server.connect({ project: '', ...ADMINISTRATOR });
    const idOf = (response: { json(): unknown }) => (response.json() as { id: string }).id;

    it('choose the project behind the token, plain or escaped', async () => {
      const token = await wide();
      for (const asterisk of ['*', '%2A', '%2a', '%252A']) {
        for (const key of [server.project.key, server.project.key.toUpperCase()]) {
          const response = await server.send({
            path: `/api/details?token=${token}${asterisk}${key}`,
          });
          expect(response.json()).toMatchObject({ beeboxProjectKey: server.project.key });
        }
      }
      const other = await details(`${token}*${server.other.key}`);
      expect(other.json()).toMatchObject({
        name: 'Blog',
        sourceLocale: 'en-GB',
        targetLocales: [],
      });
    });

    it('must choose one that exists', async () => {
      const token = await wide();
      expect(idOf(await details(token))).toBe('NOPROJECT');
      expect(idOf(await details(`${token}*`))).toBe('NOPROJECT');
      expect(idOf(await details(`${token}*${UNKNOWN_KEY}`))).toBe('NOPROJECT');
    });

    it('may log in to one project, and then stay there', async () => {
      const token = await server.connect(ADMINISTRATOR);
      expect((await details(token)).json()).toMatchObject({ beeboxProjectKey: server.project.key });
      expect(idOf(await details(`${token}*${server.other.key}`))).toBe('LOGGEDOUT');
    });

    it('reach no project of another tenant', async () => {
      const foreign = await server.platform.db.write(async (trx) => {
        const tenant = await server.platform.tenants.create(trx, { name: 'Other' });
        return server.translation.projects.create(trx, tenant.id, {
          name: 'Foreign',
          sourceLocale: 'en',
          targetLocales: ['fr'],
        });
      });
      expect(idOf(await details(`${await wide()}*${foreign.key}`))).toBe('NOPROJECT');
      const response = await server.call('GET', 'connect', {
        project: foreign.key,
        ...ADMINISTRATOR,
      });
      expect(idOf(response)).toBe('LOGIN_FAILED');
    });

    it('share the asterisk with connectors only for their own project', async () => {
      const token = await server.connect();
      expect((await details(`${token}*${server.project.key}`)).status).toBe(200);
      expect(idOf(await details(`${token}*${server.other.key}`))).toBe('LOGGEDOUT');
    });
  });

  describe('busy projects', () => {
    const hold = async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const started = Promise.withResolvers<void>();
      const ref = { tenant: server.tenant, project: server.project.key };
      const ended = server.translation.sections.run(ref, 'scan', async () => {
        started.resolve();
        await promise;
      });
      await started.promise;
      return async () => {
        resolve();
        await ended;
      };
    };
    const timed = async (more: Record<string, string>) => {
      const started = performance.now();
      const response = await server.send({ path: `/api/connect?${login(server, more)}` });
      return { response, ms: performance.now() - started };
    };

    it('refuse at once with waitsecs=0, after the wait otherwise, and let in when they are free', async () => {
      const release = await hold();
      const [now, negative, soon, wrong, half, admitted] = await Promise.all([
        timed({ waitsecs: '0' }),
        timed({ waitsecs: '-5' }),
        timed({ waitsecs: '1' }),
        timed({ waitsecs: '5', pwd: 'wrong' }),
        server.send({
          method: 'POST',
          path: '/api/connect',
          body: { project: server.project.key, ...CONNECTOR, waitsecs: '0' },
        }),
        // The administrator without a project does not wait for this one.
        server.connect({ project: '', ...ADMINISTRATOR, waitsecs: '0' }),
      ]);
      for (const { response } of [now, negative, soon]) {
        expect(response.text).toBe(
          '{"type":"Api error","id":"BUSY","message":"The server is busy with an automatic operation. Please try again in a few seconds.","failed":true}',
        );
        expect(response.status).toBe(400);
      }
      expect(half.json()).toMatchObject({ id: 'BUSY' });
      expect(now.ms).toBeLessThan(soon.ms);
      expect(soon.ms).toBeGreaterThan(950);
      expect(wrong.response.json()).toMatchObject({ id: 'LOGIN_FAILED' });
      expect(wrong.ms).toBeLessThan(5000);
      expect(admitted).toMatch(TOKEN);

      // Absent, empty and senseless values mean ten seconds: all of these are still waiting when the project is free.
      const waiting = [{}, { waitsecs: '' }, { waitsecs: 'soon' }, { waitsecs: '9999999' }].map(
        timed,
      );
      await release();
      for (const { response } of await Promise.all(waiting)) {
        expect(response.text).toMatch(TOKEN);
      }
    });

    it('start no session for a client that hangs up while it waits', async () => {
      const sessions = async () =>
        (await server.translation.sessions.list(server.tenant, { limit: 1000 })).length;
      const before = await sessions();
      const release = await hold();
      const gone = new AbortController();
      const waiting = fetch(`${server.url}/api/connect?${login(server)}`, { signal: gone.signal });
      const follower = timed({ waitsecs: '10' });
      // Both are there, so both are waiting.
      const connections = promisify(
        server.app.http.server.getConnections.bind(server.app.http.server),
      );
      await expect.poll(() => connections()).toBe(2);
      gone.abort();
      await expect(waiting).rejects.toThrow('aborted');
      await release();
      // Whoever stayed gets in, and nobody else.
      expect((await follower).response.text).toMatch(TOKEN);
      expect(await sessions()).toBe(before + 1);
    });

    it('can be simulated for one project by its settings', async () => {
      const set = (simulateBusy: boolean) =>
        server.platform.db.write((trx) =>
          server.translation.projects.update(trx, server.tenant, server.project.key, {
            settings: { simulateBusy },
          }),
        );
      await set(true);
      expect((await timed({ waitsecs: '0' })).response.json()).toMatchObject({ id: 'BUSY' });
      await set(false);
      expect((await timed({ waitsecs: '0' })).response.text).toMatch(TOKEN);
    });
  });

  it('speaks HTTP/1.0 and reads broken requests', async () => {
    const answer = await sendRaw(server.url, `GET //api/connect?${login(server)} HTTP/1.0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n[0-9a-f-]{36}$/);
  });

  it('refuses a connector from another address in the same words', async () => {
    const pwd = await server.platform.credentials.passwords.prepare('p');
    await server.platform.db.write((trx) =>
      server.translation.connectors.create(
        trx,
        server.project,
        { login: 'fenced', ipAllow: ['192.0.2.0/24'] },
        pwd,
      ),
    );
    const more = { login: 'fenced', pwd: 'p' };
    const refused = await server.send({ path: `/api/connect?${login(server, more)}` });
    expect(refused.json()).toMatchObject({ id: 'LOGIN_FAILED' });
    // A header that anyone can send proves nothing.
    const forged = await server.send({
      path: `/api/connect?${login(server, more)}`,
      headers: { 'x-forwarded-for': '192.0.2.7' },
    });
    expect(forged.json()).toMatchObject({ id: 'LOGIN_FAILED' });
  });

  it('keeps passwords and tokens out of the log', async () => {
    const token = await server.connect();
    await details(token);
    await server.send({ path: `/api/detials?token=${token}&pwd=${CONNECTOR.pwd}` });
    const log = server.logged.join('');
    expect(log).not.toContain(CONNECTOR.pwd);
    expect(log).not.toContain(encodeURIComponent(CONNECTOR.pwd));
    expect(log).not.toContain(token);
  });

  it('opens a thousand sessions without a logout, and all are good', async () => {
    const tokens: string[] = [];
    for (let batch = 0; batch < 10; batch++) {
      tokens.push(...(await Promise.all(Array.from({ length: 100 }, () => server.connect()))));
    }
    expect(new Set(tokens).size).toBe(1000);
    for (const token of [tokens[0], tokens[500], tokens[999]]) {
      expect((await details(token as string)).status).toBe(200);
    }
  });
});

describe('beebox on two servers', () => {
  it('waits on one server for what runs on the other, and shares sessions', async () => {
    const one = await startBeebox('postgres', { settings: { 'beebox-simulate-busy': 'false' } });
    const two = await one.another();
    try {
      const { promise, resolve } = Promise.withResolvers<void>();
      const ref = { tenant: one.tenant, project: one.project.key };
      const section = one.translation.sections.run(ref, 'scan', () => promise);
      const path = (waitsecs: string) => `/api/connect?${login(one, { waitsecs })}`;
      await expect.poll(() => one.translation.sections.isRunning(ref)).toBe(true);
      const busy = await send(two.url, { path: path('0') });
      expect(busy.json()).toMatchObject({ id: 'BUSY' });
      const waiting = send(two.url, { path: path('10') });
      resolve();
      await section;
      const { text: token } = await waiting;
      expect(token).toMatch(TOKEN);
      for (const { url } of [one, two]) {
        expect((await send(url, { path: `/api/details?token=${token}` })).status).toBe(200);
      }
      await send(one.url, { path: `/api/disconnect?token=${token}` });
      const ended = await send(two.url, { path: `/api/details?token=${token}` });
      expect(ended.json()).toMatchObject({ id: 'LOGGEDOUT' });
    } finally {
      await two.close();
      await one.close();
    }
  });

  it('can be told to be busy always', async () => {
    const server = await startBeebox('sqlite', { settings: { 'beebox-simulate-busy': 'true' } });
    try {
      const response = await server.send({
        path: `/api/connect?${login(server, { waitsecs: '0' })}`,
      });
      expect(response.json()).toMatchObject({ id: 'BUSY' });
      expect(await server.connect({ project: '', ...ADMINISTRATOR })).toMatch(TOKEN);
    } finally {
      await server.close();
    }
  });
});
