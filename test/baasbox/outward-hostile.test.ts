// Hostile text through the handles of resets, other networks and push messages: refused or kept as it is, never a failure.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { SERVICE_ACCOUNT } from '../support/push-providers.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

const TEXTS = [
  '\0',
  'a\0b',
  "' OR '1'='1",
  '"; DROP TABLE backend_users; --',
  '%00',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '\ud800',
  '😀'.repeat(60),
  'x'.repeat(300),
  '\r\nBcc: everyone@mail.test',
  '<script>alert(1)</script>',
];

onBothEngines('hostile text outward', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  beforeAll(async () => {
    server = await startServer(engine);
    mira = await server.user('mira');
    for (const [key, value] of [
      ['profile1.sandbox.android.api.key', SERVICE_ACCOUNT],
      ['profile1.push.profile.enable', 'true'],
    ]) {
      await server.admin.send('PUT', `/admin/configuration/Push/${key}`, { value });
    }
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const encode = (text: string) => encodeURIComponent(text.replaceAll('\ud800', '\ufffd'));
  const asApp = { 'X-BAASBOX-APPCODE': APP };

  describe.each(TEXTS.map((text) => [JSON.stringify(text).slice(0, 40), text]))('%s', (_, text) => {
    it('as a name or token of a reset', async () => {
      const name = await server.send({
        path: `/user/${encode(text)}/password/reset`,
        headers: asApp,
      });
      expect(name.status).toBe(400);
      for (const suffix of ['', '.json']) {
        const path = `/user/password/reset/${encode(text)}${suffix}`;
        const shown = await server.send({ path });
        expect(shown.status).toBe(400);
        expect(shown.text).not.toContain('<script>alert');
        const changed = await server.send({
          method: 'POST',
          path,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: `password=${encode(text)}&repeat-password=${encode(text)}`,
        });
        expect(changed.status).toBe(400);
      }
    });

    it('as a network, a token or a code', async () => {
      const network = await server.send({
        path: `/social/${encode(text)}`,
        headers: asApp,
        body: { oauth_token: text, oauth_secret: text },
      });
      expect(network.status).toBe(400);
      expect((await mira.send('DELETE', `/social/${encode(text)}`)).status).toBe(404);
      const callback = `/social/login/google/callback?appcode=${APP}`;
      for (const query of [
        `&code=${encode(text)}&state=${encode(text)}`,
        `&code=${encode(text)}`,
      ]) {
        expect((await server.send({ path: callback + query })).status).toBe(400);
      }
    });

    it('as a device, a user or a message', async () => {
      const path = `/push/enable/android/${encode(text)}`;
      const enabled = await mira.send('PUT', path);
      expect([200, 400]).toContain(enabled.status);
      expect((await mira.send('PUT', `/push/disable/${encode(text)}`)).status).toBe(200);
      const user = await mira.send('POST', '/push/message', { message: text, users: [text] });
      expect(user.status).toBe(404);
      const message = { message: text, users: ['mira'], custom: { [`k${text}`]: text } };
      expect((await mira.send('POST', '/push/message', message)).status).toBe(200);
      const again = `/admin/push/deliveries/${encode(text)}/retry`;
      expect((await server.admin.send('POST', again)).status).toBe(404);
    });
  });
});
