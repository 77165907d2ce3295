// What another process changes counts on the very next request, however many run at the moment. The other process is a
// second connection to the file; on PostgreSQL nothing is remembered (memo.test.ts).
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BackendTables } from '../../src/backend/tables.ts';
import { Credentials } from '../../src/platform/credentials/credentials.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { openSqlite } from '../../src/platform/database/sqlite.ts';
import type { TenantTables } from '../../src/platform/tenants/tables.ts';
import { startServer, type TestServer, type TestUser } from './server.ts';

let server: TestServer;
let there: Database;
let credentials: Credentials;
let number = 0;

beforeAll(async () => {
  server = await startServer('sqlite');
  const { folder, clock, random, serverKey } = server.platform;
  there = openSqlite({ file: path.join(folder, 'skep.db'), synchronous: 'NORMAL' });
  credentials = new Credentials(there, { clock, random, serverKey, flushEveryMs: 0 });
  expect((await server.admin.send('POST', '/admin/collection/notes', {})).status).toBe(201);
});

afterAll(async () => {
  await credentials.close();
  await there.close();
  expect(server.unexpected).toEqual([]);
  await server.close();
});

/** A user with one document, who has just called. */
async function caller(): Promise<TestUser & { read: () => Promise<number> }> {
  const user = await server.user(`caller${number++}`);
  const made = await user.send('POST', '/document/notes', { title: 'mine' });
  const { id } = made.json<{ data: { id: string } }>().data;
  const read = async () => (await user.send('GET', `/document/notes/${id}`)).status;
  expect([await read(), await read()]).toEqual([200, 200]);
  return { ...user, read };
}

/** Requests of somebody else that keep the server busy until the function returns. */
async function amid<T>(busy: () => Promise<number>, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const clients = Array.from({ length: 20 }, async () => {
    while (!done.signal.aborted) expect(await busy()).toBe(200);
  });
  const result = await work();
  done.abort();
  await Promise.all(clients);
  return result;
}

it('ends sessions that the other process revokes, amid other calls', async () => {
  const other = await caller();
  const tokens = await Promise.all(Array.from({ length: 10 }, () => caller()));
  const after = await amid(other.read, async () => {
    const statuses: number[] = [];
    for (const { token, read } of tokens) {
      await there.write((trx) => credentials.tokens.revoke(trx, 'backend.session', token));
      statuses.push(await read());
    }
    return statuses;
  });
  expect(after).toEqual(tokens.map(() => 401));
});

it('ends sessions of passwords that it changes', async () => {
  const user = await caller();
  await there.write<{ platform_passwords: { name: string; version: string } }, unknown>((trx) =>
    trx
      .updateTable('platform_passwords')
      .set({ version: 'another' })
      .where('name', '=', user.name)
      .execute(),
  );
  expect(await user.read()).toBe(401);
});

it('sees roles that it gives and takes', async () => {
  const user = await caller();
  const give = (role: string) =>
    there.write<BackendTables, unknown>((trx) =>
      trx.updateTable('backend_users').set({ role }).where('name', '=', user.name).execute(),
    );
  const asAdmin = async () => (await user.send('GET', '/admin/collection')).status;
  expect(await asAdmin()).toBe(403);
  await give('administrator');
  expect(await asAdmin()).toBe(200);
  await give('registered');
  expect(await asAdmin()).toBe(403);
});

it('sees settings that it makes', async () => {
  const user = await caller();
  await there.write<TenantTables, unknown>(async (trx) => {
    const { tenant_id } = await trx
      .selectFrom('platform_tenants')
      .select('tenant_id')
      .executeTakeFirstOrThrow();
    const off = { name: 'backend.disabled_groups', value: '["data.read"]' };
    await trx
      .insertInto('platform_tenant_settings')
      .values({ tenant_id, ...off })
      .execute();
  });
  expect(await user.read()).toBe(403);
  await there.write<TenantTables, unknown>((trx) =>
    trx.deleteFrom('platform_tenant_settings').execute(),
  );
  expect(await user.read()).toBe(200);
});
