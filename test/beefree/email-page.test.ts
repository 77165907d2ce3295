// E-mail templates to pages and back over HTTP (Beefree spec 3.12).
import { afterAll, beforeAll } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, type ContentDoor } from './door.ts';

const posting =
  (path: string, body: unknown) =>
  ({ key }: ContentDoor) => ({
    method: 'POST',
    path: `/v1/conversion/${path}`,
    body,
    headers: { authorization: `Bearer ${key}` },
  });

const module = (kind: string, descriptor: object) => ({
  type: `mailup-bee-newsletter-modules-${kind}`,
  uuid: `m-${kind}`,
  descriptor,
});
const document = (width: string, modules: unknown[], row: object = {}) => ({
  page: {
    title: 'T',
    head: { meta: { subject: 'Subject', preheader: 'Before', title: 'Head' } },
    body: { content: { computedStyle: { messageWidth: width, linkColor: '#123456' } } },
    rows: [{ uuid: 'r', ...row, columns: [{ uuid: 'c', 'grid-columns': 12, modules }] }],
  },
  comments: { one: { content: 'Looks good', elementId: 'm-paragraph' } },
});

const paragraph = module('paragraph', {
  paragraph: {
    html: '<p><a href="{{url}}" target="_self">Hello</a></p>',
    translations: { 'it-IT': { html: '<p>Ciao</p>' } },
  },
});
const mail = document('500px', [module('carousel', { carousel: { slides: [] } }), paragraph]);
const html = '<div onclick="evil()">{{a}}<script>evil()</script></div>';
const page = document(
  '1200px',
  [
    module('form', { form: { structure: {} } }),
    paragraph,
    module('video', { video: { src: 'https://youtu.be/abcdef12345', mode: 'embedded' } }),
    module('html', { html: { html } }),
  ],
  {
    container: {
      style: { 'background-color': '#fff', 'background-video': 'https://a.test/v.mp4' },
    },
  },
);

const kept = { comments: { one: { content: 'Looks good' } } };

const scenarios: Scenario<ContentDoor>[] = [
  {
    name: 'an e-mail becomes a page',
    request: posting('email-to-page', { template: mail }),
    expect: {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      json: {
        ...kept,
        page: {
          title: 'T',
          head: { meta: { title: 'Head' } },
          body: { content: { computedStyle: { messageWidth: '900px', linkColor: '#123456' } } },
          rows: [{ uuid: 'r', columns: [{ uuid: 'c', modules: [paragraph] }] }],
        },
      },
    },
    forbid: ['carousel', 'Subject', 'Before', '"template"'],
  },
  {
    name: 'a page becomes an e-mail',
    request: posting('page-to-email', { template: page }),
    expect: {
      status: 200,
      json: {
        ...kept,
        page: {
          head: { meta: { subject: 'Subject' } },
          body: { content: { computedStyle: { messageWidth: '900px' } } },
          rows: [
            {
              container: { style: { 'background-color': '#fff' } },
              columns: [
                {
                  modules: [
                    paragraph,
                    { descriptor: { video: { mode: 'thumbnail' } } },
                    { descriptor: { html: { html: '<div>{{a}}</div>' } } },
                  ],
                },
              ],
            },
          ],
        },
      },
    },
    forbid: ['evil', '-form', 'v.mp4', 'embedded'],
  },
  ...[true, 1].map((disableHtmlSanitizer) => ({
    name: `the cleaning of html blocks can be switched off with ${disableHtmlSanitizer}`,
    request: posting('page-to-email', { template: page, disableHtmlSanitizer }),
    expect: { status: 200, contains: ['evil()'] },
    forbid: ['-form'],
  })),
  {
    name: 'a bare document is read too, and a slash at the end is tolerated',
    request: posting('email-to-page/', mail),
    expect: { status: 200, json: kept, contains: ['900px'] },
  },
  ...['email-to-page', 'page-to-email'].map((path) => ({
    name: `${path} needs a page`,
    request: posting(path, { template: {} }),
    expect: {
      status: 400,
      json: {
        code: 2200,
        message: "required key not provided @ data['page']",
        error: 'BAD REQUEST',
      },
    },
  })),
  {
    name: 'a key is needed',
    request: { method: 'POST', path: '/v1/conversion/page-to-email', body: { template: page } },
    expect: { status: 401, json: { code: 4001 } },
  },
];

onBothEngines('e-mails and pages', (engine) => {
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
