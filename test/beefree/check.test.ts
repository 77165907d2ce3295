// Checks over HTTP: what each collection can be asked, the shape of the answer, refusals (Beefree spec 3.14).
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

const posting =
  (path: string, body: unknown) =>
  ({ key }: ContentDoor) => ({
    method: 'POST',
    path,
    body,
    headers: { authorization: `Bearer ${key}` },
  });

const button = (href: string) => ({
  type: 'mailup-bee-newsletter-modules-button',
  uuid: '8c2f',
  descriptor: {
    button: { label: '<p>Show <b>all</b></p>', href, translations: { 'it-IT': { href: '' } } },
  },
});
const image = (src: string) => ({
  type: 'mailup-bee-newsletter-modules-image',
  uuid: '51d0',
  descriptor: { image: { src, alt: '', href: 'https://example.test' } },
});
const row = (...modules: object[]) => ({ columns: [{ 'grid-columns': 12, modules }] });
const design = (...modules: object[]) => ({
  page: { ...template().page, rows: [row(...modules)] },
});
const ask = (...categories: string[]) => categories.map((category) => ({ category }));
const withButton = design(button(''));

const accepted = (
  name: string,
  path: string,
  body: unknown,
  json: unknown,
  contains: string[] = [],
): Scenario<ContentDoor> => ({
  name,
  request: posting(path, body),
  expect: {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-rate-limit': undefined },
    json,
    contains,
  },
  forbid: ['undefined', '[object Object]', '<html'],
});

const MESSAGE = '/v1/message/check';
const ALL = ask(
  'missingAltText',
  'missingCopyLink',
  'missingImageLink',
  'overageImageWeight',
  'overageHtmlWeight',
  'missingDetailsEmail',
  'missingHeadings',
  'overageHeadings',
  'missingMainLanguage',
  'insufficientColorContrast',
  'insufficientFontSize',
  'unreachableWebLink',
);

const answers: Scenario<ContentDoor>[] = [
  {
    name: 'the whole answer for an e-mail',
    request: posting(MESSAGE, { checks: ask('missingCopyLink'), template: withButton }),
    expect: {
      status: 200,
      body: JSON.stringify([
        {
          language: 'default',
          checks: [
            {
              type: 'missingCopyLink',
              targetsCount: 1,
              checkStatus: 'warning',
              targets: [
                {
                  uuid: '8c2f',
                  widgetType: 'button',
                  widgetLabel: 'Show all',
                  locked: false,
                  synced: false,
                },
              ],
            },
          ],
          checksFailedCount: 1,
          checksWarningCount: 1,
          checksSuggestionCount: 0,
          status: 'warning',
          dateTime: '2026-03-02T10:00:00.000Z',
        },
      ]),
    },
  },
  accepted(
    'every check of an e-mail, in the order of the request',
    MESSAGE,
    { checks: ALL, template: withButton },
    [{ checks: ALL.map(({ category }) => ({ type: category })), status: 'warning' }],
  ),
  accepted(
    'the weight of the HTML',
    MESSAGE,
    {
      checks: [{ category: 'overageHtmlWeight', limit: 1, beautified: false }],
      template: withButton,
    },
    [
      {
        checks: [
          { limit: 1, processed: true, displayConditions: false, targets: [{ beautified: false }] },
        ],
      },
    ],
  ),
  accepted(
    'pictures are not asked for without leave',
    MESSAGE,
    {
      checks: [{ category: 'overageImageWeight', limit: 500 }],
      template: design(image('https://img.example.test/a.png')),
    },
    [
      {
        checks: [{ checkStatus: 'passed', limit: 500, evaluated: 0, errored: 1, targets: [] }],
        status: 'passed',
      },
    ],
  ),
  accepted(
    'languages have reports of their own',
    MESSAGE,
    {
      checks: ask('missingCopyLink', 'missingHeadings'),
      template: design(button('https://example.test')),
      languages: ['it-IT'],
    },
    [
      { language: 'default', checks: [{ targetsCount: 0 }, { type: 'missingHeadings' }] },
      {
        language: 'it-IT',
        checks: [{ type: 'missingCopyLink', targetsCount: 1 }],
        checksFailedCount: 1,
      },
    ],
  ),
  accepted(
    'a page',
    '/v1/page/check',
    { checks: ask('missingDetailsPage', 'overageImageWeight'), template: withButton },
    [
      {
        checks: [{ targets: [{ detailType: 'description' }] }, { limit: 700 }],
        status: 'suggestion',
      },
    ],
  ),
  accepted(
    'a row',
    '/v1/row/check',
    { checks: ask('missingCopyLink', 'insufficientColorContrast'), row: row(button('')) },
    [{ checks: [{ targetsCount: 1 }, { type: 'insufficientColorContrast' }] }],
  ),
  accepted('nothing to check', MESSAGE, { checks: [], template: withButton }, [
    { checks: [], status: 'passed' },
  ]),
  accepted(
    'the beta version',
    '/beta/Message/check'.replace('Message', 'message'),
    { checks: [], template: withButton },
    [{ status: 'passed' }],
  ),
];

const refused = (
  name: string,
  path: string,
  body: unknown,
  code: number,
  message: string | RegExp,
): Scenario<ContentDoor> => ({
  name,
  request: posting(path, body),
  expect: {
    status: 400,
    headers: { 'content-type': /^application\/json/ },
    json: { code },
    contains: [message],
  },
  forbid: ['"checks":['],
});

