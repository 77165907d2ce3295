// Details and files over HTTP (Beebox spec 2.9, 3.2 to 3.10, 8.1, appendix B 9 to 22).
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as openSocket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { sendRaw } from '../support/http.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { ADMINISTRATOR, startBeebox, type BeeboxServer } from './door.ts';

interface Context extends BeeboxServer {
  token: string;
}

const MAX = 200_000;
const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString();
const path = (context: Context, name: string, parameters: Record<string, string> = {}) =>
  `/api/${name}?${query({ token: context.token, ...parameters })}`;
const gives = (id: string) => ({
  status: 400,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  json: { type: 'Api error', id, message: expect.stringMatching(/\S/) as string, failed: true },
});
const done = { status: 204, body: '', headers: { 'content-type': undefined } };
const noMethod = { status: 404, json: { failed: true, Message: expect.any(String) as string } };

/** A request for a file; `parameters` as they are, in this order. */
function file(
  method: string,
  parameters: Record<string, string>,
  body?: string | Buffer,
): Scenario<Context>['request'] {
  return (context) => ({
    method,
    path: path(context, 'files/file', parameters),
    ...(body === undefined ? {} : { body }),
  });
}

const put = (
  name: string,
  parameters: Record<string, string>,
  body: string,
): Scenario<Context> => ({
  name: `PUT ${name}`,
  request: file('PUT', parameters, body),
  expect: done,
});
const get = (
  name: string,
  parameters: Record<string, string>,
  content: string,
): Scenario<Context> => ({
  name: `GET ${name}`,
  request: file('GET', parameters),
  expect: {
    status: 200,
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(Buffer.byteLength(content)),
      'content-encoding': undefined,
    },
    body: content,
  },
});
const refuse = (
  method: string,
  parameters: Record<string, string>,
  id: string,
  body?: string,
): Scenario<Context> => ({
  name: `${method} of ${JSON.stringify(parameters).slice(0, 90)} is ${id}`,
  request: file(method, parameters, body ?? (method === 'PUT' ? 'x' : undefined)),
  expect: gives(id),
});

const detailsScenarios: Scenario<Context>[] = [
  {
    name: 'details for a connector are exactly seven properties',
    request: (context) => ({ path: path(context, 'details') }),
    expect: {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({
        sourceLocale: 'en',
        sourceLocaleName: 'English (en)',
        sourceLocaleRTL: false,
        targetLocales: ['fr', 'de', 'pt-BR'],
        targetLocaleNames: ['French (fr)', 'German (de)', 'Portuguese (Brazil) (pt-BR)'],
        targetLocaleItems: [
          { v: 'fr', t: 'French (fr)' },
          { v: 'de', t: 'German (de)' },
          { v: 'pt-BR', t: 'Portuguese (Brazil) (pt-BR)' },
        ],
        extensions: ['.html', '.json', '.xliff', '.xml'],
      }),
    },
  },
  {
    name: 'details for an administrator are everything, with the password masked',
    request: async (context) => ({
      path: `/api/details?token=${await context.connect({ project: '', ...ADMINISTRATOR })}*${context.project.key}`,
    }),
    expect: {
      status: 200,
      json: {
        projectType: 0,
        projectTypeT: 'Files',
        targetLocales: ['fr', 'de', 'pt-BR'],
        name: 'Shop',
        description: null,
        tms: null,
        mt: [],
        bbext: [],
        mail: { enabled: false, emailsTo: null, newSourceEnabled: false, newTargetBody: null },
        connector: {
          enabled: true,
          role: 'Plugin',
          login: 'cms-shop',
          password: '********',
          comments: null,
          deliveryCallbackUrl: null,
          ipAddresses: [],
        },
        defaultMatchContext: false,
        approve100: true,
        jobContentGrouping: 'None',
        jobContentDeadlineGrouping: 'Exact',
        jobReferenceFormat: 'Job {id} - {lcode}',
        segmentation: true,
      },
    },
    forbid: ['s3cret', 'argon2'],
    after: (response, { project }) => {
      const { beeboxProjectKey, sourcedir, targetdir } = response.json<Record<string, string>>();
      expect(beeboxProjectKey).toBe(project.key);
      expect(sourcedir).toBe(`c:\\beebox\\${project.key}\\in`);
      expect(targetdir).toBe(`c:\\beebox\\${project.key}\\out`);
    },
  },
  {
    name: 'details with a misspelled token parameter are no method',
    request: { path: '/api/details?tokn=x' },
    expect: noMethod,
  },
  {
    name: 'details with an empty token are not authorised',
    request: { path: '/api/details?token=' },
    expect: gives('LOGGEDOUT'),
  },
  {
    name: 'HEAD details is GET without the body',
    request: (context) => ({ method: 'HEAD', path: path(context, 'details') }),
    expect: { status: 200, headers: { 'content-length': /^\d{3}$/ }, body: '' },
  },
  {
    name: 'details allow no other origin',
    request: (context) => ({
      path: path(context, 'details'),
      headers: { origin: 'https://cms.example' },
    }),
    expect: { status: 200, headers: { 'access-control-allow-origin': undefined } },
  },
];

