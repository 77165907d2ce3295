// Beyond the original: declared indexes change nothing but the time; default permissions; batches.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendTables } from '../../src/backend/tables.ts';
import { onBothEngines } from '../support/database.ts';
import type { TestResponse } from '../support/http.ts';
import { startServer, type TestServer, type TestUser } from './server.ts';

interface Doc {
  id: string;
  n: number;
  [field: string]: unknown;
}
const data = <T = Doc>(response: TestResponse) => response.json<{ data: T }>().data;

const VALUES: unknown[] = [
  0,
  1,
  2,
  30,
  30.5,
  -7,
  1e21,
  '30',
  '30.9',
  '',
  'true',
  'False',
  'a',
  'ab',
  'abc',
  'é',
  '😀',
  true,
  false,
  null,
  undefined,
  ['a', 30],
  [],
  { a: 1 },
];

const CONDITIONS = [
  'v = 30',
  `v = '30'`,
  `v = '30.9'`,
  'v > 1',
  `v > '1'`,
  'v <= 30',
  `v < 'ab'`,
  'v between 1 and 40',
  `v in [30, 'a', true]`,
  `v in ['none']`,
  `v like 'a%'`,
  `v like '3%'`,
  `v like 'a'`,
  'v = true',
  `v = 'true'`,
  '30 = v',
  `v = '' or v = 1`,
  `v = 30 and n > 10`,
  `v > date('2015-01-01')`,
  'v is null',
  `not (v = 30)`,
  `v matches 'a.*' and v > 'a'`,
  `w.x = 3`,
  `w.x > 1 and v = 30`,
];

