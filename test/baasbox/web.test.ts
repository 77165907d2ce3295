// Web pages over HTTP: what is in the folder, and nothing else (BaasBox spec 3.6, 5.18).
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { sendRaw } from '../support/http.ts';
import { APP, startServer, type TestServer } from './server.ts';

const ROOT = {
  authorization: `Basic ${Buffer.from('root:root-secret').toString('base64')}`,
  'X-BAASBOX-APPCODE': APP,
};

onBothEngines('web pages', (engine) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(engine, { root: { password: 'root-secret', admin: false } });
    const { folder } = server.platform;
    const web = path.join(folder, 'web');
    await mkdir(path.join(web, 'shop', 'old'), { recursive: true });
    await mkdir(path.join(web, '.git'));
    await mkdir(path.join(web, 'empty'));
    await writeFile(path.join(web, 'shop', 'index.html'), '<h1>Shop</h1>');
    await writeFile(path.join(web, 'shop', 'old', 'index.htm'), '<h1>Old</h1>');
    await writeFile(path.join(web, 'app.js'), 'const answer = 42;');
    await writeFile(path.join(web, 'data.bin'), '0123456789');
    await writeFile(path.join(web, '.env'), 'marker-secret');
    await writeFile(path.join(web, '.git', 'config'), 'marker-secret');
    await writeFile(path.join(folder, 'secret.txt'), 'marker-secret');
    await symlink(path.join(folder, 'secret.txt'), path.join(web, 'link.txt'));
    await symlink(folder, path.join(web, 'up'));
    await symlink(path.join(web, 'app.js'), path.join(web, 'inside.js'));
  });
  afterAll(() => server.close());

  const get = (url: string, headers: Record<string, string> = {}) =>
    server.send({ method: 'GET', path: url, headers });

  it('says what this is while there are no pages', async () => {
    const response = await get('/');
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toMatch(/^text\/html/);
    expect(response.text).toContain('Skep');
    expect(response.text).not.toContain('<script');
    expect((await get('/shop/')).status).toBe(404);
    expect((await get('/app.js')).json()).toMatchObject({
      message: 'API not found',
      http_code: 404,
    });
  });

  it('shows them when root switches them on, with types and tags', async () => {
    const on = { method: 'POST', path: '/root/configuration', headers: ROOT };
    expect((await server.send({ ...on, body: { 'web.enable': true } })).status).toBe(200);
    expect((await get('/shop/')).text).toBe('<h1>Shop</h1>');
    expect((await get('/shop/old/?a=1')).text).toBe('<h1>Old</h1>');
    const script = await get('/app.js');
    expect(script.text).toBe('const answer = 42;');
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect((await get('/inside.js')).text).toBe(script.text);
    const tag = String(script.headers['etag']);
    expect((await get('/app.js', { 'if-none-match': tag })).status).toBe(304);
    const part = await get('/data.bin', { range: 'bytes=2-4' });
    expect(part.status).toBe(206);
    expect(part.text).toBe('234');
    expect(part.headers['content-range']).toBe('bytes 2-4/10');
    expect((await get('/data.bin', { range: 'bytes=20-' })).status).toBe(416);
    // A page that a folder has is asked for from inside of it.
    const moved = await get('/shop');
    expect([moved.status, moved.headers['location']]).toEqual([301, '/shop/']);
    // Calls go before pages, and what is no GET is no page.
    expect((await server.send({ method: 'POST', path: '/app.js' })).status).toBe(404);
    expect((await get('/admin/collection')).status).toBe(400);
    expect((await get('/')).text).toContain('Skep');
  });

  it.each([
    '/.env',
    '/.git/config',
    '/link.txt',
    '/up/secret.txt',
    '/up/server.key',
    '/../secret.txt',
    '/shop/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/shop/%00',
    '/empty/',
    '/nothing.html',
    '/app.js/',
    '/app.js/x',
    '//evil.test/..',
    `/${'a'.repeat(3000)}`,
  ])('finds nothing at %s', async (url) => {
    const answer = await sendRaw(
      server.base,
      `GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain('marker');
    expect(answer).not.toMatch(/location:/i);
    expect(server.unexpected).toEqual([]);
  });
});
