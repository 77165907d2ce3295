// The example plugins do what they say (examples/plugins).
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { dataOf, install } from './plugins.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

const example = (name: string) =>
  readFile(new URL(`../../examples/plugins/${name}.js`, import.meta.url), 'utf8');

onBothEngines('example plugins', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  beforeAll(async () => {
    server = await startServer(engine);
    mira = await server.user('mira');
  });
  afterAll(() => server.close());

  it('tells whether a name is taken, as the Python SDK asks', async () => {
    const path = await install(
      server,
      'account.checker.plugin',
      await example('account.checker.plugin'),
    );
    const exists = async (body: string) => {
      const headers = {
        'X-BAASBOX-APPCODE': APP,
        appcode: APP,
        'content-type': 'application/x-www-form-urlencoded',
      };
      const query = `?X-BAASBOX-APPCODE=${APP}`;
      return server.send({ method: 'GET', path: path + query, headers, body });
    };
    expect(dataOf(await exists('username=mira'))).toEqual({ exists: true });
    expect(dataOf(await exists('username=MIRA'))).toEqual({ exists: true });
    expect(dataOf(await exists('username=nobody'))).toEqual({ exists: false });
    expect((await exists('')).status).toBe(400);
  });

  it('takes orders', async () => {
    const code = await example('shop.orders');
    const plugin = { name: 'shop.orders', code, lang: 'javascript', active: true };
    const early = await server.admin.send('POST', '/admin/plugin', plugin);
    expect([early.status, dataOf(early)]).toEqual([200, 'There is no collection teas']);
    await server.admin.send('POST', '/admin/collection/teas');
    const installed = await server.admin.send('POST', '/admin/plugin', plugin);
    expect([installed.status, dataOf(installed)]).toEqual([201, 'Orders can be taken']);
    const assam = { name: 'Assam', price: 800, stock: 250 };
    const { id } = dataOf<{ id: string }>(await server.admin.send('POST', '/document/teas', assam));

    const order = (grams: number) => mira.send('POST', '/plugin/shop.orders', { tea: id, grams });
    const first = await order(100);
    expect(first.status).toBe(201);
    expect(dataOf(first)).toMatchObject({ number: 1, tea: 'Assam', price: 800, _author: 'mira' });
    expect((await order(100)).status).toBe(201);
    const sold = await order(100);
    expect([sold.status, sold.json<{ message: string }>().message]).toEqual([404, 'Not in stock']);
    const tea = await server.admin.send('GET', `/document/teas/${id}`);
    expect(dataOf(tea)).toMatchObject({ stock: 50 });
    const mine = dataOf<{ number: number }[]>(await mira.send('GET', '/plugin/shop.orders'));
    expect(mine.map(({ number }) => number)).toEqual([2, 1]);
    expect((await order(-5)).status).toBe(400);
  });
});