const fileScenarios: Scenario<Context>[] = [
  put('a source with a backslash', { locale: 'en', folder: '', filename: 'a\\b.xml' }, 'source'),
  get('the same with a slash', { locale: 'en', filename: 'a/b.xml' }, 'source'),
  get('the same by its folder', { locale: 'en', folder: 'a', filename: 'b.xml' }, 'source'),
  get('the same in capitals', { locale: 'EN', filename: 'A/B.XML' }, 'source'),
  get(
    'the same with a stray parameter',
    { '0': 'folder', locale: 'en', filename: 'a/b.xml' },
    'source',
  ),
  put('a translation', { locale: 'fr', filename: 'a\\b.xml' }, 'traduction'),
  get('it by its locale', { locale: 'fr', folder: '', filename: 'a\\b.xml' }, 'traduction'),
  get('it by its locale, without folder', { locale: 'fr', filename: 'a\\b.xml' }, 'traduction'),
  get(
    'it by the folder of the locale',
    { locale: '', folder: 'fr', filename: 'a\\b.xml' },
    'traduction',
  ),
  get(
    'it by a path that starts with the locale',
    { locale: '', folder: '', filename: 'fr/a/b.xml' },
    'traduction',
  ),
  get('it without any locale parameter', { folder: 'FR\\a', filename: 'b.xml' }, 'traduction'),
  put('into a locale spelled otherwise', { locale: 'PT_br', filename: 'a\\b.xml' }, 'tradução'),
  get('it in the stored spelling', { locale: 'pt-BR', filename: 'a\\b.xml' }, 'tradução'),
  put('into the sandbox', { locale: 'SandBox', filename: 'a\\b.xml' }, 'sand'),
  get('out of the sandbox', { locale: 'sandbox', filename: 'a\\b.xml' }, 'sand'),
  put('an empty file', { locale: 'en', filename: 'empty.xml' }, ''),
  get('the empty file', { locale: 'en', filename: 'empty.xml' }, ''),
  put('a file of any extension', { locale: 'en', filename: 'archive.exe' }, 'MZ'),
  put('instructions', { locale: 'en', filename: 'a\\b.xml.beebox' }, 'not even JSON'),
  put('a name in many scripts', { locale: 'en', filename: 'grün 100%+& 日本語.xml' }, 'ok'),
  get('the name in many scripts', { locale: 'en', filename: 'GRÜN 100%+& 日本語.xml' }, 'ok'),
  {
    name: 'GET names the file as it was first sent',
    request: file('GET', { locale: 'en', filename: 'GRÜN 100%+& 日本語.xml' }),
    expect: {
      status: 200,
      headers: {
        'content-disposition':
          "attachment; filename*=UTF-8''gr%C3%BCn%20100%25%2B%26%20%E6%97%A5%E6%9C%AC%E8%AA%9E.xml",
        'x-content-type-options': 'nosniff',
      },
    },
  },
  {
    name: 'HEAD of a file tells its size',
    request: file('HEAD', { locale: 'fr', filename: 'a\\b.xml' }),
    expect: { status: 200, headers: { 'content-length': '10' }, body: '' },
  },
  ...[
    { locale: '', folder: 'en', filename: 'a\\b.xml' },
    { locale: '', folder: 'sandbox', filename: 'a\\b.xml' },
    { locale: '', filename: 'b.xml' },
    { filename: 'b.xml' },
    { locale: 'es', filename: 'a\\b.xml' },
    { locale: 'de-AT', filename: 'a\\b.xml' },
    { locale: 'fr\\a', filename: 'b.xml' },
    { locale: '..', filename: 'x' },
  ].flatMap((parameters) => [
    refuse('GET', parameters, 'LOCALE'),
    refuse('PUT', parameters, 'LOCALE'),
    refuse('DELETE', parameters, 'LOCALE'),
  ]),
  refuse('PUT', { locale: '', folder: 'fr', filename: 'a.xml' }, 'LOCALE'),
  ...[
    '..\\x',
    '../x',
    'a/../../x',
    'C:\\x',
    '\\\\srv\\x',
    'x\0',
    '',
    '\\',
    '.',
    'a\nb',
    'a*b',
    'x'.repeat(1025),
  ].flatMap((filename) =>
    ['GET', 'PUT', 'DELETE'].map((method) => refuse(method, { locale: 'en', filename }, 'PATH')),
  ),
  refuse('GET', { locale: '', folder: '..', filename: 'x' }, 'PATH'),
  refuse('GET', { locale: '', folder: 'fr', filename: '' }, 'PATH'),
  refuse('GET', { locale: 'en', filename: 'nothing.xml' }, 'FILENOTFOUND'),
  refuse('GET', { locale: 'de', filename: 'a\\b.xml' }, 'FILENOTFOUND'),
  refuse('GET', { locale: 'en', filename: 'a' }, 'FILENOTFOUND'),
  refuse('DELETE', { locale: 'en', filename: 'nothing.xml' }, 'FILENOTFOUND'),
  refuse('PUT', { locale: 'en', filename: 'large.xml' }, 'TOOLARGE', 'x'.repeat(MAX + 1)),
  put('the largest file', { locale: 'en', filename: 'largest.xml' }, 'x'.repeat(MAX)),
  {
    name: 'PUT of a large file in chunks is TOOLARGE too',
    request: (context) => ({
      method: 'PUT',
      path: path(context, 'files/file', { locale: 'en', filename: 'large.xml' }),
      headers: { 'transfer-encoding': 'chunked' },
      body: Buffer.alloc(MAX + 1),
    }),
    expect: gives('TOOLARGE'),
  },
  refuse('GET', { locale: 'en', filename: 'large.xml' }, 'FILENOTFOUND'),
  {
    name: 'PUT of a form is MULTIPART',
    request: (context) => ({
      method: 'PUT',
      path: path(context, 'files/file', { locale: 'en', filename: 'form.xml' }),
      headers: { 'content-type': 'Multipart/Form-Data; boundary=x' },
      body: '--x--',
    }),
    expect: gives('MULTIPART'),
  },
  ...['PUT', 'GET', 'DELETE'].map((method): Scenario<Context> => ({
    name: `${method} without a file name is no method`,
    request: file(method, { locale: 'en' }),
    expect: noMethod,
  })),
  ...['PUT', 'GET', 'DELETE'].map((method): Scenario<Context> => ({
    name: `${method} with an unknown token is not authorised`,
    request: {
      method,
      path: `/api/files/file?token=nonsense&locale=en&filename=a.xml`,
      ...(method === 'PUT' ? { body: 'x'.repeat(50_000) } : {}),
    },
    expect: gives('LOGGEDOUT'),
  })),
  {
    name: 'DELETE with a stray parameter deletes',
    request: file('DELETE', { '0': 'folder', locale: 'en', filename: 'a\\b.xml' }),
    expect: done,
  },
  refuse('GET', { locale: 'en', filename: 'a\\b.xml' }, 'FILENOTFOUND'),
  get(
    'the translation after its source is gone',
    { locale: 'fr', filename: 'a\\b.xml' },
    'traduction',
  ),
  get(
    'the instructions after their source is gone',
    { locale: 'en', filename: 'a\\b.xml.beebox' },
    'not even JSON',
  ),
  ...['deletes instructions', 'finds none any more, and says the same'].map(
    (name): Scenario<Context> => ({
      name: `DELETE ${name}`,
      request: file('DELETE', { locale: 'en', filename: 'a\\b.xml.beebox', folder: '' }),
      expect: done,
    }),
  ),
  {
    name: 'DELETE of a translation by the folder of its locale',
    request: file('DELETE', { locale: '', folder: 'fr', filename: 'a\\b.xml' }),
    expect: done,
  },
  refuse('GET', { locale: 'fr', filename: 'a\\b.xml' }, 'FILENOTFOUND'),
];

