// Projects and their settings, on both engines.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openRoom, type Room } from '../../test/beebox/room.ts';
import { makePlace, onBothEngines, type Place } from '../../test/support/database.ts';
import type { Tenant } from '../platform/tenants/tenants.ts';
import type { NewProject, ProjectChange } from './projects.ts';

onBothEngines('projects', (engine) => {
  let place: Place;
  let room: Room;
  let tenant: Tenant;

  beforeAll(async () => {
    place = await makePlace(engine);
    room = await openRoom(place);
  });

  beforeEach(async () => {
    tenant = await room.tenant();
  });

  afterAll(async () => {
    await room.close();
    await place.remove();
  });

  const update = (key: string, change: ProjectChange) =>
    room.db.write((trx) => room.projects.update(trx, tenant.id, key, change));

  it('come back as they were made, with defaults', async () => {
    const made = await room.project(tenant, {
      name: 'Shop',
      description: 'Texts of the shop',
      sourceLocale: 'en-GB',
      targetLocales: ['fr', 'pt_BR'],
      extensions: ['.xml'],
      settings: { workflow: 'pseudo' },
    });
    expect(made.key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(await room.projects.get(tenant.id, made.key.toUpperCase())).toEqual(made);
    expect(await room.projects.find(made.key.toUpperCase())).toEqual(made);
    expect(made).toMatchObject({
      kind: 'files',
      targetLocales: ['fr', 'pt_BR'],
      settings: {
        workflow: 'pseudo',
        approve100: true,
        automation: { quietSeconds: 20, holdWhileConnected: false },
        jobs: { reference: 'Job {id} - {lcode}' },
      },
    });
  });

  it('belong to one tenant', async () => {
    const made = await room.project(tenant);
    const other = await room.tenant('Other');
    const missing = { kind: 'not_found', code: 'project_not_found' };
    await expect(room.projects.get(other.id, made.key)).rejects.toMatchObject(missing);
    await expect(room.projects.find('nonsense')).rejects.toMatchObject(missing);
    expect(await room.projects.list(other.id)).toEqual([]);
    expect(await room.projects.list(tenant.id)).toEqual([made]);
  });

  it('change what is given and keep the rest', async () => {
    const made = await room.project(tenant, { settings: { approve100: false } });
    const changed = await update(made.key, {
      name: 'Blog',
      targetLocales: ['de'],
      settings: { matchContext: true },
    });
    expect(changed).toEqual({
      ...made,
      name: 'Blog',
      targetLocales: ['de'],
      settings: { ...made.settings, matchContext: true },
      updatedAt: made.updatedAt + 1,
    });
    expect(await room.projects.find(made.key)).toEqual(changed);
  });

  it('do not lose a change when two people change them at once', async () => {
    const { key } = await room.project(tenant);
    const outcomes = await Promise.allSettled([
      update(key, { name: 'One' }),
      update(key, { description: 'Two' }),
    ]);
    const final = await room.projects.find(key);
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') {
        expect(outcome.reason).toMatchObject({ code: 'project_changed' });
      } else expect(at === 0 ? final.name : final.description).toBe(at === 0 ? 'One' : 'Two');
    }
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  });

  it.each([
    [{ name: ' ' }, 'project_name'],
    [{ name: 'x'.repeat(201) }, 'project_name'],
    [{ description: 'x'.repeat(2001) }, 'project_name'],
    [{ sourceLocale: 'english' }, 'locale_code'],
    [{ targetLocales: ['fr', 'FR'] }, 'project_locales'],
    [{ targetLocales: ['EN'] }, 'project_locales'],
    [{ extensions: ['xml'] }, 'project_extensions'],
    [{ extensions: ['.XML'] }, 'project_extensions'],
    [{ settings: { deliveryCallbackUrl: 'javascript:alert(1)' } }, 'project_settings'],
    [{ settings: { unknown: true } }, 'project_settings'],
  ])('refuse %j', async (more, code) => {
    await expect(room.project(tenant, more as Partial<NewProject>)).rejects.toMatchObject({
      kind: 'invalid',
      code,
    });
    expect(await room.projects.list(tenant.id)).toEqual([]);
  });
});
