// Brand styles over HTTP (Beefree spec 3.9).
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

const TEMPLATE = '/v1/template/brand';
const ROW = '/v1/row/brand';

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
  name: `${path} refuses ${name}`,
  request: posting(path, body),
  expect: { status: 400, json: { code: 2200, message, error: 'BAD REQUEST' } },
});

const unchanged = (path: string, name: string, body: unknown): Scenario<ContentDoor> => ({
  name: `${path}: ${name} is nothing to change`,
  request: posting(path, body),
  expect: {
    status: 422,
    headers: { 'content-type': /^application\/json/ },
    body: JSON.stringify({
      message: 'No styles were applied',
      details: 'Nothing in it is of a kind that the styles are for',
    }),
  },
});

const styles = {
  general: { backgroundColor: '#FBF9FF', linkColor: '#7747ff' },
  paragraph: {
    styles: { color: '#a1b2c3', fontSize: '18px', linkColor: '#c3b2a1' },
    blockOptions: { paddingTop: '20px' },
    mobileStyles: { fontSize: '1px' },
  },
};

/** The template as the styles leave it. */
function styled() {
  const text = JSON.stringify(template())
    .replace('"color":"#123456","font-size":"14px"', '"color":"#a1b2c3","font-size":"18px"')
    .replace(
      '"computedStyle":{"linkColor":"#0068A5","paragraph',
      '"computedStyle":{"linkColor":"#c3b2a1","paragraph',
    )
    .replace('"padding-top":"10px"', '"padding-top":"20px"')
    .replace('"style":{"background-color":"#FFFFFF"}', '"style":{"background-color":"#FBF9FF"}')
    .replace('"linkColor":"#0068A5","messageWidth"', '"linkColor":"#7747ff","messageWidth"');
  return JSON.parse(text) as ReturnType<typeof template>;
}

