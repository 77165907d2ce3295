// Webhooks: signed messages about changes, tried again until they arrive, and never sent where they may not go.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { sql } from 'kysely';
import { onBothEngines } from '../support/database.ts';
import { startServer, type TestServer, type TestUser } from './server.ts';

interface Received {
  headers: IncomingMessage['headers'];
  body: string;
}

interface Hook {
  id: string;
  secret: string;
  active: boolean;
}

interface Delivery {
  id: string;
  event: string;
  state: string;
  attempts: { status?: number; error?: string; ms: number }[];
}

onBothEngines('webhooks', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let receiver: Server;
  let address: string;
  let received: Received[] = [];
  let status = 200;

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      request.on('end', () => {
        received.push({ headers: request.headers, body });
        response.writeHead(status).end('thanks');
      });
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    address = `http://${host}/hook`;
    server = await startServer(engine, { trustedHosts: [host] });
    mira = await server.user('mira');
    await server.admin.send('POST', '/admin/collection/teas');
    await server.admin.send('POST', '/admin/collection/pots');
  });
  beforeEach(() => {
    received = [];
    status = 200;
  });
  afterEach(async () => {
    for (const { id } of await hooks()) await server.admin.send('DELETE', `/admin/webhook/${id}`);
  });
  afterAll(async () => {
    receiver.close();
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const hooks = async () =>
    (await server.admin.send('GET', '/admin/webhook')).json<{ data: Hook[] }>().data;
  const add = async (settings: object = {}) => {
    const response = await server.admin.send('POST', '/admin/webhook', {
      url: address,
      collections: ['teas'],
      ...settings,
    });
    expect(response.status).toBe(201);
    return response.json<{ data: Hook }>().data;
  };
  const deliveries = async ({ id }: Hook) =>
    (await server.admin.send('GET', `/admin/webhook/${id}/deliveries`)).json<{ data: Delivery[] }>()
      .data;
  /** Runs what is due, and what would be due after any wait. */
  const work = async () => {
    await server.platform.db.write((trx) => sql`update platform_jobs set run_at = 0`.execute(trx));
    await server.platform.jobs.tick();
    await server.platform.jobs.idle();
  };

  it('sends each change with a signature that the receiver can check', async () => {
    const { secret, id: hook } = await add();
    const response = await server.send({
      method: 'POST',
      path: '/document/teas',
      headers: { 'X-BB-SESSION': mira.token, 'content-type': 'application/json' },
      body: '{"name":"Assam","price":1.10}',
    });
    const { id } = response.json<{ data: { id: string } }>().data;
    await mira.send('PUT', `/document/teas/${id}/.name`, { data: 'Darjeeling' });
    await mira.send('DELETE', `/document/teas/${id}`);
    await mira.send('POST', '/document/pots', { name: 'not asked for' });
    await work();
    const bodies = received.map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(new Set(bodies.map(({ type }) => type))).toEqual(
      new Set(['document.create', 'document.update', 'document.delete']),
    );
    const created = received.find(({ body }) => body.includes('document.create')) as Received;
    expect(JSON.parse(created.body)).toMatchObject({
      data: { collection: 'teas', id, version: 1, author: 'mira', document: { name: 'Assam' } },
    });
    expect(created.body).toContain('"price":1.10');
    const { 'webhook-id': message, 'webhook-timestamp': time } = created.headers;
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key)
      .update(`${String(message)}.${String(time)}.${created.body}`)
      .digest('base64');
    expect(created.headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(created.headers['content-type']).toBe('application/json');
    const log = await deliveries({ id: hook } as Hook);
    expect(log.map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(log.map((one) => one.id)).toContain(message);
  });

  it('sends only the events that are wanted, and nothing while it is not active', async () => {
    const hook = await add({ events: ['delete'] });
    const { id } = (await mira.send('POST', '/document/teas', {})).json<{ data: { id: string } }>()
      .data;
    await mira.send('DELETE', `/document/teas/${id}`);
    await work();
    expect(received.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
      { type: 'document.delete', data: { id } },
    ]);
    await server.admin.send('PUT', `/admin/webhook/${hook.id}`, {
      active: false,
      events: ['create'],
    });
    await mira.send('POST', '/document/teas', {});
    await work();
    expect(received).toHaveLength(1);
  });

  it('does not tell of a change that was undone', async () => {
    const hook = await add();
    await mira.send('POST', '/document/teas', { _allowRead: [{ name: 'nobody-here' }] });
    await work();
    expect(received).toHaveLength(0);
    expect(await deliveries(hook)).toEqual([]);
  });

  it('tries again until the receiver takes it, under the same id', async () => {
    const hook = await add();
    status = 500;
    await mira.send('POST', '/document/teas', {});
    await work();
    await work();
    expect(await deliveries(hook)).toMatchObject([
      { state: 'waiting', attempts: [{ status: 500 }, { status: 500 }] },
    ]);
    status = 204;
    await work();
    const [delivery] = await deliveries(hook);
    expect(delivery).toMatchObject({ state: 'delivered', event: 'document.create' });
    expect(delivery?.attempts.map((attempt) => attempt.status)).toEqual([500, 500, 204]);
    expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([delivery?.id]),
    );
    await work();
    expect(received).toHaveLength(3);
  });

  it('gives up after its attempts, and sends again when asked to', async () => {
    const hook = await add();
    status = 503;
    await mira.send('POST', '/document/teas', {});
    for (let attempt = 0; attempt < 14; attempt++) await work();
    const [failed] = await deliveries(hook);
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed?.attempts).toHaveLength(12);
    status = 200;
    const path = `/admin/webhook/${hook.id}/deliveries/${String(failed?.id)}`;
    expect((await server.admin.send('POST', path)).status).toBe(200);
    await work();
    expect(await deliveries(hook)).toMatchObject([{ state: 'delivered' }]);
    const other = await add();
    const foreign = `/admin/webhook/${other.id}/deliveries/${String(failed?.id)}`;
    expect((await server.admin.send('POST', foreign)).status).toBe(404);
  });

  it('switches itself off when the receiver says 410 Gone', async () => {
    const hook = await add();
    status = 410;
    await mira.send('POST', '/document/teas', {});
    await work();
    expect(await hooks()).toMatchObject([{ id: hook.id, active: false }]);
    expect(await deliveries(hook)).toMatchObject([{ state: 'failed' }]);
  });

  it.each([
    'http://127.0.0.1:9/hook',
    'http://localhost/hook',
    'http://[::ffff:127.0.0.1]/hook',
    'http://169.254.169.254/latest/meta-data',
    'http://2130706433/hook',
    'http://example.com:22/',
  ])('is not made for an address that it could never reach (%s)', async (url) => {
    const refused = await server.admin.send('POST', '/admin/webhook', {
      url,
      collections: ['teas'],
    });
    expect(refused.status).toBe(400);
    expect(refused.text).toMatch(/addresses on their usual|not on the public internet/);
    const { id } = await add();
    const changed = await server.admin.send('PUT', `/admin/webhook/${id}`, { url });
    expect(changed.status).toBe(400);
    expect(await hooks()).toMatchObject([{ url: address }]);
  });

  it.each([
    'http://127.0.0.1:9/hook',
    'http://localhost/hook',
    'http://[::ffff:127.0.0.1]/hook',
    'http://169.254.169.254/latest/meta-data',
  ])('never reaches a private address, however it came there (%s)', async (url) => {
    const hook = await add();
    await server.platform.db.write((trx) =>
      sql`update backend_webhooks set url = ${url} where id = ${hook.id}`.execute(trx),
    );
    await mira.send('POST', '/document/teas', {});
    await work();
    const [delivery] = await deliveries(hook);
    expect(delivery).toMatchObject({ state: 'waiting' });
    expect(delivery?.attempts[0]?.error).toMatch(
      /addresses on their usual|not on the public internet/,
    );
    expect(received).toHaveLength(0);
  });

  it('tests an address without a change, and signs with a new secret after a change of it', async () => {
    const hook = await add();
    await server.admin.send('POST', `/admin/webhook/${hook.id}/test`);
    await work();
    const { data } = (await server.admin.send('POST', `/admin/webhook/${hook.id}/secret`)).json<{
      data: { secret: string };
    }>();
    expect(data.secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(data.secret).not.toBe(hook.secret);
    await server.admin.send('POST', `/admin/webhook/${hook.id}/test`);
    await work();
    expect(received.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
      { type: 'ping', data: {} },
      { type: 'ping', data: {} },
    ]);
    const signed = ({ headers, body }: Received, secret: string) =>
      createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
        .update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`)
        .digest('base64');
    expect(received[0]?.headers['webhook-signature']).toBe(
      `v1,${signed(received[0] as Received, hook.secret)}`,
    );
    expect(received[1]?.headers['webhook-signature']).toBe(
      `v1,${signed(received[1] as Received, data.secret)}`,
    );
  });

  it('shows a secret once only, and belongs to administrators', async () => {
    const { id, secret } = await add();
    expect(secret).toMatch(/^whsec_/);
    const shown = await server.admin.send('GET', `/admin/webhook/${id}`);
    expect(shown.text).not.toContain(secret);
    expect((await server.admin.send('GET', '/admin/webhook')).text).not.toContain(secret);
    expect((await mira.send('GET', '/admin/webhook')).status).toBe(403);
    expect((await mira.send('POST', '/admin/webhook', {})).status).toBe(403);
    expect((await server.admin.send('GET', '/admin/webhook/none')).status).toBe(404);
  });

  it.each([
    [{}, 400],
    [{ url: 'ftp://example.com/', collections: ['teas'] }, 400],
    [{ url: 'http://user:pw@example.com/', collections: ['teas'] }, 400],
    [{ url: 'javascript:alert(1)', collections: ['teas'] }, 400],
    [{ url: `http://example.com/${'x'.repeat(2000)}`, collections: ['teas'] }, 400],
    [{ url: 'http://example.com/', collections: [] }, 400],
    [{ url: 'http://example.com/', collections: 'teas' }, 400],
    [{ url: 'http://example.com/', collections: ['nothing'] }, 404],
    [{ url: 'http://example.com/', collections: ['teas'], events: ['explode'] }, 400],
    [{ url: 'http://example.com/', collections: ['teas'], events: [] }, 400],
    [{ url: 'http://example.com/', collections: ['teas'], active: 'yes' }, 400],
  ])('refuses %j', async (settings, wanted) => {
    expect((await server.admin.send('POST', '/admin/webhook', settings)).status).toBe(wanted);
    expect(await hooks()).toEqual([]);
  });

  it('stops when the webhook is removed or its collection dropped', async () => {
    const hook = await add();
    await server.admin.send('POST', '/admin/collection/brief');
    const other = await add({ collections: ['brief'] });
    await mira.send('POST', '/document/teas', {});
    await server.admin.send('DELETE', `/admin/webhook/${hook.id}`);
    await server.admin.send('DELETE', '/admin/collection/brief');
    await mira.send('POST', '/document/teas', {});
    await work();
    expect(received).toHaveLength(0);
    expect(await hooks()).toMatchObject([{ id: other.id, collections: [] }]);
  });
});
