// Merge rows and synced rows over HTTP (Beefree spec 3.7, 3.8).
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

const PATH = '/v1/message/merge-rows';
const SYNCED = '/v1/message/synced-rows';

const posting =
  (path: string, body: unknown) =>
  ({ key }: ContentDoor) => ({
    method: 'POST',
    path,
    body,
    headers: { authorization: `Bearer ${key}` },
  });

const refused = (
  path: string,
  name: string,
  body: unknown,
  message: string,
): Scenario<ContentDoor> => ({
  name: `${path.split('/').at(-1)} refuses ${name}`,
  request: posting(path, body),
  expect: { status: 400, json: { code: 2200, message, error: 'BAD REQUEST' } },
});

const arvo = { name: 'Arvo', fontFamily: "'Arvo', serif", url: 'https://fonts.example.test/arvo' };
const chivo = {
  name: 'Chivo',
  fontFamily: "'Chivo', Arial",
  url: 'https://fonts.example.test/chivo',
};

const fresh = {
  type: 'one-column-empty',
  uuid: 'uuid-of-the-saved-row',
  metadata: { name: 'renamed', guid: '5c1f', tags: 'x' },
  synced: true,
  content: { style: { width: '300px' } },
  columns: [
    {
      'grid-columns': 12,
      modules: [
        {
          type: 'mailup-bee-newsletter-modules-paragraph',
          descriptor: {
            paragraph: { html: '<p>News</p>', style: { 'font-family': "'Arvo', serif" } },
          },
        },
        {
          type: 'mailup-bee-newsletter-modules-image',
          descriptor: {
            image: { src: 'a.png' },
            computedStyle: { class: 'center', width: '150px' },
          },
        },
      ],
    },
  ],
};

const NO_MERGE = { msg: 'No merges were completed for row with identifier gone' };

interface Answer {
  template: ReturnType<typeof template>;
  warnings?: unknown;
}

/** The template with a `uuid` on its first row. */
const named = () => {
  const given = template();
  Object.assign(given.page.rows[0]!, { uuid: 'uuid-in-the-template' });
  return given;
};

