// Merge and index over HTTP (Beefree spec 3.4, 3.5).
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

interface Answer {
  json: ReturnType<typeof template>;
  html: string;
  warnings?: { msg: string; param: string; location: string }[];
}

const posting =
  (path: string, body: unknown) =>
  ({ key }: ContentDoor) => ({
    method: 'POST',
    path,
    body,
    headers: { authorization: `Bearer ${key}` },
  });
const warning = (path: string, text: string) => ({
  msg: `Your path ${path} ${text}`,
  param: 'path',
  location: 'replace',
});
const NO_MATCH = 'did not return any matching nodes';
const row = { metadata: { guid: 'new' }, columns: [{ 'grid-columns': 12, modules: [] }] };

const merges: Scenario<ContentDoor>[] = [
  {
    name: 'a colour is replaced everywhere, and the result is rendered',
    request: posting('/v1/message/merge', {
      replace: [{ path: "$..style[?(@ == '#123456')]", value: '#89cff0' }],
      source: template(),
    }),
    expect: { status: 200, headers: { 'content-type': /^application\/json/ } },
    after: (response) => {
      const answer = response.json<Answer>();
      expect(Object.keys(answer).sort()).toEqual(['html', 'json']);
      expect(JSON.stringify(answer.json)).toBe(
        JSON.stringify(template()).replace('#123456', '#89cff0'),
      );
      expect(answer.html).toMatch(/^<!DOCTYPE html>/i);
      expect(answer.html.toLowerCase()).toContain('#89cff0');
      expect(answer.html.toLowerCase()).not.toContain('#123456');
    },
  },
  {
    name: 'rows are replaced by their metadata, for pages',
    request: posting('/v1/page/merge', {
      replace: [{ path: "$..rows[?(@.metadata.guid=='5c1f')]", value: row }],
      source: template(),
    }),
    expect: { status: 200, contains: [/"html":"<!DOCTYPE html>/i] },
    forbid: ['Hello from the first row', 'warnings', 'nl-container'],
    after: (response) => {
      const { json } = response.json<Answer>();
      expect(json.page.rows).toEqual([row, ...template().page.rows.slice(1)]);
      expect(json.comments).toEqual(template().comments);
    },
  },
  {
    name: 'paths without a match are warned of, in order, and the others are carried out',
    request: posting('/v1/message/merge', {
      replace: [
        { path: "$..style[?(@ == '#ABCDEF')]", value: 'x' },
        { path: '$.page.title', value: 'New title' },
        { path: '$', value: {} },
      ],
      source: template(),
    }),
    expect: {
      status: 200,
      json: {
        warnings: [warning("$..style[?(@ == '#ABCDEF')]", NO_MATCH), warning('$', NO_MATCH)],
        json: { page: { title: 'New title' } },
      },
    },
  },
  {
    name: 'a path that cannot be read gives the source back',
    request: posting('/v1/message/merge', {
      replace: [
        { path: '$.page.title', value: 'x' },
        { path: '$.page[', value: 1 },
      ],
      source: template(),
    }),
    expect: {
      status: 200,
      json: { json: template(), warnings: [warning('$.page[', 'is not a valid JSON path')] },
      contains: ['Hello from the first row'],
    },
  },
  {
    name: 'a path is never run as a program',
    request: posting('/v1/message/merge', {
      replace: [{ path: '$..[?(@.constructor.constructor("return process")().exit())]', value: 1 }],
      source: template(),
    }),
    expect: { status: 200, json: { json: template(), warnings: [{ param: 'path' }] } },
  },
  {
    name: 'a replacement that takes the page away gives the source back',
    request: posting('/v1/message/merge', {
      replace: [{ path: '$.page', value: 'gone' }],
      source: template(),
    }),
    expect: {
      status: 200,
      json: { json: template(), warnings: [{ param: 'path', location: 'replace' }] },
      contains: ['Hello from the first row'],
    },
  },
  {
    name: 'nothing to replace is not an error',
    request: posting('/v1/message/merge', { replace: [], source: template() }),
    expect: { status: 200, json: { json: template() } },
    forbid: ['warnings'],
  },
  {
    name: 'a dear path does not hold up the server',
    request: posting('/v1/message/merge', {
      replace: [{ path: `$${'..*'.repeat(100)}`, value: 1 }],
      source: template(),
    }),
    expect: { status: 200, json: { json: template(), warnings: [{ param: 'path' }] } },
  },
  ...(
    [
      ['no replace', { source: template() }, "data['replace']"],
      ['a replace that is no list', { replace: {}, source: template() }, "data['replace']"],
      [
        'a replacement that is no object',
        { replace: ['x'], source: template() },
        "data['replace']['0']",
      ],
      ['a replacement without a path', { replace: [{ value: 1 }], source: template() }, "['path']"],
      [
        'a replacement without a value',
        { replace: [{ path: '$' }], source: template() },
        "['value']",
      ],
      ['no source', { replace: [] }, "data['source']"],
      ['a source without a page', { replace: [], source: {} }, "data['source']['page']"],
      [
        'a page that is no object',
        { replace: [], source: { page: 'x' } },
        "data['source']['page']",
      ],
    ] as const
  ).map(([name, body, where]): Scenario<ContentDoor> => ({
    name: `refuses ${name}`,
    request: posting('/v1/message/merge', body),
    expect: {
      status: 400,
      json: { code: 2200, message: expect.stringContaining(where) as string, error: 'BAD REQUEST' },
    },
  })),
];

const INDEX = [
  { name: 'my saved row A', guid: '5c1f', id: '' },
  { name: 'my saved row B', guid: '9d2e' },
];

const indexes: Scenario<ContentDoor>[] = [
  ...[
    '/v1/message/merge/index',
    '/v1/page/merge/index',
    '/v1/message/merge-index',
    '/v1/page/index',
    '/beta/message/index/',
  ].map((path): Scenario<ContentDoor> => ({
    name: `${path} lists the metadata of the saved rows`,
    request: posting(path, { source: template() }),
    expect: {
      status: 200,
      headers: { 'content-type': /^application\/json/ },
      body: JSON.stringify(INDEX),
    },
  })),
  {
    name: 'a template without a source around it is read too',
    request: posting('/v1/message/merge/index', template()),
    expect: { status: 200, body: JSON.stringify(INDEX) },
  },
  {
    name: 'a template without saved rows gives an empty list',
    request: posting('/v1/message/merge/index', { source: { page: {} } }),
    expect: { status: 200, body: '[]' },
  },
  ...[{}, { source: {} }, { source: { page: null } }, { source: [] }, { page: 7 }].map(
    (body): Scenario<ContentDoor> => ({
      name: `refuses ${JSON.stringify(body)}`,
      request: posting('/v1/message/merge/index', body),
      expect: { status: 400, json: { code: 2200 } },
    }),
  ),
];

onBothEngines('merging', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor(engine);
  });
  afterAll(() => door.close());

  describe('replaces', () => {
    runScenarios(
      merges,
      () => door.app.url,
      () => door,
    );
  });
  describe('indexes', () => {
    runScenarios(
      indexes,
      () => door.app.url,
      () => door,
    );
  });
});
