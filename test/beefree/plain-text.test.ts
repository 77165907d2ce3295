// Plain text over HTTP (Beefree spec 3.6).
import { afterAll, beforeAll } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

const PATH = '/v1/message/plain-text';

const posting =
  (path: string, body: unknown) =>
  ({ key }: ContentDoor) => ({
    method: 'POST',
    path,
    body,
    headers: { authorization: `Bearer ${key}` },
  });

const said = (name: string, body: unknown, text: string, path = PATH): Scenario<ContentDoor> => ({
  name,
  request: posting(path, body),
  expect: { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text },
});

const refused = (name: string, body: unknown, message: string): Scenario<ContentDoor> => ({
  name,
  request: posting(PATH, body),
  expect: {
    status: 400,
    headers: { 'content-type': /^application\/json/ },
    json: { code: 2200, message, error: 'BAD REQUEST' },
  },
});

/** A page with the modules, given as type and descriptor. */
const page = (...modules: [string, object][]) => ({
  rows: [
    {
      columns: [
        {
          'grid-columns': 12,
          modules: modules.map(([type, descriptor]) => ({
            type: `mailup-bee-newsletter-modules-${type}`,
            descriptor,
          })),
        },
      ],
    },
  ],
});

const letter = page(
  ['image', { image: { src: 'a.png', alt: 'Tea house', href: 'https://tea.test/' } }],
  ['divider', { divider: { style: { 'border-top': '1px dotted #CCC' } } }],
  [
    'paragraph',
    {
      paragraph: {
        html: '<p>Hi {{ name | default: "you" }} &#128578;</p><p><strong>New:</strong> <a href="https://tea.test/?a=1&amp;b=2">oolong</a></p>',
        translations: { 'it-IT': { html: '<p>Ciao</p>' } },
      },
    },
  ],
);

const LINE = '*****************************';

const scenarios: Scenario<ContentDoor>[] = [
  said('the text alone is the answer', template(), 'Hello from the first row'),
  said(
    'links, pictures, lines and bold have their marks; merge tags stay',
    { page: letter },
    `[Tea house](https://tea.test/)\n\n${LINE}\n\nHi {{ name | default: "you" }} 🙂\n\n**New:** [oolong](https://tea.test/?a=1&b=2)`,
  ),
  said('pages have words too', template(), 'Hello from the first row', '/v1/page/plain-text'),
  said(
    'versions and a slash at the end',
    template(),
    'Hello from the first row',
    '/Beta/message/plain-text/',
  ),
  said('a wrapped template', { json: template() }, 'Hello from the first row'),
  said(
    'a language',
    { page: letter, language: 'it-IT' },
    `[Tea house](https://tea.test/)\n\n${LINE}\n\nCiao`,
  ),
  said('an empty page', { page: {} }, ''),
  {
    name: 'nothing that looks like a tag, and no script, comes through',
    request: posting(PATH, {
      page: page(
        [
          'html',
          { html: { html: '<script>alert(1)</script><style>p{}</style><p onclick="x">Shown</p>' } },
        ],
        ['paragraph', { paragraph: { html: '<p>text<script>alert(2)</script></p>' } }],
        ['button', { button: { label: '<b>Go</b>', href: 'javascript:alert(3)' } }],
      ),
    }),
    expect: { status: 200, body: 'Shown\n\ntext\n\n**Go**' },
    forbid: ['alert', '<', 'onclick', 'javascript'],
  },
  {
    name: 'junk below the page is read as far as it goes',
    request: posting(PATH, {
      page: { body: 7, rows: [null, 'x', { columns: [{ modules: [{}, null, { type: 3 }] }] }] },
    }),
    expect: { status: 200, body: '' },
  },
  refused('no page', { rows: [] }, "required key not provided @ data['page']"),
  refused('a page that is none', { page: [] }, "required key not provided @ data['page']"),
  refused(
    'a language that is no text',
    { ...template(), language: 7 },
    "expected str @ data['language']",
  ),
  {
    name: 'a text that is too long',
    request: posting(PATH, {
      page: page(['paragraph', { paragraph: { html: 'x'.repeat(2_000_001) } }]),
    }),
    expect: { status: 400, json: { code: 2000 } },
  },
  {
    name: 'too many rows',
    request: posting(PATH, { page: { rows: Array.from({ length: 2001 }, () => ({})) } }),
    expect: { status: 413, json: { code: 4130 } },
  },
  {
    name: 'no key',
    request: { method: 'POST', path: PATH, body: template() },
    expect: { status: 401, json: { code: 4001 } },
  },
  {
    name: 'another method',
    request: ({ key }) => ({ path: PATH, headers: { authorization: `Bearer ${key}` } }),
    expect: { status: 405, headers: { allow: 'POST' } },
  },
];

onBothEngines('plain text', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor(engine);
  });
  afterAll(() => door.close());
  runScenarios(
    scenarios,
    () => door.app.url,
    () => door,
  );
});
