// Assets over HTTP: made by administrators, read by everyone with the app code (BaasBox spec 5.8, 6.6, 8.3).
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlobTables } from '../../src/platform/blobs/tables.ts';
import { onBothEngines } from '../support/database.ts';
import { form, type FormPart } from '../support/files.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

onBothEngines('assets', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let png: Buffer;
  beforeAll(async () => {
    server = await startServer(engine);
    mira = await server.user('mira');
    png = await sharp({ create: { width: 400, height: 200, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await create([
      { name: 'name', content: 'logo' },
      { name: 'meta', content: '{"alt":"Our logo","n":1.50}' },
      { name: 'file', fileName: 'our logo.png', content: png },
    ]);
    await createForm('greeting', '{"text":"hello","to":["all"]}');
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const create = (parts: readonly FormPart[], user: TestUser = server.admin) => {
    const { body, type } = form(parts);
    const headers = { 'X-BB-SESSION': user.token, 'content-type': type };
    return server.send({ method: 'POST', path: '/admin/asset', headers, body });
  };
  const createForm = (name: string | undefined, meta?: string, user: TestUser = server.admin) =>
    server.send({
      method: 'POST',
      path: '/admin/asset',
      headers: {
        'X-BB-SESSION': user.token,
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      },
      body: new URLSearchParams({
        ...(name === undefined ? {} : { name }),
        ...(meta === undefined ? {} : { meta }),
      }).toString(),
    });
  const get = (path: string, headers: Record<string, string> = {}) =>
    server.send({ path, headers: { 'X-BAASBOX-APPCODE': APP, ...headers } });
  const blobs = async () => {
    const tables = server.platform.db.tables<BlobTables>();
    return (await tables.selectFrom('platform_blobs').select('id').execute()).length;
  };

  describe('made by administrators', () => {
    it('have the format of their kind', async () => {
      const plain = await createForm('plain');
      expect(plain.status).toBe(201);
      const { data } = plain.json<{ data: Record<string, unknown> }>();
      expect(Object.keys(data)).toEqual([
        '@rid',
        '@version',
        '@class',
        '_creation_date',
        'id',
        '_author',
        'name',
        'meta',
      ]);
      expect(data).toMatchObject({
        '@rid': expect.stringMatching(/^#\d+:\d+$/),
        '@version': 1,
        '@class': '_BB_Asset',
        _author: 'admin',
        name: 'plain',
        meta: {},
      });
      const file = await create([
        { name: '"name"', content: 'text' },
        { name: 'file', fileName: 'a.txt', content: 'hello' },
      ]);
      expect(file.status).toBe(201);
      expect(file.json()).toMatchObject({
        data: {
          '@class': '_BB_FileAsset',
          meta: {},
          fileName: 'a.txt',
          contentType: 'text/plain',
          contentLength: 5,
        },
      });
      await server.admin.send('DELETE', '/admin/asset/plain');
      await server.admin.send('DELETE', '/admin/asset/text');
    });

    it('have each a name of their own', async () => {
      const before = await blobs();
      const message = 'An asset with the same name already exists';
      const again = await createForm('logo');
      expect([again.status, again.json<{ message: string }>().message]).toEqual([400, message]);
      const file = await create([
        { name: 'name', content: 'greeting' },
        { name: 'file', fileName: 'a', content: 'x' },
      ]);
      expect([file.status, file.json<{ message: string }>().message]).toEqual([400, message]);
      expect(await blobs()).toBe(before);
    });

    it('are refused without a name, with broken meta, in another form, and without the file', async () => {
      const before = await blobs();
      const file = { name: 'file', fileName: 'a', content: 'x' };
      const name = { name: 'name', content: 'new' };
      const refused = [
        await createForm(undefined),
        await createForm('  '),
        await createForm('new', '{'),
        await createForm('new', '[1]'),
        await create([file]),
        await create([name]),
        await create([name, { name: 'meta', content: '{' }, file]),
        await server.admin.send('POST', '/admin/asset', { name: 'new', meta: {} }),
        await server.send({
          method: 'POST',
          path: '/admin/asset',
          headers: { 'X-BB-SESSION': server.admin.token },
          body: '',
        }),
      ];
      expect(refused.map((response) => response.status)).toEqual(refused.map(() => 400));
      expect((await get('/asset/new/data')).status).toBe(404);
      expect(await blobs()).toBe(before);
    });

    it('are nobody else’s to make, list or delete', async () => {
      expect((await createForm('mine', '{}', mira)).status).toBe(403);
      const file = { name: 'file', fileName: 'a', content: 'x' };
      expect((await create([file], mira)).status).toBe(403);
      expect((await mira.send('GET', '/admin/asset')).status).toBe(403);
      expect((await mira.send('DELETE', '/admin/asset/logo')).status).toBe(403);
      expect((await server.send({ path: '/admin/asset' })).status).toBe(400);
      expect((await get('/admin/asset')).status).toBe(401);
    });

    it('are listed with criteria', async () => {
      const list = async (query: string) => server.admin.send('GET', `/admin/asset${query}`);
      const names = async (query: string) =>
        (await list(query)).json<{ data: { name: string }[] }>().data.map(({ name }) => name);
      expect(await names('')).toEqual(['logo', 'greeting']);
      const where = (text: string) => names(`?where=${encodeURIComponent(text)}`);
      expect(await where("meta.alt like 'Our%'")).toEqual(['logo']);
      expect(await where("contentType = 'image/png' and fileName = 'our logo.png'")).toEqual([
        'logo',
      ]);
      expect(await where("name = 'greeting'")).toEqual(['greeting']);
      expect(await where("@class = '_BB_Asset'")).toEqual(['greeting']);
      expect(await names('?orderBy=name&page=0&recordsPerPage=1')).toEqual(['greeting']);
      expect((await list('?count=true')).text).toContain('"count":2');
      expect((await list('?fields=name&orderBy=name%20desc')).text).toContain(
        '"@version":0,"name":"logo"',
      );
      expect((await list('?where=in%20(p)')).status).toBe(400);
    });

    it('are gone when they are deleted, with their bytes', async () => {
      const before = await blobs();
      await create([
        { name: 'name', content: 'short' },
        { name: 'file', fileName: 'a.png', content: png },
      ]);
      expect((await get('/asset/short/resize/50%25')).status).toBe(200);
      expect(await blobs()).toBe(before + 2);
      const deleted = await server.admin.send('DELETE', '/admin/asset/short');
      expect([deleted.status, deleted.json<{ data: string }>().data]).toEqual([200, '']);
      expect(await blobs()).toBe(before);
      expect((await get('/asset/short')).status).toBe(404);
      expect((await server.admin.send('DELETE', '/admin/asset/short')).status).toBe(404);
      // The name is free again.
      expect((await createForm('short')).status).toBe(201);
      await server.admin.send('DELETE', '/admin/asset/short');
    });
  });

  describe('read by everyone', () => {
    it('need the app code, in the header or the query, and nothing else', async () => {
      expect((await get('/asset/logo')).status).toBe(200);
      expect((await server.send({ path: `/asset/logo?X-BAASBOX-APPCODE=${APP}` })).status).toBe(
        200,
      );
      const missing = await server.send({ path: '/asset/logo' });
      expect(missing.status).toBe(401);
      expect(
        (await server.send({ path: '/asset/logo', headers: { 'X-BAASBOX-APPCODE': 'x' } })).status,
      ).toBe(401);
      const ignored = await get('/asset/logo', {
        'X-BB-SESSION': 'wrong',
        authorization: 'Basic x',
      });
      expect(ignored.status).toBe(200);
    });

    it('are sent as they are, inline or as an attachment', async () => {
      const inline = await get('/asset/logo');
      expect(inline.bytes.equals(png)).toBe(true);
      expect(inline.headers).toMatchObject({
        'content-type': 'image/png',
        'content-length': String(png.length),
        'x-content-type-options': 'nosniff',
      });
      expect(inline.headers['content-disposition']).toBeUndefined();
      const saved = await get('/asset/logo/download');
      expect(saved.bytes.equals(png)).toBe(true);
      expect(saved.headers['content-disposition']).toBe('attachment; filename="our%20logo.png"');
      const part = await get('/asset/logo', { range: 'bytes=1-3' });
      expect([part.status, part.text]).toEqual([206, 'PNG']);
      const etag = String(inline.headers.etag);
      expect((await get('/asset/logo', { 'if-none-match': etag })).status).toBe(304);
    });

    it('have their meta in the envelope, number for number', async () => {
      expect((await get('/asset/greeting/data')).text).toBe(
        '{"result":"ok","data":{"text":"hello","to":["all"]},"http_code":200}',
      );
      expect((await get('/asset/logo/data')).text).toContain('"n":1.50');
    });

    it.each([
      '/asset/none',
      '/asset/none/data',
      '/asset/none/download',
      '/asset/greeting',
      '/asset/greeting/download',
      '/asset/greeting/resize/50%25',
      '/asset/toString',
      '/asset/..%2Flogo',
    ])('%s is 404 in the envelope', async (path) => {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect(response.json()).toMatchObject({ result: 'error', http_code: 404 });
    });

    it('can be switched off', async () => {
      await server.admin.send('DELETE', '/admin/endpoints/baasbox.assets/enabled');
      for (const path of ['', '/data', '/download', '/resizeId/0']) {
        expect((await get(`/asset/logo${path}`)).status).toBe(403);
      }
      await server.admin.send('PUT', '/admin/endpoints/baasbox.assets/enabled');
      expect((await get('/asset/logo')).status).toBe(200);
    });
  });

  describe('in other sizes', () => {
    it.each([
      ['/resize/50%25', 200, 100, 'our%20logo_50%25.png'],
      ['/resize/25%25/25%25', 100, 50, 'our%20logo_25%25-25%25.png'],
      ['/resizeId/0', 100, 50, 'our%20logo_0.png'],
      ['/resizeId/2', 300, 150, 'our%20logo_2.png'],
      ['/resizeId/3', 80, 40, 'our%20logo_3.png'],
      ['?resize=50%25', 200, 100, 'our%20logo_50%25.png'],
      ['?sizeId=1', 200, 100, 'our%20logo_1.png'],
    ])('%s', async (rest, width, height, name) => {
      const inline = await get(`/asset/logo${rest}`);
      expect(inline.status).toBe(200);
      expect(inline.headers['content-type']).toBe('image/png');
      expect(inline.headers['content-length']).toBe(String(inline.bytes.length));
      expect(await sharp(inline.bytes).metadata()).toMatchObject({ format: 'png', width, height });
      const saved = await get(`/asset/logo/download${rest}`);
      expect(saved.headers['content-disposition']).toBe(`attachment; filename="${name}"`);
      expect(saved.bytes.equals(inline.bytes)).toBe(true);
    });

    it.each([
      '/resize/50',
      '/resize/50px',
      '/resize/33%25',
      '/resize/60px/60px',
      '/resize/x/y',
      '/resizeId/4',
      '/resizeId/-1',
      '/resizeId/x',
      '?sizeId=99',
      '?resize=33%25',
    ])('%s is 400', async (rest) => {
      const response = await get(`/asset/logo${rest}`);
      expect(response.status).toBe(400);
      expect(response.json()).toMatchObject({ result: 'error' });
    });

    it('follow the settings of the app, for administrators too', async () => {
      const set = async (key: string, value: string) =>
        expect(
          (await server.admin.send('PUT', `/admin/configuration/Images/${key}`, { value })).status,
        ).toBe(200);
      await set('image.allowed.automatic.resize.formats', '60px-60px 10%-20px');
      expect((await get('/asset/logo/resize/60px/60px')).status).toBe(200);
      const mixed = await get('/asset/logo/resize/10%25/20px');
      expect(await sharp(mixed.bytes).metadata()).toMatchObject({ width: 40, height: 20 });
      expect((await get('/asset/logo/resize/50%25')).status).toBe(400);
      await set('image.allows.automatic.resize', 'false');
      expect((await get('/asset/logo/resize/60px/60px')).status).toBe(400);
      expect((await get('/asset/logo')).status).toBe(200);
      await set('image.allows.automatic.resize', 'true');
      await set('image.allowed.automatic.resize.formats', '25% 50% 75% <=80px');
    });
  });
});
