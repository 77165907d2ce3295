// Settings over HTTP: what administrators see, what they change, and what it changes (BaasBox spec 5.10, 8.3).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { startServer, type TestServer, type TestUser } from './server.ts';

const PATH = '/admin/configuration';

/** The keys of the original. */
const KEYS = {
  PasswordRecovery: [
    'email.template.text',
    'email.template.html',
    'email.from',
    'email.subject',
    'email.expiration.time',
    'page.html.template',
    'page.html.feedback.template',
    'network.smtp.host',
    'network.smtp.port',
    'network.smtp.ssl',
    'network.smtp.tls',
    'network.smtp.authentication',
    'network.smtp.user',
    'network.smtp.password',
  ],
  Application: [
    'application.name',
    'session_tokens.timeout',
    'network.http.ssl',
    'network.http.url',
    'network.http.port',
  ],
  Push: [1, 2, 3].flatMap((profile) =>
    [
      'push.profile.enable',
      'push.sandbox.enable',
      'push.apple.timeout',
      'sandbox.android.api.key',
      'sandbox.ios.certificate',
      'sandbox.ios.certificate.password',
      'production.android.api.key',
      'production.ios.certificate',
      'production.ios.certificate.password',
    ].map((key) => `profile${profile}.${key}`),
  ),
  Images: ['image.allows.automatic.resize', 'image.allowed.automatic.resize.formats'],
  Social: ['facebook', 'google', 'twitter'].flatMap((network) =>
    ['token', 'secret', 'enabled'].map((key) => `social.${network}.${key}`),
  ),
};

