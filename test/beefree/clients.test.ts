// What known clients send, and what they read of the answers (Beefree spec 7).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

const PAGE = '<!DOCTYPE html><html><body><h1>Hi</h1><p>Text</p></body></html>';
const brand = {
  button: {
    styles: {
      color: '#FBF9FF',
      fontFamily: 'Inter,sans-serif',
      backgroundColor: '#7747ff',
      borderTop: '0px solid transparent',
      borderRadius: '5px',
      lineHeight: '120%',
      maxWidth: '100%',
      paddingTop: '8px',
    },
    blockOptions: { paddingTop: '20px', align: 'left', hideContentOnMobile: true },
  },
};

onBothEngines('clients', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor(engine);
  });
  afterAll(() => door.close());

  it('the React demo posts the whole document, and takes what is not JSON for HTML and text', async () => {
    const html = await door.post('/v1/message/html', template());
    expect(html.status).toBe(200);
    expect(() => JSON.parse(html.text) as unknown).toThrow(SyntaxError);
    expect(html.text).toMatch(/^<!DOCTYPE html>/i);
    const text = await door.post('/v1/message/plain-text', template());
    expect(() => JSON.parse(text.text) as unknown).toThrow(SyntaxError);
    expect(text.text).toBe('Hello from the first row');
  });

  it('the playground wraps templates, and asks for brand styles with an empty html', async () => {
    const wrapped = { json: template() };
    expect((await door.post('/v1/message/html', wrapped)).text).toContain(
      'Hello from the first row',
    );
    expect((await door.post('/v1/message/plain-text', wrapped)).text).toBe(
      'Hello from the first row',
    );
    const styles = {
      general: {
        backgroundColor: '#FBF9FF',
        contentAreaWidth: '600px',
        defaultFont: 'Inter, sans-serif',
        color: '#26045d',
      },
    };
    const branded = await door.post('/v1/template/brand', {
      styles,
      template: template(),
      html: '',
    });
    expect(branded.json<{ json: object }>().json).toHaveProperty(
      'page.body.content.style.color',
      '#26045d',
    );
  });

  it('the importer demo posts HTML, then brands what came of it; 422 says that nothing changed', async () => {
    const imported = await door.app.send({
      method: 'POST',
      path: '/v1/conversion/html-to-json',
      headers: { authorization: `Bearer ${door.key}`, 'content-type': 'text/html' },
      body: PAGE.replace(
        '<p>',
        '<a href="https://x.test" style="background:#123456;color:#fff;padding:9px;display:inline-block">Go</a><p>',
      ),
    });
    const data = imported.json<{ page: object }>();
    expect(data.page).toBeTypeOf('object');
    const branded = await door.post('/v1/template/brand', { styles: brand, template: data });
    expect(branded.status).toBe(200);
    expect(JSON.stringify(branded.json<{ json: object }>().json)).toContain('#7747ff');
    const nothing = await door.post('/v1/template/brand', { styles: brand, template: template() });
    expect(nothing.status).toBe(422);
    expect(nothing.json<{ message: string }>().message).not.toBe('');
  });

  it('the simple-schema demo keeps the whole answer, and sends violations back to a model', async () => {
    const simple = {
      template: {
        type: 'email',
        rows: [
          { name: 'hero', columns: [{ weight: 12, modules: [{ type: 'title', text: 'Hello' }] }] },
        ],
      },
    };
    const full = (await door.post('/v1/conversion/simple-to-full-json', simple)).json<object>();
    expect(full).toHaveProperty('page.rows');
    expect(full).toHaveProperty('comments');
    const back = await door.post('/v1/conversion/full-to-simple-json', full);
    const again = await door.post('/v1/conversion/simple-to-full-json', back.json<object>());
    expect(again.status).toBe(200);
    expect((await door.post('/v1/message/plain-text', again.json<object>())).text).toBe('Hello');
    const wrong = await door.post('/v1/conversion/simple-to-full-json', {
      template: { rows: [{ name: 1 }] },
    });
    expect(wrong.status).toBe(400);
    expect(wrong.json<{ details: string }>().details).toContain('/template/rows/0');
  });

  it('the personalisation demo calls the importer backwards, by a name of its own', async () => {
    const html = await door.post('/v1/conversion/json-to-html', template());
    expect(html.status).toBe(200);
    expect(html.text).toBe((await door.post('/v1/message/html', template())).text);
  });

  describe('the vendor’s own Python client', () => {
    const parsed = (path: string, body: unknown, pair: string) =>
      door.app.send({
        method: 'POST',
        path,
        body,
        headers: {
          authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
          'x-bee-clientid': 'id',
          'x-bee-source': 'test',
        },
      });

    it('calls the parsers with Basic, and reads text that starts with a doctype', async () => {
      for (const pair of [`user:${door.key}`, `${door.key}:`]) {
        const email = await parsed('/v3/parser/email?b=1', template(), pair);
        expect(email.status).toBe(200);
        expect(email.text).toMatch(/^<!DOCTYPE html>/i);
        expect(email.text).toContain('Hello from the first row');
        expect(email.text.split('\n').length).toBeGreaterThan(20);
      }
      const page = await parsed('/v3/parser/pages', template().page, `:${door.key}`);
      expect(page.text).toMatch(/^<!DOCTYPE html>/i);
      expect(page.text).toContain('Hello from the first row');
      expect(page.text).not.toContain('nl-container');
    });

    it('gets the default page for what is no template', async () => {
      const page = await parsed('/v3/parser/pages', { bad: 'structure' }, `x:${door.key}`);
      expect(page.status).toBe(200);
      expect(page.text).toMatch(/^<!DOCTYPE html>/i);
    });

    it.each([
      ['x:wrong', 4010],
      [':', 4005],
      ['nothing', 4010],
    ])('is refused as %s', async (pair, code) => {
      const refused = await parsed('/v3/parser/email', template(), pair);
      expect(refused.status).toBe(401);
      expect(refused.json<{ code: number }>().code).toBe(code);
    });

    it('may not use Basic elsewhere', async () => {
      const refused = await parsed('/v1/message/html', template(), `user:${door.key}`);
      expect(refused.json<{ code: number }>().code).toBe(4005);
    });
  });
});
