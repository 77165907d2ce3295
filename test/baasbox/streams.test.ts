// Long lists: sent as they are read, whole or visibly broken, and only for as long as somebody reads (BaasBox spec 3.1).
import { createHash } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

const COUNT = 200;
// More than all buffers between server and client hold.
const PAD = 50_000;

onBothEngines('long lists', (engine) => {
  let server: TestServer;
  let mira: TestUser;

  beforeAll(async () => {
    server = await startServer(engine);
    await server.admin.send('POST', '/admin/collection/long');
    await server.admin.send('POST', '/admin/collection/short');
    mira = await server.user('mira');
    for (let from = 0; from < COUNT; from += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => {
          const n = from + index;
          // Not to be compressed, so that PostgreSQL counts its bytes as they are.
          const pad = createHash('sha512')
            .update(String(n))
            .digest('hex')
            .repeat(Math.ceil(PAD / 128));
          return mira.send('POST', '/document/long', { n, even: n % 2 === 0, pad });
        }),
      );
    }
    for (let n = 0; n < 3; n++) await mira.send('POST', '/document/short', { n });
  }, 60_000);
  afterAll(async () => {
    await server.close();
  });

  /** Begins a request and gives the answer before its body has come. */
  const begin = (path: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const asked = request(`${server.base}${path}`, { headers: { 'X-BB-SESSION': mira.token } });
      asked.once('response', resolve);
      asked.once('error', reject);
      asked.end();
    });
  const numbers = (body: { data: { n: number }[] }) =>
    body.data.map(({ n }) => n).sort((a, b) => a - b);
  const all = Array.from({ length: COUNT }, (_, n) => n);

  it('are sent in chunks, in the form of any list', async () => {
    const response = await mira.send('GET', '/document/long?call_id=x');
    expect(response.headers).toMatchObject({
      'transfer-encoding': 'chunked',
      'content-type': 'application/json; charset=utf-8',
      'access-control-allow-origin': '*',
    });
    expect(response.headers).not.toHaveProperty('content-length');
    expect(response.text).toMatch(/^\{"result":"ok","call_id":"x","data":\[\{"@rid"/);
    expect(response.text).toMatch(/\}\],"http_code":200\}$/);
    expect(numbers(response.json())).toEqual(all);
  });

  it.each([
    ['a filter', 'where=even%20=%20true', COUNT / 2],
    [
      'a filter that only the evaluator decides',
      `where=pad%20matches%20'.*'%20or%20n%20%3E=%200`,
      COUNT,
    ],
    ['an order', 'orderBy=n%20desc', COUNT],
    ['the permissions', 'withAcl=true', COUNT],
    ['a projection', 'fields=n,pad', COUNT],
  ])('with %s are complete', async (_what, query, count) => {
    const response = await mira.send('GET', `/document/long?${query}`);
    expect(response.headers['transfer-encoding']).toBe('chunked');
    const body = response.json<{ data: { n: number }[] }>();
    expect(body.data).toHaveLength(count);
    if (query.startsWith('orderBy')) expect(body.data.map(({ n }) => n)).toEqual(all.toReversed());
  });

  it('say after a long page whether there is more', async () => {
    const first = await mira.send('GET', '/document/long?page=0&recordsPerPage=150&orderBy=n');
    expect(first.headers['transfer-encoding']).toBe('chunked');
    expect(first.text).toMatch(/\],"more":true,"http_code":200\}$/);
    const second = await mira.send('GET', '/document/long?page=1&recordsPerPage=100&orderBy=n');
    expect(second.text).toMatch(/\],"more":false,"http_code":200\}$/);
  });

  it('of a few documents have a length, and say before the data whether there is more', async () => {
    const short = await mira.send('GET', '/document/short');
    expect(short.headers['content-length']).toBe(String(Buffer.byteLength(short.text)));
    expect(short.headers).not.toHaveProperty('transfer-encoding');
    const page = await mira.send('GET', '/document/short?page=0&recordsPerPage=2');
    expect(page.text).toMatch(/^\{"result":"ok","more":true,"data":\[/);
    expect(page.headers['x-bb-more']).toBe('true');
    const last = await mira.send('GET', '/document/short?page=1&recordsPerPage=2');
    expect(last.headers['x-bb-more']).toBe('false');
  });

  it.each(['where=in%20(p)', 'orderBy=a%20b%20c', 'fields=(', `where=pad%20matches%20'('`])(
    'answer 400 to %s',
    async (query) => {
      const response = await mira.send('GET', `/document/long?${query}`);
      expect(response.status).toBe(400);
      expect(response.json()).toMatchObject({ result: 'error', http_code: 400 });
    },
  );

  it('are 404 of an unknown collection', async () => {
    expect((await mira.send('GET', '/document/none')).status).toBe(404);
    const headers = { 'X-BAASBOX-APPCODE': APP };
    expect((await server.send({ path: '/document/long', headers })).json()).toMatchObject({
      data: [],
    });
  });

  it('stay whole while documents come and go', async () => {
    const answer = await begin('/document/long');
    const made = await mira.send('POST', '/document/long', { n: -1, pad: 'x' });
    const { id } = made.json<{ data: { id: string } }>().data;
    await mira.send('DELETE', `/document/long/${id}`);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { data: { n: number }[] };
    expect(numbers(body).filter((n) => n >= 0)).toEqual(all);
  });

  it('end when the client goes away', async () => {
    const answer = await begin('/document/long');
    answer.destroy();
    // The server goes on with others.
    expect((await mira.send('GET', '/document/short')).status).toBe(200);
    expect(server.unexpected).toEqual([]);
  });

  it('cut the connection when they cannot be completed', async () => {
    const answer = await begin('/document/long');
    expect(answer.statusCode).toBe(200);
    await server.platform.db.write(async (trx) => {
      await sql`ALTER TABLE backend_documents RENAME TO gone`.execute(trx);
    });
    const read = (async () => {
      for await (const _ of answer) await delay(0);
    })();
    await expect(read).rejects.toThrow(/aborted|ECONNRESET/);
    await server.platform.db.write(async (trx) => {
      await sql`ALTER TABLE gone RENAME TO backend_documents`.execute(trx);
    });
    expect((await mira.send('GET', '/document/short')).status).toBe(200);
  });
});
