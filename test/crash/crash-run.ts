// The crash run on one engine: write through all doors, kill at a random moment, start again, compare.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { serve, skep, type Server } from '../support/process.ts';
import { Client } from './client.ts';
import { Documents } from './documents.ts';
import type { CrashEngine } from './engine.ts';
import { Entries } from './entries.ts';
import { Files } from './files.ts';
import type { SeededRandom } from './random.ts';
import type { Demo, Workload } from './workload.ts';

export interface CrashOptions {
  /** Kills. */
  rounds: number;
  /** No new round begins after so many seconds. */
  seconds: number;
  /** Writers of each workload, each with one connection. */
  writers: number;
  random: SeededRandom;
  log: (line: string) => void;
}

export interface CrashReport {
  kills: number;
  databaseKills: number;
  acknowledged: number;
  unanswered: number;
  violations: string[];
  /** Start to ready line after each kill, in milliseconds. */
  restartMs: number[];
  /** From the return of a killed database to the first good answer, in milliseconds. */
  recoveryMs: number[];
}

/** The day's limits of the time sheet would end a run; all else is as an operator gets it. */
const SETTINGS = {
  SKEP_BEEBOLE_V1_REQUESTS_PER_DAY: '0',
  SKEP_BEEBOLE_V1_KILOBYTES_PER_DAY: '0',
};

/** How long the writers write before a kill, in milliseconds. */
const WRITE_MS = [150, 1500] as const;

/** How long a server may take to answer again after its database is back, in milliseconds. */
const RECOVERY_MS = 15_000;

/** Runs rounds until one of the bounds is reached. Throws when the server does not come back at all. */
export async function crashRun(engine: CrashEngine, options: CrashOptions): Promise<CrashReport> {
  const { random, log } = options;
  const demo = await demoOf(engine);
  const workloads: Workload[] = [new Documents(demo), new Entries(demo), new Files(demo)];
  const report: CrashReport = {
    kills: 0,
    databaseKills: 0,
    acknowledged: 0,
    unanswered: 0,
    violations: [],
    restartMs: [],
    recoveryMs: [],
  };
  const end = performance.now() + options.seconds * 1000;
  let server = await serve(engine.args, SETTINGS);
  try {
    await withClient(server, async (client) => {
      for (const workload of workloads) await workload.prepare(client);
    });
    while (report.kills + report.databaseKills < options.rounds && performance.now() < end) {
      const killDatabase = engine.crash !== undefined && random.next() < 0.4;
      // Now and then both die at once.
      const killServer = !killDatabase || random.next() < 0.3;
      const writing = startWriters(server, workloads, options, killDatabase);
      await delay(random.between(...WRITE_MS));
      if (killDatabase) await engine.crash?.();
      const children = killServer ? childrenOf(server) : [];
      if (killServer) await server.stop('SIGKILL');
      else report.recoveryMs.push(await recovered(server));
      await writing.stop();
      report.kills += killServer ? 1 : 0;
      report.databaseKills += killDatabase ? 1 : 0;
      if (killServer) {
        server = await serve(engine.args, SETTINGS);
        report.restartMs.push(server.readyMs);
        await expectGone(children, report);
      }
      const found = await settle(server, workloads);
      const killed = [killServer && 'server', killDatabase && 'database'].filter(Boolean);
      log(`killed ${killed.join(' and ')}; ready in ${Math.round(server.readyMs)} ms; ${found}`);
    }
    const code = await server.stop();
    if (code !== 0) report.violations.push(`the server ended with ${code} on SIGTERM`);
  } finally {
    await server.stop('SIGKILL');
  }
  for (const { ledger } of workloads) {
    report.acknowledged += ledger.acknowledged;
    report.unanswered += ledger.unanswered;
    report.violations.push(...ledger.violations);
  }
  return report;
}

async function demoOf(engine: CrashEngine): Promise<Demo> {
  const made = await skep(['demo', '--json', ...engine.args]);
  if (made.code !== 0) throw new Error(`skep demo ended with ${made.code}: ${made.stderr}`);
  return JSON.parse(made.stdout) as Demo;
}

/**
 * Lets every writer write until the server is gone or `stop` is called; `stop` waits for their last answers. Writers
 * must be able to log in at once, unless the database is going to be away.
 */
function startWriters(
  server: Server,
  workloads: readonly Workload[],
  { writers, random }: CrashOptions,
  databaseDies: boolean,
): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const goesOn = () => !stopping.signal.aborted && isAlive(server);
  const login = async (workload: Workload, client: Client, writer: number) => {
    for (let attempt = 1; goesOn(); attempt++) {
      try {
        return await workload.session(client, writer, random);
      } catch (error) {
        await delay(100);
        // A connection may end a moment before we hear that its server has been killed.
        if (goesOn() && !databaseDies && attempt >= 10) throw error;
      }
    }
    return undefined;
  };
  const loops = workloads.flatMap((workload) =>
    Array.from({ length: writers }, async (_, writer) => {
      const client = new Client(server.url);
      try {
        const session = await login(workload, client, writer);
        while (goesOn()) {
          // A server whose database is away fails at once: that is no reason to ask it all the time.
          if ((await session?.write()) === 'unknown') await delay(20);
        }
      } finally {
        client.close();
      }
    }),
  );
  const all = Promise.allSettled(loops);
  return {
    async stop() {
      stopping.abort();
      for (const result of await all) {
        if (result.status === 'rejected') throw result.reason;
      }
    },
  };
}

function isAlive({ child }: Server): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Compares what every workload finds with what it was told; gives a few words on it. */
async function settle(server: Server, workloads: readonly Workload[]): Promise<string> {
  return withClient(server, async (client) => {
    const words: string[] = [];
    for (const workload of workloads) {
      const found = await workload.read(client);
      words.push(`${workload.ledger.settle(workload.name, found)} ${workload.name}`);
    }
    return words.join(', ');
  });
}

async function withClient<T>(server: Server, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(server.url);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** Milliseconds until the server says again that it is ready. */
async function recovered(server: Server): Promise<number> {
  const begin = performance.now();
  return withClient(server, async (client) => {
    for (;;) {
      const answer = await client.send({ method: 'GET', path: '/readyz' });
      const ms = performance.now() - begin;
      if (answer?.status === 200) return ms;
      if (ms > RECOVERY_MS) throw new Error('The server did not recover from a killed database');
      await delay(20);
    }
  });
}

/** Processes that the server has started, where the system tells. */
function childrenOf(server: Server): number[] {
  const { pid } = server.child;
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    );
  } catch {
    return [];
  }
}

/** A killed server must not leave processes behind that hold the database or the port. */
async function expectGone(pids: readonly number[], report: CrashReport): Promise<void> {
  const alive = () =>
    pids.filter((pid) => {
      try {
        return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      } catch {
        return false;
      }
    });
  for (let attempt = 0; attempt < 100 && alive().length > 0; attempt++) await delay(50);
  for (const pid of alive()) report.violations.push(`process ${pid} outlived its server`);
}
