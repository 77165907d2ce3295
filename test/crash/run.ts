// `npm run test:crash`: kills real servers while clients write, and checks that no answered write is lost.
import { parseArgs } from 'node:util';
import type { Engine } from '../support/database.ts';
import { crashRun, type CrashReport } from './crash-run.ts';
import { crashEngine } from './engine.ts';
import { seededRandom } from './random.ts';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'both' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '25' },
    writers: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    help: { type: 'boolean', default: false },
  },
});

const HELP = `npm run test:crash -- [OPTIONS]

  --engine sqlite|postgres   only one (default: both)
  --rounds N                 kills on each engine (5)
  --seconds N                no new round on an engine after so many seconds (25)
  --writers N                writing clients of each door (3)
  --seed N                   repeats the random choices of a run`;

/** The target for a start after a kill, in milliseconds. */
const RESTART_GOAL_MS = 1000;

async function main(): Promise<void> {
  if (values.help) {
    console.log(HELP);
    return;
  }
  const engines = (['sqlite', 'postgres'] as Engine[]).filter(
    (name) => values.engine === 'both' || values.engine === name,
  );
  if (engines.length === 0) throw new Error(`There is no engine "${values.engine}"`);
  console.log(`seed ${values.seed}`);
  let violations = 0;
  const summaries: string[] = [];
  for (const name of engines) {
    const engine = await crashEngine(name);
    try {
      const report = await crashRun(engine, {
        rounds: Number(values.rounds),
        seconds: Number(values.seconds),
        writers: Number(values.writers),
        random: seededRandom(Number(values.seed)),
        log: (line) => console.log(`${name}: ${line}`),
      });
      for (const line of report.violations.slice(0, 50))
        console.error(`${name}: VIOLATION ${line}`);
      violations += report.violations.length;
      summaries.push(summary(name, report));
    } finally {
      await engine.remove();
    }
  }
  console.log(`crash run ${violations === 0 ? 'passed' : 'FAILED'}: ${summaries.join('; ')}`);
  process.exitCode = violations === 0 ? 0 : 1;
}

function summary(name: Engine, report: CrashReport): string {
  const { restartMs, recoveryMs } = report;
  const slow = restartMs.filter((ms) => ms > RESTART_GOAL_MS).length;
  return [
    `${name}: ${report.kills} server kills`,
    ...(report.databaseKills > 0 ? [`${report.databaseKills} database kills`] : []),
    `${report.acknowledged} acknowledged writes`,
    `${report.unanswered} without an answer`,
    `${report.violations.length} violations`,
    `restart at most ${most(restartMs)} ms${slow > 0 ? ` (${slow} over ${RESTART_GOAL_MS} ms)` : ''}`,
    ...(recoveryMs.length > 0 ? [`recovery at most ${most(recoveryMs)} ms`] : []),
  ].join(', ');
}

function most(values: readonly number[]): string {
  return values.length === 0 ? '–' : String(Math.round(Math.max(...values)));
}

await main();
