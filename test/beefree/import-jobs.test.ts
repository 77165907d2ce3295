// Import jobs over HTTP, with a receiver of webhooks (Beefree spec 3.13).
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, type ContentDoor } from './door.ts';

const PATH = '/v1/conversion/html-to-json/job';
const email = (text: string) =>
  `<!DOCTYPE html><html lang="en"><head><title>Spring</title></head><body><h1>Grüße</h1><p>${text}</p></body></html>`;
const HASH = /^[0-9a-f]{64}$/;
const NOBODY = '0'.repeat(64);

interface Answer {
  id: string;
  status: string;
}

const scenarios: Scenario<ContentDoor>[] = [
  {
    name: 'an import is accepted with its hash',
    request: ({ key }) => ({
      method: 'POST',
      path: `${PATH}/`,
      body: email('accepted'),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'text/html' },
    }),
    expect: {
      status: 202,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      json: { id: expect.stringMatching(HASH) as string, status: 'in-progress' },
    },
  },
  {
    name: 'HTML is needed',
    request: ({ key }) => ({
      method: 'POST',
      path: PATH,
      body: ' ',
      headers: { authorization: `Bearer ${key}` },
    }),
    expect: {
      status: 400,
      json: { code: 2200, message: "required key not provided @ data['html']" },
    },
  },
  ...[
    'ftp://a.test/x',
    'nonsense',
    'https://user:secret@a.test/',
    `https://a.test/${'x'.repeat(2000)}`,
  ].map((webhook): Scenario<ContentDoor> => ({
    name: `${webhook.slice(0, 30)} is no webhook`,
    request: ({ key }) => ({
      method: 'POST',
      path: `${PATH}?webhook=${encodeURIComponent(webhook)}`,
      body: email('webhook'),
      headers: { authorization: `Bearer ${key}` },
    }),
    expect: { status: 400, json: { code: 2200, message: "not a URL @ data['webhook']" } },
  })),
  ...(['GET', 'DELETE'] as const).flatMap((method) =>
    [NOBODY, 'nonsense', '..%2f..%2fetc'].map((name): Scenario<ContentDoor> => ({
      name: `${method} of ${name.slice(0, 10)} finds nothing`,
      request: ({ key }) => ({
        method,
        path: `${PATH}/${name}`,
        headers: { authorization: `Bearer ${key}` },
      }),
      expect: { status: 404, json: { code: 4040 } },
    })),
  ),
  {
    name: 'a key is needed',
    request: { method: 'GET', path: `${PATH}/${NOBODY}` },
    expect: { status: 401, json: { code: 4001 } },
  },
  {
    name: 'a job is not changed by PUT',
    request: ({ key }) => ({
      method: 'PUT',
      path: `${PATH}/${NOBODY}`,
      headers: { authorization: `Bearer ${key}` },
    }),
    expect: { status: 405, headers: { allow: 'GET, DELETE' }, json: { code: 4050 } },
  },
];