onBothEngines('settings', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  beforeAll(async () => {
    server = await startServer(engine, {
      settings: {
        'network.http.url': 'api.tea.test',
        'network.smtp.user': { value: 'mailer', visible: false },
        'network.http.port': { editable: false },
        'social.google.token': { visible: false },
      },
    });
    mira = await server.user('mira');
  });
  afterAll(() => server.close());

  const put = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    server.send({
      method: 'PUT',
      path: PATH + path,
      body,
      headers: { 'X-BB-SESSION': server.admin.token, ...headers },
    });
  const get = (path: string) => server.admin.send('GET', PATH + path);
  const valueOf = async (section: string, key: string) => {
    const { data } = (await get(`/${section}`)).json<{ data: { key: string; value: string }[] }>();
    return data.find((setting) => setting.key === key)?.value;
  };

  it('dumps all sections, parts and settings in their order, values as texts', async () => {
    const response = await get('/dump.json');
    expect(response.status).toBe(200);
    const { data } = response.json<{ data: Record<string, unknown>[] }>();
    expect(data.map((section) => Object.keys(section))).toEqual(
      Array.from({ length: 5 }, () => ['section', 'description', 'sub sections']),
    );
    expect(data.map(({ section }) => section)).toEqual([
      'PasswordRecovery',
      'Application',
      'Push',
      'Images',
      'Social',
    ]);
    const parts = data.map((section) => Object.keys(section['sub sections'] as object));
    expect(parts).toEqual([
      ['email', 'page', 'network'],
      ['application', 'session_tokens', 'network'],
      ['profile1', 'profile2', 'profile3'],
      ['image'],
      ['social'],
    ]);
    expect(response.text).toMatch(
      /\{"application\.name":"BaasBox","description":"[^"]+","type":"String","editable":true,"visible":true,"overridden":false\}/,
    );
    expect(response.text).toMatch(
      /\{"session_tokens\.timeout":"15","description":"[^"]+","type":"Integer","editable":true,"visible":true,"overridden":false\}/,
    );
    expect(response.text).toMatch(
      /\{"profile3\.push\.sandbox\.enable":"true","description":"[^"]+","type":"Boolean",/,
    );
  });

  it.each(Object.entries(KEYS))('lists the section %s as a flat array', async (section, keys) => {
    const { data } = (await get(`/${section}`)).json<{ data: Record<string, unknown>[] }>();
    expect(data.map(({ key }) => key)).toEqual(expect.arrayContaining(keys));
    for (const setting of data) {
      expect(Object.keys(setting)).toEqual([
        'key',
        'value',
        'description',
        'type',
        'editable',
        'overridden',
      ]);
      expect(setting['value']).toEqual(expect.any(String));
    }
  });

  it('dumps a listing as plain text without an envelope', async () => {
    const response = await get('/dump.txt');
    expect(response.headers['content-type']).toMatch(/^text\/plain/);
    expect(response.text).toContain('APPLICATION\n  - APPLICATION\n      + application.name = ');
    expect(response.text).toContain('      + network.smtp.user = --HIDDEN--');
    expect(response.text).not.toContain('"result"');
  });

  it('takes a value in the body, and shows it in dump and list', async () => {
    const response = await put('/Application/application.name', { value: 'Tea "shop" ☕' });
    expect(response.json()).toEqual({ result: 'ok', data: '', http_code: 200 });
    expect(await valueOf('Application', 'application.name')).toBe('Tea "shop" ☕');
    expect((await get('/dump.json')).text).toContain('{"application.name":"Tea \\"shop\\" ☕",');
    await put('/Application', { key: 'application.name', value: 'Tea shop' });
    expect(await valueOf('Application', 'application.name')).toBe('Tea shop');
  });

  it('takes a value in the URL with a warning, whatever the body is', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await put('/Application/application.name/Two%20words', undefined, headers);
    expect(response.status).toBe(200);
    expect(response.json<{ data: string }>().data).toContain(
      'You provided key and value in the query string',
    );
    expect(await valueOf('Application', 'application.name')).toBe('Two words');
    await put('/Application/session_tokens/session_tokens.timeout/20', undefined, headers);
    expect(await valueOf('Application', 'session_tokens.timeout')).toBe('20');
    await put('/Application/session_tokens/timeout/15', undefined, headers);
    expect(await valueOf('Application', 'session_tokens.timeout')).toBe('15');
    expect((await put('/Application/application.name/x')).status).toBe(400);
  });

  it.each<[string, string, unknown, number, string]>([
    ['an unknown section', '/Nothing/application.name', { value: 'x' }, 404, 'Nothing'],
    ['a section in other letters', '/application/application.name', { value: 'x' }, 404, ''],
    ['an inherited name as section', '/toString/application.name', { value: 'x' }, 404, ''],
    ['an unknown key', '/Application/nope', { value: 'x' }, 400, 'nope'],
    ['a key of another section', '/Images/application.name', { value: 'x' }, 400, ''],
    ['an inherited name as key', '/Images/constructor', { value: 'x' }, 400, ''],
    ['no number', '/Application/session_tokens.timeout', { value: 'soon' }, 400, 'not a number'],
    ['an empty number', '/Application/session_tokens.timeout', { value: '' }, 400, 'not a number'],
    ['a fraction', '/Application/session_tokens.timeout', { value: 1.5 }, 400, 'not a number'],
    ['a negative number', '/Application/session_tokens.timeout', { value: -1 }, 400, ''],
    [
      'a number that is too large',
      '/PasswordRecovery/network.smtp.port',
      { value: 70000 },
      400,
      '',
    ],
    ['no truth value', '/Images/image.allows.automatic.resize', { value: 'yes' }, 400, 'true or'],
    ['an object', '/Application/application.name', { value: {} }, 400, 'value'],
    ['null', '/Application/application.name', { value: null }, 400, 'value'],
    ['no value', '/Application/application.name', {}, 400, 'value'],
    ['no key', '/Application', { value: 'x' }, 400, 'key'],
    ['a list as body', '/Application', [1], 400, 'JSON'],
    ['a file as text', '/Push/profile1.sandbox.ios.certificate', { value: 'x' }, 400, 'file'],
    [
      'a second line',
      '/PasswordRecovery/email.from',
      { value: 'tea@mail.test\r\nBcc: all@mail.test' },
      400,
      'one line',
    ],
    ['a mail without link', '/PasswordRecovery/email.template.text', { value: 'x' }, 400, '$link$'],
    [
      'a size that is none',
      '/Images/image.allowed.automatic.resize.formats',
      { value: '5%  7' },
      400,
      '7',
    ],
    [
      'a text that is too long',
      '/Application/application.name',
      { value: 'x'.repeat(30_001) },
      400,
      '',
    ],
    ['a fixed setting', '/Application/network.http.url', { value: 'x' }, 400, 'cannot be changed'],
    ['a locked setting', '/Application/network.http.port', { value: 1 }, 400, 'cannot be changed'],
  ])('refuses %s', async (_, path, body, status, text) => {
    const before = (await get('/dump.json')).text;
    const response = await put(path, body);
    expect(response.status).toBe(status);
    expect(response.json()).toMatchObject({ result: 'error', http_code: status });
    expect(response.json<{ message: string }>().message).toContain(text);
    expect((await get('/dump.json')).text).toBe(before);
  });

  it('refuses a call without content type, and one that is not JSON', async () => {
    expect((await put('/Application/application.name')).status).toBe(400);
    expect((await put('/Application')).status).toBe(400);
    const text = { 'content-type': 'text/plain' };
    expect((await put('/Application/application.name', 'x', text)).status).toBe(400);
  });

  it('knows no section that does not exist', async () => {
    for (const section of ['Nothing', 'images', 'toString', '__proto__']) {
      expect((await get(`/${section}`)).status).toBe(404);
    }
  });

  it('marks what the operator has fixed, hidden and locked', async () => {
    const { text } = await get('/dump.json');
    expect(text).toMatch(
      /\{"network\.http\.url":"api\.tea\.test",[^}]+"editable":false,"visible":true,"overridden":true\}/,
    );
    expect(text).toMatch(
      /\{"network\.smtp\.user":"--HIDDEN--",[^}]+"editable":false,"visible":false,"overridden":true\}/,
    );
    expect(text).toMatch(
      /\{"network\.http\.port":"9000",[^}]+"editable":false,"visible":true,"overridden":false\}/,
    );
    expect(text).toMatch(
      /\{"social\.google\.token":"--HIDDEN--",[^}]+"editable":true,"visible":false,"overridden":false\}/,
    );
    expect(text).not.toContain('mailer');
  });

  it('never shows a secret, nor stores it in clear', async () => {
    const key = 'network.smtp.password';
    expect(await valueOf('PasswordRecovery', key)).toBe('');
    const answers = [
      await put(`/PasswordRecovery/${key}`, { value: 'marker-4711' }),
      // What was shown may be sent back.
      await put(`/PasswordRecovery/${key}`, { value: '--HIDDEN--' }),
      await get('/dump.json'),
      await get('/dump.txt'),
      await get('/PasswordRecovery'),
    ];
    for (const { status, text } of answers) {
      expect(status).toBe(200);
      expect(text).not.toContain('marker-4711');
    }
    expect(await valueOf('PasswordRecovery', key)).toBe('--HIDDEN--');
    const { settings } = server.platform.tenants;
    const [tenant] = await server.platform.tenants.list();
    expect(JSON.stringify(await settings.all(tenant?.id ?? ''))).not.toContain('marker');
    await put(`/PasswordRecovery/${key}`, { value: '' });
    expect(await valueOf('PasswordRecovery', key)).toBe('');
  });

  it('lets sessions last as long as it says, those that are open too', async () => {
    const open = await server.user('pia');
    await put('/Application/session_tokens.timeout', { value: '30' });
    const nora = await server.user('nora');
    server.advance(20 * 60_000);
    expect((await nora.send('GET', '/me')).status).toBe(200);
    expect((await open.send('GET', '/me')).status).toBe(200);
    server.advance(31 * 60_000);
    expect((await nora.send('GET', '/me')).status).toBe(401);
    server.admin = await server.login('admin');
    await put('/Application/session_tokens.timeout', { value: '0' });
    server.advance(365 * 86_400_000);
    await put('/Application/session_tokens.timeout', { value: '15' });
    // Not used for a year, and now that counts.
    expect((await server.admin.send('GET', '/me')).status).toBe(200);
    server.advance(16 * 60_000);
    expect((await server.admin.send('GET', '/me')).status).toBe(401);
    server.admin = await server.login('admin');
  });

  const certificate = 'profile1.sandbox.ios.certificate';
  const upload = (key: string, bytes: Buffer, name = 'apns.p12') => {
    const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')]);
    return put(`/Push/${key}`, body, { 'content-type': 'multipart/form-data; boundary=b' });
  };

  it('takes a certificate as a file, shows its name, and keeps it sealed', async () => {
    const bytes = Buffer.from(`marker-4712 ${'\u0000\u0001'.repeat(1000)}`);
    expect((await upload(certificate, bytes)).json()).toMatchObject({ result: 'ok', data: '' });
    expect(await valueOf('Push', certificate)).toBe('apns.p12');
    const dump = (await get('/dump.json')).text;
    expect(dump).toContain(`{"${certificate}":"apns.p12",`);
    expect(dump).toContain('"type":"ConfigurationFileContainer"');
    expect(dump).not.toContain('marker');
    const [tenant] = await server.platform.tenants.list();
    const stored = JSON.stringify(await server.platform.tenants.settings.all(tenant?.id ?? ''));
    expect(stored).not.toContain(bytes.toString('base64').slice(0, 12));
    // Nothing of the upload stays among the files.
    expect(await server.platform.blobs.usage(tenant?.id ?? '')).toMatchObject({ blobs: 0 });
  });

  it('refuses files that are none, too large, or not for a file', async () => {
    expect((await upload(certificate, Buffer.alloc(0))).status).toBe(400);
    expect((await upload(certificate, Buffer.alloc(32_769))).status).toBe(413);
    expect((await upload(certificate, Buffer.alloc(100_000))).status).toBe(413);
    expect((await upload('profile1.push.apple.timeout', Buffer.from('5'))).status).toBe(400);
    expect((await upload('profile9.sandbox.ios.certificate', Buffer.from('5'))).status).toBe(400);
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const field = '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n';
    expect((await put(`/Push/${certificate}`, field, headers)).status).toBe(400);
    expect((await put(`/Push/${certificate}`, 'x', headers)).status).toBe(400);
    expect(await valueOf('Push', certificate)).toBe('apns.p12');
  });

  it('enables a push profile only when it can send', async () => {
    const enable = () => put('/Push/profile2.push.profile.enable', { value: 'true' });
    const refused = await enable();
    expect(refused.status).toBe(503);
    expect(refused.json()).toMatchObject({ bb_code: '50301', http_code: 503 });
    expect((await put('/Push/profile2.push.sandbox.enable', { value: 'false' })).status).toBe(200);
    expect((await put('/Push/profile2.push.sandbox.enable', { value: 'true' })).status).toBe(200);
  });

  it('is for administrators alone', async () => {
    mira = await server.login('mira');
    for (const path of ['/dump.json', '/dump.txt', '/Application']) {
      expect((await mira.send('GET', PATH + path)).status).toBe(403);
    }
    const path = `${PATH}/Application/application.name`;
    expect((await mira.send('PUT', path, { value: 'x' })).status).toBe(403);
    expect((await mira.send('PUT', `${path}/x`)).status).toBe(403);
  });
});
