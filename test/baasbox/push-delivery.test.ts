// What survives when a delivery is interrupted: nobody gets a message twice who certainly has it, nobody is left out.
import { afterEach, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { SERVICE_ACCOUNT, startGoogle, type GoogleProvider } from '../support/push-providers.ts';
import { startServer, type TestServer } from './server.ts';

onBothEngines('delivery', (engine) => {
  let server: TestServer | undefined;
  let google: GoogleProvider | undefined;
  afterEach(async () => {
    await server?.close();
    await google?.close();
  });

  it('goes on where a stopped server left off, through several batches', async () => {
    google = await startGoogle();
    const { url } = google;
    server = await startServer(engine, {
      push: {
        timeoutMs: 5000,
        appleUrl: url,
        appleSandboxUrl: url,
        googleUrl: url,
        googleTokenUrl: url,
      },
    });
    const { platform, admin } = server;
    for (const [key, value] of [
      ['profile1.sandbox.android.api.key', SERVICE_ACCOUNT],
      ['profile1.push.profile.enable', 'true'],
    ] as const) {
      const set = await admin.send('PUT', `/admin/configuration/Push/${key}`, { value });
      expect(set.status).toBe(200);
    }
    // Six hundred devices: two batches.
    const names = await Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        const user = await server?.user(`user-${index}`);
        for (let device = 0; device < 100; device++) {
          await user?.send('PUT', `/push/enable/android/${index}-${device}`);
        }
        return `user-${index}`;
      }),
    );
    const message = { message: 'Tea', users: names };
    expect((await admin.send('POST', '/push/message', message)).status).toBe(200);

    // The server stops after the first answers have come.
    const { jobs } = platform;
    const gate = Promise.withResolvers<void>();
    const halfway = Promise.withResolvers<void>();
    let answers = 0;
    google.onMessage = () => {
      if (++answers === 150) halfway.resolve();
      return answers > 150 ? gate.promise : undefined;
    };
    await jobs.tick();
    await halfway.promise;
    const stopped = jobs.stop({ drainMs: 0, abortMs: 2000 });
    await stopped;
    gate.resolve();
    google.onMessage = undefined;

    // Another one takes over.
    const sentBefore = google.received.length;
    expect(sentBefore).toBeLessThan(600);
    while ((await jobs.tick()) > 0) await jobs.idle();
    const counts = new Map<string, number>();
    for (const { token } of google.received) counts.set(token, (counts.get(token) ?? 0) + 1);
    expect(counts.size).toBe(600);
    // Only those that were under way at that moment, 20 a batch, may have got it again.
    const twice = [...counts.values()].filter((count) => count > 1).length;
    expect(twice).toBeLessThanOrEqual(40);
    expect(Math.max(...counts.values())).toBe(2);
    const left = await admin.send('GET', '/admin/push/deliveries');
    expect(left.json()).toMatchObject({ data: [] });
    expect(server.unexpected).toEqual([]);
  });
});
