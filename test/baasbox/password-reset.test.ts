// Lost passwords over HTTP and SMTP: mail, pages, the same for programs (BaasBox spec 2.9, 8.3, 8.4, 9.1).
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios } from '../support/scenario.ts';
import { startMailServer, type MailServerForTests } from './mail-server.ts';
import { APP, startServer, type TestServer } from './server.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const AS_APP = { 'X-BAASBOX-APPCODE': APP };

onBothEngines('password reset', (engine) => {
  let server: TestServer;
  let mail: MailServerForTests;

  beforeAll(async () => {
    const limits = { timeoutMs: 5000, perUserAndHour: 4, privateServers: true };
    server = await startServer(engine, { mail: limits });
    mail = await startMailServer();
    await configure('network.smtp.host', '127.0.0.1');
    await configure('network.smtp.port', String(mail.port));
    await configure('email.from', 'Tea shop <shop@tea.test>');
    await configure('application.name', 'Tea & <b>Co</b>', 'Application');
    await signUp('mira', 'mira@mail.test');
    await signUp('o"brien<i>', 'brien@mail.test');
    await signUp('nomail');
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
    await mail.close();
  });
  beforeEach(() => {
    mail.mails.length = 0;
    // Beyond the hour in which a user gets only so many mails.
    server.advance(3_600_001);
  });

  async function configure(key: string, value: string, section = 'PasswordRecovery') {
    // Sessions do not last through the hours that these tests skip.
    const admin = await server.login('admin');
    const path = `/admin/configuration/${section}/${key}`;
    const response = await admin.send('PUT', path, { value });
    expect(response.text).toContain('"result":"ok"');
  }

  async function signUp(username: string, email?: string) {
    const response = await server.send({
      method: 'POST',
      path: '/user',
      headers: AS_APP,
      body: { username, password: 'old', ...(email ? { visibleByTheUser: { email } } : {}) },
    });
    expect(response.status).toBe(201);
    return String(response.headers['x-bb-session']);
  }

  const login = (username: string, password: string) =>
    server.send({ path: '/login', body: { username, password, appcode: APP } });

  const request = (name: string) =>
    server.send({
      path: `/user/${encodeURIComponent(name)}/password/reset`,
      headers: AS_APP,
    });

  /** Asks for a mail and gives the token in its link. */
  async function tokenFor(name: string): Promise<string> {
    const before = mail.mails.length;
    const response = await request(name);
    expect(response.text).toBe('{"result":"ok","data":"","http_code":200}');
    expect(mail.mails).toHaveLength(before + 1);
    const link = /http:\/\/localhost:9000(\/user\/password\/reset\/\S+)/.exec(
      mail.mails.at(-1)?.text ?? '',
    );
    return String(link?.[1]).slice('/user/password/reset/'.length);
  }

  const open = (token: string) => server.send({ path: `/user/password/reset/${token}` });
  const choose = (token: string, fields: Record<string, string>) =>
    server.send({
      method: 'POST',
      path: `/user/password/reset/${token}`,
      headers: FORM,
      body: new URLSearchParams(fields).toString(),
    });
  const both = (password: string) => ({ password, 'repeat-password': password });

  runScenarios(
    [
      {
        name: 'an unknown user is 400',
        request: { path: '/user/nobody/password/reset', headers: AS_APP },
        expect: { status: 400, json: { result: 'error', http_code: 400 }, contains: ['nobody'] },
      },
      {
        name: 'an internal user is unknown',
        request: { path: '/user/internal_admin/password/reset', headers: AS_APP },
        expect: { status: 400 },
      },
      {
        name: 'a user without an e-mail address is 400, in the words that tests look for',
        request: { path: '/user/nomail/password/reset', headers: AS_APP },
        expect: {
          status: 400,
          contains: [
            String.raw`the \"email\" attribute is not defined into the user's private profile`,
          ],
        },
      },
      {
        name: 'without an app code: 400',
        request: { path: '/user/mira/password/reset' },
        expect: { status: 400, contains: ['AppCode is empty'] },
      },
      {
        name: 'with a wrong app code: 401',
        request: { path: '/user/mira/password/reset', headers: { 'X-BAASBOX-APPCODE': 'nope' } },
        expect: { status: 401, contains: ['Invalid App Code'] },
      },
      {
        name: 'the app code may be in the query',
        request: { path: `/user/mira/password/reset?appcode=${APP}` },
        expect: { status: 200, body: '{"result":"ok","data":"","http_code":200}' },
      },
      {
        name: 'an unknown token shows a page that says so',
        request: { path: '/user/password/reset/skr_unknown' },
        expect: {
          status: 400,
          headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
          contains: ['not valid'],
        },
        forbid: ['<form'],
      },
      {
        name: 'an unknown token as JSON',
        request: { path: '/user/password/reset/skr_unknown.json' },
        expect: {
          status: 400,
          headers: { 'content-type': 'application/json; charset=utf-8' },
          json: {
            status: 'KO',
            user_name: '',
            error: expect.stringContaining('not valid') as string,
            application_name: 'BaasBox',
          },
        },
        forbid: ['http_code', '"result"'],
      },
      {
        name: 'a new password with an unknown token',
        request: {
          method: 'POST',
          path: '/user/password/reset/skr_unknown.json',
          headers: FORM,
          body: 'password=a&repeat-password=a',
        },
        expect: { status: 400, json: { error: expect.stringContaining('not valid') as string } },
        forbid: ['"link"', '"token"'],
      },
    ],
    () => server.base,
    () => undefined,
  );

  it('mails text and HTML with the link, and escapes what users chose', async () => {
    await tokenFor('o"brien<i>');
    expect(mail.mails).toEqual([
      {
        from: '"Tea shop" <shop@tea.test>',
        to: 'brien@mail.test',
        subject: 'Set a new password',
        text: expect.stringContaining('o"brien<i>') as string,
        html: expect.stringContaining('o&quot;brien&lt;i&gt;') as string,
        secure: false,
        user: undefined,
      },
    ]);
    const html = mail.mails[0]?.html ?? '';
    expect(html).toContain('Tea &amp; &lt;b&gt;Co&lt;/b&gt;');
    expect(html).not.toContain('<i>');
    expect(html).toMatch(/href="http:\/\/localhost:9000\/user\/password\/reset\/skr_\w{40}"/);
  });

  it('finds the user by e-mail address, whatever its case', async () => {
    await tokenFor('MIRA@mail.test');
    expect(mail.mails[0]?.to).toBe('mira@mail.test');
  });

  it('shows the form as often as it is asked for, without running anything', async () => {
    const token = await tokenFor('mira');
    await open(token);
    const page = await open(token);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain(`action="/user/password/reset/${token}"`);
    expect(page.text).toContain('name="password"');
    expect(page.text).toContain('name="repeat-password"');
    expect(page.text).toContain('Tea &amp; &lt;b&gt;Co&lt;/b&gt;');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['content-security-policy']).toContain('sandbox allow-forms');
    expect(page.headers['referrer-policy']).toBe('no-referrer');
  });

  it('sets the password on the page, once, and ends every session', async () => {
    const session = await signUp('page', 'page@mail.test');
    const token = await tokenFor('page');

    const differ = await choose(token, { password: 'a', 'repeat-password': 'b' });
    expect(differ.status).toBe(400);
    expect(differ.text).toContain('<form');
    expect(differ.text).toContain('different');
    expect((await choose(token, both(''))).text).toContain('empty');
    expect((await login('page', 'old')).status).toBe(200);

    const done = await choose(token, both('new:one'));
    expect(done.status).toBe(200);
    expect(done.text).toContain('Password changed');
    expect((await login('page', 'old')).status).toBe(401);
    expect((await login('page', 'new:one')).status).toBe(200);
    const me = await server.send({ path: '/me', headers: { 'X-BB-SESSION': session } });
    expect(me.status).toBe(401);

    expect((await choose(token, both('again'))).status).toBe(400);
    expect((await open(token)).status).toBe(400);
    expect((await login('page', 'new:one')).status).toBe(200);
  });

  it('does the same for programs, in shapes of their own', async () => {
    await signUp('json', 'json@mail.test');
    const token = await tokenFor('json');
    const step2 = await open(`${token}.json`);
    expect(step2.status).toBe(200);
    const opened = step2.json<{ token: string; link: string }>();
    expect(Object.keys(opened)).toEqual(['user_name', 'link', 'token', 'application_name']);
    expect(opened).toMatchObject({ user_name: 'json', application_name: 'Tea & <b>Co</b>' });
    expect(opened.token).not.toBe(token);
    expect(opened.link).toBe(`/user/password/reset/${opened.token}.json`);

    const wrong = await choose(`${opened.token}.json`, { password: 'a', 'repeat-password': 'b' });
    expect(wrong.status).toBe(400);
    const retry = wrong.json<{ token: string; link: string }>();
    expect(retry).toMatchObject({
      user_name: 'json',
      error: expect.stringContaining('different') as string,
      application_name: 'Tea & <b>Co</b>',
    });
    // A fresher one has taken its place.
    expect((await choose(`${opened.token}.json`, both('x'))).status).toBe(400);

    const right = await choose(`${retry.token}.json`, both('new'));
    expect(right.status).toBe(200);
    expect(right.json()).toEqual({
      user_name: 'json',
      message: 'Password changed',
      application_name: 'Tea & <b>Co</b>',
    });
    expect((await login('json', 'new')).status).toBe(200);
    // The mailed one ended with it.
    expect((await open(token)).status).toBe(400);
  });

  it('replaces older links by newer ones', async () => {
    const first = await tokenFor('mira');
    const follow = (await open(`${first}.json`)).json<{ token: string }>();
    const second = await tokenFor('mira');
    expect((await open(first)).status).toBe(400);
    expect((await open(follow.token)).status).toBe(400);
    expect((await open(second)).status).toBe(200);
  });

  it('forgets links after the time in the settings, those for programs too', async () => {
    const token = await tokenFor('mira');
    server.advance(14 * 60_000);
    const follow = (await open(`${token}.json`)).json<{ token: string }>();
    server.advance(60_000);
    expect((await open(token)).status).toBe(400);
    expect((await open(follow.token)).status).toBe(400);

    await configure('email.expiration.time', '60');
    const longer = await tokenFor('mira');
    server.advance(59 * 60_000);
    expect((await open(longer)).status).toBe(200);
    await configure('email.expiration.time', '15');
  });

  it('ends links when the password is changed otherwise, and when the account is suspended', async () => {
    const session = await signUp('self', 'self@mail.test');
    const token = await tokenFor('self');
    const send = (path: string, body?: unknown) =>
      server.send({ method: 'PUT', path, headers: { 'X-BB-SESSION': session }, body });
    expect((await send('/me/password', { old: 'old', new: 'other' })).status).toBe(200);
    expect((await open(token)).status).toBe(400);
    const later = await tokenFor('self');
    const admin = await server.login('admin');
    expect((await admin.send('PUT', '/admin/user/suspend/self')).status).toBe(200);
    expect((await open(later)).status).toBe(400);
    expect((await request('self')).status).toBe(400);
  });

  it('sends only so many mails to a user in an hour', async () => {
    await signUp('often', 'often@mail.test');
    for (let sent = 0; sent < 4; sent++) await tokenFor('often');
    const refused = await request('often');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(mail.mails).toHaveLength(4);
    server.advance(3_600_001);
    await tokenFor('often');
  });

  it('puts links under the address of the settings', async () => {
    await configure('network.http.url', 'shop.test', 'Application');
    await configure('network.http.port', '443', 'Application');
    await configure('network.http.ssl', 'true', 'Application');
    await request('mira');
    expect(mail.mails[0]?.text).toContain('https://shop.test/user/password/reset/skr_');
    await configure('network.http.ssl', 'false', 'Application');
    await configure('network.http.port', '9000', 'Application');
    await configure('network.http.url', 'localhost', 'Application');
  });

  it('never takes the address from what the client claims', async () => {
    await server.send({
      path: '/user/mira/password/reset',
      headers: { ...AS_APP, host: 'evil.test', 'x-forwarded-host': 'evil.test' },
    });
    expect(mail.mails).toHaveLength(1);
    expect(JSON.stringify(mail.mails)).not.toContain('evil.test');
  });

  it('uses the templates of the app, and values are no templates', async () => {
    await signUp('$link$', 'dollar@mail.test');
    await configure('email.template.text', 'For $user_name$: $link$');
    await configure('page.html.template', '<p title="$user_name$">$error$</p>');
    await request('$link$');
    expect(mail.mails[0]?.text).toMatch(/^For \$link\$: http:\S+\/skr_\w{40}\s*$/);
  });

  it('is off for everyone when its group of calls is', async () => {
    const token = await tokenForAny('mira');
    const admin = await server.login('admin');
    await admin.send('DELETE', '/admin/endpoints/baasbox.account.lost_password/enabled');
    expect((await request('mira')).status).toBe(403);
    expect((await open(token)).status).toBe(403);
    expect((await choose(token, both('x'))).status).toBe(403);
    await admin.send('PUT', '/admin/endpoints/baasbox.account.lost_password/enabled');
    expect((await open(token)).status).toBe(200);
  });

  async function tokenForAny(name: string): Promise<string> {
    await request(name);
    return /reset\/(skr_\w+)/.exec(mail.mails.at(-1)?.text ?? '')?.[1] ?? '';
  }

  it('says that the mail server cannot be reached, whatever is wrong with it', async () => {
    const gone = await startMailServer();
    await gone.close();
    await configure('network.smtp.port', String(gone.port));
    const refused = await request('mira');
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('Could not reach the mail server');
    expect(refused.json<{ message: string }>().message).not.toMatch(/ECONN|127/);

    // One that would have to encrypt and cannot.
    await configure('network.smtp.port', String(mail.port));
    await configure('network.smtp.tls', 'true');
    expect((await request('mira')).text).toContain('Could not reach the mail server');
    expect(mail.mails).toHaveLength(0);
    await configure('network.smtp.tls', 'false');
  });

  it('logs in at the mail server when it has to', async () => {
    const strict = await startMailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _, done) {
        if (username === 'shop' && password === 'mail:secret') done(null, { user: username });
        else done(new Error('no'));
      },
    });
    await configure('network.smtp.port', String(strict.port));
    expect((await request('mira')).status).toBe(400);
    await configure('network.smtp.authentication', 'true');
    await configure('network.smtp.user', 'shop');
    await configure('network.smtp.password', 'mail:secret');
    expect((await request('mira')).status).toBe(200);
    expect(strict.mails[0]).toMatchObject({ to: 'mira@mail.test', user: 'shop' });
    await configure('network.smtp.authentication', 'false');
    await configure('network.smtp.port', String(mail.port));
    await strict.close();
  });
});

