// Files among the rest: links to them, the end of their owner, renamed owners, and uploads that break off.
import { readdir, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FileTables } from '../../src/backend/files/tables.ts';
import { onBothEngines } from '../support/database.ts';
import { form } from '../support/files.ts';
import { startServer, type TestServer, type TestUser } from './server.ts';

onBothEngines('files among the rest', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  beforeAll(async () => {
    server = await startServer(engine, { maxFileBytes: 1_000_000 });
    mira = await server.user('mira');
    await server.admin.send('POST', '/admin/collection/teas');
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const upload = async (user: TestUser, content: string | Buffer, acl?: unknown) => {
    const { body, type } = form([
      { name: 'file', fileName: 'a.txt', content },
      ...(acl === undefined ? [] : [{ name: 'acl', content: JSON.stringify(acl) }]),
    ]);
    const headers = { 'X-BB-SESSION': user.token, 'content-type': type };
    const response = await server.send({ method: 'POST', path: '/file', headers, body });
    expect(response.status).toBe(201);
    return response.json<{ data: { id: string } }>().data.id;
  };
  const files = async () =>
    (
      await server.platform.db
        .tables<FileTables>()
        .selectFrom('backend_files')
        .select('id')
        .execute()
    ).map(({ id }) => id);

  /** Names of contents that are being stored. */
  const unfinished = () => readdir(path.join(server.platform.folder, 'blobs', 'unfinished'));

  it('are linked, and take their links with them', async () => {
    const document = await mira.send('POST', '/document/teas', { name: 'Assam' });
    const { id: tea } = document.json<{ data: { id: string } }>().data;
    const id = await upload(mira, 'x');
    const link = await mira.send('POST', `/link/${tea}/shown_in/${id}`);
    expect(link.json()).toMatchObject({ data: { in: { id, fileName: 'a.txt' } } });
    const linked = await mira.send('GET', `/document/teas/${tea}/shown_in`);
    expect(linked.json()).toMatchObject({ data: [{ id, contentType: 'text/plain' }] });
    expect(linked.text).not.toMatch(/"@rid"|"@class"/);
    const { id: linkId } = link.json<{ data: { id: string } }>().data;
    await mira.send('DELETE', `/file/${id}`);
    expect((await mira.send('GET', `/link/${linkId}`)).status).toBe(404);
    expect((await mira.send('GET', `/document/teas/${tea}/shown_in`)).json()).toMatchObject({
      data: [],
    });
    expect((await mira.send('GET', `/document/teas/${tea}`)).status).toBe(200);
  });

  it('follow the name of their owner', async () => {
    const old = await server.user('oldname');
    const id = await upload(old, 'x', { read: { users: ['mira'] } });
    expect((await old.send('PUT', '/me/username', { username: 'newname' })).status).toBe(200);
    const found = await mira.send('GET', `/file/details/${id}`);
    expect(found.json()).toMatchObject({ data: { _author: 'newname' } });
    const where = encodeURIComponent("_author = 'newname'");
    const listed = await mira.send('GET', `/file/details?where=${where}`);
    expect(listed.json()).toMatchObject({ data: [{ id }] });
  });

  it('go with their owner, and forget a user to whom they were granted', async () => {
    const owner = await server.user('owner');
    const reader = await server.user('reader');
    const own = await upload(owner, 'x');
    const shared = await upload(mira, 'x', { all: { users: ['owner', 'reader'] } });
    expect((await reader.send('GET', `/file/${shared}`)).status).toBe(200);
    expect((await server.admin.send('DELETE', '/admin/user/owner')).status).toBe(200);
    expect(await files()).not.toContain(own);
    expect(await files()).toContain(shared);
    // Somebody else of that name gets nothing.
    const next = await server.user('owner');
    expect((await next.send('GET', `/file/${shared}`)).status).toBe(404);
    expect((await reader.send('GET', `/file/${shared}`)).status).toBe(200);
  });

  it('of a client that goes away are not stored', async () => {
    const before = await files();
    const { hostname, port } = new URL(server.base);
    for (const rest of ['x'.repeat(100_000), '']) {
      const socket = connect(Number(port), hostname);
      const request =
        `POST /file HTTP/1.1\r\nHost: x\r\nX-BB-SESSION: ${mira.token}\r\nContent-Length: 900000\r\n` +
        'Content-Type: multipart/form-data; boundary=b\r\n\r\n' +
        `--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${rest}`;
      await new Promise((resolve) => socket.write(request, resolve));
      // The server has begun to store it.
      if (rest !== '') await expect.poll(unfinished).toHaveLength(1);
      socket.destroy();
      await once(socket, 'close');
    }
    await expect.poll(unfinished).toEqual([]);
    expect(await files()).toEqual(before);
  });

  it('are refused before they have arrived when nobody may send them, and the client learns it', async () => {
    const { body, type } = form([{ name: 'file', fileName: 'a', content: Buffer.alloc(900_000) }]);
    const headers = { 'X-BB-SESSION': 'wrong', 'content-type': type };
    const refused = await server.send({ method: 'POST', path: '/file', headers, body });
    expect(refused.status).toBe(401);
    const large = form([{ name: 'file', fileName: 'a', content: Buffer.alloc(3_000_000) }]);
    const tooLarge = await server.send({
      method: 'POST',
      path: '/file',
      headers: { 'X-BB-SESSION': mira.token, 'content-type': large.type },
      body: large.body,
    });
    expect(tooLarge.status).toBe(413);
  });

  it('arrive many at a time', async () => {
    const before = (await files()).length;
    const contents = Array.from({ length: 20 }, (_, index) => Buffer.alloc(50_000, index));
    const ids = await Promise.all(contents.map((content) => upload(mira, content)));
    const back = await Promise.all(ids.map((id) => mira.send('GET', `/file/${id}`)));
    for (const [index, response] of back.entries()) {
      expect(response.bytes.equals(contents[index] as Buffer)).toBe(true);
    }
    expect((await files()).length).toBe(before + 20);
  });

  it('survive everyone doing everything at once', async () => {
    const nora = await server.user('nora');
    const shared = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        upload(mira, `shared ${index}`, { all: { users: ['nora'] } }),
      ),
    );
    const calls = Array.from({ length: 160 }, (_, index) => {
      const path = `/file/${shared[index % shared.length] ?? ''}`;
      const user = index % 3 === 0 ? nora : mira;
      const [method, rest] = (
        [
          ['GET', ''],
          ['PUT', '/read/role/registered'],
          ['DELETE', '/all/role/registered'],
          ['PUT', '/update/user/admin'],
          ['GET', ''],
          ['GET', '?resize=50%25'],
        ] as const
      )[index % 6] as [string, string];
      return index > 120 && index % 10 === 0
        ? user.send('DELETE', path)
        : user.send(method, `${path}${rest}`);
    });
    const statuses = new Set((await Promise.all(calls)).map(({ status }) => status));
    // No text is an image (400).
    for (const status of statuses) expect([200, 400, 404]).toContain(status);
    const { data } = (await mira.send('GET', '/file/details')).json<{ data: { id: string }[] }>();
    for (const { id } of data) expect((await mira.send('GET', `/file/${id}`)).status).toBe(200);
  });

  it.runIf(process.platform === 'linux')('are closed when a reader goes away', async () => {
    const id = await upload(mira, Buffer.alloc(1_000_000, 'x'));
    const open = async () => {
      const fds = await readdir('/proc/self/fd');
      const targets = await Promise.all(
        fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      );
      return targets.filter((target) =>
        target.includes(path.join(server.platform.folder, 'blobs')),
      );
    };
    const { hostname, port } = new URL(server.base);
    for (let round = 0; round < 5; round++) {
      const socket = connect(Number(port), hostname);
      socket.write(`GET /file/${id} HTTP/1.1\r\nHost: x\r\nX-BB-SESSION: ${mira.token}\r\n\r\n`);
      await once(socket, 'data');
      socket.destroy();
      await once(socket, 'close');
    }
    await expect.poll(open).toEqual([]);
  });

  it('ignore forms on calls that want none', async () => {
    const { body, type } = form([{ name: 'a', content: 'b' }]);
    const headers = { 'X-BB-SESSION': mira.token, 'content-type': type };
    const document = await server.send({ method: 'POST', path: '/document/teas', headers, body });
    expect(document.status).toBe(400);
    const login = await server.send({
      method: 'POST',
      path: '/login',
      headers: { 'content-type': type },
      body,
    });
    expect([login.status, login.text.includes('Detected: multipart/form-data')]).toEqual([
      400,
      true,
    ]);
  });
});
