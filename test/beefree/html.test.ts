// The frame of the content API and its HTML resource: keys, limits, versions, errors, templates (Beefree spec 2, 3.1).
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_NOW } from '../support/app.ts';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

const PATH = '/v1/message/html';
const NO_PAGE = {
  code: 2200,
  message: "required key not provided @ data['page']",
  error: 'BAD REQUEST',
};

/** A request with the key of the door. */
const posting =
  (path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') =>
  ({ key }: ContentDoor) => ({
    method,
    path,
    body,
    headers: { authorization: `Bearer ${key}`, ...headers },
  });

const html = (
  name: string,
  path: string,
  body: unknown,
  contains: (string | RegExp)[],
  forbid: (string | RegExp)[] = [],
): Scenario<ContentDoor> => ({
  name,
  request: posting(path, body),
  expect: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, contains },
  forbid: ['undefined', '[object Object]', ...forbid],
});

const documents: Scenario<ContentDoor>[] = [
  html('an e-mail is a whole document of tables', PATH, template(), [
    /^<!DOCTYPE html>/i,
    'Hello from the first row',
    'nl-container',
    '<!--[if mso]>',
  ]),
  html(
    'a page is a whole document of boxes',
    '/v1/page/html',
    template(),
    [/^<!DOCTYPE html>/i, '<title>Spring letter</title>', 'Hello from the first row'],
    ['<!--[if mso]>'],
  ),
  html(
    'a popup is a fragment',
    '/v1/popup/html',
    template(),
    ['Hello from the first row'],
    [/<!doctype/i, '<html', '<body'],
  ),
  html('AMP is an AMP document', '/v1/amp/html', template(), [
    /^<!doctype html><html ⚡4email/i,
    '<style amp-custom>',
    'Hello from the first row',
  ]),
  html('the version is read in any case', '/V1/message/html', template(), [
    'Hello from the first row',
  ]),
  html('the beta version is the same', '/beta/message/html', template(), [
    'Hello from the first row',
  ]),
  html('the beta version is read in any case', '/Beta/page/html', template(), [
    'Hello from the first row',
  ]),
  html('a slash at the end is tolerated', '/v1/message/html/', template(), [
    'Hello from the first row',
  ]),
  html('a query string is ignored', '/v1/message/html?x=1', template(), [
    'Hello from the first row',
  ]),
  html('a wrapper called json is accepted', PATH, { json: template() }, [
    'Hello from the first row',
  ]),
  html('a wrapper called template is accepted', PATH, { template: template() }, [
    'Hello from the first row',
  ]),
  html('members that nobody knows are ignored', PATH, { ...template(), zzz: [1, { a: null }] }, [
    'Hello from the first row',
  ]),
  html('anything below the page has a default', PATH, { page: {} }, [/^<!DOCTYPE html>/i]),
  html(
    'modules of an unknown kind are left out',
    PATH,
    { page: { rows: [{ columns: [{ 'grid-columns': 12, modules: [{ type: 'x' }, 7, null] }] }] } },
    [/^<!DOCTYPE html>/i],
  ),
  html('an unknown language is not an error', PATH, { ...template(), language: 'xx-YY' }, [
    'Hello from the first row',
  ]),
  {
    name: 'HTML is indented on request, by both names',
    request: posting(PATH, { ...template(), beautifyHtmlEnabled: true }),
    expect: { status: 200, contains: [/\n\s+<td/] },
    after: async (response, door) => {
      const misspelt = await door.post(PATH, { ...template(), beautifulHtmlEnabled: true });
      expect(misspelt.text).toBe(response.text);
      const plain = await door.post(PATH, { ...template(), beautifyHtmlEnabled: false });
      expect(plain.text.length).toBeLessThan(response.text.length);
      expect((await door.post(PATH, template())).text).toBe(plain.text);
    },
  },
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'nonsense',
    'application/json; charset=utf-8',
  ].map((type): Scenario<ContentDoor> => ({
    name: `a JSON body is read whatever its type says: ${type}`,
    request: posting(PATH, JSON.stringify(template()), { 'content-type': type }),
    expect: { status: 200, contains: ['Hello from the first row'] },
  })),
  {
    name: 'a compressed body is read',
    request: posting(PATH, gzipSync(JSON.stringify(template())), {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    }),
    expect: { status: 200, contains: ['Hello from the first row'] },
  },
];