onBothEngines('password reset where accounts are hidden', (engine) => {
  it('answers the same for everyone, and mails afterwards', async () => {
    const server = await startServer(engine, { hideAccounts: true });
    const mail = await startMailServer();
    for (const [key, value] of [
      ['network.smtp.host', '127.0.0.1'],
      ['network.smtp.port', String(mail.port)],
    ]) {
      await server.admin.send('PUT', `/admin/configuration/PasswordRecovery/${key}`, { value });
    }
    await server.send({
      path: '/user',
      headers: AS_APP,
      body: {
        username: 'mira',
        password: 'old',
        visibleByTheUser: { email: 'mira@mail.test' },
      },
    });
    await server.user('nomail');
    const answers = await Promise.all(
      ['mira', 'nomail', 'nobody', 'baasbox'].map((name) =>
        server.send({ path: `/user/${name}/password/reset`, headers: AS_APP }),
      ),
    );
    const same = '{"result":"ok","data":"","http_code":200}';
    expect(answers.map(({ text }) => text)).toEqual([same, same, same, same]);
    expect(mail.mails).toHaveLength(0);
    for (let pass = 0; pass < 4; pass++) {
      await server.platform.jobs.tick();
      await server.platform.jobs.idle();
    }
    expect(mail.mails).toMatchObject([{ to: 'mira@mail.test', from: 'no-reply@localhost' }]);
    expect(mail.mails[0]?.text).toMatch(/\/user\/password\/reset\/skr_\w{40}/);
    await server.close();
    await mail.close();
  });
});
