// HTML to template JSON over HTTP (Beefree spec 3.13).
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

const PATH = '/v1/conversion/html-to-json';
const EMAIL =
  '<!DOCTYPE html><html lang="en"><head><title>Spring</title></head><body><table width="600"><tr><td><h1>Grüße</h1><p>Read <a href="https://a.test/{{id}}">more</a></p></td></tr></table></body></html>';

const posting =
  (body: string | Buffer, headers: Record<string, string> = {}, path = PATH) =>
  ({ key }: ContentDoor) => ({
    method: 'POST',
    path,
    body,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'text/html', ...headers },
  });

const page = {
  page: {
    template: { version: '2.0.0' },
    head: { meta: { subject: 'Spring', lang: 'en' } },
    body: { content: { computedStyle: { messageWidth: '600px' } } },
    rows: [{ columns: [{ 'grid-columns': 12 }] }],
  },
};
const done = {
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  json: page,
  contains: ['Grüße', 'https://a.test/{{id}}', 'mailup-bee-newsletter-modules-heading'],
};
const noHtml = {
  status: 400,
  json: {
    code: 2200,
    message: "required key not provided @ data['html']",
    error: 'BAD REQUEST',
  },
};

const POPUP =
  '<div class="acme-popup-container"><style>.acme-popup-container .acme-popup-row-content{max-width:420px}</style><div class="acme-popup-rows-container"><div class="acme-popup-row acme-popup-row-1"><div class="acme-popup-row-content"><div class="acme-popup-col acme-popup-col-1 acme-popup-col-w12"><div class="acme-popup-block acme-popup-block-1 acme-popup-form"><form action="https://f.test/{{id}}" method="post"><div class="acme-popup-form-row"><div class="acme-popup-field acme-popup-field-a"><label for="a">Your e-mail</label><input id="a" name="mail" type="email" required="required"></div></div></form></div></div></div></div></div></div>';

const scenarios: Scenario<ContentDoor>[] = [
  { name: 'HTML becomes a template', request: posting(EMAIL), expect: done },
  {
    name: 'a popup of the hosted service, whatever its prefix, becomes a template with its form',
    request: posting(POPUP),
    expect: {
      status: 200,
      json: { page: { body: { content: { computedStyle: { messageWidth: '420px' } } } } },
      contains: ['mailup-bee-newsletter-modules-form', 'https://f.test/{{id}}', 'Your e-mail'],
    },
  },
  {
    name: 'a slash at the end is tolerated, as the documentation prints it',
    request: posting(EMAIL, {}, `${PATH}/`),
    expect: done,
  },
  {
    name: 'the content type may say a charset, or anything',
    request: posting(EMAIL, { 'content-type': 'text/plain; charset=utf-8' }),
    expect: done,
  },
  {
    name: 'gzip is read',
    request: posting(gzipSync(EMAIL), { 'content-encoding': 'gzip' }),
    expect: done,
  },
  {
    name: 'bytes that are not UTF-8 are read as older e-mails were saved',
    request: posting(Buffer.from(EMAIL, 'latin1')),
    expect: done,
  },
  {
    name: 'HTML inside JSON is read too',
    request: posting(JSON.stringify({ html: EMAIL }), { 'content-type': 'application/json' }),
    expect: done,
  },
  {
    name: 'a merge tag in front is no JSON',
    request: posting(`{{header}}${EMAIL}`),
    expect: { status: 200, contains: ['{{header}}', 'Grüße'] },
  },
  {
    name: 'scripts and handlers stay behind',
    request: posting(
      '<p onclick="evil()">seen</p><script>evil()</script><a href="javascript:evil()">x</a>',
    ),
    expect: { status: 200, contains: ['seen'] },
    forbid: ['evil', 'onclick', '<script'],
  },
  { name: 'an empty body is refused', request: posting(' \n'), expect: noHtml },
  {
    name: 'a document that is too deep is refused',
    request: posting('<div>'.repeat(50_000)),
    expect: { status: 413, json: { code: 4130, message: 'Payload Too Large' } },
  },
  {
    name: 'a key is needed',
    request: { method: 'POST', path: PATH, body: EMAIL },
    expect: { status: 401, json: { code: 4001 } },
  },
  {
    name: 'only POST is served',
    request: ({ key }) => ({
      method: 'GET',
      path: PATH,
      headers: { authorization: `Bearer ${key}` },
    }),
    expect: { status: 405, headers: { allow: 'POST' }, json: { code: 4050 } },
  },
  {
    name: 'what it answers can be rendered, and what the renderer gives can be imported',
    request: async (door) => {
      const { text } = await door.post('/v1/message/html', template());
      return posting(text)(door);
    },
    expect: {
      status: 200,
      json: { page: { body: { content: { computedStyle: { messageWidth: '600px' } } } } },
      contains: ['Hello from the first row'],
    },
    after: async (response, door) => {
      const first = await door.post('/v1/message/html', template());
      const again = await door.post('/v1/message/html', response.json());
      expect(again.text).toBe(first.text);
    },
  },
];

onBothEngines('HTML import', (engine) => {
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
