// Links between documents, files and users, and lists of what a document is linked with (BaasBox spec 5.4, 5.6, 6.5).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendTables } from '../../src/backend/tables.ts';
import { onBothEngines } from '../support/database.ts';
import type { TestResponse } from '../support/http.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

type Json = Record<string, unknown>;
interface LinkJson extends Json {
  id: string;
  label: string;
  out: Json | null;
  in: Json | null;
}
const data = <T = Json & { id: string }>(response: TestResponse) => {
  expect({ status: response.status, body: response.text }).toMatchObject({ status: 200 });
  return response.json<{ data: T }>().data;
};
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

onBothEngines('links', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let bob: TestUser;
  let tea: string;
  let pot: string;
  let cup: string;
  let file: string;
  let bobId: string;

  beforeAll(async () => {
    server = await startServer(engine);
    for (const name of ['teas', 'pots'])
      await server.admin.send('POST', `/admin/collection/${name}`);
    mira = await server.user('mira');
    bob = await server.user('bob');
    const everyone = { _allowRead: [{ name: 'registered', isrole: true }] };
    tea = data(
      await mira.send('POST', '/document/teas', { name: 'Assam', grams: 250, ...everyone }),
    ).id;
    pot = data(
      await mira.send('POST', '/document/pots', { name: 'Blue', tags: ['x', 'y'], ...everyone }),
    ).id;
    cup = data(await mira.send('POST', '/document/pots', { name: 'Cup', secret: 7 })).id;
    bobId = data(await bob.send('GET', '/me')).id;
    file = 'f0000000-0000-4000-8000-000000000001';
    await addFile(file, data(await mira.send('GET', '/me')).id);
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  /** A file that its author alone may read, as an upload would leave it. */
  const addFile = (id: string, author: string) =>
    server.platform.db.write<BackendTables, unknown>(async (trx) => {
      const { tenant_id } = await trx
        .selectFrom('backend_users')
        .select('tenant_id')
        .where('id', '=', author)
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('backend_files')
        .values({
          tenant_id,
          id,
          version: 1,
          author,
          acl: '',
          created_at: 17e11,
          name: 'menu.pdf',
          content_type: 'application/pdf',
          size: 12,
          blob: 'none',
          metadata: '{}',
          attached: '{"lang":"it"}',
          fields:
            '{"fileName":"menu.pdf","contentType":"application/pdf","attachedData":{"lang":"it"}}',
        })
        .execute();
    });
  const link = (from: string, label: string, to: string, user = mira) =>
    user.send('POST', `/link/${from}/${label}/${to}`);
  const found = async (where: string, user = mira, rest = '') => {
    const response = await user.send('GET', `/link?where=${encodeURIComponent(where)}${rest}`);
    return data<LinkJson[]>(response);
  };
  const linked = async (path: string, user = mira) =>
    data<Json[]>(await user.send('GET', `/document/${path}`));

  describe('creation', () => {
    it('answers 200 with both ends, documents without their record identity', async () => {
      const response = await link(tea, 'brewed_in', pot);
      const made = data<LinkJson>(response);
      expect(response.text).toMatch(
        /^\{"result":"ok","data":\{"@version":1,"@class":"E","label":"brewed_in","id":"[^"]+","_author":"mira","_creation_date":"[^"]+","out":\{/,
      );
      expect(made).toEqual({
        '@version': 1,
        '@class': 'E',
        label: 'brewed_in',
        id: expect.stringMatching(UUID) as string,
        _author: 'mira',
        _creation_date: expect.stringMatching(DATE) as string,
        out: expect.objectContaining({ '@class': 'teas', name: 'Assam', id: tea }) as object,
        in: expect.objectContaining({ '@class': 'pots', name: 'Blue', id: pot }) as object,
      });
      expect(response.text).not.toContain('@rid');
      expect(response.text).not.toContain('_allow');
    });

    it('makes a new link each time, of an object with itself too', async () => {
      const ids = [await link(tea, 'again', pot), await link(tea, 'again', pot)].map(
        (made) => data(made).id,
      );
      expect(new Set(ids).size).toBe(2);
      const self = data<LinkJson>(await link(tea, 'same', tea));
      expect(self.out).toEqual(self.in);
    });

    it('joins files and users', async () => {
      const toFile = data<LinkJson>(await link(tea, 'menu', file));
      expect(toFile.in).toEqual({
        '@version': 1,
        _creation_date: '2023-11-14T22:13:20.000+0000',
        id: file,
        _author: 'mira',
        fileName: 'menu.pdf',
        contentType: 'application/pdf',
        contentLength: 12,
        metadata: {},
        attachedData: { lang: 'it' },
      });
      const toUser = data<LinkJson>(await link(tea, 'drunk_by', bobId));
      expect(toUser.in).toMatchObject({
        user: { name: 'bob', status: 'ACTIVE' },
        id: bobId,
        visibleByTheUser: null,
        visibleByFriends: null,
        visibleByAnonymousUsers: {},
      });
      expect(data<LinkJson>(await link(bobId, 'drinks', tea)).out).toMatchObject({ id: bobId });
    });

    it.each([
      ['an unknown source', () => [`${tea}0`, tea]],
      ['an unknown destination', () => [tea, 'nothing']],
      ['a source that the caller may not read', () => [cup, tea]],
      ['a destination that the caller may not read', () => [tea, file]],
    ])('is 400 for %s', async (_case, ids) => {
      const [from = '', to = ''] = ids();
      const response = await link(from, 'x', to, bob);
      expect(response.status).toBe(400);
      expect(response.text).toContain('not found');
      expect(await found(`label = 'x'`)).toEqual([]);
    });

    it.each(['a%20b', `a'b`, 'a.b', 'ü', 'x'.repeat(256)])(
      'refuses the label %s',
      async (label) => {
        expect((await link(tea, label, pot)).status).toBe(400);
      },
    );

    it('is for users', async () => {
      const path = `/link/${tea}/x/${pot}`;
      const headers = { 'X-BAASBOX-APPCODE': APP };
      expect((await server.send({ method: 'POST', path, headers })).status).toBe(401);
      expect((await server.send({ path: '/link', headers })).status).toBe(401);
    });
  });

  describe('reading', () => {
    it('shows null for what the reader may not see', async () => {
      const { id } = data(await link(cup, 'beside', pot));
      const seen = data<LinkJson>(await bob.send('GET', `/link/${id}`));
      expect(seen).toMatchObject({ out: null, in: { id: pot }, label: 'beside' });
      expect(JSON.stringify(seen)).not.toContain('Cup');
      expect(data<LinkJson>(await mira.send('GET', `/link/${id}`)).out).toMatchObject({ id: cup });
    });

    it('is 404 for an unknown link', async () => {
      expect((await mira.send('GET', '/link/none')).status).toBe(404);
      expect((await mira.send('DELETE', '/link/none')).status).toBe(404);
    });

    it.each<[string, number]>([
      [`label = 'query' and out.id = ?`, 3],
      [`out.id = ? and in.name = 'Blue'`, 1],
      [`label = 'query' and in.fileName like 'menu%'`, 1],
      [`label = 'query' and in.attachedData.lang = 'it'`, 1],
      [`label = 'query' and in.user.name = 'bob'`, 1],
      [`label = 'query' and in.user.name is null`, 2],
      [`label = 'query' and in.tags contains 'y'`, 1],
      [`label = 'query' and out.grams > 200`, 3],
      [`label = 'query' and out._author = 'mira'`, 3],
      [`label = 'query' and out._creation_date > date('2020-01-01')`, 3],
      [`label = 'query' and in._creation_date < date('2024-01-01')`, 1],
      [`label = 'query' and in.visibleByTheUser is null`, 3],
      [`label = 'query' and in.visibleByAnonymousUsers is not null`, 1],
      [`label = 'query' and _author = 'mira' and _creation_date > date('2020-01-01')`, 3],
      [`label = 'query' and @class = 'E'`, 3],
    ])('finds by %s', async (where, count) => {
      if ((await found(`label = 'query'`)).length === 0) {
        for (const to of [pot, file, bobId]) data(await link(tea, 'query', to));
      }
      const params = where.includes('?') ? `&params=${tea}` : '';
      const exact = await found(where, mira, params);
      const label = where.startsWith('label')
        ? exact
        : exact.filter((one) => one.label === 'query');
      expect(label).toHaveLength(count);
      // The same, with a condition that only the evaluator can decide.
      const slow = await found(`${where} and id matches '.*'`, mira, params);
      expect(slow.map(({ id }) => id)).toEqual(exact.map(({ id }) => id));
    });

    it('never finds by what the caller may not see', async () => {
      data(await link(cup, 'hidden', pot));
      for (const where of [
        `out.name = 'Cup'`,
        `out.secret = 7`,
        `out.id = '${cup}'`,
        `any() like '%Cup%'`,
      ]) {
        expect(await found(`label = 'hidden' and ${where}`, bob)).toEqual([]);
      }
      expect(await found(`label = 'hidden' and out.secret = 7`)).toHaveLength(1);
      expect(await found(`label = 'hidden' and out is null`, bob)).toHaveLength(1);
      const rows = await found(
        `label = 'hidden'`,
        bob,
        `&fields=${encodeURIComponent('out.name as n, out, in.name')}`,
      );
      expect(rows).toEqual([{ '@rid': '#-2:0', '@version': 0, n: null, out: null, name: 'Blue' }]);
      // Both ends alone: `in` is an operator, too.
      expect(await found(`label = 'hidden' and in is not null`, bob)).toHaveLength(1);
      const ends = await found(`label = 'hidden'`, bob, '&fields=in,out');
      expect(ends).toMatchObject([{ in: { name: 'Blue' }, out: null }]);
      const byUser = await found(`label = 'query' and in.visibleByTheUser is not null`, bob);
      expect(byUser).toHaveLength(1);
    });

    it('counts, pages and sorts', async () => {
      expect(await found(`label = 'query'`, mira, '&count=true')).toEqual([
        { '@rid': '#-2:0', '@version': 0, count: 3 },
      ]);
      const page = await mira.send(
        'GET',
        `/link?where=label='query'&page=0&recordsPerPage=2&orderBy=in.name%20desc`,
      );
      expect(page.json()).toMatchObject({ more: true, data: [{ in: { name: 'Blue' } }, {}] });
      expect((await mira.send('GET', '/link?where=in%20(p)')).status).toBe(400);
    });
  });

  describe('deletion', () => {
    it.each<[string, () => TestUser, number]>([
      ['a stranger', () => bob, 403],
      ['an administrator', () => server.admin, 200],
      ['the author', () => mira, 200],
    ])('by %s', async (_who, user, status) => {
      const { id } = data(await link(tea, 'gone', pot));
      const response = await user().send('DELETE', `/link/${id}`);
      expect(response.status).toBe(status);
      if (status === 200) expect(response.json()).toMatchObject({ result: 'ok', data: '' });
      expect((await mira.send('GET', `/link/${id}`)).status).toBe(status === 200 ? 404 : 200);
    });

    it('by whoever may update the source', async () => {
      const own = data(
        await bob.send('POST', '/document/teas', {
          name: 'Oolong',
          _allowRead: [{ name: 'mira' }],
          _allowUpdate: [{ name: 'mira' }],
        }),
      ).id;
      const { id } = data(await link(own, 'shared', own, bob));
      expect((await mira.send('DELETE', `/link/${id}`)).status).toBe(200);
    });

    it('comes with that of a document at either end; the other end stays', async () => {
      const other = data(await mira.send('POST', '/document/teas', { name: 'Brief' })).id;
      const ids = [data(await link(other, 'x', tea)).id, data(await link(tea, 'x', other)).id];
      expect((await mira.send('DELETE', `/document/teas/${other}`)).status).toBe(200);
      for (const id of ids) expect((await mira.send('GET', `/link/${id}`)).status).toBe(404);
      expect((await mira.send('GET', `/document/teas/${tea}`)).status).toBe(200);
      expect(await linked(`teas/${tea}/x`)).toEqual([]);
    });

    it('comes with that of a collection', async () => {
      await server.admin.send('POST', '/admin/collection/brief');
      const other = data(await mira.send('POST', '/document/brief', {})).id;
      const { id } = data(await link(tea, 'into', other));
      expect((await server.admin.send('DELETE', '/admin/collection/brief')).status).toBe(200);
      expect((await mira.send('GET', `/link/${id}`)).status).toBe(404);
    });

    it('of one of two links to a user leaves the document readable', async () => {
      const ids = [data(await link(tea, 'fan', bobId)).id, data(await link(tea, 'fan', bobId)).id];
      expect((await mira.send('DELETE', `/link/${ids[0]}`)).status).toBe(200);
      expect(data(await mira.send('GET', `/document/teas/${tea}`))).toMatchObject({
        name: 'Assam',
      });
      expect(await linked(`teas/${tea}/fan`)).toHaveLength(1);
    });
  });

  describe('linked objects', () => {
    beforeAll(async () => {
      for (const to of [pot, cup, file, bobId, pot]) data(await link(tea, 'set', to));
      data(await link(pot, 'set', tea));
    });

    it('are targets by default, each once, of all kinds; sources with from; all with both', async () => {
      const rows = await linked(`teas/${tea}/set`);
      expect(rows.map((row) => row['id'])).toEqual([pot, cup, file, bobId]);
      expect(rows[0]).toMatchObject({
        '@class': 'pots',
        '@rid': expect.stringMatching(/^#\d+:\d+$/) as string,
      });
      expect(rows[2]).not.toHaveProperty('@class');
      expect(rows[3]).toMatchObject({ user: { name: 'bob' } });
      expect((await linked(`pots/${pot}/set?linkDir=from`)).map((row) => row['id'])).toEqual([tea]);
      expect((await linked(`pots/${pot}/set?linkDir=TO`)).map((row) => row['id'])).toEqual([tea]);
      expect(await linked(`pots/${cup}/set?linkDir=to`)).toEqual([]);
      expect((await linked(`pots/${cup}/set?linkDir=both`)).map((row) => row['id'])).toEqual([tea]);
      expect(await linked(`teas/${tea}/none`)).toEqual([]);
    });

    it('leave out what the caller may not read', async () => {
      const rows = await linked(`teas/${tea}/set`, bob);
      expect(rows.map((row) => row['id'])).toEqual([pot, bobId]);
      expect((await bob.send('GET', `/document/pots/${cup}/set`)).status).toBe(404);
    });

    it('take every criterion', async () => {
      const names = async (query: string) =>
        (await linked(`teas/${tea}/set?${query}`)).map((row) => row['id']);
      expect(await names(`where=name='Blue'`)).toEqual([pot]);
      expect(await names(`where=name.toLowerCase()='blue'`)).toEqual([pot]);
      expect(await names(`where=fileName%20like%20'menu%25'`)).toEqual([file]);
      expect(await names(`where=user.name=?&params=bob`)).toEqual([bobId]);
      expect(await names(`where=any()%20like%20'Bl%25'`)).toEqual([pot]);
      expect(await names(`where=id='${cup}'`)).toEqual([cup]);
      expect(await names(`where=@class='pots'&orderBy=name%20desc`)).toEqual([cup, pot]);
      const page = await mira.send('GET', `/document/teas/${tea}/set?page=1&recordsPerPage=2`);
      expect(page.json()).toMatchObject({ more: false, data: [{ id: file }, { id: bobId }] });
      expect(page.headers['x-bb-more']).toBe('false');
      expect(await linked(`teas/${tea}/set?count=true&where=name%20is%20not%20null`)).toEqual([
        { '@rid': '#-2:0', '@version': 0, count: 2 },
      ]);
      expect(await linked(`teas/${tea}/set?fields=name&where=name%20is%20not%20null`)).toEqual([
        { '@rid': '#-2:0', '@version': 0, name: 'Blue' },
        { '@rid': '#-2:1', '@version': 0, name: 'Cup' },
      ]);
    });

    it.each([
      ['a bad direction', `set?linkDir=up`, 400],
      ['bad criteria', `set?where=in%20(p)`, 400],
      ['two segments', 'set/more', 404],
    ])('are refused for %s', async (_case, rest, status) => {
      expect((await mira.send('GET', `/document/teas/${tea}/${rest}`)).status).toBe(status);
    });

    it('are for users, while parts are for anyone', async () => {
      const headers = { 'X-BAASBOX-APPCODE': APP };
      const path = `/document/teas/${tea}`;
      expect((await server.send({ path: `${path}/set`, headers })).status).toBe(401);
      expect((await server.send({ path: `${path}/.name`, headers })).status).toBe(404);
      expect((await mira.send('GET', `${path}/.name`)).json()).toMatchObject({
        data: { result: 'Assam' },
      });
      expect((await mira.send('GET', `/document/none/${tea}/set`)).status).toBe(404);
      expect((await mira.send('GET', `/document/pots/${tea}/set`)).status).toBe(404);
    });
  });

  describe('chosen ids', () => {
    it('must be unused by documents, files, links and users', async () => {
      const { id } = data(await link(tea, 'id', pot));
      for (const taken of [tea, file, bobId, id]) {
        const response = await mira.send('POST', '/document/teas', { id: taken });
        expect({ status: response.status, taken }).toEqual({ status: 400, taken });
        expect(response.text).toContain('already exists');
      }
      expect((await mira.send('POST', '/document/teas', { id: 'mine' })).status).toBe(200);
    });

    it('are given out once, however many ask at the same time', async () => {
      const asked = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          mira.send('POST', `/document/${index % 2 ? 'teas' : 'pots'}`, { id: 'only-one' }),
        ),
      );
      expect(asked.filter((response) => response.status === 200)).toHaveLength(1);
    });
  });
});