const refusal = (
  name: string,
  request: Scenario<ContentDoor>['request'],
  status: number,
  json: object,
  headers?: Record<string, string>,
): Scenario<ContentDoor> => ({
  name,
  request,
  expect: { status, json, headers: { 'content-type': /^application\/json/, ...headers } },
  forbid: ['<html', 'Hello from the first row'],
});

const authentication = (code: number, details: string) => ({
  code,
  message: 'Authentication error',
  details,
});
const NOT_JSON = {
  code: 4101,
  message: 'JSON pre-processing failed',
  details: expect.any(String) as string,
};
const TOO_LARGE = {
  code: 4130,
  message: expect.any(String) as string,
  details: expect.any(String) as string,
};

const refusals: Scenario<ContentDoor>[] = [
  refusal(
    'no key',
    { method: 'POST', path: PATH, body: template() },
    401,
    authentication(4001, 'Authentication header is missing'),
  ),
  refusal(
    'another scheme',
    { method: 'POST', path: PATH, body: template(), headers: { authorization: 'Basic eDp5' } },
    401,
    authentication(4005, 'Bearer token format is invalid'),
  ),
  refusal(
    'a scheme without a key',
    { method: 'POST', path: PATH, body: template(), headers: { authorization: 'Bearer' } },
    401,
    authentication(4005, 'Bearer token format is invalid'),
  ),
  refusal(
    'an unknown key',
    {
      method: 'POST',
      path: PATH,
      body: template(),
      headers: { authorization: 'Bearer sk_nobody' },
    },
    401,
    authentication(4010, 'Token expired'),
  ),
  refusal(
    'no key, and a body that is too large',
    { method: 'POST', path: PATH, headers: { 'content-length': '99999999999' } },
    401,
    authentication(4001, 'Authentication header is missing'),
  ),
  refusal('no page', posting(PATH, {}), 400, NO_PAGE),
  refusal('something else than a page', posting(PATH, { bad: 'structure' }), 400, NO_PAGE),
  refusal(
    'a body that is not JSON',
    posting(PATH, '{"page":', { 'content-type': 'application/json' }),
    400,
    NOT_JSON,
  ),
  refusal('no body', posting(PATH, undefined), 400, { code: 4101 }),
  refusal('an array', posting(PATH, [template()]), 400, NOT_JSON),
  refusal('a number', posting(PATH, '7'), 400, NOT_JSON),
  refusal('a member called __proto__', posting(PATH, '{"page":{"__proto__":{"rows":[]}}}'), 400, {
    code: 4101,
  }),
  refusal('a million levels', posting(PATH, `{"page":${'['.repeat(1_000_000)}`), 413, TOO_LARGE),
  refusal(
    'more bytes than the limit',
    posting(PATH, `{"page":"${'x'.repeat(210_000)}"}`),
    413,
    TOO_LARGE,
  ),
  refusal(
    'a compressed body that is too large',
    posting(PATH, gzipSync('x'.repeat(5_000_000)), { 'content-encoding': 'gzip' }),
    413,
    TOO_LARGE,
  ),
  refusal(
    'a body that is not gzip',
    posting(PATH, 'x', { 'content-encoding': 'gzip' }),
    400,
    NOT_JSON,
  ),
  ...['GET', 'PUT', 'DELETE', 'PATCH'].map((method) =>
    refusal(
      `the method ${method}`,
      posting(PATH, undefined, {}, method),
      405,
      { code: 4050, message: 'Method Not Allowed' },
      { allow: 'POST' },
    ),
  ),
  ...[
    '/v1',
    '/v1/',
    '/v1/message',
    '/v1/nothing/html',
    '/v1/message/nothing',
    '/v1/message/html/x',
    '/v1/popup/pdf',
    '/v1/amp/image',
    '/v1/popup/merge',
    '/v1/popup/plain-text',
    '/v1/popup/synced-rows',
    '/v1/popup/brand',
    '/v1/conversion/email-to-poster',
  ].map((path) =>
    refusal(`no resource at ${path}`, posting(path, template()), 404, {
      code: 4040,
      message: 'Not Found',
      details: expect.any(String) as string,
    }),
  ),
];