const templates: Scenario<ContentDoor>[] = [
  {
    name: 'a template gets its styles, and is rendered',
    request: posting(TEMPLATE, { styles, template: template() }),
    expect: {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      contains: ['Hello from the first row'],
    },
    forbid: ['#123456', 'warnings'],
    after: (response) => {
      const answer = response.json<{ json: unknown; html: string }>();
      expect(Object.keys(answer).sort()).toEqual(['html', 'json']);
      expect(answer.json).toEqual(styled());
      expect(answer.html).toMatch(/^<!DOCTYPE html>/i);
      for (const part of ['#a1b2c3', '#FBF9FF', '18px', '20px'])
        expect(answer.html).toContain(part);
      expect(answer.html).not.toContain('#123456');
    },
  },
  {
    name: 'the HTML is left out on request',
    request: posting(TEMPLATE, { styles, template: template(), html: false }),
    expect: { status: 200, body: JSON.stringify({ json: styled() }) },
  },
  {
    name: 'styles with styles around them, as one client sends them',
    request: posting(TEMPLATE, { styles: { styles }, template: template(), html: '' }),
    expect: { status: 200, json: { json: styled() } },
  },
  {
    name: 'the template may be styled already',
    request: posting(TEMPLATE, { styles, template: styled() }),
    expect: { status: 200, json: { json: styled() } },
  },
  unchanged(TEMPLATE, 'no style', { styles: {}, template: template() }),
  unchanged(TEMPLATE, 'a style for what is not there', {
    styles: { button: { styles: { color: '#ffffff' } } },
    template: template(),
  }),
  unchanged(TEMPLATE, 'a class that nobody has', {
    styles: { paragraph: { className: 'x', styles: { color: '#ffffff' } } },
    template: template(),
  }),
  refused(
    TEMPLATE,
    'a body without styles',
    { template: template() },
    "required key not provided @ data['styles']",
  ),
  refused(
    TEMPLATE,
    'styles that are none',
    { styles: [], template: template() },
    "expected a dictionary @ data['styles']",
  ),
  refused(
    TEMPLATE,
    'a body without a template',
    { styles },
    "required key not provided @ data['template']",
  ),
  refused(
    TEMPLATE,
    'a template without a page',
    { styles, template: {} },
    "required key not provided @ data['template']['page']",
  ),
  refused(
    TEMPLATE,
    'a page that is none',
    { styles, template: { page: 1 } },
    "expected a dictionary @ data['template']['page']",
  ),
  refused(
    TEMPLATE,
    'a padding of 61 px, and names it',
    { styles: { button: [{}, { blockOptions: { paddingTop: '61px' } }] }, template: template() },
    "expected 0px to 60px @ data['styles']['button']['1']['blockOptions']['paddingTop']",
  ),
  refused(
    TEMPLATE,
    'a colour that is no colour',
    { styles: { general: { linkColor: 'url(javascript:alert(1))' } }, template: template() },
    "expected a colour such as #1a2b3c @ data['styles']['general']['linkColor']",
  ),
  {
    name: 'a label in thousands of buttons does not make an answer without end',
    request: posting(TEMPLATE, {
      styles: { button: { label: 'x'.repeat(10_000) } },
      template: {
        page: {
          rows: [
            {
              columns: [
                {
                  modules: Array.from({ length: 5000 }, () => ({
                    type: 'mailup-bee-newsletter-modules-button',
                  })),
                },
              ],
            },
          ],
        },
      },
    }),
    expect: { status: 413, json: { code: 4130 } },
  },
  {
    name: 'scripts in a label do not reach the HTML',
    request: posting(TEMPLATE, {
      styles: { button: { label: '<img src=x onerror=alert(1)><script>alert(2)</script>Go' } },
      template: {
        page: {
          rows: [{ columns: [{ modules: [{ type: 'mailup-bee-newsletter-modules-button' }] }] }],
        },
      },
    }),
    expect: { status: 200 },
    after: (response) => {
      const { html } = response.json<{ html: string }>();
      expect(html).toContain('Go');
      expect(html).not.toMatch(/onerror|<script|alert\(/);
    },
  },
  {
    name: 'names that every object knows style nothing',
    request: posting(TEMPLATE, {
      styles: { constructor: { styles: { color: '#ffffff' } }, paragraph: { toString: '#ffffff' } },
      template: template(),
    }),
    expect: { status: 422 },
  },
];

const row = () => template().page.rows[0]!;
const styledRow = () => styled().page.rows[0]!;

const rows: Scenario<ContentDoor>[] = [
  {
    name: 'a row gets its styles, without HTML',
    request: posting(ROW, { styles: { ...styles, unknown: 1 }, row: row() }),
    // The first background of the template is that of its body, so the row's stays.
    expect: { status: 200, body: JSON.stringify({ json: styledRow() }) },
    forbid: ['<!DOCTYPE'],
  },
  {
    name: 'the row may be called rows',
    request: posting(ROW, { styles, rows: row() }),
    expect: { status: 200, body: JSON.stringify({ json: styledRow() }) },
  },
  {
    name: 'several rows: those that nothing is for come back as they are',
    request: posting(ROW, { styles, rows: [row(), { columns: [], own: 1 }] }),
    expect: { status: 200, body: JSON.stringify({ json: [styledRow(), { columns: [], own: 1 }] }) },
  },
  unchanged(ROW, 'a style of the page', {
    styles: { general: { linkColor: '#ffffff' } },
    row: row(),
  }),
  unchanged(ROW, 'no row', { styles, rows: [] }),
  refused(ROW, 'a body without a row', { styles }, "required key not provided @ data['row']"),
  refused(ROW, 'a row that is none', { styles, row: [] }, "expected a dictionary @ data['row']"),
  refused(
    ROW,
    'one of several that is none',
    { styles, rows: [row(), 'x'] },
    "expected a dictionary @ data['rows']['1']",
  ),
  refused(
    ROW,
    'a wrong value',
    { styles: { row: { contentStyles: { paddingTop: '1em' } } }, row: row() },
    "expected 0px to 60px @ data['styles']['row']['contentStyles']['paddingTop']",
  ),
];

onBothEngines('brand styles', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor(engine);
  });
  afterAll(() => door.close());

  describe('of templates', () => {
    runScenarios(
      templates,
      () => door.app.url,
      () => door,
    );
  });
  describe('of rows', () => {
    runScenarios(
      rows,
      () => door.app.url,
      () => door,
    );
  });
});
