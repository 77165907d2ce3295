// Files over HTTP: upload, permissions, download, text, deletion (BaasBox spec 5.5, 5.7, 6.7, 8.3).
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlobTables } from '../../src/platform/blobs/tables.ts';
import { onBothEngines } from '../support/database.ts';
import { docx, form, pdf, type FormPart } from '../support/files.ts';
import type { TestResponse } from '../support/http.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

interface FileData {
  id: string;
  [name: string]: unknown;
}

onBothEngines('files', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let bob: TestUser;
  beforeAll(async () => {
    server = await startServer(engine, { maxFileBytes: 200_000 });
    mira = await server.user('mira');
    bob = await server.user('bob');
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const send = (parts: readonly FormPart[], token = mira.token): Promise<TestResponse> => {
    const { body, type } = form(parts);
    const headers = { 'X-BB-SESSION': token, 'content-type': type };
    return server.send({ method: 'POST', path: '/file', headers, body });
  };
  const upload = async (
    content: string | Buffer,
    fileName = 'a.txt',
    more: readonly FormPart[] = [],
    token = mira.token,
  ): Promise<FileData> => {
    const response = await send([{ name: 'file', fileName, content }, ...more], token);
    expect(response.status).toBe(201);
    return response.json<{ data: FileData }>().data;
  };
  const text = (name: string, value: unknown): FormPart => ({
    name,
    type: 'application/json;charset=UTF-8',
    content: typeof value === 'string' ? value : JSON.stringify(value),
  });
  const get = (path: string, user: TestUser = mira) => user.send('GET', path);
  const anonymously = (path: string, headers: Record<string, string> = {}) =>
    server.send({ path, headers: { 'X-BAASBOX-APPCODE': APP, ...headers } });
  /** Does what jobs there are. */
  const work = async () => {
    while ((await server.platform.jobs.tick()) > 0) await server.platform.jobs.idle();
  };
  const blobs = async (): Promise<number> => {
    const rows = await server.platform.db
      .tables<BlobTables>()
      .selectFrom('platform_blobs')
      .select('id')
      .execute();
    return rows.length;
  };

  describe('an upload', () => {
    it('gives the file as the format says, and its bytes back', async () => {
      const file = await upload('hello tea', 'menu.txt', [
        text('attachedData', '{"lang":"it","n":1.10}'),
      ]);
      expect(Object.keys(file)).toEqual([
        '@version',
        '_creation_date',
        'id',
        '_author',
        'fileName',
        'contentType',
        'contentLength',
        'metadata',
        'attachedData',
      ]);
      expect(file).toMatchObject({
        '@version': 1,
        _creation_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/),
        id: expect.stringMatching(
          /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        ),
        _author: 'mira',
        fileName: 'menu.txt',
        contentType: 'text/plain',
        contentLength: 9,
        metadata: { 'Content-Type': 'text/plain' },
        attachedData: { lang: 'it', n: 1.1 },
      });
      const bytes = await get(`/file/${file.id}`);
      expect(bytes.status).toBe(200);
      expect(bytes.text).toBe('hello tea');
      expect(bytes.headers).toMatchObject({ 'content-type': 'text/plain', 'content-length': '9' });
      expect(bytes.headers['content-disposition']).toBeUndefined();
      // Numbers come back as they were written.
      expect((await get(`/file/attachedData/${file.id}`)).text).toContain(
        '"data":{"lang":"it","n":1.10}',
      );
      const details = await get(`/file/details/${file.id}`);
      expect(details.json()).toMatchObject({ result: 'ok', data: file });
    });

    it('takes the first part with a file name, whatever it is called and wherever it stands', async () => {
      const response = await send([
        text('attachedData', { a: 1 }),
        { name: '"upload"', fileName: 'first.txt', content: '1' },
        { name: 'file', fileName: 'second.txt', content: '2' },
      ]);
      expect(response.status).toBe(201);
      expect(response.json()).toMatchObject({
        data: { fileName: 'first.txt', attachedData: { a: 1 } },
      });
    });

    it('finds out what a file is, whatever the client says', async () => {
      const png = await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
        .png()
        .toBuffer();
      const response = await send([
        { name: 'file', fileName: 'photo.txt', type: 'text/html', content: png },
      ]);
      expect(response.json()).toMatchObject({
        data: {
          contentType: 'image/png',
          metadata: { 'Content-Type': 'image/png', width: '30', height: '20' },
          attachedData: {},
        },
      });
      const unknown = await upload(Buffer.from([0, 1, 2, 3]), 'x.html');
      expect(unknown).toMatchObject({ contentType: 'application/octet-stream' });
    });

    it('of nothing is an empty file', async () => {
      const file = await upload('', 'empty.txt');
      expect(file).toMatchObject({ contentLength: 0 });
      const bytes = await get(`/file/${file.id}`);
      expect([bytes.status, bytes.text, bytes.headers['content-length']]).toEqual([200, '', '0']);
    });

    it.each<[string, FormPart[], string]>([
      ['without a file', [{ name: 'attachedData', content: '{}' }], 'no part with a file'],
      [
        'with broken attached data',
        [
          { name: 'f', fileName: 'f', content: 'x' },
          { name: 'attachedData', content: '{' },
        ],
        'attachedData',
      ],
      [
        'with attached data that are a list',
        [
          { name: 'f', fileName: 'f', content: 'x' },
          { name: 'attachedData', content: '[1]' },
        ],
        'attachedData',
      ],
    ])('%s is refused', async (_, parts, word) => {
      const before = await blobs();
      const response = await send(parts);
      expect(response.status).toBe(400);
      expect(response.json()).toMatchObject({ result: 'error', http_code: 400 });
      expect(response.text).toContain(word);
      expect(await blobs()).toBe(before);
    });

    it('that is no form, a broken form or too large is refused in the envelope', async () => {
      const json = await mira.send('POST', '/file', { a: 1 });
      expect(json.status).toBe(400);
      expect(json.json()).toMatchObject({ result: 'error', resource: '/file', method: 'POST' });
      const before = await blobs();
      for (const [type, body, status] of [
        ['multipart/form-data', 'x', 400],
        [
          'multipart/form-data; boundary=b',
          '--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\ncut',
          400,
        ],
        ['multipart/form-data; boundary=b', `--b\r\n${'x'.repeat(100_000)}`, 400],
        ['multipart/mixed; boundary=b', '--b--', 400],
      ] as const) {
        const headers = { 'X-BB-SESSION': mira.token, 'content-type': type };
        const response = await server.send({ method: 'POST', path: '/file', headers, body });
        expect(response.status).toBe(status);
        expect(response.json()).toMatchObject({ result: 'error', http_code: status });
      }
      const large = await send([{ name: 'file', fileName: 'a', content: Buffer.alloc(200_001) }]);
      expect(large.status).toBe(413);
      expect(large.json()).toMatchObject({ result: 'error', http_code: 413 });
      expect(await blobs()).toBe(before);
      const fits = await upload(Buffer.alloc(200_000, 'x'));
      expect(fits).toMatchObject({ contentLength: 200_000 });
    });

    it('needs a user', async () => {
      const { body, type } = form([{ name: 'file', fileName: 'a', content: 'x' }]);
      const call = (headers: Record<string, string>) =>
        server.send({
          method: 'POST',
          path: '/file',
          body,
          headers: { 'content-type': type, ...headers },
        });
      expect((await call({})).status).toBe(400);
      expect((await call({ 'X-BAASBOX-APPCODE': APP })).status).toBe(401);
      expect((await call({ 'X-BB-SESSION': 'wrong' })).status).toBe(401);
      const internal = Buffer.from('baasbox:baasbox').toString('base64');
      const basic = { authorization: `Basic ${internal}`, 'X-BAASBOX-APPCODE': APP };
      expect((await call(basic)).status).toBe(403);
    });
  });

  describe('permissions in an upload', () => {
    it('are given with and without attached data', async () => {
      const acl = { read: { users: ['bob'], roles: [] }, update: { users: ['bob'] } };
      for (const more of [[], [text('attachedData', {})]]) {
        const file = await upload('x', 'a.txt', [...more, text('acl', acl)]);
        expect((await get(`/file/${file.id}`, bob)).status).toBe(200);
        expect((await anonymously(`/file/${file.id}`)).status).toBe(404);
        expect((await bob.send('DELETE', `/file/${file.id}`)).status).toBe(403);
      }
      const all = await upload('x', 'a.txt', [text('acl', { all: { users: ['bob'] } })]);
      expect((await bob.send('DELETE', `/file/${all.id}`)).status).toBe(200);
      const open = await upload('x', 'a.txt', [text('acl', { read: { roles: ['anonymous'] } })]);
      expect((await anonymously(`/file/${open.id}`)).status).toBe(200);
      await mira.send('DELETE', `/file/${open.id}`);
    });

    it.each<[string, unknown, string, string]>([
      ['are no JSON', '{"read"', '40002', "The 'acl' field is malformed"],
      ['are blank', '', '40002', "The 'acl' field is malformed"],
      ['are no object', '[1]', '40002', "The 'acl' field is malformed"],
      ['name another permission', { write: { users: [] } }, '40003', 'write'],
      ['name something other than users and roles', { read: { groups: [] } }, '40004', 'groups'],
      ['hold no object', { read: ['bob'] }, '40004', 'read'],
      ['hold no list', { read: { users: 'bob' } }, '40010', 'array'],
      ['hold a list of numbers', { read: { roles: [1] } }, '40010', 'array'],
      [
        'name an unknown user',
        { read: { users: ['nobody'] } },
        '40005',
        'The user nobody does not exist',
      ],
      [
        'name an unknown role',
        { all: { roles: ['none'] } },
        '40006',
        'The role none does not exist',
      ],
    ])('that %s are refused, and nothing is stored', async (_, acl, code, message) => {
      const before = await blobs();
      const response = await send([
        { name: 'file', fileName: 'a', content: 'x' },
        text('acl', acl),
      ]);
      expect(response.status).toBe(400);
      expect(response.text).toContain(`"bb_code":"${code}"`);
      expect(response.json<{ message: string }>().message).toContain(message);
      expect(await blobs()).toBe(before);
    });
  });

  describe('a file of somebody else', () => {
    it('is unknown on every path until it is granted, and to app-code callers until anonymous may read', async () => {
      const { id } = await upload('secret words', 'secret.txt');
      await work();
      const paths = ['', 'details/', 'attachedData/', 'content/'].map(
        (part) => `/file/${part}${id}`,
      );
      for (const path of paths) {
        const refused = await get(path, bob);
        expect(refused.status).toBe(404);
        expect(refused.json<{ message: string }>().message).toBe(`${id} file was not found`);
        expect((await anonymously(path)).status).toBe(404);
      }
      expect((await get(`/file/details`, bob)).text).not.toContain(id);
      expect((await bob.send('PUT', `/file/${id}/read/user/bob`)).status).toBe(404);
      const deleted = await bob.send('DELETE', `/file/${id}`);
      expect([deleted.status, deleted.json<{ message: string }>().message]).toEqual([
        404,
        `${id} file not found`,
      ]);

      expect((await mira.send('PUT', `/file/${id}/read/user/bob`)).json()).toMatchObject({
        data: '',
      });
      for (const path of paths) expect((await get(path, bob)).status).toBe(200);
      expect((await anonymously(`/file/${id}`)).status).toBe(404);
      expect((await bob.send('PUT', `/file/${id}/read/role/registered`)).status).toBe(403);
      expect((await bob.send('DELETE', `/file/${id}`)).status).toBe(403);

      await mira.send('PUT', `/file/${id}/READ/role/anonymous`);
      for (const path of paths) expect((await anonymously(path)).status).toBe(200);
      await mira.send('DELETE', `/file/${id}/read/role/anonymous`);
      await mira.send('DELETE', `/file/${id}/all/user/bob`);
      for (const path of paths) expect((await get(path, bob)).status).toBe(404);
      // The author keeps everything whatever is revoked.
      await mira.send('DELETE', `/file/${id}/all/user/mira`);
      expect((await get(`/file/${id}`)).status).toBe(200);
    });

    it.each([
      ['/x/user/bob', 400],
      ['/read/user/nobody', 404],
      ['/read/role/nothing', 404],
      ['/read/user/bob', 200],
    ])('PUT …%s answers %i to the author', async (rest, status) => {
      const { id } = await upload('x');
      expect((await mira.send('PUT', `/file/${id}${rest}`)).status).toBe(status);
      expect((await mira.send('DELETE', `/file/${id}${rest}`)).status).toBe(status);
      expect((await mira.send('PUT', `/file/none${rest}`)).status).toBe(
        rest.startsWith('/x') ? 400 : 404,
      );
    });

    it('belongs to administrators too', async () => {
      const { id } = await upload('x');
      expect((await get(`/file/${id}`, server.admin)).status).toBe(200);
      expect((await server.admin.send('DELETE', `/file/${id}`)).status).toBe(200);
    });
  });

  describe('a download', () => {
    it('works with credentials in the query', async () => {
      const { id } = await upload('by query');
      const query = `X-BAASBOX-APPCODE=${APP}&X-BB-SESSION=${mira.token}`;
      expect((await server.send({ path: `/file/${id}?${query}` })).text).toBe('by query');
      expect((await server.send({ path: `/file/${id}` })).status).toBe(400);
    });

    it('is an attachment only when asked for, under a name that cannot break the header', async () => {
      const { id } = await upload('x', 'na%22me; ü.txt');
      const response = await get(`/file/${id}?download=true`);
      expect(response.headers['content-disposition']).toBe(
        'attachment; filename="na%22me%3B%20%C3%BC.txt"',
      );
      expect(
        (await get(`/file/${id}?download=false`)).headers['content-disposition'],
      ).toBeUndefined();
    });

    it('is not sent again to a client that has it', async () => {
      const { id } = await upload('cached');
      const first = await get(`/file/${id}`);
      const etag = String(first.headers.etag);
      expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
      expect(first.headers['cache-control']).toContain('private');
      const again = (header: string) =>
        server.send({
          path: `/file/${id}`,
          headers: { 'X-BB-SESSION': mira.token, 'if-none-match': header },
        });
      const same = await again(`"other", ${etag}`);
      expect([same.status, same.text]).toEqual([304, '']);
      expect((await again('"other"')).status).toBe(200);
    });

    it('gives a single range', async () => {
      const { id } = await upload('0123456789');
      const part = (range: string, more: Record<string, string> = {}) =>
        server.send({
          path: `/file/${id}`,
          headers: { 'X-BB-SESSION': mira.token, range, ...more },
        });
      const middle = await part('bytes=2-4');
      expect([middle.status, middle.text]).toEqual([206, '234']);
      expect(middle.headers).toMatchObject({
        'content-range': 'bytes 2-4/10',
        'content-length': '3',
        'accept-ranges': 'bytes',
      });
      expect((await part('bytes=-2')).text).toBe('89');
      expect((await part('bytes=7-')).text).toBe('789');
      const outside = await part('bytes=10-');
      expect([outside.status, outside.headers['content-range']]).toEqual([416, 'bytes */10']);
      for (const ignored of ['bytes=0-1,3-4', 'bytes=5-2', 'lines=1-2', 'x'.repeat(1000)]) {
        expect([(await part(ignored)).status, (await part(ignored)).text]).toEqual([
          200,
          '0123456789',
        ]);
      }
      const etag = String((await part('bytes=0-0')).headers.etag);
      expect((await part('bytes=0-1', { 'if-range': etag })).status).toBe(206);
      expect((await part('bytes=0-1', { 'if-range': '"old"' })).status).toBe(200);
    });

    it('keeps its length when the client could unpack it', async () => {
      const { id } = await upload('x'.repeat(5000));
      const response = await server.send({
        path: `/file/${id}`,
        headers: { 'X-BB-SESSION': mira.token, 'accept-encoding': 'gzip' },
      });
      expect(response.headers).toMatchObject({ 'content-length': '5000' });
      expect(response.headers['content-encoding']).toBeUndefined();
    });

    it.each([
      ['page.html', '<!doctype html><script>document.title="x"</script>', 'text/html'],
      ['pic.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/svg+xml'],
      [
        'feed.xml',
        '<?xml version="1.0"?><a xmlns:h="http://www.w3.org/1999/xhtml"><h:script/></a>',
        'application/xml',
      ],
      ['app.js', 'alert(1)', 'text/javascript'],
    ])('of a hostile %s can run nothing on our origin', async (name, content, type) => {
      const { id } = await upload(content, name);
      for (const path of [`/file/${id}`, `/file/${id}?download=true`]) {
        const response = await get(path);
        expect(response.headers['content-type']).toBe(type);
        expect(response.headers['x-content-type-options']).toBe('nosniff');
        expect(response.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
        expect(response.headers['content-security-policy']).not.toMatch(/allow-|script-src/);
      }
    });
  });

  describe('the text of a file', () => {
    it('is found after the upload, can be read and searched, and is in no list', async () => {
      const letter = await docx(['Dear Camellia', 'kind regards'], 'About tea');
      const { id } = await upload(letter, 'letter.docx');
      expect((await get(`/file/content/${id}`)).text).toBe('');
      await work();
      const found = await get(`/file/content/${id}`);
      expect([found.status, found.text]).toEqual([200, 'Dear Camellia\nkind regards']);
      expect(found.headers['content-type']).toBe('text/plain; charset=utf-8');
      const search = (word: string, user: TestUser = mira) =>
        get(`/file/details?where=${encodeURIComponent(`text_content like '%${word}%'`)}`, user);
      const hits = (await search('Camellia')).json<{ data: FileData[] }>();
      expect(hits.data.map((file) => file.id)).toEqual([id]);
      expect(hits.data[0]).toMatchObject({ metadata: { title: 'About tea', Author: 'mira' } });
      expect((await search('Camellia')).text).not.toContain('kind regards');
      expect((await search('camel')).json()).toMatchObject({ data: [] });
      expect((await search('Camellia', bob)).json()).toMatchObject({ data: [] });
      const metadata = await get(
        `/file/details?where=${encodeURIComponent("metadata.title = 'About tea'")}`,
      );
      expect(metadata.json<{ data: FileData[] }>().data).toHaveLength(1);
    });

    it('is found in PDF, HTML and text in an old alphabet', async () => {
      const files = [
        await upload(pdf('Assam 250 g'), 'menu.pdf'),
        await upload('<title>T</title><p>Dar<b>jee</b>ling', 'page.html'),
        await upload(Buffer.from('caf\xe9', 'latin1'), 'old.txt'),
      ];
      await work();
      const texts = await Promise.all(files.map(({ id }) => get(`/file/content/${id}`)));
      expect(texts.map((response) => response.text)).toEqual(['Assam 250 g', 'Darjeeling', 'café']);
    });

    it('of a damaged file is empty, and the upload does not suffer', async () => {
      const { id } = await upload('PK\u0003\u0004 this is no archive', 'broken.docx');
      await work();
      const found = await get(`/file/content/${id}`);
      expect([found.status, found.text]).toEqual([200, '']);
      expect((await get(`/file/${id}`)).status).toBe(200);
    });

    it('of a file that is gone before it is found is nobody’s', async () => {
      const { id } = await upload('short-lived words');
      await mira.send('DELETE', `/file/${id}`);
      await work();
      expect((await get(`/file/content/${id}`)).status).toBe(404);
      expect(
        (
          await server.admin.send(
            'GET',
            `/file/details?where=${encodeURIComponent("text_content like '%short-lived%'")}`,
          )
        ).json(),
      ).toMatchObject({ data: [] });
    });
  });

  describe('a list of files', () => {
    it('takes all criteria', async () => {
      const nora = await server.user('nora');
      const ids: string[] = [];
      for (const [index, name] of ['a.txt', 'b.csv', 'c.txt'].entries()) {
        const more = [text('attachedData', { rank: index, tags: ['x', name] })];
        ids.push((await upload('x'.repeat(index + 1), name, more, nora.token)).id);
      }
      const listed = async (query: string) =>
        (await get(`/file/details${query}`, nora)).json<{ data: FileData[] }>().data;
      const idsOf = async (where: string) =>
        (await listed(`?where=${encodeURIComponent(where)}`)).map((file) => ids.indexOf(file.id));
      expect((await listed('')).map((file) => file.id)).toEqual(ids);
      expect(await idsOf("contentType = 'text/plain'")).toEqual([0, 2]);
      expect(await idsOf('contentLength > 1')).toEqual([1, 2]);
      expect(await idsOf("fileName like '%.csv'")).toEqual([1]);
      expect(await idsOf('attachedData.rank >= 1')).toEqual([1, 2]);
      expect(await idsOf("attachedData.tags contains 'c.txt'")).toEqual([2]);
      expect(await idsOf("_author = 'nora'")).toEqual([0, 1, 2]);
      expect(await idsOf(`id = '${ids[1]}'`)).toEqual([1]);
      const paged = await get(
        '/file/details?page=1&recordsPerPage=1&orderBy=attachedData.rank%20desc',
        nora,
      );
      expect(paged.json()).toMatchObject({ data: [{ id: ids[1] }] });
      const count = await get('/file/details?count=true', nora);
      expect(count.text).toContain('"data":[{"@rid":"#-2:0","@version":0,"count":3}]');
      const projected = await get(
        '/file/details?fields=fileName,contentLength&orderBy=fileName%20desc&page=0&recordsPerPage=1',
        nora,
      );
      expect(projected.text).toContain(
        '[{"@rid":"#-2:0","@version":0,"fileName":"c.txt","contentLength":3}]',
      );
      expect((await get('/file/details?where=in%20(p)', nora)).status).toBe(400);
      expect((await anonymously('/file/details')).json()).toMatchObject({ result: 'ok' });
    });
  });

  describe('a deleted file', () => {
    it('is gone with its blob, and deleting it again is 404', async () => {
      const before = await blobs();
      const { id } = await upload('gone');
      expect(await blobs()).toBe(before + 1);
      expect((await mira.send('DELETE', `/file/${id}`)).json()).toMatchObject({ data: '' });
      expect(await blobs()).toBe(before);
      for (const path of [`/file/${id}`, `/file/details/${id}`])
        expect((await get(path)).status).toBe(404);
      expect((await mira.send('DELETE', `/file/${id}`)).status).toBe(404);
    });
  });

  it('can be switched off by group', async () => {
    const { id } = await upload('x');
    for (const [group, call] of [
      ['file.read', () => get(`/file/${id}`)],
      ['file.write', () => send([{ name: 'file', fileName: 'a', content: 'x' }])],
      ['file.grants', () => mira.send('PUT', `/file/${id}/read/user/bob`)],
    ] as const) {
      await server.admin.send('DELETE', `/admin/endpoints/baasbox.${group}/enabled`);
      expect((await call()).status).toBe(403);
      await server.admin.send('PUT', `/admin/endpoints/baasbox.${group}/enabled`);
      expect((await call()).status).toBeLessThan(300);
    }
  });
});
