// Bodies that no client should send, through every door: refused in its own words, and nothing is stored.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { dump } from './dump.ts';
import { expectClean, expectError, failures } from './shapes.ts';
import { bodyRequest, DOORS, goodBody, openWorld, secretsOf, type World } from './world.ts';
import type { DoorName } from './world.ts';

const MIB = 1024 * 1024;
const MAX_FILE = 100_000;

/** Why a body is refused. */
type Kind = 'malformed' | 'deep' | 'crowded' | 'large';

/** The statuses by the door: each protocol has its own. Beebole and BaasBox refuse the crowded ones by their size. */
const STATUS: Record<DoorName, Record<Kind, number>> = {
  baasbox: { malformed: 400, deep: 400, crowded: 413, large: 413 },
  beebole: { malformed: 400, deep: 400, crowded: 413, large: 413 },
  beefree: { malformed: 400, deep: 413, crowded: 413, large: 413 },
  beebox: { malformed: 400, deep: 400, crowded: 400, large: 400 },
};

const nested = (open: string, close: string, levels: number) =>
  open.repeat(levels) + close.repeat(levels);

const BODIES: [name: string, kind: Kind, body: string | Buffer][] = [
  ['an open brace', 'malformed', '{'],
  ['half an object', 'malformed', '{"name":"x","page":{"rows":['],
  ['half a string', 'malformed', '{"name":"x'],
  ['half an escape', 'malformed', '{"name":"\\u00'],
  ['no JSON', 'malformed', 'service=company.list&page=1'],
  ['single quotes', 'malformed', "{'name':'x'}"],
  ['two values', 'malformed', '{}{}'],
  ['a trailing comma', 'malformed', '{"name":"x",}'],
  ['a comment', 'malformed', '{"name":"x"/**/}'],
  ['a missing comma', 'malformed', '{"service":"company.list" "name":"x"}'],
  ['NaN', 'malformed', '{"name":NaN}'],
  ['a raw line break in a string', 'malformed', '{"name":"a\nb"}'],
  ['a raw NUL', 'malformed', Buffer.from('{"name":"a\0b"}')],
  ['white space', 'malformed', ' \n\t '],
  ['a byte-order mark alone', 'malformed', '\ufeff'],
  ['null', 'malformed', 'null'],
  ['a number', 'malformed', '42'],
  ['a text', 'malformed', '"page"'],
  ['true', 'malformed', 'true'],
  ['an array', 'malformed', '[{"service":"company.list","page":{}}]'],
  ['a prototype', 'malformed', '{"__proto__":{"admin":true},"page":{}}'],
  ['a nested prototype', 'malformed', '{"page":{"a":[{"__proto__":{"admin":true}}]}}'],
  ['a hidden prototype', 'malformed', '{"\\u005f\\u005fproto__":{"admin":true}}'],
  ['bytes that are no UTF-8', 'malformed', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  ['an overlong slash', 'malformed', Buffer.from('7b2261223a22c0af227d', 'hex')],
  ['a surrogate in UTF-8', 'malformed', Buffer.from('7b2261223a22eda080227d', 'hex')],
  ['half a character', 'malformed', Buffer.from('7b2261223a22e282227d', 'hex')],
  ['UTF-16', 'malformed', Buffer.from('{"name":"x"}', 'utf16le')],
  ['gzip that nobody announced', 'malformed', Buffer.from('1f8b0800000000000003', 'hex')],
  ['a million arrays', 'deep', nested('[', ']', 500_000)],
  ['a million open arrays', 'deep', '['.repeat(1_000_000)],
  ['many thousand objects', 'deep', `${'{"a":'.repeat(170_000)}1${'}'.repeat(2)}`],
  ['a million members', 'crowded', crowded(1_000_000)],
];

function crowded(members: number): string {
  return `{${Array.from({ length: members }, (_, at) => `"${at}":0`).join(',')}}`;
}

/** 64 MiB of white space in a few kilobytes. */
const BOMB = gzipSync(Buffer.alloc(64 * MIB, ' '));

/** One byte more than the door takes. */
const LARGE: Record<DoorName, number> = {
  baasbox: MIB + 1,
  beebole: MIB + 1,
  beefree: 20 * MIB + 1,
  beebox: 4 * MIB + 1,
};

onBothEngines('bodies that are refused', (engine) => {
  let world: World;
  let before: Record<string, string[]>;
  beforeAll(async () => {
    world = await openWorld(engine, { 'beebox-max-file-bytes': String(MAX_FILE) });
    before = await dump(world.app.platform.db);
  });
  afterAll(() => world.close());

  describe.each(DOORS)('%s', (door) => {
    it.each(BODIES)('%s', async (_name, kind, body) => {
      const response = await world.send(bodyRequest(world.mine, door, body));
      expectError(door, response, STATUS[door][kind]);
    });

    it.each([
      ['with its length', {}],
      ['in chunks', { 'transfer-encoding': 'chunked' }],
    ])('too large, %s', async (_name, headers) => {
      const body = `{"name":"${'x'.repeat(LARGE[door] - 11)}"}`;
      expect(body).toHaveLength(LARGE[door]);
      const request = bodyRequest(world.mine, door, body, headers);
      expectError(door, await world.send(request), STATUS[door].large);
    });

    it.each(['gzip', 'GZIP', 'br'])('a bomb that calls itself %s', async (encoding) => {
      const request = bodyRequest(world.mine, door, BOMB, { 'content-encoding': encoding });
      // Only the Beefree protocol knows compressed bodies; to the others these bytes are no JSON.
      const inflates = door === 'beefree' && /^gzip$/i.test(encoding);
      expectError(door, await world.send(request), inflates ? 413 : 400);
    });

    it('still takes a good one', async () => {
      const response = await world.send(
        bodyRequest(world.mine, door, goodBody(world.mine, door, 'fine')),
      );
      expect([response.status, response.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
    });
  });

  it.each([
    ['with its length', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('a file that is too large, %s', async (_name, headers) => {
    const { connectorSession: token } = world.mine;
    const path = `/api/files/file?token=${token}&locale=en&folder=&filename=a.html`;
    const body = Buffer.alloc(MAX_FILE + 1);
    const response = await world.send({ method: 'PUT', path, headers, body });
    expectError('beebox', response, 400);
    expect(response.json()).toMatchObject({ id: 'TOOLARGE' });
  });

  it('nothing was stored but the good ones, no prototype has changed, no secret was logged', async () => {
    const { app, mine, theirs } = world;
    const after = await dump(app.platform.db);
    const added = Object.keys(after).flatMap((table) =>
      (after[table] ?? []).filter((row) => !(before[table] ?? []).includes(row)).map(() => table),
    );
    // The good ones: a document and what counts it, and a session with the name of its connector.
    const changed =
      /^(?:backend_(?:documents|\w+_totals)|platform_token(?:s|_owners)|tr_connectors)$/;
    expect([...new Set(added)].filter((table) => !changed.test(table))).toEqual([]);
    expect(after['backend_documents']).toHaveLength((before['backend_documents'] ?? []).length + 1);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
    const log = app.logged.join('');
    for (const secret of [...secretsOf(mine), ...secretsOf(theirs)]) {
      expect(log).not.toContain(secret);
    }
    expect(failures(app).join('')).toBe('');
  });
});

const ODD: [name: string, json: string][] = [
  ['numbers without end', '{"name":1e999,"id":-1e999,"page":{"rows":[1e999]},"waitsecs":1e999}'],
  ['long numbers', `{"name":${'9'.repeat(5000)},"id":${'9'.repeat(400)},"page":{"rows":-0.0}}`],
  ['the same name twice', '{"name":"a","name":"b","page":{},"page":{"title":"b"},"login":1}'],
  ['names like machinery', '{"constructor":{"prototype":{"admin":1}},"toString":1,"page":{}}'],
  ['hasOwnProperty', '{"hasOwnProperty":1,"valueOf":2,"page":{"constructor":1,"rows":[]}}'],
  ['an empty name', '{"":"x","page":{"":{"":""}}}'],
  ['a lone surrogate', '{"name":"\\ud800","page":{"title":"\\udc00x"},"login":"\\ud800"}'],
  ['NUL', '{"name":"a\\u0000b","page":{"title":"a\\u0000b"},"login":"\\u0000","pwd":"\\u0000"}'],
  ['all control signs', `{"name":"\\u0001\\u001b[31m\\u007f","page":{"title":"\\r\\n\\u0008"}}`],
  ['a long name', `{"${'n'.repeat(200_000)}":"x","page":{"${'n'.repeat(200_000)}":1}}`],
  [
    'every type where a text belongs',
    '{"name":[],"page":{"title":{},"rows":{}},"login":[],"pwd":{}}',
  ],
  ['a null everywhere', '{"name":null,"page":{"rows":null,"body":null},"login":null,"pwd":null}'],
];

onBothEngines('bodies that are odd', (engine) => {
  let world: World;
  beforeAll(async () => (world = await openWorld(engine)));
  afterAll(() => world.close());

  describe.each(DOORS)('%s', (door) => {
    it.each(ODD)('%s: an answer in its own words', async (_name, json) => {
      const { mine } = world;
      const services = ['company.create', 'time_entry.create', 'person.create', 'company.get'];
      const bodies =
        door === 'beebole'
          ? services.map((service) => `{"service":"${service}",${json.slice(1)}`)
          : [json];
      for (const body of bodies) {
        const response = await world.send(bodyRequest(mine, door, body));
        expect(response.status).toBeLessThan(500);
        expectClean(response.text);
        if (response.status !== 200) expectError(door, response, response.status);
        else if (door === 'beefree') expect(response.text).toMatch(/^<!doctype html/i);
        else expect(JSON.parse(response.text)).toBeTypeOf('object');
      }
    });
  });

  it('what was stored can be read again', async () => {
    const { mine, app } = world;
    const headers = { 'X-BB-SESSION': mine.session };
    const listed = await app.send({ path: `/document/${mine.collection}`, headers });
    expect(listed.status).toBe(200);
    expect(listed.json<{ data: unknown[] }>().data.length).toBeGreaterThan(4);
    for (const query of ['where=name%20is%20not%20null&orderBy=name', 'where=any()%3D1']) {
      const found = await app.send({ path: `/document/${mine.collection}?${query}`, headers });
      expect([found.status, found.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
    }
    const companies = await app.send(bodyRequest(mine, 'beebole', '{"service":"company.list"}'));
    expect(companies.json()).toMatchObject({ status: 'ok' });
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
    expect(failures(world.app).join('')).toBe('');
  });
});
