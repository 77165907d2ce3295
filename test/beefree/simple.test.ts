// Simple templates over HTTP, there and back (Beefree spec 3.10, 3.11, 6).
import { afterAll, beforeAll, expect } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

const TO_FULL = '/v1/conversion/simple-to-full-json';
const TO_SIMPLE = '/v1/conversion/full-to-simple-json';

const posting =
  (path: string, body: unknown) =>
  ({ key }: ContentDoor) => ({
    method: 'POST',
    path,
    body,
    headers: { authorization: `Bearer ${key}` },
  });

const MODULES = [
  { type: 'title', title: 'h2', text: 'Spring teas', size: 30, align: 'left' },
  { type: 'paragraph', text: 'Picked <b>by hand</b>\nfor {{name}}' },
  { type: 'list', text: 'Green\nBlack', tag: 'ol' },
  { type: 'button', text: 'Order', href: 'https://tea.example/order', 'border-radius': 8 },
  { type: 'divider', color: '#dddddd', height: 2, width: 80 },
  { type: 'image', src: 'https://tea.example/cup.png', alt: 'A cup' },
  {
    type: 'icons',
    icons: [
      { image: 'https://tea.example/leaf.png', textPosition: 'right', width: '24', height: '24' },
    ],
  },
  { type: 'menu', items: [{ text: 'Shop', link: { href: 'https://tea.example' } }] },
  { type: 'html', html: '<p>{{footer}}</p>' },
];
const simple = (modules: unknown[] = MODULES, more: object = {}) => ({
  template: {
    type: 'email',
    rows: [{ name: 'hero', columns: [{ weight: 12, modules }] }],
    settings: { width: 600, 'background-color': '#f4f4f4' },
    metadata: { lang: 'en', subject: 'Teas', preheader: 'Fresh' },
    ...more,
  },
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const RENDERED = [
  'Spring teas',
  'Picked <b>by hand</b><br>for {{name}}',
  '<li',
  'Green',
  'https://tea.example/order',
  'solid #ddd',
  'alt="A cup"',
  'https://tea.example/leaf.png',
  'Shop',
  '{{footer}}',
  '<title>Teas</title>',
];

const refused = (name: string, body: unknown, details: string): Scenario<ContentDoor> => ({
  name,
  request: posting(TO_FULL, body),
  expect: {
    status: 400,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    json: { code: 2000, message: 'Validation error', details },
  },
});

const scenarios: Scenario<ContentDoor>[] = [
  {
    name: 'a simple template becomes a document that can be loaded as it is',
    request: posting(TO_FULL, simple()),
    expect: {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      json: {
        page: {
          template: { name: 'template-base', type: 'basic', version: '2.0.0' },
          head: { meta: { subject: 'Teas', preheader: 'Fresh', lang: 'en' } },
          body: { content: { computedStyle: { messageWidth: '600px' } } },
          rows: [{ name: 'hero', type: 'one-column-empty', locked: false, synced: false }],
        },
        comments: {},
      },
    },
    forbid: ['undefined', '"template":{"type":"email"'],
    after: async (response, door) => {
      const document = response.json() as { page: { rows: { uuid: string }[] } };
      expect(Object.keys(document)).toEqual(['page', 'comments']);
      const ids = [...response.text.matchAll(/"(?:uu)?id":"([^"]*)"/g)].map(([, id]) => id);
      expect(ids).toHaveLength(1 + 1 + MODULES.length + 2);
      expect(ids.every((id) => UUID.test(id ?? ''))).toBe(true);
      expect(new Set(ids).size).toBe(ids.length);
      for (const collection of ['message', 'page', 'popup', 'amp']) {
        const html = await door.post(`/v1/${collection}/html`, document);
        expect(html.status).toBe(200);
        for (const part of RENDERED.slice(0, 6)) expect(html.text).toContain(part);
        expect(html.text).not.toContain('undefined');
      }
      const mail = await door.post('/v1/message/html', document);
      for (const part of RENDERED) expect(mail.text).toContain(part);
    },
  },
  {
    name: 'it comes back as it went, and stays so',
    request: async (door) => posting(TO_SIMPLE, (await door.post(TO_FULL, simple())).json())(door),
    expect: {
      status: 200,
      json: {
        template: {
          type: 'email',
          rows: [
            {
              name: 'hero',
              columns: [
                {
                  weight: 12,
                  modules: [
                    { type: 'title', title: 'h2', text: 'Spring teas', size: 30, align: 'left' },
                    { type: 'paragraph', text: 'Picked <b>by hand</b><br>for {{name}}' },
                    { type: 'list', tag: 'ol', text: '<ol><li>Green</li><li>Black</li></ol>' },
                    { type: 'button', text: 'Order', href: 'https://tea.example/order' },
                    { type: 'divider', color: '#dddddd', height: 2, width: 80 },
                    { type: 'image', src: 'https://tea.example/cup.png', alt: 'A cup' },
                    { type: 'icons', icons: [{ image: 'https://tea.example/leaf.png' }] },
                    { type: 'menu', items: [{ text: 'Shop' }] },
                    { type: 'html', html: '<p>{{footer}}</p>' },
                  ],
                },
              ],
            },
          ],
          settings: { width: 600, 'background-color': '#f4f4f4' },
          metadata: { lang: 'en', subject: 'Teas', preheader: 'Fresh' },
        },
      },
    },
    forbid: ['border', 'uuid', 'descriptor'],
    after: async (response, door) => {
      const full = await door.post(TO_FULL, response.json());
      const again = await door.post(TO_SIMPLE, full.json());
      expect(again.json()).toEqual(response.json());
    },
  },
  {
    name: 'pages are wide unless they say a width',
    request: posting(TO_FULL, simple([], { type: 'page', settings: {} })),
    expect: {
      status: 200,
      json: { page: { body: { content: { computedStyle: { messageWidth: '900px' } } } } },
    },
  },
  {
    name: 'what a template is for can be said',
    request: posting(TO_SIMPLE, { ...template(), type: 'popup' }),
    expect: { status: 200, json: { template: { type: 'popup' } } },
  },
  {
    name: 'a whole editor document is simplified, saved rows with their names',
    request: posting(TO_SIMPLE, template()),
    expect: {
      status: 200,
      json: {
        template: {
          type: 'email',
          rows: [
            {
              name: 'my saved row A',
              metadata: { guid: '5c1f' },
              columns: [
                { modules: [{ type: 'paragraph', text: 'Hello from the first row', size: 14 }] },
              ],
            },
            { name: 'Row 2' },
            { name: 'my saved row B' },
          ],
        },
      },
    },
    forbid: ['comments', 'thread'],
  },
  {
    name: 'a wrapped document is simplified too',
    request: posting(TO_SIMPLE, { template: template() }),
    expect: { status: 200, contains: ['Hello from the first row'] },
  },
  {
    name: 'a document under `page` is found',
    request: posting(TO_SIMPLE, { page: template() }),
    expect: { status: 200, contains: ['Hello from the first row'] },
  },
  refused('a missing template is named', {}, '/template: must be an object'),
  refused(
    'every violation has its line',
    simple(
      [
        { type: 'paragraph', size: '14px', colour: 'red' },
        { type: 'divider', height: 0 },
      ],
      {
        settings: { width: 300 },
      },
    ),
    [
      '/template/rows/0/columns/0/modules/0/size: must be a whole number between 1 and 9999 (it is "14px")',
      '/template/rows/0/columns/0/modules/0/colour: is not known here; known are type, text, html, size, bold, italic, underline, color, linkColor, letter-spacing, line-height, direction, align, padding-top, padding-right, padding-bottom, padding-left, locked, customFields',
      '/template/rows/0/columns/0/modules/1/height: must be a whole number between 1 and 30 (it is 0)',
      '/template/settings/width: must be a whole number between 320 and 1440 (it is 300)',
    ].join('\n'),
  ),
  refused(
    'a module that does not exist is told from those that do',
    simple([{ type: 'social' }]),
    '/template/rows/0/columns/0/modules/0/type: must be one of button, divider, heading, html, icons, image, list, menu, paragraph, title (it is "social")',
  ),
  {
    name: 'a document without a page cannot be simplified',
    request: posting(TO_SIMPLE, { rows: [] }),
    expect: {
      status: 400,
      json: { code: 2200, message: "required key not provided @ data['page']" },
    },
  },
  {
    name: 'hostile markup renders harmless',
    request: async (door) => {
      const modules = [
        { type: 'title', text: '<img src=x onerror=evil()><script>evil()</script>Hi' },
        { type: 'button', text: 'Go', href: 'javascript:evil()' },
        { type: 'divider', color: 'red;} body{background:url(javascript:evil())' },
      ];
      const full = await door.post(TO_FULL, simple(modules));
      return posting('/v1/message/html', full.json())(door);
    },
    expect: { status: 200, contains: ['Hi'] },
    forbid: ['evil', 'onerror', '<script'],
  },
  {
    name: 'a key is needed',
    request: { method: 'POST', path: TO_FULL, body: simple() },
    expect: { status: 401, json: { code: 4001 } },
  },
];

onBothEngines('simple templates', (engine) => {
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