const directory = (
  parameters: Record<string, string>,
  expected: Scenario<Context>['expect'],
): Scenario<Context> => ({
  name: `DELETE directory ${JSON.stringify(parameters)} is ${expected.status === 204 ? 'done' : 'refused'}`,
  request: (context) => ({ method: 'DELETE', path: path(context, 'files/directory', parameters) }),
  expect: expected,
});
const directoryScenarios: Scenario<Context>[] = [
  directory({ locale: 'sandbox' }, done),
  directory({ locale: 'sandbox' }, done),
  ...['shop\\a.xml', 'shop\\spring\\b.xml', 'shop.xml', 'shoppe\\c.xml'].flatMap((filename) =>
    ['en', 'fr', 'sandbox'].map((locale) =>
      put(`${filename} to ${locale}`, { locale, filename }, filename),
    ),
  ),
  directory({ locale: 'en' }, gives('PATH')),
  directory({ locale: 'fr', directoryname: '' }, gives('PATH')),
  directory({ locale: 'fr', directoryname: '\\' }, gives('PATH')),
  directory({ locale: '', directoryname: 'fr' }, gives('PATH')),
  directory({ locale: '' }, gives('LOCALE')),
  directory({ locale: 'es', directoryname: 'shop' }, gives('LOCALE')),
  directory({ locale: 'en', directoryname: '..' }, gives('PATH')),
  directory({ locale: 'en', directoryname: 'C:\\shop' }, gives('PATH')),
  directory({ locale: 'en', directoryname: '\\\\srv\\shop' }, gives('PATH')),
  directory({ locale: 'en', directoryname: 'nothing' }, gives('FILENOTFOUND')),
  directory({ locale: 'sandbox', directoryname: 'nothing' }, gives('FILENOTFOUND')),
  directory({ locale: 'fr', directoryname: 'SHOP' }, done),
  directory({ locale: 'fr', directoryname: 'shop' }, gives('FILENOTFOUND')),
  refuse('GET', { locale: 'fr', filename: 'shop\\spring\\b.xml' }, 'FILENOTFOUND'),
  get('a neighbour of the directory', { locale: 'fr', filename: 'shoppe\\c.xml' }, 'shoppe\\c.xml'),
  get('a file of the same name', { locale: 'fr', filename: 'shop.xml' }, 'shop.xml'),
  get('the source', { locale: 'en', filename: 'shop\\a.xml' }, 'shop\\a.xml'),
  directory({ locale: 'en', folder: 'shop', directoryname: 'spring/' }, done),
  get('a file above the directory', { locale: 'en', filename: 'shop\\a.xml' }, 'shop\\a.xml'),
  directory({ locale: 'sandbox', directoryname: 'shop\\spring' }, done),
  get('the rest of the sandbox', { locale: 'sandbox', filename: 'shop\\a.xml' }, 'shop\\a.xml'),
  directory({ locale: 'SANDBOX', directoryname: '', folder: '' }, done),
  refuse('GET', { locale: 'sandbox', filename: 'shop.xml' }, 'FILENOTFOUND'),
];

