// Closing an app for the others while its data are replaced.
import { expect, it } from 'vitest';
import { Gate } from './gate.ts';

const refused = { kind: 'unavailable', code: 'app_closed' };

it('lets calls in until somebody is alone, and again after that', async () => {
  const gate = new Gate();
  gate.enter('a');
  gate.enter('a');
  gate.leave('a');
  let inside = false;
  const replaced = gate.alone('a', async () => {
    inside = true;
    expect(() => gate.enter('a')).toThrow(expect.objectContaining(refused) as Error);
    expect(() => gate.check('a')).toThrow(expect.objectContaining(refused) as Error);
    await expect(gate.alone('a', () => Promise.resolve())).rejects.toMatchObject(refused);
    // Others do not notice.
    gate.enter('b');
    gate.leave('b');
    return 7;
  });
  expect(await replaced).toBe(7);
  expect(inside).toBe(true);
  gate.enter('a');
});

it('opens again when the replacement fails', async () => {
  const gate = new Gate();
  gate.enter('a');
  await expect(gate.alone('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(() => gate.enter('a')).not.toThrow();
});

it('waits for the calls that are running, and refuses new ones meanwhile', async () => {
  const gate = new Gate();
  gate.enter('a');
  gate.enter('a');
  const events: string[] = [];
  const replaced = gate.alone('a', async () => void events.push('replaced'));
  await Promise.resolve();
  expect(() => gate.enter('a')).toThrow(expect.objectContaining(refused) as Error);
  events.push('left');
  gate.leave('a');
  await replaced;
  expect(events).toEqual(['left', 'replaced']);
});

it('does not wait for ever', async () => {
  const gate = new Gate({ patienceMs: 1 });
  gate.enter('a');
  gate.enter('a');
  expect(await gate.alone('a', async () => 'done')).toBe('done');
});
