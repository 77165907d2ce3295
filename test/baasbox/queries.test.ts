// Query criteria over HTTP: lists, pages, counts, projections (BaasBox spec 4, 8.5).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

interface Answer {
  result: string;
  data: Record<string, unknown>[];
  more?: boolean;
}

onBothEngines('query criteria', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let bob: TestUser;
  beforeAll(async () => {
    server = await startServer(engine);
    const { admin } = server;
    for (const name of ['teas', 'empty', 'mixed', 'many'])
      await admin.send('POST', `/admin/collection/${name}`);
    mira = await server.user('mira');
    bob = await server.user('bob');
    const teas = [
      {
        n: 1,
        color: 'green',
        price: 12,
        city: 'Rome',
        total: 1,
        tags: ['sale', 'new'],
        players: [{ username: 'ann', score: 5 }],
      },
      {
        n: 2,
        color: 'black',
        price: 15.5,
        city: 'Oslo',
        total: 2.5,
        tags: ['sale'],
        lat: 44.5,
        long: 11.35,
      },
      { n: 3, color: 'Green', price: 25, city: 'Rome', total: '3', address: { city: 'ROME' } },
      { n: 4, color: 'yellow', price: '30', city: null, note: "50% off today's price" },
    ];
    for (const tea of teas) await mira.send('POST', '/document/teas', tea);
    // One after the other: their order is the order of insertion.
    for (let n = 1; n <= 25; n++) {
      const body = { n, _allowRead: n % 2 ? [{ name: 'registered', isrole: true }] : [] };
      await (n % 5 ? mira : bob).send('POST', '/document/many', body);
      server.advance(1);
    }
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const get = (user: TestUser, query: string, collection = 'teas') =>
    user.send('GET', `/document/${collection}${query}`);
  const encoded = (parameters: Record<string, string>) =>
    `?${new URLSearchParams(parameters).toString()}`;
  const ns = async (query: string, collection = 'teas', user = mira) =>
    (await get(user, query, collection)).json<Answer>().data.map((row) => row['n']);

  describe('filters', () => {
    it.each<[string, unknown[]]>([
      ["?where=color%3D'green'", [1]],
      ['?where=color%3D%3F&params=black', [2]],
      ['?where=color%3D%3F%20or%20color%3D%3F&params=yellow&params=black', [2, 4]],
      ['?where=color=? or color=? &params=yellow&params=black'.replaceAll(' ', '%20'), [2, 4]],
      ['?&where=city=%3F+and+price>%3F+&params=Rome&params=12', [3]],
      ['?where=color%3D%3F&params[]=black', [2]],
      ["?where=color+like+'%25een'", [1, 3]],
      // A bare percent sign.
      ["?where=color%20like%20'%een'", [1, 3]],
      ['?where=(any()like?%20)&params=%25off%25', [4]],
      ["?where=tags%20contains%20'sale'%20and%20price%20between%2010%20and%2020", [1, 2]],
      ["?where=players%20contains%20(username%3D'ann')", [1]],
      ["?where=address.city.toLowerCase()%20%3D%20'rome'", [3]],
      ['?where=distance(lat,long,44.49,11.34)%20%3C%205', [2]],
      ['?where=price%20%3E%2020', [3, 4]],
      ['?where=price%3D?&params=30', [4]],
      ["?where=_author='mira'%20and%20n%20%3C%203", [1, 2]],
      ["?where=_creation_date%20%3E%20date('2015-05-01T00:00:00.000%2B0200')%20and%20n=1", [1]],
      ["?where=color%20matches%20'(g|y).*'", [1, 4]],
      ["?where=color.length()=5%20and%20not%20color%20matches%20'G.*'", [1, 2]],
      ['?where=', [1, 2, 3, 4]],
      // Surplus values are ignored (8.5 row 7).
      ['?where=color=?&params=black&params=green', [2]],
      ["?where=color='nope'", []],
    ])('%s', async (query, expected) => {
      expect(await ns(query)).toEqual(expected);
      const filter = query.replaceAll(/&(?!params|where)[^&]*/g, '');
      const count = await mira.send('GET', `/document/teas/count${filter}`);
      expect(count.json()).toMatchObject({ data: { count: expected.length } });
    });
  });

  describe('bad criteria are 400', () => {
    it.each([
      '?where=in%20(p)',
      "?where=color%20%3D%20'a';drop%20table%20x",
      '?where=1=1)%20or%20(1=1',
      '?where=color=?',
      '?where=color%20matches%20%27(%27',
      '?orderBy=%27',
      '?fields=count(',
      '?groupBy=;',
      '?page=x',
      '?page=0&recordsPerPage=two',
      '?page=0&recordsPerPage=-1',
      '?skip=-1',
      '?skip=1.5',
      '?depth=deep',
      '?page=999999999&recordsPerPage=999999999',
      `?where=${'('.repeat(5000)}`,
      '?where=select%20from%20OUser',
    ])('%s', async (query) => {
      const response = await get(mira, query);
      expect([response.status, response.json<Answer>().result]).toEqual([400, 'error']);
    });
    it('for counts too', async () => {
      expect((await mira.send('GET', '/document/teas/count?where=in%20(p)')).status).toBe(400);
    });
    it('before the collection is looked for or after, always an error', async () => {
      expect((await get(mira, '?where=in%20(p)', 'nope')).status).toBe(400);
      expect((await get(mira, '', 'nope')).status).toBe(404);
    });
  });

  describe('order', () => {
    it.each<[string, unknown[]]>([
      ['color', [3, 2, 1, 4]],
      ['color desc', [4, 1, 2, 3]],
      // Numbers before texts.
      ['price desc', [4, 3, 2, 1]],
      ['city, n desc', [4, 2, 3, 1]],
      ['city,n asc,desc', [4, 2, 3, 1]],
      ['_creation_date desc', [4, 3, 2, 1]],
      ['@rid desc', [4, 3, 2, 1]],
      ['missing', [1, 2, 3, 4]],
      ['address.city desc, n desc', [3, 4, 2, 1]],
    ])('%s', async (orderBy, expected) => {
      expect(await ns(encoded({ orderBy }))).toEqual(expected);
    });
    it('and filter and page together', async () => {
      expect(
        await ns(
          encoded({ orderBy: 'price desc', where: 'price < 30', page: '0', recordsPerPage: '2' }),
        ),
      ).toEqual([3, 2]);
    });
  });

  describe('pages', () => {
    const page = async (query: string, user = mira) => {
      const response = await get(user, query, 'many');
      const { data, more } = response.json<Answer>();
      return { ns: data.map((row) => row['n']), more, header: response.headers['x-bb-more'] };
    };
    const range = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index);

    it.each<[string, number[], boolean | undefined]>([
      ['?page=0', range(1, 20), true],
      ['?page=1', range(21, 25), false],
      ['?page=0&recordsPerPage=25', range(1, 25), false],
      ['?page=0&recordsPerPage=0', [], true],
      ['?page=9', [], false],
      ['?recordsPerPage=5', range(1, 25), undefined],
      ['?page=1&recordsPerPage=5&skip=2', range(8, 12), true],
      ['?skip=23', [24, 25], undefined],
      ['?page=0&recordPerPage=3', [1, 2, 3], true],
      ['?page=0&recordPerPage=3&recordsPerPage=2', [1, 2], true],
      ['?page%20=0&recordsPerPage%20=2', [1, 2], true],
      ['?page=-1&recordsPerPage=2', range(1, 25), undefined],
      ['?page=0&page=1&recordsPerPage=1', [1], true],
      ['?page=0&recordsPerPage=3&where=n>20', [21, 22, 23], true],
      ['?page=1&recordsPerPage=3&where=n>20', [24, 25], false],
      ['?page=0&recordsPerPage=3&where=n.asString().length()=2&orderBy=n desc', [25, 24, 23], true],
      ['?page=5&recordsPerPage=3&where=n.asString().length()=2', [25], false],
      ['?page=0&recordsPerPage=2&orderBy=_creation_date desc', [25, 24], true],
    ])('%s', async (query, expected, more) => {
      const found = await page(query.replaceAll(' ', '%20'), server.admin);
      expect(found).toEqual({
        ns: expected,
        more,
        header: more === undefined ? undefined : String(more),
      });
    });

    it('hold what the caller may read, and counts agree', async () => {
      const odd = range(1, 25).filter((n) => n % 2);
      const readers: [TestUser | undefined, number[]][] = [
        [mira, range(1, 25).filter((n) => n % 2 || n % 5)],
        [bob, range(1, 25).filter((n) => n % 2 || n % 5 === 0)],
        [await server.user('eve'), odd],
        [undefined, []],
      ];
      for (const [user, expected] of readers) {
        const ask = (path: string) =>
          user
            ? user.send('GET', path)
            : server.send({ path, headers: { 'X-BAASBOX-APPCODE': APP } });
        for (const query of [
          '',
          '?page=0&recordsPerPage=50',
          '?where=n>0',
          '?orderBy=n',
          '?where=n.asString()<>%27x%27',
          '?skip=0&orderBy=_creation_date',
        ]) {
          const response = await ask(`/document/many${query}`);
          expect([query, response.json<Answer>().data.map((row) => row['n'])]).toEqual([
            query,
            expected,
          ]);
        }
        for (const query of ['', '?where=n>0', '?where=n.asString()<>%27x%27']) {
          const response = await ask(`/document/many/count${query}`);
          expect(response.text).toBe(
            `{"result":"ok","data":{"count":${expected.length}},"http_code":200}`,
          );
        }
        const counted = await ask('/document/many?count=true&where=n>0');
        expect(counted.text).toBe(
          `{"result":"ok","data":[{"@rid":"#-2:0","@version":0,"count":${expected.length}}],"http_code":200}`,
        );
      }
    });

    it('of nothing are empty lists (8.5 row 3)', async () => {
      for (const query of ['', '?page=0', '?where=a=1']) {
        expect((await get(mira, query, 'empty')).json()).toMatchObject({ result: 'ok', data: [] });
      }
      expect((await get(mira, '?count=True', 'empty')).json<Answer>().data[0]?.['count']).toBe(0);
    });
  });

  it('echoes the call id as text', async () => {
    const good = await get(mira, '?call_id=42&page=0', 'empty');
    expect(good.text).toBe('{"result":"ok","call_id":"42","more":false,"data":[],"http_code":200}');
    expect((await get(mira, '?call_id=4%222&where=in', 'empty')).json()).toMatchObject({
      call_id: '4"2',
    });
    expect((await get(mira, '?call_id=', 'empty')).text).not.toContain('call_id');
  });

  describe('projections', () => {
    it.each<[Record<string, string>, unknown[]]>([
      [
        { fields: 'color as c, n', where: 'n < 3' },
        [
          { c: 'green', n: 1 },
          { c: 'black', n: 2 },
        ],
      ],
      [
        { fields: 'sum(total) as tot,city', groupBy: 'city', orderBy: 'city' },
        [
          { tot: 0, city: null },
          { tot: 2.5, city: 'Oslo' },
          { tot: 1, city: 'Rome' },
        ],
      ],
      [
        { fields: 'sum(eval("total * 1")) as tot,city', groupBy: 'city', orderBy: 'city' },
        [
          { tot: 0, city: null },
          { tot: 2.5, city: 'Oslo' },
          { tot: 4, city: 'Rome' },
        ],
      ],
      [{ fields: 'count(*) as tot' }, [{ tot: 4 }]],
      [{ fields: 'count(*) as tot', where: "tags contains 'sale'" }, [{ tot: 2 }]],
      [
        { fields: 'password, system, _allowRead', where: 'n = 1' },
        [{ password: null, system: null, _allowRead: null }],
      ],
      [{ fields: 'expand(_allowRead)' }, []],
      [
        { fields: '_author, @class, @version', where: 'n = 1' },
        [{ _author: 'mira', '@class': 'teas', '@version': 1 }],
      ],
      [{ fields: 'n', page: '1', recordsPerPage: '3' }, [{ n: 4 }]],
      [
        { count: 'true', groupBy: 'city', page: '0', recordsPerPage: '1' },
        [{ count: 2 }, { count: 1 }, { count: 1 }],
      ],
      [{ count: 'true', groupBy: 'city', where: 'n > 2' }, [{ count: 1 }, { count: 1 }]],
    ])('%j', async (query, rows) => {
      const response = await get(mira, encoded(query));
      expect(response.json<Answer>().data).toEqual(
        rows.map((row, index) => ({ '@rid': `#-2:${index}`, '@version': 0, ...(row as object) })),
      );
    });
  });

  it('sees changes at once', async () => {
    const made = await mira.send('POST', '/document/mixed', { state: 'new' });
    const { id } = made.json<{ data: { id: string } }>().data;
    const count = async (state: string) =>
      (await mira.send('GET', `/document/mixed/count?where=state%3D%27${state}%27`)).json<{
        data: { count: number };
      }>().data.count;
    expect(await count('new')).toBe(1);
    await mira.send('PUT', `/document/mixed/${id}`, { state: 'old' });
    expect([await count('new'), await count('old')]).toEqual([0, 1]);
    await mira.send('PUT', `/document/mixed/${id}/.state`, { data: 'newer' });
    expect([await count('old'), await count('newer')]).toEqual([0, 1]);
    await mira.send('DELETE', `/document/mixed/${id}`);
    expect(await count('newer')).toBe(0);
  });
});
