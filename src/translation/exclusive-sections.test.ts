// Exclusive sections, within one process and across two, on both engines.
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openRoom, type Room } from '../../test/beebox/room.ts';
import { makePlace, onBothEngines, type Place } from '../../test/support/database.ts';
import type { ProjectRef } from './exclusive-sections.ts';
import type { TranslationTables } from './tables.ts';

const never = new AbortController().signal;

onBothEngines('exclusive sections', (engine) => {
  let place: Place;
  let here: Room;
  let there: Room;

  let ref: ProjectRef;
  let count = 0;

  beforeAll(async () => {
    place = await makePlace(engine);
    here = await openRoom(place);
    there = await openRoom(place, { time: here.time });
  });

  beforeEach(() => {
    ref = { tenant: 'tenant', project: `project ${count++}` };
  });

  afterAll(async () => {
    await here.close();
    await there.close();
    await place.remove();
  });

  /** Runs a section that lasts until the test ends it. */
  function hold(room: Room) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const started = Promise.withResolvers<AbortSignal>();
    const ended = room.sections.run(ref, 'scan', async (section) => {
      started.resolve(section.lost);
      await promise;
    });
    ended.catch((error: unknown) => started.reject(error));
    return { started: started.promise, release: resolve, ended };
  }

  it('runs one at a time a project, whichever process asks', async () => {
    const held = hold(here);
    await held.started;
    for (const room of [here, there]) {
      await expect(room.sections.run(ref, 'build', async () => 1)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'project_busy',
      });
      expect(await room.sections.isRunning(ref)).toBe(true);
      expect(await room.sections.isRunning({ ...ref, project: 'other' })).toBe(false);
      expect(await room.sections.run({ ...ref, project: 'other' }, 'build', async () => 2)).toBe(2);
    }
    held.release();
    await held.ended;
    expect(await there.sections.isRunning(ref)).toBe(false);
    expect(await there.sections.run(ref, 'build', async () => 3)).toBe(3);
  });

  it('lets one of many who start together win', async () => {
    const ended = Promise.withResolvers<void>();
    const tries = Array.from({ length: 10 }, (_, n) =>
      (n % 2 ? here : there).sections.run(ref, 'scan', () => ended.promise),
    );
    // Nine are refused at once; the winner goes on until it is told to end.
    let refused = 0;
    for (const attempt of tries) attempt.catch(() => (refused += 1));
    await expect.poll(() => refused, { interval: 5 }).toBe(9);
    ended.resolve();
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toMatchObject({ code: 'project_busy' });
    }
  });

  it('ends with the work, also when it fails', async () => {
    const failing = here.sections.run(ref, 'scan', () => Promise.reject(new Error('broken file')));
    await expect(failing).rejects.toThrow('broken file');
    expect(await there.sections.isRunning(ref)).toBe(false);
  });

  it('is renewed for as long as the work goes on', async () => {
    const held = hold(here);
    const lost = await held.started;
    for (let beat = 0; beat < 6; beat++) {
      await here.time.untilSleeping(1);
      here.time.advance(10_000);
    }
    await here.time.untilSleeping(1);
    expect(await there.sections.isRunning(ref)).toBe(true);
    expect(lost.aborted).toBe(false);
    held.release();
    await held.ended;
  });

  it('passes to another process when its holder stood still, and the first one learns of it', async () => {
    const asleep = Promise.withResolvers<void>();
    const outcome = here.sections.run(ref, 'scan', async (section) => {
      await asleep.promise;
      await here.db.write((trx) => section.confirm(trx));
    });
    outcome.catch(() => undefined);
    await here.time.untilSleeping(1);
    // The lease runs out before anyone could renew it.
    await here.db.write<TranslationTables, unknown>((trx) =>
      trx.updateTable('tr_exclusive_sections').set({ expires_at: here.time.now() }).execute(),
    );
    await there.sections.run(ref, 'scan', async (section) => {
      await there.db.write((trx) => section.confirm(trx));
      asleep.resolve();
      await expect(outcome).rejects.toMatchObject({ code: 'section_lost' });
      expect(await here.sections.isRunning(ref)).toBe(true);
    });
    expect(await here.sections.isRunning(ref)).toBe(false);
  });

  it('wakes those who wait in the same process at once', async () => {
    const held = hold(here);
    await held.started;
    const waits = Array.from({ length: 50 }, () => here.sections.waitUntilFree(ref, 10_000, never));
    await here.time.untilSleeping(52);
    held.release();
    expect(await Promise.all(waits)).toEqual(waits.map(() => true));
    expect(here.time.sleeping).toBe(0);
  });

  it('wakes those who wait in another process soon, with one look for all', async () => {
    const held = hold(here);
    await held.started;
    const waits = Promise.all(
      Array.from({ length: 50 }, () => there.sections.waitUntilFree(ref, 60_000, never)),
    );
    await here.time.untilSleeping(52);
    here.time.advance(1000);
    await here.time.untilSleeping(52);
    held.release();
    await held.ended;
    here.time.advance(200);
    expect((await waits).every(Boolean)).toBe(true);
    expect(here.time.sleeping).toBe(0);
  });

  it('gives up when the wait is over, and at once with a wait of 0', async () => {
    const held = hold(here);
    await held.started;
    expect(await there.sections.waitUntilFree(ref, 0, never)).toBe(false);
    const wait = there.sections.waitUntilFree(ref, 3000, never);
    const settled = vi.fn<() => void>();
    wait.then(settled, settled);
    // Asleep are the renewal of the lease, the end of the wait and the next look.
    await here.time.untilSleeping(3);
    here.time.advance(2990);
    await here.time.untilSleeping(3);
    expect(settled).not.toHaveBeenCalled();
    here.time.advance(10);
    expect(await wait).toBe(false);
    held.release();
    await held.ended;
    expect(here.time.sleeping).toBe(0);
  });

  it('forgets those who go away', async () => {
    const held = hold(here);
    await held.started;
    const gone = new AbortController();
    const wait = here.sections.waitUntilFree(ref, 60_000, gone.signal);
    await here.time.untilSleeping(3);
    gone.abort(new Error('client has gone'));
    await expect(wait).rejects.toThrow('client has gone');
    await expect(here.sections.waitUntilFree(ref, 1, gone.signal)).rejects.toThrow('gone');
    held.release();
    await held.ended;
    expect(here.time.sleeping).toBe(0);
  });

  it('sees another reason to be busy come and go', async () => {
    let busy = true;
    const wait = here.sections.waitUntilFree(ref, 10_000, never, async () => busy);
    await here.time.untilSleeping(2);
    busy = false;
    here.time.advance(200);
    expect(await wait).toBe(true);
  });
});
