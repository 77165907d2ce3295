// The content door with one tenant and one key, for end-to-end tests.
import { createApiKey, revokeApiKey } from '../../src/content/api-keys.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../support/app.ts';
import type { Engine } from '../support/database.ts';
import type { TestRequest, TestResponse } from '../support/http.ts';

export interface ContentDoor {
  app: TestApp;
  tenant: string;
  key: string;
  /** Makes another key; `revoke` ends it. */
  anotherKey(): Promise<{ key: string; revoke: () => Promise<boolean> }>;
  /** Posts JSON with the key. */
  post(path: string, body: unknown, more?: Partial<TestRequest>): Promise<TestResponse>;
  close(): Promise<void>;
}

export async function openDoor(engine: Engine, options: TestAppOptions = {}): Promise<ContentDoor> {
  const app = await startTestApp(engine, options);
  const { platform } = app;
  const { id: tenant } = await platform.db.write((trx) =>
    platform.tenants.create(trx, { name: 'Studio' }),
  );
  const newKey = () => createApiKey(platform, { tenant, label: 'test' });
  const { token: key } = await newKey();
  return {
    app,
    tenant,
    key,
    async anotherKey() {
      const { id, token } = await newKey();
      return { key: token, revoke: () => revokeApiKey(platform, tenant, id) };
    },
    post: (path, body, more = {}) =>
      app.send({
        method: 'POST',
        path,
        body,
        headers: { authorization: `Bearer ${key}` },
        ...more,
      }),
    close: () => app.close(),
  };
}

/** A small template with a bit of everything that the requests look for. */
export function template() {
  return {
    page: {
      title: 'Spring letter',
      description: '',
      template: { name: 'template-base', type: 'basic', version: '2.0.0' },
      body: {
        type: 'mailup-bee-page-properties',
        container: { style: { 'background-color': '#FFFFFF' } },
        content: {
          style: { 'font-family': 'Arial, sans-serif', color: '#000000' },
          computedStyle: {
            linkColor: '#0068A5',
            messageWidth: '600px',
            messageBackgroundColor: 'transparent',
          },
        },
        webFonts: [],
      },
      rows: [
        {
          type: 'one-column-empty',
          metadata: { name: 'my saved row A', guid: '5c1f', id: '' },
          container: { style: { 'background-color': '#FFFFFF' } },
          content: {
            style: { 'background-color': 'transparent', color: '#333333', width: '600px' },
          },
          columns: [
            {
              'grid-columns': 12,
              style: { 'background-color': 'transparent' },
              modules: [
                {
                  type: 'mailup-bee-newsletter-modules-paragraph',
                  descriptor: {
                    paragraph: {
                      html: '<p>Hello from the first row</p>',
                      style: {
                        color: '#123456',
                        'font-size': '14px',
                        'line-height': '120%',
                        'text-align': 'left',
                      },
                      computedStyle: { linkColor: '#0068A5', paragraphSpacing: '16px' },
                    },
                    style: {
                      'padding-top': '10px',
                      'padding-right': '10px',
                      'padding-bottom': '10px',
                      'padding-left': '10px',
                    },
                  },
                },
              ],
            },
          ],
        },
        { type: 'one-column-empty', columns: [{ 'grid-columns': 12, modules: [] }] },
        {
          type: 'one-column-empty',
          metadata: { name: 'my saved row B', guid: '9d2e' },
          columns: [{ 'grid-columns': 12, modules: [] }],
        },
      ],
    },
    comments: { thread: [1] },
  };
}