onBothEngines('Import jobs', (engine) => {
  let door: ContentDoor;
  let receiver: Server;
  let hook: string;
  let received: { body: string; type: string | undefined }[] = [];
  let status = 200;

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      request.on('end', () => {
        received.push({ body, type: request.headers['content-type'] });
        response.writeHead(status).end();
      });
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    hook = `http://${host}/hook`;
    door = await openDoor(engine, {
      settings: { 'beefree-trusted-hosts': host },
    });
  });
  beforeEach(() => {
    received = [];
    status = 200;
  });
  afterAll(async () => {
    receiver.close();
    await door.close();
  });

  runScenarios(
    scenarios,
    () => door.app.url,
    () => door,
  );

  const ask = (html: string, query = '', key = door.key) =>
    door.app.send({
      method: 'POST',
      path: `${PATH}${query}`,
      body: html,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'text/html' },
    });
  const call = (method: string, id: string, key = door.key) =>
    door.app.send({ method, path: `${PATH}/${id}`, headers: { authorization: `Bearer ${key}` } });
  const webhook = () => `?webhook=${encodeURIComponent(hook)}`;
  /** Does all that is waiting, also what waits for its next attempt. */
  const work = async (rounds = 3) => {
    const { db, jobs } = door.app.platform;
    for (let i = 0; i < rounds; i += 1) {
      await db.write((trx) =>
        sql`update platform_jobs set run_at = 0 where state = 'waiting'`.execute(trx),
      );
      await jobs.tick();
      await jobs.idle();
    }
  };

  test('the template is fetched by the hash, and made only once', async () => {
    const html = email('once {{name}}');
    const asked = await ask(html);
    const { id } = asked.json<Answer>();
    await work();
    const got = await call('GET', id);
    expect(got.status).toBe(200);
    expect(got.json()).toMatchObject({
      page: { head: { meta: { subject: 'Spring' } }, rows: [{ columns: [{}] }] },
    });
    expect(got.text).toContain('once {{name}}');
    const again = await ask(html);
    expect([again.status, again.json()]).toEqual([200, { id, status: 'success' }]);
    expect((await call('GET', id)).text).toBe(got.text);
    expect((await door.post('/v1/message/html', got.json())).text).toContain('Grüße');
  });

  test('a webhook is told, tried again, and told at once of what is done', async () => {
    status = 500;
    const html = email('told');
    const { id } = (await ask(html, webhook())).json<Answer>();
    await work(2);
    expect(received.length).toBeGreaterThan(0);
    status = 204;
    received = [];
    await work();
    const told = { body: JSON.stringify({ id, status: 'success' }), type: 'application/json' };
    expect(received).toEqual([told]);
    expect((await ask(html, webhook())).status).toBe(200);
    await work();
    expect(received).toEqual([told, told]);
  });

  test('a private address is never called', async () => {
    const { port } = receiver.address() as AddressInfo;
    for (const address of [
      `http://localhost:${port}/hook`,
      'http://127.0.0.1/hook',
      'http://[::1]/',
    ]) {
      const asked = await ask(email(address), `?webhook=${encodeURIComponent(address)}`);
      expect(asked.status).toBe(202);
      await work();
      expect((await call('GET', asked.json<Answer>().id)).status).toBe(200);
    }
    expect(received).toEqual([]);
  });

  test('HTML that cannot be read fails with a reason', async () => {
    const asked = await ask('<div>'.repeat(50_000), webhook());
    expect(asked.status).toBe(202);
    const { id } = asked.json<Answer>();
    await work();
    const got = await call('GET', id);
    expect([got.status, got.json()]).toEqual([
      422,
      {
        code: 4201,
        message: 'HTML conversion error',
        details: 'Elements may stand 200 deep in each other.',
      },
    ]);
    expect(received.map(({ body }) => JSON.parse(body) as Answer)).toEqual([
      { id, status: 'failed' },
    ]);
  });

  test('a job ends when it is deleted, once', async () => {
    const { id } = (await ask(email('deleted'), webhook())).json<Answer>();
    const deleted = await call('DELETE', id);
    expect([deleted.status, deleted.json()]).toEqual([200, { id, status: 'cancelled' }]);
    expect((await call('DELETE', id)).status).toBe(404);
    expect((await call('GET', id)).status).toBe(404);
    await work();
    expect((await call('GET', id)).status).toBe(404);
  });

  test('results belong to the tenant that asked, and stay for a day', async () => {
    const { platform } = door.app;
    const html = email('mine');
    const { id } = (await ask(html)).json<Answer>();
    await work();
    const other = await openKey(door);
    expect((await call('GET', id, other)).status).toBe(404);
    expect((await call('DELETE', id, other)).status).toBe(404);
    door.app.clock.advance(23 * 3_600_000);
    expect((await call('GET', id)).status).toBe(200);
    door.app.clock.advance(2 * 3_600_000);
    expect((await call('GET', id)).status).toBe(404);
    await platform.jobs.tick();
    await platform.jobs.idle();
    expect((await ask(html)).status).toBe(202);
  });

  test('a job goes on after a restart', async () => {
    const { id } = (await ask(email('restart'))).json<Answer>();
    await door.app.restart();
    await work();
    expect((await call('GET', id)).status).toBe(200);
  });
});

async function openKey({ app }: ContentDoor): Promise<string> {
  const { createApiKey } = await import('../../src/content/api-keys.ts');
  const { platform } = app;
  const { id: tenant } = await platform.db.write((trx) =>
    platform.tenants.create(trx, { name: 'Another studio' }),
  );
  return (await createApiKey(platform, { tenant, label: 'other' })).token;
}
