// Logging in and what a session may do, on both engines.
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openRoom, type Room } from '../../test/beebox/room.ts';
import { makePlace, onBothEngines, type Place } from '../../test/support/database.ts';
import type { Tenant } from '../platform/tenants/tenants.ts';
import type { Connector } from './connectors.ts';
import type { LoginRequest } from './logins.ts';
import type { Project } from './projects.ts';

const MINUTE = 60_000;
const TOKEN = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const refused = { kind: 'unauthenticated', code: 'login_failed' };
const loggedOut = { kind: 'unauthenticated', code: 'logged_out' };

onBothEngines('logins', (engine) => {
  let place: Place;
  let room: Room;
  let tenant: Tenant;
  let project: Project;
  let connector: Connector;
  let boss: string;
  let count = 0;

  beforeAll(async () => {
    place = await makePlace(engine);
    room = await openRoom(place);
  });

  beforeEach(async () => {
    tenant = await room.tenant();
    project = await room.project(tenant);
    connector = await room.connector(project, { login: 'cms', password: 's3cret' });
    // Logins of administrators are unique on the whole server.
    boss = `Boss ${count++}`;
    await room.administrator(tenant, boss, 'b0ss-pwd');
  });

  afterAll(async () => {
    await room.close();
    await place.remove();
  });

  const request = (more: Partial<LoginRequest> = {}): LoginRequest => ({
    project: project.key,
    login: 'cms',
    password: 's3cret',
    waitMs: 10_000,
    client: 'Acme CMS',
    version: '2.4.1',
    address: '192.0.2.7',
    ...more,
  });
  const login = (more: Partial<LoginRequest> = {}, signal = new AbortController().signal) =>
    room.logins.login(request(more), signal);
  /** A login that is expected to fail, with fake time going on until it has. */
  async function failure(more: Partial<LoginRequest>) {
    const attempt = login(more).catch((error: unknown) => error);
    const ms = await room.time.until(attempt);
    return { error: await attempt, ms };
  }
  const asAdministrator = () => ({ project: '', login: boss.toUpperCase(), password: 'b0ss-pwd' });

  it('gives a token that opens the project, without letting time pass', async () => {
    const token = await login();
    expect(token).toMatch(TOKEN);
    expect(await room.sessions.enter(token, undefined)).toMatchObject({
      session: {
        tenant: tenant.id,
        role: 'standard',
        subject: connector.id,
        project: project.key,
        client: 'Acme CMS',
        version: '2.4.1',
        address: '192.0.2.7',
      },
      project: { key: project.key, name: 'Shop' },
    });
  });

  it('finds the project in any letter case, and knows the level', async () => {
    await room.connector(project, { login: 'plus', level: 'advanced', password: 'p' });
    const token = await login({ project: project.key.toUpperCase(), login: 'plus', password: 'p' });
    expect(await room.sessions.find(token)).toMatchObject({
      role: 'advanced',
      project: project.key,
    });
  });

  it.each([
    ['wrong password', () => ({ password: 'S3cret' })],
    ['empty password', () => ({ password: '' })],
    ['unknown login', () => ({ login: 'nobody' })],
    ['unknown project', () => ({ project: '00000000-0000-4000-8000-000000000000' })],
    ['no key at all', () => ({ project: 'x'.repeat(5000) })],
    ['connector without a project', () => ({ project: '' })],
    ['administrator with the wrong password', () => ({ ...asAdministrator(), password: 'x' })],
    ['unknown administrator', () => ({ project: '', login: 'chief' })],
  ])('refuses %s, always in the same words and time', async (_, more) => {
    const { error, ms } = await failure(more());
    expect(error).toMatchObject({
      ...refused,
      message: 'The project, login or password is not right',
    });
    expect(ms).toBe(300);
    expect(room.log.join('')).not.toMatch(/s3cret|b0ss-pwd/i);
  });

  it('refuses a connector at another project, and one of another tenant', async () => {
    const other = await room.project(tenant);
    expect((await failure({ project: other.key })).error).toMatchObject(refused);
    const foreign = await room.project(await room.tenant('Other'));
    expect((await failure({ project: foreign.key })).error).toMatchObject(refused);
    expect((await failure({ ...asAdministrator(), project: foreign.key })).error).toMatchObject(
      refused,
    );
  });

  it('refuses a disabled connector and ends its sessions', async () => {
    const token = await login();
    const change = (enabled: boolean) =>
      room.db.write((trx) => room.connectors.update(trx, tenant.id, connector.id, { enabled }));
    await change(false);
    expect((await failure({})).error).toMatchObject(refused);
    await expect(room.sessions.find(token)).rejects.toMatchObject(loggedOut);
    await change(true);
    expect(await login()).toMatch(TOKEN);
  });

  it('ends sessions when the password or the level changes, and only then', async () => {
    const update = (more: object) =>
      room.db.write((trx) => room.connectors.update(trx, tenant.id, connector.id, more));
    const token = await login();
    await update({ comments: 'moved' });
    expect(await room.sessions.find(token)).toMatchObject({ role: 'standard' });
    await update({ level: 'advanced' });
    await expect(room.sessions.find(token)).rejects.toMatchObject(loggedOut);
    const second = await login();
    const prepared = await room.credentials.passwords.prepare('new');
    await room.db.write((trx) =>
      room.connectors.changePassword(trx, tenant.id, connector.id, prepared),
    );
    await expect(room.sessions.find(second)).rejects.toMatchObject(loggedOut);
    expect(await login({ password: 'new' })).toMatch(TOKEN);
  });

  it('lets in allowed addresses only', async () => {
    await room.connector(project, {
      login: 'fenced',
      password: 'p',
      ipAllow: ['192.0.2.0/28', '2001:db8::/32', '198.51.100.9'],
    });
    const from = (address: string) => ({ login: 'fenced', password: 'p', address });
    for (const address of ['192.0.2.15', '::ffff:192.0.2.1', '2001:db8::1', '198.51.100.9']) {
      expect(await login(from(address))).toMatch(TOKEN);
    }
    for (const address of ['192.0.2.16', '198.51.100.90', '2001:db9::1', '']) {
      expect((await failure(from(address))).error).toMatchObject(refused);
    }
    expect(room.log.join('')).toContain('address not allowed');
    await expect(
      room.connector(project, { login: 'typo', ipAllow: ['192.168.1'] }),
    ).rejects.toMatchObject({ code: 'connector_address' });
  });

  it('notes what the client calls itself', async () => {
    await login({ client: 'x'.repeat(500), version: '9' });
    expect(await room.connectors.list(project)).toMatchObject([
      {
        lastLogin: {
          at: room.time.now(),
          client: 'x'.repeat(200),
          version: '9',
          address: '192.0.2.7',
        },
      },
    ]);
    expect(await room.sessions.list(tenant.id)).toMatchObject([{ data: { version: '9' } }]);
  });

  it('waits for a busy project and goes on as soon as it is free', async () => {
    const end = Promise.withResolvers<void>();
    const section = room.sections.run(
      { tenant: tenant.id, project: project.key },
      'scan',
      () => end.promise,
    );
    await room.time.untilSleeping(1);
    const waiting = login({ waitMs: 10_000 });
    await room.time.untilSleeping(3);
    room.time.advance(1000);
    end.resolve();
    expect(await waiting).toMatch(TOKEN);
    await section;
  });

  it('says busy when the wait was too short, and a wrong password is refused before any wait', async () => {
    const end = Promise.withResolvers<void>();
    const section = room.sections.run(
      { tenant: tenant.id, project: project.key },
      'scan',
      () => end.promise,
    );
    await room.time.untilSleeping(1);
    const now = room.time.now();
    await expect(login({ waitMs: 0 })).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'project_busy',
    });
    expect(room.time.now()).toBe(now);
    // Asleep are now the renewal of the lease, then also the end of the wait and the next look.
    const waiting = login({ waitMs: 3000 });
    const settled = vi.fn<() => void>();
    waiting.then(settled, settled);
    await room.time.untilSleeping(3);
    room.time.advance(2990);
    await room.time.untilSleeping(3);
    expect(settled).not.toHaveBeenCalled();
    room.time.advance(10);
    await expect(waiting).rejects.toMatchObject({ code: 'project_busy' });
    const wrong = login({ waitMs: 3000, password: 'x' });
    wrong.catch(() => undefined);
    await room.time.untilSleeping(2);
    room.time.advance(300);
    await expect(wrong).rejects.toMatchObject(refused);
    // Another project and the project-less administrator are not concerned.
    expect(await login({ ...asAdministrator(), waitMs: 0 })).toMatch(TOKEN);
    end.resolve();
    await section;
  });

  it('starts no session for a client that went away while it waited', async () => {
    const end = Promise.withResolvers<void>();
    const section = room.sections.run(
      { tenant: tenant.id, project: project.key },
      'scan',
      () => end.promise,
    );
    await room.time.untilSleeping(1);
    const client = new AbortController();
    const waiting = login({}, client.signal);
    await room.time.untilSleeping(3);
    client.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    end.resolve();
    await section;
    expect(await room.sessions.list(tenant.id)).toEqual([]);
  });

  it('can be told to look busy, for one project', async () => {
    const set = (simulateBusy: boolean) =>
      room.db.write((trx) =>
        room.projects.update(trx, tenant.id, project.key, { settings: { simulateBusy } }),
      );
    await set(true);
    await expect(login({ waitMs: 0 })).rejects.toMatchObject({ code: 'project_busy' });
    const waiting = login();
    await room.time.untilSleeping(2);
    await set(false);
    room.time.advance(200);
    expect(await waiting).toMatch(TOKEN);
  });

  it('slows guessing down to five seconds and never locks out', async () => {
    for (let n = 0; n < 16; n++) await failure({ password: `guess ${n}` });
    const wrong = await failure({ password: 'one more' });
    expect(wrong.error).toMatchObject(refused);
    expect(wrong.ms).toBeLessThanOrEqual(5310);
    // From elsewhere it costs nothing.
    expect(await login({ address: '198.51.100.1' })).toMatch(TOKEN);
    const right = login();
    const ms = await room.time.until(right);
    expect(await right).toMatch(TOKEN);
    expect(ms).toBeLessThanOrEqual(5050);
  });

  it('lets an administrator into one project or all of the tenant', async () => {
    const token = await login({ ...asAdministrator(), project: project.key });
    expect(await room.sessions.enter(token, undefined)).toMatchObject({
      session: { role: 'administrator', project: project.key },
    });
    expect(await room.sessions.enter(token, project.key)).toBeDefined();
    const other = await room.project(tenant, { name: 'Blog' });
    await expect(room.sessions.enter(token, other.key)).rejects.toMatchObject(loggedOut);

    const wide = await login(asAdministrator());
    await expect(room.sessions.enter(wide, undefined)).rejects.toMatchObject({
      code: 'project_required',
    });
    expect(await room.sessions.enter(wide, project.key)).toMatchObject({
      project: { name: 'Shop' },
    });
    expect(await room.sessions.enter(wide, other.key.toUpperCase())).toMatchObject({
      project: { name: 'Blog' },
    });
    const foreign = await room.project(await room.tenant('Other'));
    for (const key of [foreign.key, 'nonsense', '']) {
      await expect(room.sessions.enter(wide, key)).rejects.toMatchObject({
        code: 'project_not_found',
      });
    }
  });

  it('keeps connectors out of projects that they name', async () => {
    const token = await login();
    const other = await room.project(tenant);
    await expect(room.sessions.enter(token, other.key)).rejects.toMatchObject(loggedOut);
    expect(await room.sessions.enter(token, project.key.toUpperCase())).toBeDefined();
  });

  it('lets a connector and an administrator have the same login', async () => {
    await room.connector(project, { login: boss, password: 'connector' });
    const role = async (password: string) =>
      (await room.sessions.find(await login({ login: boss, password }))).role;
    expect(await role('connector')).toBe('standard');
    expect(await role('b0ss-pwd')).toBe('administrator');
  });

  it('ends a session by name, and by 15 minutes without a call', async () => {
    const ended = await login();
    await room.sessions.end(ended);
    await room.sessions.end(ended);
    await room.sessions.end('nonsense');
    await expect(room.sessions.find(ended)).rejects.toMatchObject(loggedOut);

    const token = await login();
    for (let call = 0; call < 3; call++) {
      room.time.advance(14 * MINUTE);
      expect(await room.sessions.find(token)).toBeDefined();
    }
    room.time.advance(15 * MINUTE);
    await expect(room.sessions.find(token)).rejects.toMatchObject(loggedOut);
  });

  it('holds a thousand sessions of one connector at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => login()));
    expect(new Set(tokens).size).toBe(1000);
    for (const token of [tokens[0], tokens[999]]) {
      expect(await room.sessions.find(token as string)).toBeDefined();
    }
  });

  it('keeps no token readable in the database', async () => {
    const token = await login();
    const dump = JSON.stringify(
      await room.db
        .tables<{ platform_tokens: object }>()
        .selectFrom('platform_tokens')
        .selectAll()
        .execute(),
    );
    expect(dump).not.toContain(token);
    expect(dump).toContain('Acme CMS');
  });
});
