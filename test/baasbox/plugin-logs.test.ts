// Logs as event streams (BaasBox spec 5.16): what plugins say, and what an app is asked.
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../src/backend/baasbox/app.ts';
import { onBothEngines } from '../support/database.ts';
import { install } from './plugins.ts';
import { startServer, type TestServer, type TestUser } from './server.ts';

interface Listening {
  response: IncomingMessage;
  /** The next event. */
  next(): Promise<Record<string, unknown>>;
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  leave(): void;
}

function listen(
  base: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Listening> {
  const events: Record<string, unknown>[] = [];
  const waiting: ((event: Record<string, unknown>) => void)[] = [];
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(base + path, { headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        const whole = text.split('\n\n');
        text = whole.pop() ?? '';
        for (const event of whole) {
          const data = /^data: (.*)$/m.exec(event)?.[1];
          if (data === undefined) continue;
          const value = JSON.parse(data) as Record<string, unknown>;
          const taker = waiting.shift();
          if (taker) taker(value);
          else events.push(value);
        }
      });
      const ended = new Promise<void>((done) => response.once('close', done));
      response.on('error', () => undefined);
      resolve({
        response,
        ended,
        leave: () => sent.destroy(),
        next: () => {
          const event = events.shift();
          return event ? Promise.resolve(event) : new Promise((done) => waiting.push(done));
        },
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

onBothEngines('logs of plugins', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let path: string;
  let logs: string;
  beforeAll(async () => {
    server = await startServer(engine);
    mira = await server.user('mira');
    path = await install(
      server,
      'test.logger',
      `http().get(function () { Box.log('hello', { a: 1 }); console.error('bad'); return {} })
        .post(function () { throw new Error('broken here') })`,
    );
    logs = `?X-BB-SESSION=${server.admin.token}`;
  });
  afterAll(() => server.close());

  it('streams what scripts say, with credentials in the query, also to clients that ask for compression', async () => {
    const stream = await listen(server.base, `/admin/plugin/logs${logs}`, {
      'accept-encoding': 'gzip',
    });
    expect(stream.response.statusCode).toBe(200);
    expect(stream.response.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(stream.response.headers['content-encoding']).not.toBe('gzip');
    await mira.send('GET', path);
    expect(await stream.next()).toMatchObject({
      type: 'plugins',
      plugin: 'test.logger',
      level: 'info',
      message: 'hello {"a":1}',
      user: 'mira',
      date: expect.stringMatching(/^\d{4}-.*[+-]\d{4}$/) as string,
    });
    expect(await stream.next()).toMatchObject({ level: 'error', message: 'bad' });
    // Where a script failed is told to its author here, line by line.
    await mira.send('POST', path);
    const { message } = await stream.next();
    expect(message).toMatch(/^Error: broken here\n.*test\.logger\.js:2/);
    stream.leave();
  });

  it('begins with the last lines', async () => {
    await mira.send('GET', path);
    const stream = await listen(server.base, `/admin/plugin/logs${logs}`);
    expect(await stream.next()).toMatchObject({ plugin: 'test.logger' });
    stream.leave();
  });

  it('shows the requests of the app, without secrets', async () => {
    const stream = await listen(server.base, `/admin/log${logs}`);
    await mira.send('GET', `/document/nope?X-BB-SESSION=${mira.token}`);
    let event = await stream.next();
    while (event['type'] !== 'requests') event = await stream.next();
    expect(event).toMatchObject({ method: 'GET', status: 404, user: 'mira' });
    expect(JSON.stringify(event)).not.toContain(mira.token);
    stream.leave();
  });

  it('tells nothing of other apps', async () => {
    const { platform } = server;
    const tenant = await platform.db.write((trx) =>
      platform.tenants.create(trx, { name: 'other' }),
    );
    const password = await platform.credentials.passwords.prepare('secret');
    await platform.db.write((trx) =>
      createApp(trx, platform, {
        tenant: tenant.id,
        appcode: 'other',
        admin: { name: 'boss', password },
      }),
    );
    const login = await server.send({
      method: 'POST',
      path: '/login',
      body: { username: 'boss', password: 'secret', appcode: 'other' },
    });
    const token = String(login.headers['x-bb-session']);
    const stream = await listen(server.base, `/admin/log?X-BB-SESSION=${token}`);
    await mira.send('GET', path);
    await server.send({ path: '/me', headers: { 'X-BB-SESSION': token } });
    expect(await stream.next()).toMatchObject({ type: 'requests', url: '/me', user: 'boss' });
    stream.leave();
  });

  it('lets only so many look, and forgets who left', async () => {
    const open = await Promise.all(
      Array.from({ length: 20 }, () => listen(server.base, `/admin/plugin/logs${logs}`)),
    );
    expect(open.map(({ response }) => response.statusCode)).toEqual(Array(20).fill(200));
    expect((await server.send({ path: `/admin/plugin/logs${logs}` })).status).toBe(429);
    for (const stream of open) stream.leave();
    let again = await listen(server.base, `/admin/plugin/logs${logs}`);
    while (again.response.statusCode === 429) {
      again = await listen(server.base, `/admin/plugin/logs${logs}`);
    }
    expect(again.response.statusCode).toBe(200);
    again.leave();
  });

  it('ends when the server stops', async () => {
    const stream = await listen(server.base, `/admin/log${logs}`);
    await server.restart();
    await stream.ended;
    expect(server.unexpected).toEqual([]);
  });
});
