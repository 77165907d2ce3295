// The daily limits of a person (Beebole spec 3).
import { afterEach, describe, expect, it } from 'vitest';
import { updateAccount, findAccount } from '../../src/timesheets/accounts.ts';
import { LIMITS_SETTING } from '../../src/timesheets/beebole/quota.ts';
import type { TimesheetTables } from '../../src/timesheets/tables.ts';
import { onBothEngines } from '../support/database.ts';
import { call, post, startDemo, type Demo } from './demo.ts';

const LIST = '{"service":"company.list"}';
/** From the tests' 10:00 UTC to midnight. */
const TO_MIDNIGHT = 14 * 3600;

onBothEngines('daily limits', (engine) => {
  let demo: Demo;

  afterEach(() => demo.app.close());

  const start = async (settings: Record<string, string> = {}) => {
    demo = await startDemo(engine, { settings });
  };
  const status = async (path: '/api' | '/api/v2', token = demo.token, body: unknown = LIST) =>
    (await call(demo, path, token, body)).status;

  it('are the documented numbers by default', async () => {
    await start();
    const one = await call(demo, '/api', demo.token, LIST);
    expect(one.headers).toMatchObject({
      'x-ratelimit-limit': '2000',
      'x-ratelimit-remaining': '1999',
      'x-ratelimit-bytes-limit': '1048576',
      'x-ratelimit-reset': String(Date.UTC(2026, 2, 3) / 1000),
    });
    const two = await call(demo, '/api/v2', demo.token, LIST);
    expect(two.headers).toMatchObject({
      'x-ratelimit-limit': '4000',
      'x-ratelimit-remaining': '3999',
      'x-ratelimit-bytes-limit': '2097152',
    });
  });

  describe('with three requests a day', () => {
    const three = { 'beebole-v1-requests-per-day': '3', 'beebole-v2-requests-per-day': '3' };

    it('refuse the fourth with 429, for this person and generation alone', async () => {
      await start(three);
      // Calls that end in an error count too.
      expect(await status('/api')).toBe(200);
      expect(await status('/api', demo.token, 'no JSON')).toBe(400);
      expect(await status('/api', demo.token, '{"service":"nope"}')).toBe(200);
      const refused = await call(demo, '/api', demo.token, LIST);
      expect(refused.status).toBe(429);
      expect(refused.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'retry-after': String(TO_MIDNIGHT),
        'x-ratelimit-remaining': '0',
      });
      expect(refused.json()).toMatchObject({
        status: 'error',
        message: 'Daily API limit reached',
      });
      expect(await status('/api/v2')).toBe(200);
      expect(await status('/api', demo.adminToken)).toBe(200);
      expect(await status('/api', 'f'.repeat(40))).toBe(401);
    });

    it('do not do what they refuse, and tell neither bad JSON nor bad services', async () => {
      await start(three);
      for (let n = 0; n < 3; n++) await status('/api');
      const entry = '{"service":"time_entry.create","absence_id":15,"date":"2026-03-02","hours":1}';
      expect(await status('/api', demo.token, entry)).toBe(429);
      expect(await status('/api', demo.token, 'no JSON')).toBe(429);
      const range =
        '{"service":"time_entry.list","person_id":21,"from":"2026-03-02","to":"2026-03-02"}';
      const list = await call(demo, '/api', demo.adminToken, range);
      expect(list.text).toBe('{"status":"ok","timeEntries":[]}');
    });

    it('begin anew at midnight, and survive a restart until then', async () => {
      await start(three);
      for (let n = 0; n < 3; n++) await status('/api');
      await demo.app.restart();
      expect(await status('/api')).toBe(429);
      demo.app.clock.advance(TO_MIDNIGHT * 1000 - 1);
      expect(await status('/api')).toBe(429);
      demo.app.clock.advance(1);
      expect(await status('/api')).toBe(200);
    });

    it('follow the midnight of the account', async () => {
      await start(three);
      const { db, clock } = demo.app.platform;
      const account = await findAccount(db.tables<TimesheetTables>(), demo.tenantId);
      if (!account) throw new Error('no account');
      await updateAccount({ db, clock, account }, { timeZone: 'Asia/Tokyo' });
      for (let n = 0; n < 3; n++) await status('/api');
      const refused = await call(demo, '/api', demo.token, LIST);
      // 10:00 UTC is 19:00 in Tokyo.
      expect(refused.headers['retry-after']).toBe(String(5 * 3600));
    });

    it('count each service of a batch, and refuse a batch that does not fit', async () => {
      await start(three);
      const batch = (services: number) => ({
        services: Array.from({ length: services }, () => ({ service: 'company.list' })),
      });
      const first = await call(demo, '/api/v2', demo.token, batch(2));
      expect(first.headers['x-ratelimit-remaining']).toBe('1');
      const refused = await call(demo, '/api/v2', demo.token, batch(2));
      expect(refused.status).toBe(429);
      expect(refused.json()).toMatchObject({ status: 'error' });
      expect(await status('/api/v2')).toBe(200);
    });

    it('yield to the limits of an account', async () => {
      await start(three);
      const { db, tenants } = demo.app.platform;
      await db.write((trx) =>
        tenants.settings.set(trx, demo.tenantId, LIMITS_SETTING, { v1: { requestsPerDay: 0 } }),
      );
      for (let n = 0; n < 5; n++) expect(await status('/api')).toBe(200);
      const unlimited = await call(demo, '/api', demo.token, LIST);
      expect(unlimited.headers['x-ratelimit-limit']).toBeUndefined();
      for (let n = 0; n < 3; n++) await status('/api/v2');
      expect(await status('/api/v2')).toBe(429);
    });
  });

  it('count the bytes of requests and answers, and deliver the answer that crosses the line', async () => {
    await start({ 'beebole-v1-kilobytes-per-day': '1' });
    const pad = { service: 'company.list', pad: 'x'.repeat(820) };
    const first = await call(demo, '/api', demo.token, pad);
    const size = Buffer.byteLength(JSON.stringify(pad));
    expect(first.headers['x-ratelimit-bytes-remaining']).toBe(String(1024 - size));
    const second = await call(demo, '/api', demo.token, LIST);
    expect(second.status).toBe(200);
    expect(size + first.bytes.length).toBeLessThan(1024);
    expect(size + first.bytes.length + LIST.length + second.bytes.length).toBeGreaterThan(1024);
    expect(await status('/api')).toBe(429);
  });

  it('throttle one address that has no valid token, and nobody else', async () => {
    await start({ 'beebole-failures-per-minute': '3' });
    for (let n = 0; n < 3; n++) expect(await status('/api', '0'.repeat(40))).toBe(401);
    const refused = await call(demo, '/api', '0'.repeat(40), LIST);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await status('/api')).toBe(200);
    demo.app.clock.advance(60_000);
    expect(await status('/api', '0'.repeat(40))).toBe(401);
  });

  it('hold when many calls come at once', async () => {
    await start({ 'beebole-v2-requests-per-day': '10' });
    const request = post('/api/v2', demo.token, LIST);
    const answers = await Promise.all(Array.from({ length: 25 }, () => demo.app.send(request)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(10);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(15);
  });
});
