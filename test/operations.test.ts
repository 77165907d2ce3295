// What operators and their tools ask of a running server.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from './support/app.ts';
import { onBothEngines } from './support/database.ts';

onBothEngines('operations', (engine) => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startTestApp(engine, {
      settings: { 'metrics-token': 'a longer metrics token' },
    });
  });
  afterAll(() => server.close());

  it('says that it lives and is ready', async () => {
    expect((await server.send({ path: '/healthz' })).json()).toEqual({ status: 'ok' });
    expect((await server.send({ path: '/readyz' })).json()).toEqual({
      status: 'ok',
      checks: { database: 'ok', disk: 'ok' },
    });
  });

  it('shows metrics to who has the token', async () => {
    expect((await server.send({ path: '/metrics' })).status).toBe(401);
    const headers = { authorization: 'Bearer a longer metrics token' };
    await server.send({ path: '/healthz' });
    const { status, text, headers: got } = await server.send({ path: '/metrics', headers });
    expect(status).toBe(200);
    expect(got['content-type']).toMatch(/^text\/plain; version=/);
    expect(text).toMatch(/http_requests_total\{[^}]*route="\/healthz"[^}]*\} [1-9]/);
    expect(text).toMatch(/process_resident_memory_bytes \d/);
  });

  it('publishes an OpenAPI document with a tag a door, and a page that loads nothing from elsewhere', async () => {
    const response = await server.send({ path: '/openapi.json' });
    const document = response.json<{ openapi: string; paths: object; tags: { name: string }[] }>();
    expect(document.openapi).toMatch(/^3\.1/);
    expect(document.tags.map((tag) => tag.name).sort()).toEqual([
      'baasbox',
      'beebole',
      'beebox',
      'beefree',
    ]);
    for (const known of ['/api', '/api/v2', '/api/connect', '/v1/message/html', '/login']) {
      expect(Object.keys(document.paths)).toContain(known);
    }
    const page = await server.send({ path: '/docs/' });
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });
});
