// The live stream of changes: who sees what, going on after a break, and how streams end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newestPosition, pruneChanges } from '../../src/backend/changes/log.ts';
import { onBothEngines } from '../support/database.ts';
import { openEvents, type EventReader } from './events.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

interface Doc {
  id: string;
  '@version': number;
}

onBothEngines('changes', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let bob: TestUser;
  const open: EventReader[] = [];
  beforeAll(async () => {
    server = await startServer(engine);
    mira = await server.user('mira');
    bob = await server.user('bob');
    await server.admin.send('POST', '/admin/collection/teas');
    await server.admin.send('PUT', '/admin/collection/teas/changes');
    await server.admin.send('POST', '/admin/collection/pots');
  });
  afterAll(async () => {
    for (const reader of open) reader.close();
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const listen = async (user: TestUser, query = '', headers: Record<string, string> = {}) => {
    const reader = await openEvents(server.base, `/changes/teas${query}`, {
      'X-BB-SESSION': user.token,
      ...headers,
    });
    open.push(reader);
    return reader;
  };
  const ready = async (user: TestUser, query = '') => {
    const reader = await listen(user, query);
    expect(await reader.next()).toMatchObject({ event: 'ready', id: expect.any(String) as string });
    return reader;
  };
  const create = async (user: TestUser, body: object) =>
    (await user.send('POST', '/document/teas', body)).json<{ data: Doc }>().data;

  it('sends what the author does, in order, with documents as reads show them', async () => {
    const reader = await ready(mira);
    expect(reader.status).toBe(200);
    expect(reader.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const { id } = await create(mira, { name: 'Assam' });
    await mira.send('PUT', `/document/teas/${id}`, { name: 'Darjeeling' });
    const read = (await mira.send('GET', `/document/teas/${id}`)).json<{ data: object }>();
    await mira.send('DELETE', `/document/teas/${id}`);
    expect(await reader.next()).toMatchObject({
      event: 'create',
      data: { id, '@class': 'teas', '@version': 1, name: 'Assam', _author: 'mira' },
    });
    expect(await reader.next()).toMatchObject({ event: 'update', data: read.data });
    expect(await reader.next()).toEqual({
      event: 'delete',
      data: { id, '@version': 2 },
      id: reader.lastId(),
    });
  });

  it('keeps numbers as they were sent', async () => {
    const reader = await ready(mira);
    await server.send({
      method: 'POST',
      path: '/document/teas',
      headers: { 'X-BB-SESSION': mira.token, 'content-type': 'application/json' },
      body: '{"price":1.10,"big":12345678901234567890}',
    });
    expect(await reader.nextText()).toContain('"price":1.10,"big":12345678901234567890');
  });

  it('shows nobody what he may not read; a grant makes it appear, a revocation leave', async () => {
    const reader = await ready(bob);
    const { id } = await create(mira, { name: 'secret leaf' });
    await mira.send('PUT', `/document/teas/${id}/read/user/bob`);
    expect(await reader.next()).toMatchObject({ event: 'create', data: { id, '@version': 2 } });
    await mira.send('DELETE', `/document/teas/${id}/read/user/bob`);
    const leave = await reader.nextText();
    expect(leave).toContain('event: leave');
    expect(leave).toContain(id);
    expect(leave).not.toContain('secret leaf');
    // Now it is hidden again, deletion and all.
    await mira.send('DELETE', `/document/teas/${id}`);
    const own = await create(bob, { name: 'own' });
    expect(await reader.next()).toMatchObject({ event: 'create', data: { id: own.id } });
  });

  it('is open to anonymous callers for what they may read', async () => {
    const reader = await openEvents(server.base, '/changes/teas', { 'X-BAASBOX-APPCODE': APP });
    open.push(reader);
    expect(await reader.next()).toMatchObject({ event: 'ready' });
    await create(mira, { name: 'private' });
    const shown = await create(mira, {
      name: 'public',
      _allowRead: [{ name: 'anonymous', isrole: true }],
    });
    expect(await reader.next()).toMatchObject({ event: 'create', data: { id: shown.id } });
  });

  it('filters with the query language: what no longer matches leaves', async () => {
    const where = encodeURIComponent('price between 10 and ? and name like "A%"');
    const reader = await ready(mira, `?where=${where}&params=20`);
    await create(mira, { name: 'Assam', price: 5 });
    const { id } = await create(mira, { name: 'Assam', price: 15 });
    await mira.send('PUT', `/document/teas/${id}/.price`, { data: 16 });
    await mira.send('PUT', `/document/teas/${id}/.price`, { data: 30 });
    expect(await reader.next()).toMatchObject({ event: 'create', data: { id, price: 15 } });
    expect(await reader.next()).toMatchObject({ event: 'update', data: { id, price: 16 } });
    expect(await reader.next()).toMatchObject({ event: 'leave', data: { id, '@version': 3 } });
  });

  describe('after a break', () => {
    it('goes on behind the last event, without a gap or a repetition', async () => {
      const reader = await ready(mira);
      const first = await create(mira, { n: 1 });
      await reader.next();
      reader.close();
      const missed = [];
      for (let n = 2; n <= 6; n++) {
        missed.push((await create(mira, { n })).id);
        await create(bob, { n: 'not for mira' });
      }
      for (const way of [{ query: '', header: true }, { query: `?since=${reader.lastId()}` }]) {
        const again = await listen(
          mira,
          way.query,
          way.header ? { 'last-event-id': reader.lastId() } : {},
        );
        const seen: string[] = [];
        while (seen.length < missed.length) {
          const event = await again.next();
          expect(event?.event).toBe('create');
          seen.push((event as { data: Doc }).data.id);
        }
        expect(seen).toEqual(missed);
        expect(seen).not.toContain(first.id);
      }
    });

    it.each(['nonsense', '', 'a.b.c', '1.2.3', "x'; drop table backend_changes; --.1.2"])(
      'tells a client to begin anew when its place is unknown (%s)',
      async (id) => {
        const reader = await listen(mira, `?since=${encodeURIComponent(id)}`);
        expect(await reader.next()).toMatchObject({ event: id === '' ? 'ready' : 'reset' });
        const { id: made } = await create(mira, {});
        expect(await reader.next()).toMatchObject({ event: 'create', data: { id: made } });
      },
    );

    it('tells so, too, when the changes behind it are no longer kept', async () => {
      const reader = await ready(mira);
      await create(mira, { n: 1 });
      await reader.next();
      const old = reader.lastId();
      await create(mira, { n: 2 });
      const newest = await create(mira, { n: 3 });
      await reader.next();
      await reader.next();
      const current = reader.lastId();
      await pruneChanges(server.platform.db, server.platform.clock.now() + 1000);
      expect(await (await listen(mira, `?since=${old}`)).next()).toMatchObject({ event: 'reset' });
      // The newest place is still good, and numbers go on behind it.
      const again = await listen(mira, `?since=${current}`);
      const { id } = await create(mira, { n: 4 });
      expect(await again.next()).toMatchObject({ event: 'create', data: { id } });
      expect(id).not.toBe(newest.id);
    });
  });

  it('sends every change once when many write at the same time', async () => {
    const reader = await ready(mira);
    const made = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => (await create(mira, { n })).id),
    );
    const seen: string[] = [];
    while (seen.length < made.length) {
      seen.push(((await reader.next()) as { data: Doc }).data.id);
    }
    expect(seen.toSorted()).toEqual(made.toSorted());
  });

  it('ends with the session, at the next change', async () => {
    const guest = await server.user(`guest-${engine}`);
    const reader = await ready(guest);
    await guest.send('POST', '/logout');
    await create(mira, { _allowRead: [{ name: 'registered', isrole: true }], name: 'unseen' });
    expect(await reader.next()).toMatchObject({ event: 'end', data: { http_code: 401 } });
    expect(await reader.next()).toBeUndefined();
  });

  it('is refused for collections that keep no log, and unknown ones', async () => {
    const refuse = async (path: string) => (await mira.send('GET', path)).status;
    expect(await refuse('/changes/pots')).toBe(400);
    expect(await refuse('/changes/nothing')).toBe(404);
    expect(await refuse('/changes/teas?where=in%20(p)')).toBe(400);
    expect((await server.send({ path: '/changes/teas' })).status).toBe(400);
    expect(
      (await server.send({ path: '/changes/teas', headers: { 'X-BB-SESSION': 'none' } })).status,
    ).toBe(401);
  });

  it('can be switched by administrators alone', async () => {
    expect((await mira.send('PUT', '/admin/collection/pots/changes')).status).toBe(403);
    const state = async () =>
      (await server.admin.send('GET', '/admin/collection/pots/changes')).json();
    expect(await state()).toMatchObject({ data: { enabled: false, hours: 24 } });
    await server.admin.send('PUT', '/admin/collection/pots/changes');
    expect(await state()).toMatchObject({ data: { enabled: true } });
    await server.admin.send('DELETE', '/admin/collection/pots/changes');
    expect(await state()).toMatchObject({ data: { enabled: false } });
    const before = await newestPosition(server.platform.db, 'none');
    expect(before).toEqual({ epoch: '', tx: 0, seq: 0 });
  });

  it('ends when the collection is dropped', async () => {
    await server.admin.send('POST', '/admin/collection/brief');
    await server.admin.send('PUT', '/admin/collection/brief/changes');
    const reader = await openEvents(server.base, '/changes/brief', { 'X-BB-SESSION': mira.token });
    open.push(reader);
    await reader.next();
    await server.admin.send('DELETE', '/admin/collection/brief');
    expect(await reader.next()).toMatchObject({ event: 'end', data: { http_code: 404 } });
  });
});
