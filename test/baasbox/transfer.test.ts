// Export and import over HTTP: nothing is lost on the way to another app, server or engine (BaasBox spec 5.14, 8.3).
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import yauzl from 'yauzl';
import yazl from 'yazl';
import { onBothEngines, type Engine } from '../support/database.ts';
import { startServer, type TestServer, type TestUser } from './server.ts';
import type { TestResponse } from '../support/http.ts';

/** Entries of an archive, by name. */
async function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await yauzl.fromBufferPromise(bytes);
  const entries = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    entries.set(entry.fileName, Buffer.concat(chunks));
  }
  return entries;
}

async function zipOf(entries: Iterable<[string, Buffer]>): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, bytes] of entries) zip.addBuffer(bytes, name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What must be the same in two archives of the same data: all but the manifest and secrets, which are sealed anew. */
function contents(entries: Map<string, Buffer>): Record<string, string[]> {
  const own = [...entries].filter(([name]) => name !== 'manifest.json');
  return Object.fromEntries(
    own.map(([name, bytes]) => {
      const text = bytes.toString(name.startsWith('blobs/') ? 'base64' : 'utf8');
      const lines = text
        .split('\n')
        .map((line) => line.replaceAll(/"(sealed|secret)":"[^"]+"/g, '"$1":"…"'));
      // Settings that are secret are only for servers with the same key.
      return [name, lines.filter((line) => !line.includes('"sealed":"…"}')).sort()];
    }),
  );
}

const boundary = 'archive-boundary';

const field = (name: string, value: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

/** A multipart body with one file. */
function formOf(bytes: Buffer, fileName = 'export.zip', fields = '') {
  const head = `${fields}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: application/zip\r\n\r\n`;
  return {
    body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

const importInto = (
  server: TestServer,
  bytes: Buffer,
  path = '/admin/db/import',
): Promise<TestResponse> => {
  const { body, headers } = formOf(bytes);
  return server.send({
    method: 'POST',
    path,
    body,
    headers: { ...headers, 'X-BB-SESSION': server.admin.token },
  });
};

async function exportFrom(server: TestServer): Promise<Buffer> {
  const asked = await server.admin.send('POST', '/admin/db/export');
  expect(asked.status).toBe(202);
  const { data: name } = asked.json<{ data: string }>();
  await server.runJobs();
  const response = await server.admin.send('GET', `/admin/db/export/${name}`);
  expect(response.status).toBe(200);
  return response.bytes;
}

/** Puts something of everything into an app. */
async function fill(server: TestServer): Promise<{ mira: TestUser; rids: string[] }> {
  const { admin } = server;
  const ok = async (made: Promise<TestResponse>) => {
    const response = await made;
    expect(response.text).toContain('"result":"ok"');
    return response.json<{ data: Record<string, unknown> }>().data;
  };
  await ok(admin.send('POST', '/admin/collection/teas'));
  await ok(admin.send('POST', '/admin/collection/empty'));
  await ok(admin.send('POST', '/admin/collection/teas/index', { fields: ['name'] }));
  const mira = await server.user('Mira');
  await server.user('otto');
  const rids: string[] = [];
  const bodies = [
    '{"name":"Assam","big":12345678901234567890,"price":1.10,"tags":["a",null,{}]}',
    '{"id":"my-own-id","name":"☕ \\ud83c\\udf75 \\u0000","nested":{"b":1,"a":[1.0,1e3]}}',
    '{}',
  ];
  for (const body of bodies) {
    const made = await ok(
      server.send({
        method: 'POST',
        path: '/document/teas',
        body,
        headers: { 'X-BB-SESSION': mira.token, 'content-type': 'application/json' },
      }),
    );
    rids.push(String(made['@rid']));
  }
  await ok(mira.send('PUT', '/document/teas/my-own-id/read/role/registered'));
  await ok(mira.send('PUT', '/document/teas/my-own-id/update/user/otto'));
  const upload = (path: string, token: string, name: string, bytes: string, fields = '') => {
    const { body, headers } = formOf(Buffer.from(bytes), name, fields);
    return ok(
      server.send({ method: 'POST', path, body, headers: { ...headers, 'X-BB-SESSION': token } }),
    );
  };
  const attached = field('attachedData', '{"price":1.10,"tags":["x"]}');
  const acl = field('acl', '{"read":{"roles":["registered"]}}');
  const file = await upload('/file', mira.token, 'notes ☕.txt', 'the marker text', attached + acl);
  // The same content twice is one content, and two files.
  await upload('/file', mira.token, 'again.txt', 'the marker text');
  await server.runJobs();
  const meta = field('name', 'logo') + field('meta', '{"size":1}');
  await upload('/admin/asset', admin.token, 'logo.txt', 'a logo', meta);
  await ok(
    server.send({
      method: 'POST',
      path: '/admin/asset',
      body: 'name=words&meta=%7B%22a%22%3A1%7D',
      headers: {
        'X-BB-SESSION': admin.token,
        'content-type': 'application/x-www-form-urlencoded',
      },
    }),
  );
  await ok(mira.send('POST', `/link/my-own-id/about/${String(file['id'])}`));
  await ok(mira.send('POST', '/follow/otto'));
  await ok(mira.send('PUT', '/push/enable/ios/token-of-mira'));
  await ok(admin.send('POST', '/admin/role/editors', { description: 'They edit' }));
  await ok(
    admin.send('POST', '/admin/plugin', {
      name: 'tea.counter',
      code: 'http().get(function(){ return {status:200, content:"hello"} })',
      lang: 'javascript',
      active: true,
      _storage: { n: 1 },
    }),
  );
  const gone = await ok(mira.send('POST', '/document/teas', { name: 'gone' }));
  rids.push(String(gone['@rid']));
  await ok(mira.send('DELETE', `/document/teas/${String(gone['id'])}`));
  await ok(
    admin.send('PUT', '/admin/configuration/Application/application.name', { value: 'Tea' }),
  );
  await ok(
    admin.send('PUT', '/admin/configuration/PasswordRecovery/network.smtp.password', {
      value: 'marker-4711',
    }),
  );
  await ok(admin.send('DELETE', '/admin/endpoints/baasbox.social/enabled'));
  return { mira, rids };
}

describe('moves between servers', () => {
  it.each<[Engine, Engine]>([
    ['sqlite', 'postgres'],
    ['postgres', 'sqlite'],
  ])(
    'an app from %s to %s without losing anything',
    async (from, to) => {
      const source = await startServer(from);
      const target = await startServer(to);
      try {
        const { rids } = await fill(source);
        await fill(target);
        const archive = await exportFrom(source);
        const first = await unzip(archive);
        const imported = await importInto(target, archive);
        expect(imported.json()).toEqual({ result: 'ok', data: '', http_code: 200 });
        // All sessions have ended; the accounts are the archive's.
        expect((await target.admin.send('GET', '/me')).status).toBe(401);
        target.admin = await target.login('admin');
        const mira = await target.login('mira');
        for (const path of [
          '/document/teas?orderBy=_creation_date',
          '/document/teas/my-own-id?withAcl=true',
          '/document/teas/count',
          `/document/teas?where=${encodeURIComponent("name='Assam'")}`,
          '/document/teas/my-own-id/about',
          '/link',
          '/file/details?orderBy=fileName',
          `/file/details?where=${encodeURIComponent("text_content like '%marker%'")}&orderBy=fileName`,
          `/file/details?where=${encodeURIComponent('attachedData.price > 1')}`,
          '/asset/logo?X-BAASBOX-APPCODE=1234567890',
          '/asset/words/data?X-BAASBOX-APPCODE=1234567890',
          '/following',
          '/user/mira',
          '/plugin/tea.counter',
        ]) {
          const there = await (await source.login('mira')).send('GET', path);
          expect([path, there.status]).toEqual([path, 200]);
          expect((await mira.send('GET', path)).text).toBe(there.text);
        }
        const name = await target.admin.send('GET', '/admin/configuration/Application');
        expect(name.text).toContain('"value":"Tea"');
        expect((await mira.send('GET', '/social')).status).toBe(403);
        // Indexes are built again.
        await target.runJobs();
        const again = await unzip(await exportFrom(target));
        expect(contents(again)).toEqual(contents(first));
        // Identities of documents that were deleted are not given to others.
        const made = await mira.send('POST', '/document/teas', {});
        expect(rids).not.toContain(made.json<{ data: { '@rid': string } }>().data['@rid']);
        const { data } = (await target.admin.send('GET', '/admin/collection')).json<{
          data: unknown[];
        }>();
        expect(data).toMatchObject([
          { name: 'teas', records: 4 },
          { name: 'empty', records: 0, size: 0 },
        ]);
        expect([...source.unexpected, ...target.unexpected]).toEqual([]);
      } finally {
        await source.close();
        await target.close();
      }
    },
    30_000,
  );
});

onBothEngines('export and import', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let archive: Buffer;
  let entries: Map<string, Buffer>;
  beforeAll(async () => {
    server = await startServer(engine, {
      importLimits: { bytes: 1_000_000, unpackedBytes: 2_000_000 },
    });
    ({ mira } = await fill(server));
    archive = await exportFrom(server);
    entries = await unzip(archive);
  });
  afterAll(() => server.close());

  it('lists, sends and deletes an archive', async () => {
    const { data } = (await server.admin.send('POST', '/admin/db/export')).json<{ data: string }>();
    expect(data).toMatch(/^\d{8}-\d{6}-1234567890\.zip$/);
    expect(
      (await server.admin.send('GET', '/admin/db/export')).json<{ data: string[] }>().data,
    ).toContain(data);
    // It is not finished.
    expect((await server.admin.send('GET', `/admin/db/export/${data}`)).status).toBe(404);
    await server.runJobs();
    const response = await server.admin.send('GET', `/admin/db/export/${data}`);
    expect(response.headers['content-type']).toBe('application/zip');
    expect((await unzip(response.bytes)).has('manifest.json')).toBe(true);
    expect((await server.admin.send('DELETE', `/admin/db/export/${data}`)).json()).toMatchObject({
      data: '',
    });
    expect((await server.admin.send('GET', `/admin/db/export/${data}`)).status).toBe(404);
    expect((await server.admin.send('DELETE', `/admin/db/export/${data}`)).status).toBe(404);
  });

  it('gives archives that are asked for at the same moment names of their own', async () => {
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => server.admin.send('POST', '/admin/db/export')),
    );
    expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 202));
    const names = asked.map((response) => response.json<{ data: string }>().data);
    expect(new Set(names).size).toBe(8);
    await server.runJobs();
    const deleted = names.map((name) => server.admin.send('DELETE', `/admin/db/export/${name}`));
    for (const { status } of await Promise.all(deleted)) expect(status).toBe(200);
  });

  it.each(['..%2F..%2Fserver.key', '%2e%2e%2fskep.db', 'skep.db', '..', 'x%00.zip', "a'b.zip"])(
    'knows no archive %s',
    async (name) => {
      expect((await server.admin.send('GET', `/admin/db/export/${name}`)).status).toBe(404);
      expect((await server.admin.send('DELETE', `/admin/db/export/${name}`)).status).toBe(404);
    },
  );

  it('keeps secrets out of the archive, and passwords as hashes', async () => {
    const text = Buffer.concat([...entries.values()]).toString();
    expect(text).not.toContain('marker-4711');
    expect(text).not.toContain('admin-secret');
    expect(entries.get('tables/passwords.ndjson')?.toString()).toContain('$argon2id$');
    expect(text).not.toContain(server.admin.token);
  });

  it('takes secrets in again on the same server', async () => {
    expect((await importInto(server, archive)).status).toBe(200);
    server.admin = await server.login('admin');
    const shown = await server.admin.send('GET', '/admin/configuration/PasswordRecovery');
    expect(shown.text).toContain('"key":"network.smtp.password","value":"--HIDDEN--"');
    mira = await server.login('mira');
  });

  const line = (name: string) => entries.get(name)?.toString() ?? '';
  /** The archive with other entries; the manifest is made to fit unless it is among them. */
  async function changed(changes: Record<string, string | Buffer | undefined>): Promise<Buffer> {
    const all = new Map(entries);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) all.delete(name);
      else all.set(name, Buffer.from(value));
    }
    if (!('manifest.json' in changes)) {
      const manifest = JSON.parse(line('manifest.json')) as { tables: Record<string, unknown> };
      for (const name of Object.keys(changes).filter((path) => path.startsWith('tables/'))) {
        const bytes = all.get(name) ?? Buffer.alloc(0);
        const rows = bytes.toString().split('\n').length - 1;
        manifest.tables[name] = { rows, sha256: createHash('sha256').update(bytes).digest('hex') };
      }
      all.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
    }
    return zipOf(all);
  }
  const manifest = (change: object) =>
    JSON.stringify({ ...(JSON.parse(line('manifest.json')) as object), ...change });

  it('leaves webhooks on in their own app, and switches those of another off', async () => {
    const hook = { url: 'https://receiver.example/hook', collections: ['teas'] };
    expect((await server.admin.send('POST', '/admin/webhook', hook)).status).toBe(201);
    entries = await unzip(await exportFrom(server));
    const table = 'tables/webhooks.ndjson';
    expect(line(table)).toContain('"active":1');
    const active = async (bytes: Buffer) => {
      expect((await importInto(server, bytes)).status).toBe(200);
      server.admin = await server.login('admin');
      const { data } = (await server.admin.send('GET', '/admin/webhook')).json<{
        data: { active: boolean }[];
      }>();
      return data.map((one) => one.active);
    };
    expect(await active(await changed({}))).toEqual([true]);
    expect(
      await active(await changed({ 'manifest.json': manifest({ appcode: 'other' }) })),
    ).toEqual([false]);
    // The secret was sealed elsewhere: another installation made the archive.
    const sealedElsewhere = line(table).replace(/"secret":"[^"]*"/, '"secret":null');
    expect(await active(await changed({ [table]: sealedElsewhere }))).toEqual([false]);
    // As it was.
    await importInto(server, archive);
    server.admin = await server.login('admin');
    mira = await server.login('mira');
    entries = await unzip(archive);
  });

  it.each<[string, () => Promise<Buffer> | Buffer]>([
    ['no zip', () => Buffer.from('this is no archive')],
    ['an empty file', () => Buffer.alloc(0)],
    ['half an archive', () => archive.subarray(0, archive.length / 2)],
    ['an archive with a damaged byte', () => damaged(archive)],
    ['a zip of something else', () => zipOf([['readme.txt', Buffer.from('hello')]])],
    ['no manifest', () => changed({ 'manifest.json': undefined })],
    ['a newer version', () => changed({ 'manifest.json': manifest({ version: 2 }) })],
    ['version 0', () => changed({ 'manifest.json': manifest({ version: 0 }) })],
    ['another format', () => changed({ 'manifest.json': manifest({ format: 'baasbox' }) })],
    ['a manifest that is no JSON', () => changed({ 'manifest.json': '{' })],
    ['a manifest that is a list', () => changed({ 'manifest.json': '[]' })],
    [
      'positions beyond all bounds',
      () => changed({ 'manifest.json': manifest({ lastPosition: 2 ** 53 - 1 }) }),
    ],
    [
      'rows that are not those of the manifest',
      () => changed({ 'manifest.json': line('manifest.json'), 'tables/documents.ndjson': '' }),
    ],
    [
      'a table that is missing',
      () => changed({ 'manifest.json': line('manifest.json'), 'tables/users.ndjson': undefined }),
    ],
    ['an unknown table', () => changed({ 'tables/secrets.ndjson': '{}\n' })],
    ['a table of the platform', () => changed({ 'tables/platform_tokens.ndjson': '{}\n' })],
    ['a file that climbs out', () => evil('../../server.key')],
    ['an absolute file', () => evil('/etc/passwd')],
    ['a file of Windows', () => evil('C:\\evil')],
    ['a row that is no JSON', () => changed({ 'tables/users.ndjson': 'nonsense\n' })],
    ['a row that is a list', () => changed({ 'tables/users.ndjson': '[]\n' })],
    [
      'a row with a foreign tenant',
      () =>
        changed({
          'tables/users.ndjson': line('tables/users.ndjson').replace('{', '{"tenant_id":"x",'),
        }),
    ],
    [
      'a row without a column',
      () =>
        changed({
          'tables/users.ndjson': line('tables/users.ndjson').replace(/"role":"[^"]+",/, ''),
        }),
    ],
    [
      'a number as text',
      () =>
        changed({
          'tables/documents.ndjson': line('tables/documents.ndjson').replace(
            /"version":\d+/,
            '"version":"1"',
          ),
        }),
    ],
    [
      'a collection with a name that would break answers',
      () =>
        changed({
          'tables/collections.ndjson': line('tables/collections.ndjson').replace(
            '"name":"teas"',
            '"name":"te\\"as"',
          ),
        }),
    ],
    [
      'indexes that are none',
      () =>
        changed({
          'tables/collections.ndjson': line('tables/collections.ndjson').replace(
            '"indexes":""',
            '"indexes":"[{}]"',
          ),
        }),
    ],
    [
      'a body that is no JSON',
      () =>
        changed({
          'tables/documents.ndjson': line('tables/documents.ndjson').replace(
            '"body":"{',
            '"body":"{x',
          ),
        }),
    ],
    [
      'a body that is no object',
      () =>
        changed({
          'tables/documents.ndjson': line('tables/documents.ndjson').replace(
            '"body":"{}"',
            '"body":"[]"',
          ),
        }),
    ],
    [
      'a body with white space',
      () =>
        changed({
          'tables/documents.ndjson': line('tables/documents.ndjson').replace(
            '"body":"{}"',
            '"body":"{ }"',
          ),
        }),
    ],
    [
      'two rows with one key',
      () =>
        changed({
          'tables/users.ndjson': line('tables/users.ndjson') + line('tables/users.ndjson'),
        }),
    ],
    [
      'a last row without end',
      () => changed({ 'tables/users.ndjson': line('tables/users.ndjson').trimEnd() }),
    ],
    [
      'a password that costs too much',
      () =>
        changed({
          'tables/passwords.ndjson': line('tables/passwords.ndjson').replace(/m=\d+/, 'm=99999999'),
        }),
    ],
    [
      'a password that is no hash',
      () =>
        changed({
          'tables/passwords.ndjson': line('tables/passwords.ndjson').replace(
            '$argon2id',
            '$bcrypt',
          ),
        }),
    ],
    [
      'an unknown setting',
      () => changed({ 'tables/settings.ndjson': '{"name":"backend.setting.nope","value":"x"}\n' }),
    ],
    [
      'a setting of another room',
      () => changed({ 'tables/settings.ndjson': '{"name":"beefree.limits","value":{}}\n' }),
    ],
    ['a zip bomb', () => changed({ 'tables/documents.ndjson': Buffer.alloc(3_000_000, 0x20) })],
  ])('refuses %s, and changes nothing', async (_, make) => {
    const before = await dataOf();
    const response = await importInto(server, await make());
    expect({ status: response.status, text: response.text }).toEqual({
      status: 400,
      text: expect.stringContaining('"result":"error"') as string,
    });
    expect(response.text).not.toMatch(/SQLITE|duplicate key|node_modules/);
    expect(await dataOf()).toBe(before);
    expect(server.unexpected).toEqual([]);
  });

  it('takes any damage for damage', async () => {
    const before = await dataOf();
    const damage = fc.record({
      at: fc.nat({ max: archive.length - 1 }),
      byte: fc.integer({ min: 1, max: 255 }),
      cut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, byte, cut }) => {
        const copy = Buffer.from(archive);
        copy[at] = (copy[at] ?? 0) ^ byte;
        const response = await importInto(server, cut ? copy.subarray(0, at) : copy);
        // Some bytes mean nothing, such as the time of an entry.
        expect([200, 400]).toContain(response.status);
        if (response.status === 200) {
          server.admin = await server.login('admin');
          mira = await server.login('mira');
        }
        expect(await dataOf()).toBe(before);
      }),
      { numRuns: 30 },
    );
    expect(server.unexpected).toEqual([]);
  });

  it('refuses what is no form, and a form without file', async () => {
    expect((await server.admin.send('POST', '/admin/db/import', { a: 1 })).status).toBe(400);
    expect((await server.admin.send('POST', '/admin/db/import')).status).toBe(400);
    const boundary = 'b';
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--${boundary}--\r\n`;
    const response = await server.send({
      method: 'POST',
      path: '/admin/db/import',
      body,
      headers: {
        'X-BB-SESSION': server.admin.token,
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
    });
    expect(response.status).toBe(400);
  });

  it('refuses an archive above the limit', async () => {
    const response = await importInto(server, Buffer.alloc(1_000_001));
    expect(response.status).toBe(413);
  });

  it('is for administrators alone', async () => {
    for (const [method, path] of [
      ['POST', '/admin/db/export'],
      ['GET', '/admin/db/export'],
      ['POST', '/admin/db/import'],
      ['DELETE', '/admin/db/0'],
    ] as const) {
      expect((await mira.send(method, path)).status).toBe(403);
    }
  });

  /** Everything that a client can see of the app. */
  async function dataOf(): Promise<string> {
    const paths = [
      '/document/teas?withAcl=true',
      '/admin/collection',
      '/admin/configuration/dump.json',
      '/admin/endpoints',
    ];
    const texts = await Promise.all(
      paths.map(async (path) => (await server.admin.send('GET', path)).text),
    );
    return `${texts.join('\n')}${(await mira.send('GET', '/me')).text}`;
  }

  /** Another letter inside of a compressed entry. */
  function damaged(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    const at = copy.indexOf('tables/users.ndjson') + 'tables/users.ndjson'.length + 40;
    copy[at] = (copy[at] ?? 0) ^ 0xff;
    return copy;
  }

  /** An archive with an entry of this name, which the library would not write. */
  async function evil(name: string): Promise<Buffer> {
    const stand = 'q'.repeat(name.length);
    const all = new Map(entries);
    all.set(stand, Buffer.from('evil'));
    const bytes = await zipOf(all);
    return Buffer.from(bytes.toString('latin1').replaceAll(stand, name), 'latin1');
  }
});

onBothEngines('dropping an app', (engine) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(engine);
  });
  afterAll(() => server.close());

  it('leaves nothing but the administrators who may begin anew', async () => {
    const { mira } = await fill(server);
    await server.user('boss', 'administrator');
    const boss = await server.user('chief', 'administrator');
    expect((await boss.send('DELETE', '/admin/db/5')).json()).toEqual({
      result: 'ok',
      data: '',
      http_code: 200,
    });
    // The caller goes on in his session, and so does the default administrator: no password is known to others.
    for (const who of [boss, server.admin]) {
      expect((await who.send('GET', '/me')).status).toBe(200);
      expect((await who.send('GET', '/admin/collection')).json()).toMatchObject({ data: [] });
    }
    expect((await mira.send('GET', '/me')).status).toBe(401);
    for (const name of ['mira', 'boss']) await expect(server.login(name)).rejects.toThrow('401');
    const known = { username: 'admin', password: 'admin', appcode: '1234567890' };
    expect((await server.send({ path: '/login', body: known })).status).toBe(401);
    const name = await server.admin.send('GET', '/admin/configuration/Application');
    expect(name.text).toContain('"value":"BaasBox"');
    const groups = await server.admin.send('GET', '/admin/endpoints/baasbox.social');
    expect(groups.json()).toMatchObject({ data: { enabled: true } });
    // It works as a new one.
    await fill(server);
    expect(server.unexpected).toEqual([]);
  });

  it.each(['soon', '-1', '1.5', '99999999999'])('refuses the timeout %s', async (timeout) => {
    expect((await server.admin.send('DELETE', `/admin/db/${timeout}`)).status).toBe(400);
    expect((await server.admin.send('GET', '/admin/collection')).text).toContain('teas');
  });
});
