// Part "start": how long until Skep listens, and what it holds in memory when nothing happens.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { nodeCommand, residentMegabytes, SERVER_CORE } from '../lib/processes.ts';
import { number, type Part, type Row } from '../lib/report.ts';
import { of, ratioOf, rounds } from '../lib/rounds.ts';
import { serve, temporaryFolder } from '../lib/skep.ts';

/** How long the server is left alone before its memory is read, in milliseconds. */
const IDLE_MS = 3000;

export async function startUp(options: { rounds: number }): Promise<Part> {
  const used = await temporaryFolder();
  await (await serve(used.path)).stop();
  const measures: Record<string, () => Promise<Record<string, number>>> = {
    Skep: () => startSkep(used.path),
    first: async () => {
      const folder = await temporaryFolder();
      const sample = await startSkep(folder.path, 0);
      await folder.remove();
      return sample;
    },
    node: () => startNode(),
  };
  const names = Object.keys(measures).map((name) => ({ name }));
  const series = await rounds(names, options.rounds, async ({ name }) => {
    const sample = await (measures[name] as () => Promise<Record<string, number>>)();
    console.error(`${name}: ${JSON.stringify(sample)}`);
    return sample;
  });
  await used.remove();
  const row = (
    what: string,
    name: string,
    measure: 'ms' | 'rss',
    goal: number,
    unit: 'ms' | 'MB',
  ): Row => ({
    what,
    against: '`node -e 0`',
    ours: `${number(of(series, name, measure).median)} ${unit}`,
    theirs: `${number(of(series, 'node', measure).median)} ${unit} (${number(ratioOf(series, name, 'node', measure).median)}×)`,
    result: of(series, name, measure),
    unit,
    goal: { value: goal, better: 'less' },
  });
  return {
    part: 'start',
    title: 'Start and idle memory',
    notes: [
      `${options.rounds} starts of each, in turns, on one core. Time: from the start of the process to the ready line, after which every door answers. Memory: resident set of the process and its children, ${IDLE_MS / 1000} s after the ready line, without a request.`,
      'First start: an empty folder, so the database is made and the first administrator’s password is hashed.',
    ],
    rows: [
      row('Start, existing data', 'Skep', 'ms', 300, 'ms'),
      row('First start, empty folder', 'first', 'ms', 1000, 'ms'),
      row('Idle memory', 'Skep', 'rss', 150, 'MB'),
    ],
    raw: { options, series },
  };
}

async function startSkep(dataDir: string, idleMs = IDLE_MS): Promise<Record<string, number>> {
  const skep = await serve(dataDir);
  await delay(idleMs);
  const rss = residentMegabytes(skep.process.pid as number);
  await skep.stop();
  return { ms: skep.readyMs, rss };
}

async function startNode(): Promise<Record<string, number>> {
  const begin = performance.now();
  const [command, args] = nodeCommand(['-e', '0'], SERVER_CORE);
  const child = spawn(command, args, { stdio: 'ignore' });
  await once(child, 'exit');
  const ms = performance.now() - begin;
  // Memory can only be read of a process that is still there.
  const [idleCommand, idleArgs] = nodeCommand(['-e', 'setTimeout(() => {}, 10000)'], SERVER_CORE);
  const idle = spawn(idleCommand, idleArgs, { stdio: 'ignore' });
  await delay(500);
  const rss = residentMegabytes(idle.pid as number);
  idle.kill();
  return { ms, rss };
}
