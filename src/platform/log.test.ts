// No secret reaches a log, whatever way it is handed in; and every event is one line.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Unavailable } from './errors.ts';
import { createLogger, maskSecrets, safeUrl, type LogOptions } from './log.ts';
import { redact } from './redact.ts';

const SECRET = 'hunter2Xq9';

function capture(options: Partial<LogOptions> = {}) {
  const written: string[] = [];
  const log = createLogger({
    level: 'trace',
    format: 'json',
    destination: { write: (line) => written.push(line) },
    ...options,
  });
  return { log, written };
}

/** Requests as they come through the four doors, with a secret in each. */
const urls = [
  `/api/connect?project=Demo&login=cms&pwd=${SECRET}&waitsecs=0`,
  `/api/details?token=${SECRET}*${SECRET}`,
  `/api/files/file?locale=fr&token=${SECRET}&folder=`,
  `/document/posts?X-BB-SESSION=${SECRET}&page=1`,
  `/document/posts?x-bb-session=${SECRET}`,
  `/social/facebook?oauth_token=${SECRET}&oauth_secret=${SECRET}`,
  `/api?API_KEY=${SECRET}`,
  `/v1/message/html?apiKey=${SECRET}`,
  `/login?user=a;password=${SECRET}`,
  `/login?to%6Ben=${SECRET}`,
  `/login?%74%6f%6b%65%6e=${SECRET}`,
  `/login?password=${SECRET}%20with%20more#access_token=${SECRET}`,
  `/user/password/reset/${SECRET}`,
  `http://token:${SECRET}@hive.example/api/v2`,
  `https://${SECRET}:x@hive.example/api`,
  `//${SECRET}@hive.example/`,
  `/a?b=1&amp;token=${SECRET}`,
  `/a?token=${SECRET}&token=${SECRET}`,
  `/%E0%A4%A?%E0%A4%A=1&pwd=${SECRET}`,
];

const objects: unknown[] = [
  { headers: { authorization: `Basic ${SECRET}` } },
  { headers: { Authorization: `Bearer ${SECRET}`, 'X-BB-SESSION': SECRET, cookie: SECRET } },
  { headers: { 'set-cookie': [`sid=${SECRET}; HttpOnly`], 'x-api-key': SECRET } },
  { body: { username: 'mira', password: SECRET, new: { pwd: SECRET, pass: SECRET } } },
  { body: JSON.stringify({ username: 'mira', password: SECRET, appcode: '1' }) },
  { body: JSON.stringify({ text: JSON.stringify({ token: SECRET }) }) },
  { body: `{"password":"a\\"${SECRET}"}` },
  { body: `username=mira&password=${SECRET}&appcode=1234567890` },
  { list: [{ accessToken: SECRET }, { refresh_token: SECRET }, { clientSecret: SECRET }] },
  { map: new Map([['token', SECRET]]) },
  { url: new URL(`https://u:${SECRET}@h/?token=${SECRET}`) },
  { raw: `GET /?token=${SECRET} HTTP/1.1\r\nCookie: a=1; sid=${SECRET}\r\nHost: h` },
  { raw: `Authorization: Basic ${SECRET} ${SECRET}\nHost: h` },
  { inspected: `{ user: 'a', password: '${SECRET}' }` },
  { err: new Error(`connect to postgres://skep:${SECRET}@db/skep failed`) },
  { err: new Error('outer', { cause: new Error(`token=${SECRET}`) }) },
  { err: Object.assign(new Error('duplicate'), { detail: `Key (password)=(${SECRET})` }) },
  { err: new Unavailable('x', 'y', { password: SECRET, body: SECRET }) },
  { token: { value: SECRET }, apiKeys: 1, credentials: [SECRET] },
  { buffer: Buffer.from(SECRET) },
  { toJSON: () => SECRET },
];