onBothEngines('beebox files', (engine) => {
  let context: Context;
  beforeAll(async () => {
    const server = await startBeebox(engine, {
      settings: { 'beebox-max-file-bytes': String(MAX) },
    });
    context = Object.assign(server, { token: await server.connect() });
  });
  afterAll(() => context.close());

  describe('details', () => {
    runScenarios(
      detailsScenarios,
      () => context.url,
      () => context,
    );
  });
  describe('files', () => {
    runScenarios(
      fileScenarios,
      () => context.url,
      () => context,
    );
  });
  describe('directories', () => {
    runScenarios(
      directoryScenarios,
      () => context.url,
      () => context,
    );
  });
  const store = (filename: string, body: Buffer, headers: Record<string, string> = {}) =>
    context.call(
      'PUT',
      'files/file',
      { token: context.token, locale: 'en', filename },
      { body, headers },
    );
  const fetchBack = (filename: string) =>
    context.call('GET', 'files/file', { token: context.token, locale: 'en', filename });

  it.each([
    ['no content type', {}],
    ['Content-Type: Stream', { 'content-type': 'Stream' }],
    ['a malformed content type', { 'content-type': ';;"/' }],
    ['an empty content type', { 'content-type': '' }],
    ['JSON that is none', { 'content-type': 'application/json' }],
    ['a form that is none', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a chunked body', { 'transfer-encoding': 'chunked' }],
    ['Expect: 100-continue', { expect: '100-continue' }],
    ['a content encoding that nobody asked about', { 'content-encoding': 'gzip' }],
  ])('keeps every byte of a PUT with %s', async (_, headers) => {
    const body = randomBytes(100_000);
    const stored = await store('bytes.bin', body, headers);
    expect({ status: stored.status, text: stored.text }).toEqual({ status: 204, text: '' });
    const back = await fetchBack('bytes.bin');
    expect(back.bytes.equals(body)).toBe(true);
  });

  it('continues when it is asked to', async () => {
    const answer = await sendRaw(
      context.url,
      `PUT ${path(context, 'files/file', { locale: 'en', filename: 'x.xml' })} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 204 No Content\r\n/);
  });

  it('takes an empty chunked body and no body at all', async () => {
    for (const body of ['Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '\r\n']) {
      const target = path(context, 'files/file', { locale: 'en', filename: 'none.xml' });
      const answer = await sendRaw(
        context.url,
        `PUT ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${body}`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 204 /);
      expect((await fetchBack('none.xml')).headers['content-length']).toBe('0');
    }
  });

  it('lets a client that closes after sending read why a large file was refused', async () => {
    const target = path(context, 'files/file', { locale: 'en', filename: 'large.xml' });
    const head = `PUT ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${2 * MAX}\r\n\r\n`;
    const answer = await sendRaw(
      context.url,
      Buffer.concat([Buffer.from(head), Buffer.alloc(2 * MAX)]),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"id":"TOOLARGE"');
  });

  it('keeps the old file when an upload breaks off', async () => {
    await store('kept.xml', Buffer.from('old'));
    const target = path(context, 'files/file', { locale: 'en', filename: 'kept.xml' });
    const { hostname, port } = new URL(context.url);
    const socket = openSocket(Number(port), hostname);
    socket.write(`PUT ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf`);
    await once(socket, 'connect');
    socket.destroy();
    await once(socket, 'close');
    await expect
      .poll(async () => (await fetchBack('kept.xml')).text, { interval: 20, timeout: 1000 })
      .toBe('old');
    expect(context.logged.join('')).not.toContain('request failed');
  });

  it('finishes an upload whose session ends meanwhile', async () => {
    const token = await context.connect();
    const target = `/api/files/file?${query({ token, locale: 'en', filename: 'late.xml' })}`;
    const { hostname, port } = new URL(context.url);
    const socket = openSocket(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.write(
      `PUT ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nla`,
    );
    // The session is looked at before the body is read: a second call on it proves that this has happened.
    await expect.poll(() => Buffer.concat(chunks).toString()).toContain('100 Continue');
    await context.call('GET', 'details', { token });
    await context.call('GET', 'disconnect', { token });
    socket.write('te');
    await once(socket, 'close');
    expect(Buffer.concat(chunks).toString()).toContain('HTTP/1.1 204 ');
    expect((await fetchBack('late.xml')).text).toBe('late');
  });

  it('decodes once, and reads names of old sites that are not UTF-8', async () => {
    const raw = async (method: string, filename: string, body?: string) =>
      context.send({
        method,
        path: `/api/files/file?token=${context.token}&locale=en&filename=${filename}`,
        ...(body === undefined ? {} : { body }),
      });
    await raw('PUT', 'a%252Fb.xml', 'twice');
    expect((await fetchBack('a%2Fb.xml')).text).toBe('twice');
    await raw('PUT', 'M%FCller.xml', 'ü');
    await raw('PUT', 'M%F6ller.xml', 'ö');
    expect((await fetchBack('Müller.xml')).text).toBe('ü');
    expect((await fetchBack('Möller.xml')).text).toBe('ö');
    await raw('PUT', 'a+b%2Bc.xml', 'plus');
    expect((await fetchBack('a b+c.xml')).text).toBe('plus');
    await raw('PUT', 'gr%C3%BCn.xml', 'composed');
    await raw('PUT', 'gru%CC%88n.xml', 'decomposed');
    expect((await fetchBack('grün.xml')).text).toBe('decomposed');
  });

  it('gives back any bytes under any name, and only those', async () => {
    const name = fc
      .oneof(
        fc.constantFrom(
          "'; DROP TABLE tr_files; --",
          '__proto__',
          'constructor',
          '%00',
          '%2e%2e',
          '{}$1',
        ),
        fc.stringMatching(/^[\p{L}\p{M}\p{N}\p{Emoji}'%+&=#;@!~()[\]{}$, _-]{1,40}$/u),
      )
      .filter((text) => !/[*<>:"|?\p{Cc}]|^\s*\.{1,2}\s*$/u.test(text) && text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(name, fc.uint8Array({ maxLength: 5000 }), async (filename, content) => {
        const body = Buffer.from(content);
        expect((await store(filename, body)).status).toBe(204);
        const back = await fetchBack(filename);
        expect(back.status).toBe(200);
        expect(back.bytes.equals(body)).toBe(true);
        expect(back.headers['content-length']).toBe(String(body.length));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the projects apart', async () => {
    await store('secret.xml', Buffer.from('shop'));
    const wide = await context.connect({ project: '', ...ADMINISTRATOR });
    const at = (key: string, locale: string) =>
      context.call('GET', 'files/file', {
        token: `${wide}*${key}`,
        locale,
        filename: 'secret.xml',
      });
    expect((await at(context.project.key, 'en')).text).toBe('shop');
    expect((await at(context.other.key, 'en-GB')).json()).toMatchObject({ id: 'FILENOTFOUND' });
    expect((await at(context.other.key, 'en')).json()).toMatchObject({ id: 'LOCALE' });
    const bare = await context.call('GET', 'files/file', {
      token: wide,
      locale: 'en',
      filename: 'secret.xml',
    });
    expect(bare.json()).toMatchObject({ id: 'NOPROJECT' });
  });

  it('keeps files over a restart', async () => {
    const body = randomBytes(70_000);
    await store('durable.bin', body);
    await context.restart();
    expect((await fetchBack('durable.bin')).bytes.equals(body)).toBe(true);
  });
});