const merging: Scenario<ContentDoor>[] = [
  ...['message', 'page'].map((collection): Scenario<ContentDoor> => ({
    name: `a saved row is replaced in a ${collection}: content, metadata, font, widths`,
    request: posting(`/v1/${collection}/merge-rows`, {
      rows: [fresh],
      template: named(),
      webFonts: [chivo, arvo],
    }),
    expect: { status: 200, headers: { 'content-type': /^application\/json/ } },
    forbid: [
      'Hello from the first row',
      'my saved row A',
      'Chivo',
      'uuid-of-the-saved-row',
      'warnings',
      '<!DOCTYPE',
    ],
    after: (response) => {
      const { template: merged } = response.json<Answer>();
      const { page, comments } = template();
      expect(merged).toEqual({
        comments,
        page: {
          ...page,
          body: { ...page.body, webFonts: [arvo] },
          rows: [
            {
              ...fresh,
              uuid: 'uuid-in-the-template',
              content: { style: { width: '600px' } },
              columns: [
                {
                  'grid-columns': 12,
                  modules: [
                    fresh.columns[0]!.modules[0],
                    {
                      type: 'mailup-bee-newsletter-modules-image',
                      descriptor: {
                        image: { src: 'a.png' },
                        computedStyle: { class: 'center', width: '300px' },
                      },
                    },
                  ],
                },
              ],
            },
            ...page.rows.slice(1),
          ],
        },
      });
    },
  })),
  {
    name: 'a row that is nowhere is warned of, in both places, and the others are merged',
    request: posting(PATH, {
      rows: [{ metadata: { guid: 'gone' }, columns: [] }, fresh],
      rowIdentifierLabel: 'guid',
      template: named(),
    }),
    expect: {
      status: 200,
      json: { warnings: [NO_MERGE], template: { page: { warnings: [NO_MERGE] } } },
      contains: ['News'],
    },
  },
  {
    name: 'warnings of an earlier merge do not come back',
    request: posting(PATH, {
      rows: [fresh],
      template: { page: { ...named().page, warnings: [NO_MERGE] } },
    }),
    expect: { status: 200, contains: ['News'] },
    forbid: ['warnings', 'No merges'],
  },
  {
    name: 'a template that was encoded twice is read, and comes back as an object',
    request: posting(PATH, {
      rows: [fresh],
      template: JSON.stringify({ ...named(), page: JSON.stringify(named().page) }),
    }),
    expect: {
      status: 200,
      json: { template: { page: { rows: [{ metadata: { name: 'renamed' } }, {}, {}] } } },
    },
  },
  {
    name: 'another label identifies rows by another member',
    request: posting(PATH, {
      rows: [{ ...fresh, metadata: { name: 'my saved row B' } }],
      rowIdentifierLabel: 'name',
      template: named(),
    }),
    expect: { status: 200, contains: ['Hello from the first row', 'News'] },
    forbid: ['9d2e', 'warnings'],
  },
  {
    name: 'a label that every object knows identifies nothing',
    request: posting(PATH, { rows: [fresh], rowIdentifierLabel: 'constructor', template: named() }),
    expect: { status: 200, contains: ['Hello from the first row', 'identifier null'] },
  },
  {
    name: 'no rows, no change',
    request: posting(PATH, { rows: [], template: template() }),
    expect: { status: 200, body: JSON.stringify({ template: template() }) },
  },
  {
    name: 'unknown members stay as they are',
    request: posting(PATH, {
      rows: [fresh],
      webFonts: null,
      template: {
        page: { odd: [null, { deep: 1.5 }], rows: [null, 'x', { own: true }] },
        more: '€',
      },
    }),
    expect: {
      status: 200,
      json: {
        template: {
          page: { odd: [null, { deep: 1.5 }], rows: [null, 'x', { own: true }] },
          more: '€',
        },
      },
    },
  },
  {
    name: 'a row that is many times in a template does not make an answer without end',
    request: posting(PATH, {
      rows: [{ metadata: { guid: 'a' }, columns: [], fill: 'x'.repeat(100_000) }],
      template: {
        page: { rows: Array.from({ length: 1000 }, () => ({ metadata: { guid: 'a' } })) },
      },
    }),
    expect: { status: 413, json: { code: 4130 } },
  },
  {
    name: 'a member named __proto__ is refused',
    request: posting(
      PATH,
      `{"rows":[{"metadata":{"__proto__":{"guid":"a"}}}],"template":{"page":{}}}`,
    ),
    expect: { status: 400, json: { code: 4101 } },
  },
  refused(
    PATH,
    'a body without rows',
    { template: template() },
    "required key not provided @ data['rows']",
  ),
  refused(
    PATH,
    'rows that are no list',
    { rows: {}, template: template() },
    "expected a list @ data['rows']",
  ),
  refused(
    PATH,
    'a row that is none',
    { rows: [fresh, 1], template: template() },
    "expected a dictionary @ data['rows']['1']",
  ),
  refused(
    PATH,
    'a body without a template',
    { rows: [] },
    "required key not provided @ data['template']",
  ),
  refused(
    PATH,
    'a template without a page',
    { rows: [], template: {} },
    "required key not provided @ data['template']['page']",
  ),
  refused(
    PATH,
    'a page that is none',
    { rows: [], template: { page: [] } },
    "expected a dictionary @ data['template']['page']",
  ),
  refused(
    PATH,
    'a label that is no text',
    { rows: [], template: template(), rowIdentifierLabel: 1 },
    "expected str @ data['rowIdentifierLabel']",
  ),
  refused(
    PATH,
    'fonts that are no list',
    { rows: [], template: template(), webFonts: 'Arvo' },
    "expected a list @ data['webFonts']",
  ),
];

const synced = () => {
  const given = template();
  Object.assign(given.page.rows[0]!, { synced: true });
  Object.assign(given.page.rows[1]!, { synced: 1 });
  Object.assign(given.page.rows[2]!, { synced: false });
  return given;
};

const listing: Scenario<ContentDoor>[] = [
  ...['message', 'page'].map((collection): Scenario<ContentDoor> => ({
    name: `synced rows of a ${collection} are listed with their places`,
    request: posting(`/v1/${collection}/synced-rows`, {
      rowIdentifierLabel: 'guid',
      template: synced(),
      webFonts: [arvo],
    }),
    expect: {
      status: 200,
      body: JSON.stringify({
        syncedRows: [
          { rowIdentifier: '5c1f', rowIndex: 0 },
          { rowIdentifier: null, rowIndex: 1 },
        ],
      }),
    },
  })),
  {
    name: 'a template without rows gives an empty list',
    request: posting(SYNCED, { rowIdentifierLabel: 'guid', template: { page: {} } }),
    expect: { status: 200, body: '{"syncedRows":[]}' },
  },
  refused(
    SYNCED,
    'a body without a label',
    { template: template() },
    "required key not provided @ data['rowIdentifierLabel']",
  ),
  refused(
    SYNCED,
    'a label that is no text',
    { template: template(), rowIdentifierLabel: [] },
    "expected str @ data['rowIdentifierLabel']",
  ),
  refused(
    SYNCED,
    'a body without a template',
    { rowIdentifierLabel: 'guid' },
    "required key not provided @ data['template']",
  ),
  refused(
    SYNCED,
    'a template that is none',
    { rowIdentifierLabel: 'guid', template: [] },
    "expected a dictionary @ data['template']",
  ),
];

onBothEngines('saved rows', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor(engine);
  });
  afterAll(() => door.close());

  describe('merging', () => {
    runScenarios(
      merging,
      () => door.app.url,
      () => door,
    );
  });
  describe('listing', () => {
    runScenarios(
      listing,
      () => door.app.url,
      () => door,
    );
  });
});
