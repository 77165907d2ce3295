// The demo: the same logins whenever it is run, and no session lost by running it again.
import { expect, it } from 'vitest';
import { openRoom } from '../../test/beebox/room.ts';
import { makePlace, onBothEngines } from '../../test/support/database.ts';
import { seedTranslationDemo } from './demo.ts';

onBothEngines('the translation demo', (engine) => {
  it('can be made, used and made again', async () => {
    const place = await makePlace(engine);
    const room = await openRoom(place);
    try {
      const { id: tenant } = await room.tenant();
      const wanted = {
        tenant,
        login: 'demo-cms',
        password: 'one',
        adminLogin: 'demo-admin',
        adminPassword: 'two',
      };
      const demo = await seedTranslationDemo(room, room, wanted);
      expect(demo).toMatchObject({ login: 'demo-cms', password: 'one', sourceLocale: 'en' });
      expect(demo.targetLocales).toEqual(expect.arrayContaining(['fr', 'de']));
      const login = (project: string, login: string, password: string) =>
        room.logins.login(
          { project, login, password, waitMs: 0, client: '', version: '', address: '192.0.2.1' },
          new AbortController().signal,
        );
      const connector = await login(demo.project, demo.login, demo.password);
      const administrator = await login('', demo.adminLogin, demo.adminPassword);

      expect(await seedTranslationDemo(room, room, wanted)).toEqual(demo);
      expect(await room.sessions.enter(connector, undefined)).toBeDefined();
      expect(await room.sessions.enter(administrator, demo.project)).toBeDefined();
      expect(await room.projects.list(tenant)).toHaveLength(1);

      // Passwords that someone has changed are set again.
      const changed = { ...wanted, password: 'three', adminPassword: 'four' };
      expect(await seedTranslationDemo(room, room, changed)).toMatchObject({
        project: demo.project,
      });
      await expect(room.sessions.find(connector)).rejects.toMatchObject({ code: 'logged_out' });
      expect(await login(demo.project, 'demo-cms', 'three')).toBeDefined();
      expect(await login('', 'demo-admin', 'four')).toBeDefined();
    } finally {
      await room.close();
      await place.remove();
    }
  });
});