const refusals: Scenario<ContentDoor>[] = [
  refused(
    'no checks',
    MESSAGE,
    { template: withButton },
    2200,
    "required key not provided @ data['checks']",
  ),
  refused(
    'checks that are no list',
    MESSAGE,
    { checks: {}, template: withButton },
    2200,
    "expected a list @ data['checks']",
  ),
  refused(
    'a check that is a text',
    MESSAGE,
    { checks: ['missingAltText'], template: withButton },
    2200,
    "data['checks']['0']",
  ),
  refused(
    'a check without a category',
    MESSAGE,
    { checks: [{}], template: withButton },
    2200,
    "data['checks']['0']['category']",
  ),
  refused(
    'an unknown category',
    MESSAGE,
    { checks: ask('missingEverything'), template: withButton },
    2000,
    'missingEverything',
  ),
  refused(
    'details of pages, of an e-mail',
    MESSAGE,
    { checks: ask('missingDetailsPage'), template: withButton },
    2000,
    'missingDetailsPage',
  ),
  refused(
    'the weight of the HTML of a page',
    '/v1/page/check',
    { checks: ask('overageHtmlWeight'), template: withButton },
    2000,
    'overageHtmlWeight',
  ),
  refused(
    'headings of a row',
    '/v1/row/check',
    { checks: ask('missingHeadings'), row: row() },
    2000,
    'missingHeadings',
  ),
  refused(
    'no template',
    MESSAGE,
    { checks: [] },
    2200,
    "required key not provided @ data['template']",
  ),
  refused(
    'a template without a page',
    MESSAGE,
    { checks: [], template: {} },
    2200,
    "data['template']['page']",
  ),
  refused(
    'no row',
    '/v1/row/check',
    { checks: [], template: withButton },
    2200,
    "required key not provided @ data['row']",
  ),
  refused(
    'a limit that is no number',
    MESSAGE,
    { checks: [{ category: 'overageHtmlWeight', limit: 'many' }], template: withButton },
    2200,
    "['limit']",
  ),
  refused(
    'a limit below 0',
    MESSAGE,
    { checks: [{ category: 'overageHtmlWeight', limit: -1 }], template: withButton },
    2200,
    "['limit']",
  ),
  refused(
    'beautified as a text',
    MESSAGE,
    { checks: [{ category: 'overageHtmlWeight', beautified: 'yes' }], template: withButton },
    2200,
    'expected bool',
  ),
  refused(
    'a language that is none',
    MESSAGE,
    { checks: [], template: withButton, languages: ['../x'] },
    2200,
    "data['languages']['0']",
  ),
  refused(
    'too many checks',
    MESSAGE,
    {
      checks: Array.from({ length: 51 }, () => ({ category: 'missingAltText' })),
      template: withButton,
    },
    2200,
    'at most 50 entries',
  ),
  {
    name: 'popups have no checks',
    request: posting('/v1/popup/check', { checks: [] }),
    expect: { status: 404, json: { code: 4040 } },
  },
];

onBothEngines('checks', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor(engine, {
      settings: { 'beefree-requests-per-minute': '0', 'beefree-requests-per-second': '0' },
    });
  });
  afterAll(() => door.close());

  describe('answer', () => {
    runScenarios(
      answers,
      () => door.app.url,
      () => door,
    );
  });
  describe('refuse', () => {
    runScenarios(
      refusals,
      () => door.app.url,
      () => door,
    );
  });
});

onBothEngines('checks that may ask the web', (engine) => {
  let site: Server;
  let host: string;
  let door: ContentDoor;
  const asked: string[] = [];
  beforeAll(async () => {
    site = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url === '/moved') response.writeHead(302, { location: '/heavy.png' }).end();
      else if (request.url === '/gone') response.writeHead(404).end();
      else if (request.url === '/silent.png') response.writeHead(200).end();
      else
        response.writeHead(200, { 'content-length': '2048000', 'content-encoding': 'gzip' }).end();
    });
    await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
    host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
    door = await openDoor(engine, {
      settings: { 'render-network': 'public', 'beefree-trusted-hosts': host },
    });
  });
  afterAll(async () => {
    await door.close();
    site.closeAllConnections();
    await new Promise((done) => site.close(done));
  });

  it('weigh pictures by what their sites announce', async () => {
    const urls = ['heavy.png', 'moved', 'silent.png', 'gone'].map(
      (path) => `http://${host}/${path}`,
    );
    const body = {
      checks: ask('overageImageWeight'),
      template: design(...urls.map(image), image('http://127.0.0.1:1/x.png')),
    };
    const [report] = (await door.post(MESSAGE, body)).json() as { checks: object[] }[];
    expect(report!.checks[0]).toMatchObject({
      evaluated: 2,
      errored: 3,
      targets: [{ weight: 2000 }, { weight: 2000 }],
    });
    expect(new Set(asked.map((line) => line.split(' ')[0]))).toEqual(new Set(['HEAD']));
  });

  it('follow links, but never to private addresses', async () => {
    const urls = [
      `http://${host}/moved`,
      `http://${host}/gone`,
      'http://169.254.169.254/latest',
      `http://${host}/x.png`,
    ];
    const body = { checks: ask('unreachableWebLink'), template: design(...urls.map(button)) };
    const [report] = (await door.post(MESSAGE, body)).json() as { checks: object[] }[];
    expect(report!.checks[0]).toMatchObject({
      targets: [{ checkedElement: urls[1] }, { checkedElement: urls[2] }],
      passed: [{ checkedElement: urls[3] }],
      redirected: [{ checkedElement: urls[0] }],
      ignored: [],
    });
  });
});
