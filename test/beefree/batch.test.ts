// Many templates in one request (an extension).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

const PATH = '/v1/message/html/batch';
const NO_PAGE = {
  code: 2200,
  message: "required key not provided @ data['page']",
  error: 'BAD REQUEST',
};

const posting =
  (body: unknown, path = PATH) =>
  ({ key }: ContentDoor) => ({
    method: 'POST',
    path,
    body,
    headers: { authorization: `Bearer ${key}` },
  });

const page = (html: string) => ({
  page: {
    rows: [
      {
        columns: [
          { modules: [{ type: 'x-modules-paragraph', descriptor: { paragraph: { html } } }] },
        ],
      },
    ],
  },
});

interface Answer {
  results: { status: number; html?: string; error?: object; warnings?: string[] }[];
}

const scenarios: Scenario<ContentDoor>[] = [
  {
    name: 'each item has its result in the same place, failures too',
    request: posting({
      items: [page('one'), {}, 'nothing', page('four'), { page: { rows: 'x', body: {} } }],
    }),
    expect: {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      json: {
        results: [
          { status: 200 },
          { status: 400, error: NO_PAGE },
          {
            status: 400,
            error: { code: 2200, message: "expected a dictionary @ data['items']['2']" },
          },
          { status: 200 },
          { status: 200 },
        ],
      },
    },
    forbid: ['undefined'],
    after: async (response, door) => {
      const { results } = response.json() as Answer;
      expect(results).toHaveLength(5);
      for (const [index, text] of [
        [0, 'one'],
        [3, 'four'],
      ] as const) {
        expect(results[index]!.html).toContain(text);
        const alone = await door.post('/v1/message/html', page(text));
        expect(results[index]!.html).toBe(alone.text);
      }
    },
  },
  {
    name: 'a bare array will do, and options are each item’s own',
    request: posting([
      { ...template(), beautifyHtmlEnabled: true },
      { json: template(), language: 'it-IT' },
    ]),
    expect: { status: 200, contains: ['\\n\\t<title>', 'Hello from the first row'] },
  },
  ...(['page', 'popup', 'amp'] as const).map((collection) => ({
    name: `${collection}s come in batches too`,
    request: posting({ items: [template()] }, `/v1/${collection}/html/batch`),
    expect: {
      status: 200,
      contains: ['Hello from the first row'],
      json: { results: [{ status: 200 }] },
    },
  })),
  {
    name: 'what was left out of an item is told with it',
    request: posting({
      items: [{ page: { rows: [{ columns: [{ modules: [{ type: 'unheard-of' }] }] }] } }],
    }),
    expect: { status: 200, contains: ['"warnings":["', 'unheard-of'] },
  },
  {
    name: 'an empty batch has no results',
    request: posting({ items: [] }),
    expect: { status: 200, body: '{"results":[]}' },
  },
  {
    name: 'items are needed',
    request: posting({}),
    expect: {
      status: 400,
      json: { code: 2200, message: "required key not provided @ data['items']" },
    },
  },
  {
    name: 'items are a list',
    request: posting({ items: template() }),
    expect: { status: 400, json: { code: 2200, message: "expected a list @ data['items']" } },
  },
  {
    name: 'a batch has a largest size',
    request: posting({ items: Array.from({ length: 101 }, () => ({})) }),
    expect: { status: 413, json: { code: 4130, details: 'A batch may have 100 items' } },
  },
  {
    name: 'a key is needed',
    request: { method: 'POST', path: PATH, body: { items: [] } },
    expect: { status: 401, json: { code: 4001 } },
  },
];

onBothEngines('batches', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor(engine, { settings: { 'beefree-requests-per-second': '1000' } });
  });
  afterAll(() => door.close());
  runScenarios(
    scenarios,
    () => door.app.url,
    () => door,
  );

  it('each item counts as a request', async () => {
    const { key } = await door.anotherKey();
    const send = (items: unknown[]) =>
      door.post(PATH, { items }, { headers: { authorization: `Bearer ${key}` } });
    const first = await send([page('a'), page('b'), {}]);
    expect(first.headers['x-rate-limit-remaining']).toBe('497');
    for (let sent = 0; sent < 5; sent += 1) await send(Array.from({ length: 99 }, () => ({})));
    const last = await send([page('a'), page('b'), page('c'), page('d')]);
    expect(last.status).toBe(200);
    expect(last.headers['retry-after']).toMatch(/^\d{10}$/);
    const { results } = last.json<Answer>();
    expect(results.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
    expect(results[2]).toEqual({
      status: 429,
      error: { code: 4290, message: 'Too Many Requests', details: 'Rate limit exceeded' },
    });
    expect((await send([])).status).toBe(429);
  });
});

describe('limits of batches', () => {
  let door: ContentDoor;
  beforeAll(async () => {
    const settings = { 'beefree-batch-timeout-ms': '0', 'beefree-batch-items': '3' };
    door = await openDoor('sqlite', { settings });
  });
  afterAll(() => door.close());

  it('items for which there is no time are refused, and cost nothing', async () => {
    const response = await door.post(PATH, { items: [page('a'), page('b'), page('c')] });
    expect(response.status).toBe(200);
    expect(response.headers['x-rate-limit-remaining']).toBe('499');
    const { results } = response.json() as Answer;
    expect(results[0]).toMatchObject({ status: 200 });
    for (const result of results.slice(1)) {
      expect(result).toEqual({
        status: 503,
        error: {
          code: 3000,
          message: 'Service Error',
          details: 'The batch has no time left for this item',
        },
      });
    }
  });

  it('the operator says how many items there may be', async () => {
    const response = await door.post(PATH, { items: [{}, {}, {}, {}] });
    expect(response.status).toBe(413);
  });
});