onBothEngines('the content API', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor(engine, {
      settings: {
        'beefree-requests-per-minute': '0',
        'beefree-requests-per-second': '0',
        'beefree-body-limit-bytes': '200000',
      },
    });
  });
  afterAll(() => door.close());

  describe('documents', () => {
    runScenarios(
      documents,
      () => door.app.url,
      () => door,
    );
  });
  describe('refuses', () => {
    runScenarios(
      refusals,
      () => door.app.url,
      () => door,
    );
  });

  it('reads keys with any case of the scheme and white space around', async () => {
    for (const authorization of [
      `bearer ${door.key}`,
      `BEARER   ${door.key}`,
      ` Bearer ${door.key} `,
    ]) {
      const response = await door.post(PATH, template(), { headers: { authorization } });
      expect(response.status).toBe(200);
    }
  });

  it('tells the size of the HTML, and what was left out of it', async () => {
    const modules = [
      { type: 'mailup-bee-newsletter-modules-höher' },
      { type: 'zz\r\nset-cookie:x' },
    ];
    const odd = { page: { rows: [{ columns: [{ 'grid-columns': 12, modules }] }] } };
    for (const collection of ['message', 'page', 'popup', 'amp']) {
      const plain = await door.post(`/v1/${collection}/html`, template());
      expect(plain.headers['x-html-size']).toBe(String(Buffer.byteLength(plain.text)));
      expect(plain.headers['x-render-warnings']).toBeUndefined();
      const { headers, text } = await door.post(`/v1/${collection}/html`, odd);
      expect(headers['x-render-warnings']).toMatch(
        /^unknown module type "mailup.*-h\?her"; unknown/,
      );
      expect(headers['set-cookie']).toBeUndefined();
      expect(text).not.toContain('unknown module type');
    }
  });

  it('lets a revoked key in no more', async () => {
    const { key, revoke } = await door.anotherKey();
    const headers = { authorization: `Bearer ${key}` };
    expect((await door.post(PATH, template(), { headers })).status).toBe(200);
    await revoke();
    const after = await door.post(PATH, template(), { headers });
    expect([after.status, after.json()]).toEqual([401, authentication(4010, 'Token expired')]);
  });

  it('answers preflight requests of browsers', async () => {
    const response = await door.app.send({
      method: 'OPTIONS',
      path: PATH,
      headers: { origin: 'https://app.test', 'access-control-request-method': 'POST' },
    });
    expect([200, 204]).toContain(response.status);
    expect(response.headers['access-control-allow-origin']).toBe('*');
    expect(response.headers['access-control-allow-methods']).toContain('POST');
    expect(response.headers['access-control-allow-headers']).toMatch(/authorization/i);
  });

  it('gives the same bytes for the same template', async () => {
    const [one, two] = [await door.post(PATH, template()), await door.post(PATH, template())];
    expect(one.text).toBe(two.text);
  });

  it('never logs a key', () => {
    expect(door.app.logged.join('')).not.toContain(door.key);
  });
});

onBothEngines('the rate limits', (engine) => {
  const limits = (headers: Record<string, unknown>) =>
    ['x-rate-limit', 'x-rate-limit-remaining', 'x-rate-limit-reset', 'retry-after'].map(
      (name) => headers[name],
    );
  const second = TEST_NOW / 1000;
  const minute = Math.floor(second / 60) * 60 + 60;

  it('describe the minute, and after it is used up say when to come back', async () => {
    const door = await openDoor(engine, { settings: { 'beefree-requests-per-minute': '3' } });
    try {
      const seen = [];
      for (let i = 0; i < 4; i++) seen.push(await door.post(PATH, {}));
      expect(seen.map(({ status, headers }) => [status, ...limits(headers)])).toEqual([
        [400, '3', '2', `${minute}`, undefined],
        [400, '3', '1', `${minute}`, undefined],
        [400, '3', '0', `${minute}`, undefined],
        [429, '3', '0', `${minute}`, `${minute}`],
      ]);
      expect(seen[3]?.json()).toEqual({
        code: 4290,
        message: 'Too Many Requests',
        details: 'Rate limit exceeded',
      });
      const { key } = await door.anotherKey();
      expect(
        (await door.post(PATH, {}, { headers: { authorization: `Bearer ${key}` } })).status,
      ).toBe(400);
      door.app.clock.advance(60_000);
      expect((await door.post(PATH, {})).status).toBe(400);
    } finally {
      await door.close();
    }
  });

  it('describe the second when that is what is used up', async () => {
    const door = await openDoor(engine, {
      settings: { 'beefree-requests-per-second': '2', 'beefree-retry-after': 'seconds' },
    });
    try {
      for (let i = 0; i < 2; i++)
        expect((await door.post(PATH, {})).headers['x-rate-limit']).toBe('500');
      const refused = await door.post(PATH, {});
      expect([refused.status, ...limits(refused.headers)]).toEqual([
        429,
        '2',
        '0',
        `${second + 1}`,
        '1',
      ]);
      door.app.clock.advance(1000);
      const next = await door.post(PATH, template());
      expect([next.status, next.headers['x-rate-limit-remaining']]).toEqual([200, '497']);
    } finally {
      await door.close();
    }
  });

  it('are told where there is nothing, too, and count it', async () => {
    const door = await openDoor(engine, { settings: { 'beefree-requests-per-minute': '3' } });
    try {
      const nothing = await door.post('/v1/message/nothing', {});
      expect([nothing.status, ...limits(nothing.headers)]).toEqual([
        404,
        '3',
        '2',
        `${minute}`,
        undefined,
      ]);
      const wrong = await door.post(PATH, undefined, { method: 'PUT' });
      expect([wrong.status, wrong.headers['allow'], ...limits(wrong.headers)]).toEqual([
        405,
        'POST',
        '3',
        '1',
        `${minute}`,
        undefined,
      ]);
      await door.post('/v1/message/nothing', {});
      expect((await door.post('/v1/message/nothing', {})).status).toBe(429);
      const stranger = await door.post('/v1/message/nothing', {}, { headers: {} });
      expect([stranger.status, stranger.headers['x-rate-limit']]).toEqual([404, undefined]);
    } finally {
      await door.close();
    }
  });

  it('are 100 a second and 500 a minute by default', async () => {
    const door = await openDoor(engine);
    try {
      const statuses = [];
      for (let i = 0; i < 101; i++) statuses.push((await door.post(PATH, {})).status);
      expect(statuses.filter((status) => status === 429)).toHaveLength(1);
      expect((await door.post(PATH, {})).headers['x-rate-limit']).toBe('100');
      door.app.clock.advance(1000);
      expect((await door.post(PATH, {})).headers['x-rate-limit']).toBe('500');
    } finally {
      await door.close();
    }
  });
});