onBothEngines('beyond the original', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let admin: TestUser;

  beforeAll(async () => {
    server = await startServer(engine);
    ({ admin } = server);
    mira = await server.user('mira');
    for (const name of ['plain', 'quick', 'mine'])
      await admin.send('POST', `/admin/collection/${name}`);
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const built = async (): Promise<void> => {
    while ((await server.platform.jobs.tick()) > 0) await server.platform.jobs.idle();
  };
  const declare = async (collection: string, body: object) => {
    const response = await admin.send('POST', `/admin/collection/${collection}/index`, body);
    await built();
    return response;
  };
  const indexes = async (collection: string) =>
    data<{ id: string; state: string; problem?: string }[]>(
      await admin.send('GET', `/admin/collection/${collection}/index`),
    );

  describe('indexes', () => {
    beforeAll(async () => {
      const bodies = Array.from({ length: 120 }, (_, n) => ({
        n,
        v: VALUES[n % VALUES.length],
        w: n % 3 === 0 ? { x: n % 5 } : [{ x: 3 }],
      }));
      const make = async (from: number, to: number) => {
        for (const body of bodies.slice(from, to)) {
          for (const name of ['plain', 'quick']) {
            expect((await mira.send('POST', `/document/${name}`, body)).status).toBe(200);
          }
        }
      };
      // Some documents come before the index, some after it was built, and some change or go.
      await make(0, 60);
      for (const fields of [['v'], ['w.x'], ['n']]) {
        const declared = await declare('quick', { fields });
        expect(declared.status).toBe(201);
      }
      expect((await indexes('quick')).map(({ state }) => state)).toEqual([
        'ready',
        'ready',
        'ready',
      ]);
      await make(60, 120);
      for (const name of ['plain', 'quick']) {
        const all = data<Doc[]>(await mira.send('GET', `/document/${name}?orderBy=n`));
        for (const n of [3, 33, 63, 93]) {
          const path = `/document/${name}/${all[n]?.id}`;
          expect((await mira.send('PUT', path, { n, v: 30, w: { x: 3 } })).status).toBe(200);
          expect(
            (await mira.send('PUT', `${path}/.v`, { data: n === 33 ? 'abc' : 30 })).status,
          ).toBe(200);
          expect((await mira.send('DELETE', `/document/${name}/${all[n + 1]?.id}`)).status).toBe(
            200,
          );
        }
      }
    });

    const both = async (query: string) => {
      const ask = async (name: string) => {
        const response = await mira.send('GET', `/document/${name}?${query}`);
        expect({ query, status: response.status }).toEqual({ query, status: 200 });
        const { data: rows, more } = response.json<{ data: Doc[]; more?: boolean }>();
        return { rows: rows.map((row) => row.n ?? row), more };
      };
      const [plain, quick] = [await ask('plain'), await ask('quick')];
      expect({ query, ...quick }).toEqual({ query, ...plain });
      return plain.rows.length;
    };

    it.each(CONDITIONS)('find the same by %s', async (where) => {
      const text = encodeURIComponent(where);
      await both(`where=${text}`);
      await both(`where=${text}&page=0&recordsPerPage=5`);
      await both(`where=${text}&page=1&recordsPerPage=5&orderBy=v%20desc`);
      await both(`where=${text}&page=0&recordsPerPage=7&orderBy=w.x`);
      await both(`where=${text}&count=true`);
      await both(`where=${text}&fields=count(*)%20as%20c,v&groupBy=v&orderBy=v`);
      const counts = ['plain', 'quick'].map((name) =>
        mira.send('GET', `/document/${name}/count?where=${text}`),
      );
      const [plain, quick] = await Promise.all(counts);
      expect(quick?.json()).toEqual(plain?.json());
    });

    it.each(['v', 'v desc', 'n desc', 'w.x', 'v,n', 'w.x desc'])(
      'sort the same by %s',
      async (order) => {
        const orderBy = encodeURIComponent(order);
        for (const page of [0, 1, 9, 50]) {
          await both(`orderBy=${orderBy}&page=${page}&recordsPerPage=12`);
        }
        await both(`orderBy=${orderBy}&page=0&recordsPerPage=20&skip=7&fields=n,v`);
        expect(await both(`orderBy=${orderBy}`)).toBe(116);
      },
    );

    it('show nobody what he may not read', async () => {
      const bob = await server.user('bob');
      expect(data(await bob.send('GET', '/document/quick?where=v=30'))).toEqual([]);
      expect(data(await bob.send('GET', '/document/quick?orderBy=v&page=0'))).toEqual([]);
      expect(
        data<{ count: number }>(await bob.send('GET', '/document/quick/count?where=v=30')).count,
      ).toBe(0);
    });

    it.each([
      [{}, 400],
      [{ fields: [] }, 400],
      [{ fields: 'v' }, 400],
      [{ fields: ['id'] }, 400],
      [{ fields: ['a b'] }, 400],
      [{ fields: ['a[0]'] }, 400],
      [{ fields: [`v'); drop table x; --`] }, 400],
      [{ fields: ['v', 'v'] }, 400],
      [{ fields: ['v'] }, 400],
      [{ fields: ['a', 'b', 'c', 'd', 'e'] }, 400],
      [{ fields: ['z'], unique: 'yes' }, 400],
    ])('refuse %j', async (body, status) => {
      expect((await admin.send('POST', '/admin/collection/quick/index', body)).status).toBe(status);
    });

    it('are for administrators, and of collections that exist', async () => {
      expect(
        (await mira.send('POST', '/admin/collection/quick/index', { fields: ['x'] })).status,
      ).toBe(403);
      expect((await admin.send('GET', '/admin/collection/none/index')).status).toBe(404);
      expect((await admin.send('DELETE', '/admin/collection/quick/index/none')).status).toBe(404);
    });

    it('keep values apart when they are unique', async () => {
      await declare('mine', { fields: ['code', 'year'], unique: true });
      const make = (body: object) => mira.send('POST', '/document/mine', body);
      const first = data(await make({ code: 'a', year: 1 }));
      expect((await make({ code: 'a', year: 2 })).status).toBe(200);
      const same = await make({ code: 'a', year: 1 });
      expect(same.status).toBe(400);
      expect(same.text).toContain('Another document has the same code, year');
      // What is missing or null is unlike everything.
      for (const body of [{ code: 'a' }, { code: 'a' }, { code: null, year: 1 }]) {
        expect((await make(body)).status).toBe(200);
      }
      const other = data(await make({ code: 'b', year: 1 }));
      expect(
        (await mira.send('PUT', `/document/mine/${other.id}`, { code: 'a', year: 1 })).status,
      ).toBe(400);
      expect(
        (await mira.send('PUT', `/document/mine/${first.id}`, { code: 'a', year: 1 })).status,
      ).toBe(200);
      await mira.send('DELETE', `/document/mine/${first.id}`);
      const raced = await Promise.all(
        Array.from({ length: 5 }, () => make({ code: 'a', year: 1 })),
      );
      expect(raced.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it('fail over documents that are the same already, and can be dropped', async () => {
      await declare('mine', { fields: ['code'], unique: true });
      const failed = (await indexes('mine')).find(({ state }) => state === 'failed');
      expect(failed).toMatchObject({ problem: expect.stringContaining('code') as string });
      expect((await mira.send('POST', '/document/mine', { code: 'a', year: 99 })).status).toBe(200);
      for (const { id } of await indexes('mine')) {
        expect((await admin.send('DELETE', `/admin/collection/mine/index/${id}`)).status).toBe(200);
      }
      await built();
      expect(await indexes('mine')).toEqual([]);
      expect((await mira.send('POST', '/document/mine', { code: 'a', year: 99 })).status).toBe(200);
    });

    it('sort long texts as they are', async () => {
      await declare('mine', { fields: ['long'] });
      const pad = 'x'.repeat(120);
      for (const end of ['b', 'a', 'c'])
        await mira.send('POST', '/document/mine', { long: pad + end });
      const sorted = await mira.send(
        'GET',
        `/document/mine?where=long%20like%20'x%25'&orderBy=long&page=0`,
      );
      expect(data<{ long: string }[]>(sorted).map(({ long }) => long.at(-1))).toEqual([
        'a',
        'b',
        'c',
      ]);
      const found = await mira.send('GET', `/document/mine?where=long='${pad}b'`);
      expect(data<Doc[]>(found)).toHaveLength(1);
      const all = await mira.send(
        'GET',
        `/document/mine?orderBy=long%20desc&page=0&recordsPerPage=2`,
      );
      expect(data<{ long: string }[]>(all).map(({ long }) => long.at(-1))).toEqual(['c', 'b']);
    });

    it('leave nothing behind when their collection is dropped', async () => {
      await admin.send('DELETE', '/admin/collection/quick');
      await admin.send('DELETE', '/admin/collection/mine');
      await built();
      const left = await server.platform.db
        .tables<BackendTables>()
        .selectFrom('backend_index_entries')
        .select('path')
        .execute();
      expect(left).toEqual([]);
    });
  });

  describe('default permissions', () => {
    const everyone = [{ name: 'registered', isrole: true }];

    it('are given to new documents that have none of their own', async () => {
      const set = await admin.send('PUT', '/admin/collection/plain/acl', { _allowRead: everyone });
      expect(set.status).toBe(200);
      expect(data(set)).toMatchObject({ _allowRead: [{ name: 'registered' }], _allowUpdate: [] });
      expect(data(await admin.send('GET', '/admin/collection/plain/acl'))).toEqual(data(set));
      const ann = await server.user('ann');
      const open = data(await mira.send('POST', '/document/plain', { n: -1 }));
      const own = data(await mira.send('POST', '/document/plain', { n: -2, _allowRead: [] }));
      expect((await ann.send('GET', `/document/plain/${open.id}`)).status).toBe(200);
      expect((await ann.send('PUT', `/document/plain/${open.id}`, {})).status).toBe(403);
      expect((await ann.send('GET', `/document/plain/${own.id}`)).status).toBe(404);
      expect(data<{ count: number }>(await ann.send('GET', '/document/plain/count')).count).toBe(1);
      await admin.send('PUT', '/admin/collection/plain/acl', {});
      const closed = data(await mira.send('POST', '/document/plain', { n: -3 }));
      expect((await ann.send('GET', `/document/plain/${closed.id}`)).status).toBe(404);
    });

    it('are for administrators, and of users and roles that exist', async () => {
      const path = '/admin/collection/plain/acl';
      expect((await mira.send('PUT', path, {})).status).toBe(403);
      expect((await admin.send('PUT', path, { _allowRead: [{ name: 'nobody' }] })).status).toBe(
        400,
      );
      expect((await admin.send('PUT', '/admin/collection/none/acl', {})).status).toBe(404);
    });
  });

  describe('batches', () => {
    const batch = (operations: unknown, user = mira) =>
      user.send('POST', '/document/plain/batch', { operations });
    const count = async () =>
      data<{ count: number }>(await mira.send('GET', '/document/plain/count')).count;

    it('create, update and delete in one go, each step seeing those before', async () => {
      const before = await count();
      const response = await batch([
        { op: 'create', document: { id: 'b1', n: 1001, big: 1, '@class': 'x' } },
        { op: 'create', document: { n: 1002, _allowRead: [{ name: 'registered', isrole: true }] } },
        { op: 'update', id: 'b1', document: { n: 1003, '@version': 1 } },
        { op: 'create', document: { id: 'b2' } },
        { op: 'delete', id: 'b2' },
      ]);
      expect(response.status).toBe(200);
      const results = data<{ status: number; data: Doc }[]>(response);
      expect(results.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      expect(results[2]?.data).toMatchObject({
        id: 'b1',
        n: 1003,
        '@version': 2,
        '@class': 'plain',
      });
      expect(results[4]?.data).toBe('');
      expect(await count()).toBe(before + 2);
      expect(data(await mira.send('GET', '/document/plain/b1'))).toMatchObject({ n: 1003 });
    });

    it('keep numbers as they were sent', async () => {
      const response = await server.send({
        method: 'POST',
        path: '/document/plain/batch',
        headers: { 'X-BB-SESSION': mira.token, 'content-type': 'application/json' },
        body: '{"operations":[{"op":"create","document":{"a":12345678901234567890,"b":1.10}}]}',
      });
      expect(response.text).toContain('"a":12345678901234567890,"b":1.10');
    });

    it.each<[string, unknown, number, string]>([
      ['an unknown document', { op: 'delete', id: 'nope' }, 404, 'operation 1'],
      ['an id in use', { op: 'create', document: { id: 'b1' } }, 400, 'already exists'],
      ['another version', { op: 'update', id: 'b1', document: { '@version': 77 } }, 400, '40001'],
      ['a bad permission', { op: 'create', document: { _allowRead: 5 } }, 400, 'ACL fields'],
      [
        'an unknown user',
        { op: 'create', document: { _allowRead: [{ name: 'nobody' }] } },
        400,
        'operation 1',
      ],
      ['an unknown operation', { op: 'drop' }, 400, 'operation 1'],
      ['no object', 'x', 400, 'operation 1'],
      ['no document', { op: 'create' }, 400, 'operation 1'],
      ['no id', { op: 'delete' }, 400, 'operation 1'],
    ])('do nothing at all for %s', async (_case, operation, status, text) => {
      const before = await count();
      const response = await batch([{ op: 'create', document: { n: 5000 } }, operation]);
      expect(response.status).toBe(status);
      expect(response.text).toContain(text);
      expect(await count()).toBe(before);
      expect(data(await mira.send('GET', '/document/plain?where=n=5000'))).toEqual([]);
    });

    it('need the rights of each step', async () => {
      const eve = await server.user('eve');
      const shared = data(
        await mira.send('POST', '/document/plain', { _allowRead: [{ name: 'eve' }] }),
      );
      expect((await batch([{ op: 'delete', id: shared.id }], eve)).status).toBe(403);
      expect((await batch([{ op: 'update', id: 'b1', document: {} }], eve)).status).toBe(404);
    });

    it.each([
      ['none', []],
      ['too many', Array.from({ length: 501 }, () => ({ op: 'create', document: {} }))],
      ['no list', { op: 'create' }],
    ])('refuse %s', async (_case, operations) => {
      expect((await batch(operations)).status).toBe(400);
    });
  });
});
