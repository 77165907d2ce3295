// How often each key called this month, for the operator (Beefree spec 2.5).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listApiKeys } from '../../src/content/api-keys.ts';
import { onBothEngines } from '../support/database.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

onBothEngines('calls of a month', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor(engine, { settings: { 'beefree-requests-per-minute': '3' } });
  });
  afterAll(() => door.close());

  it('are counted by key, without those that were refused, and nothing is refused for them', async () => {
    const counted = async () => {
      const keys = await listApiKeys(door.app.platform, door.tenant);
      return keys.map(({ callsThisMonth }) => callsThisMonth).sort((a, b) => a - b);
    };
    await door.anotherKey();
    expect(await counted()).toEqual([0, 0]);
    const statuses: number[] = [];
    for (let call = 0; call < 5; call++) {
      statuses.push((await door.post('/v1/message/html', template())).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect((await door.post('/v1/message/html', template(), { headers: {} })).status).toBe(401);
    expect(await counted()).toEqual([0, 3]);
  });
});