onBothEngines('lenient templates', (engine) => {
  it('render the default document when the setting says so', async () => {
    const door = await openDoor(engine, { settings: { 'beefree-lenient-templates': 'true' } });
    try {
      const response = await door.post('/v1/page/html', { bad: 'structure' });
      expect(response.status).toBe(200);
      expect(response.text).toMatch(/^<!DOCTYPE html>/i);
    } finally {
      await door.close();
    }
  });
});

onBothEngines('settings of the renderers', (engine) => {
  const picture = (at: string) => ({
    page: {
      head: { meta: { preheader: 'Soon' } },
      rows: [
        {
          container: { style: { 'background-image': `url('${at}')` } },
          columns: [{ modules: [{ type: 'x-modules-spacer' }] }],
        },
      ],
    },
  });
  const FROM = 'https://a.test/icons/x.png';

  it('are off by default, and a request may ask', async () => {
    const door = await openDoor(engine);
    try {
      const plain = await door.post(PATH, picture(FROM));
      expect(plain.text).toContain(FROM);
      expect(plain.text).toContain('&zwnj;');
      expect(plain.text).not.toMatch(/v:rect|color-scheme/);
      const more = { outlookBackgrounds: true, darkMode: true };
      const asked = await door.post(PATH, { ...picture(FROM), ...more });
      expect(asked.text).toContain('<v:rect');
      expect(asked.text).toContain('prefers-color-scheme');
    } finally {
      await door.close();
    }
  });

  it('count in every answer with HTML, and a request may refuse', async () => {
    const door = await openDoor(engine, {
      settings: {
        'beefree-outlook-backgrounds': 'true',
        'beefree-dark-mode': 'true',
        'beefree-asset-rewrite': '{"https://a.test/icons/":"https://b.test/i/"}',
        'beefree-page-prefix': 'shop',
        'beefree-preheader-filler': 'false',
      },
    });
    try {
      const merged = await door.post('/v1/message/merge', { replace: [], source: picture(FROM) });
      const { html: mergedHtml } = merged.json<{ html: string }>();
      for (const text of [(await door.post(PATH, picture(FROM))).text, mergedHtml]) {
        expect(text).toContain('https://b.test/i/x.png');
        expect(text).toContain('<v:rect');
        expect(text).toContain('prefers-color-scheme');
        expect(text).not.toMatch(/a\.test|&zwnj;/);
      }
      const refused = await door.post(PATH, { ...picture(FROM), darkMode: false });
      expect(refused.text).not.toContain('prefers-color-scheme');
      expect((await door.post('/v1/page/html', picture(FROM))).text).toContain('class="shop-row');
    } finally {
      await door.close();
    }
  });
});