describe('logs', () => {
  it.each(urls)('never show the secret in %s', (url) => {
    const { log, written } = capture();
    log.info({ url });
    log.info({ req: { method: 'GET', url, originalUrl: url } }, 'request');
    log.info(`served ${url}`);
    log.info('served %s', url);
    log.child({ url }).info('x');
    expect(written).toHaveLength(5);
    // An encoded name is decoded in fields that are known to hold a URL.
    const shown = url.includes('%6') || url.includes('%74') ? written.slice(0, 2) : written;
    for (const line of shown) expect(line).not.toContain(SECRET);
    expect(safeUrl(url)).not.toContain(SECRET);
  });

  it.each(objects.map((object, index) => [index, object] as const))(
    'never show the secret in object %i',
    (_index, object) => {
      for (const format of ['json', 'text'] as const) {
        const { log, written } = capture({ format });
        log.info(object as object, 'request');
        log.warn({ deep: { deeper: object } });
        log.child(object as object).info('x');
        log
          .child({ requestId: 'r1' })
          .child(object as object)
          .error('y');
        expect(written).toHaveLength(4);
        for (const line of written) {
          expect(line).not.toContain(SECRET);
          expect(line.indexOf('\n')).toBe(line.length - 1);
        }
      }
    },
  );

  it('keep what is no secret', () => {
    const { log, written } = capture();
    log
      .child({ requestId: 'r1' })
      .info({ tenant: 't1', n: 5, ok: true, url: '/document/posts?page=2&token=x' }, 'served');
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      level: 'info',
      requestId: 'r1',
      tenant: 't1',
      n: 5,
      ok: true,
      url: '/document/posts?page=2&token=[masked]',
      msg: 'served',
    });
    expect(safeUrl('/document/a?where=name%3D%27x%27&fields=a')).toBe(
      '/document/a?where=name%3D%27x%27&fields=a',
    );
    expect(maskSecrets('Basic checks passed: 5 tokens used, password changed')).toBe(
      'Basic checks passed: 5 tokens used, password changed',
    );
  });

  it('show errors with their causes, code and place', () => {
    const { log, written } = capture();
    log.error(
      new Unavailable('storage_full', 'no room', {}, { cause: new Error('ENOSPC') }),
      'put',
    );
    const { err } = JSON.parse(written[0] ?? '') as { err: Record<string, unknown> };
    expect(err).toMatchObject({
      type: 'Unavailable',
      message: 'no room',
      code: 'storage_full',
      kind: 'unavailable',
      cause: { message: 'ENOSPC' },
    });
    expect(err['stack']).toContain('log.test.ts');
  });

  it('write one readable line as text', () => {
    const { log, written } = capture({ format: 'text' });
    log.warn({ path: '/a b', n: 1, list: ['x'], url: '/x?y=1' }, 'slow\nrequest\u001b[31m');
    expect(written[0]).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z WARN {2}slow request \[31m path="\/a b" n=1 list=\["x"\] url=\/x\?y=1\n$/,
    );
  });

  it('leave out what is below their level', () => {
    const { log, written } = capture({ level: 'warn' });
    log.info('x');
    expect(written).toEqual([]);
  });

  it('never throw, and stay JSON, whatever they get', () => {
    const { log, written } = capture();
    const text = capture({ format: 'text' });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.string(), (fields, message) => {
        log.info(fields, message);
        text.log.info(fields, message);
        expect(() => JSON.parse(written.pop() ?? '') as unknown).not.toThrow();
        expect(text.written.pop()?.indexOf('\n')).toBeGreaterThan(0);
      }),
    );
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    text.log.info({ level: null, time: [1], msg: {} });
    expect(text.written).toHaveLength(1);
    const circle: Record<string, unknown> = { hostile };
    circle['self'] = circle;
    log.info(circle);
    expect(JSON.parse(written.pop() ?? '')).toMatchObject({ self: '[…]', hostile: '[unreadable]' });
  });

  it('stay JSON when secrets of all shapes are masked in them', () => {
    const { log, written } = capture();
    const part = fc.constantFrom(
      'token',
      '"',
      "'",
      '\\',
      ':',
      '=',
      ' ',
      '{',
      'pwd',
      'x',
      '&',
      '\n',
      'Basic ',
      'aB1=',
      '//',
      '@',
      'cookie',
      ';',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const value = parts.join('');
        log.info({ value, nested: JSON.stringify({ value }), token: 5 }, value);
        expect(() => JSON.parse(written.pop() ?? '') as unknown).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  it('cut what is long, deep or wide', () => {
    let deep: unknown = 'end';
    for (let i = 0; i < 1000; i++) deep = { deep };
    const value = redact({
      long: 'x'.repeat(1e6),
      deep,
      wide: Array.from({ length: 1e5 }, () => 1),
    });
    expect(JSON.stringify(value).length).toBeLessThan(10_000);
    expect(safeUrl(`/${'x'.repeat(1e6)}`).length).toBeLessThan(3000);
  });

  it('mask in linear time', () => {
    const started = performance.now();
    for (const text of [
      'token="',
      '"token":"\\"',
      'token=',
      '//a',
      'Basic A',
      'pwd:"\\\\',
      'cookie: ',
    ]) {
      maskSecrets(text.repeat(20_000));
      maskSecrets(`${text}${'a'.repeat(100_000)}`);
      maskSecrets(`${text}${'\\'.repeat(50_000)}"`);
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('safeUrl', () => {
  it('never throws', () => {
    for (const url of [undefined, null, 5, {}, '', '?', '#', '??=&&', '%']) {
      expect(typeof safeUrl(url)).toBe('string');
    }
    fc.assert(fc.property(fc.string(), (url) => typeof safeUrl(url) === 'string'));
  });

  it('finds a secret parameter among any others', () => {
    const name = fc.constantFrom(
      'token',
      'pwd',
      'password',
      'X-BB-SESSION',
      'oauth_token',
      'oauth_secret',
      'PWD',
      'code',
      'state',
      'oauth_verifier',
    );
    const other = fc.webQueryParameters();
    fc.assert(
      fc.property(other, name, other, (before, secret, after) => {
        expect(safeUrl(`/a?${before}&${secret}=${SECRET}&${after}`.slice(0, 2000))).not.toContain(
          SECRET,
        );
      }),
    );
  });
});
