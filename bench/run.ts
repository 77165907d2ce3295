// Runs the benchmarks, in parts, and writes results.json and, when asked, the tables of docs/performance.md.
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { backend } from './backend/part.ts';
import { html } from './html/part.ts';
import { markdown, number, type Part, reached } from './lib/report.ts';
import { bundleSkep, ROOT } from './lib/skep.ts';
import { memory } from './memory/part.ts';
import { pdf } from './pdf/part.ts';
import { scale } from './scale/part.ts';
import { startUp } from './start/part.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    documents: { type: 'string' },
    connections: { type: 'string', default: '64' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    renders: { type: 'string' },
    pdfs: { type: 'string' },
    docs: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const HELP = `npm run bench -- [PART…] [OPTIONS]

Parts: backend, html, pdf, memory, start, scale. Without any, all of them.

  --quick           short: for trying the benchmark, not for its numbers
  --documents N     documents in each server (100000, scale 1000000; quick 2000, scale 20000)
  --connections N   kept-alive connections of the load client (64)
  --rounds N        how often the competitors take turns (7; quick 2)
  --seconds N       how long a turn lasts (5; quick 1)
  --renders N       of the part memory (10000; quick 400)
  --pdfs N          of the part memory (1000; quick 20)
  --docs            also put the tables into docs/performance.md, with earlier ones of the other parts`;

const quick = values.quick;
const rounds = Number(values.rounds ?? (quick ? 2 : 7));
const seconds = Number(values.seconds ?? (quick ? 1 : 5));
const documents = Number(values.documents ?? (quick ? 2000 : 100_000));
const connections = Number(values.connections);
const warmSeconds = quick ? 0.3 : 1;

const parts: Record<string, () => Promise<Part>> = {
  backend: () => backend({ documents, connections, rounds, seconds, warmSeconds }),
  html: () => html({ rounds, seconds, warmSeconds, connections }),
  pdf: () => pdf({ rounds, seconds }),
  memory: () =>
    memory({
      renders: Number(values.renders ?? (quick ? 400 : 10_000)),
      pdfs: Number(values.pdfs ?? (quick ? 20 : 1000)),
    }),
  start: () => startUp({ rounds: Math.max(rounds, quick ? 3 : 10) }),
  scale: () =>
    scale({
      documents: Number(values.documents ?? (quick ? 20_000 : 1_000_000)),
      rounds,
      seconds,
      warmSeconds,
    }),
};

const MARKS = ['<!-- bench: begin -->', '<!-- bench: end -->'] as const;

async function main(): Promise<void> {
  const unknown = positionals.filter((name) => !(name in parts));
  if (values.help || unknown.length > 0) {
    console.log(HELP);
    process.exitCode = unknown.length > 0 ? 2 : 0;
    return;
  }
  const chosen = positionals.length > 0 ? positionals : Object.keys(parts);
  await bundleSkep();
  const done: Part[] = [];
  for (const name of chosen) {
    console.error(`== ${name}`);
    const part = await (parts[name] as () => Promise<Part>)();
    done.push(part);
    console.log(markdown(part));
  }
  const all = await keep(done);
  if (values.docs) await writeDocs(all);
  const missed = done.flatMap(({ rows }) => rows.filter((row) => reached(row) === false));
  for (const row of missed) {
    console.error(
      `missed: ${row.what} against ${row.against ?? '–'}: ${number(row.result.median)}`,
    );
  }
}

interface Measured extends Part {
  machine: { date: string; cpu: string; memory: string; system: string; node: string };
}

/** Puts the parts of this run into results.json, beside the other parts of earlier runs; gives all of them. */
async function keep(done: readonly Part[]): Promise<Measured[]> {
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `Linux ${release()}`,
    node: process.version,
  };
  const file = path.join(import.meta.dirname, 'results.json');
  const earlier = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Measured[],
    () => [],
  );
  const all = Object.keys(parts).flatMap((name) => {
    const now = done.find(({ part }) => part === name);
    return now ? { ...now, machine } : earlier.filter(({ part }) => part === name);
  });
  if (!quick) await writeFile(file, `${JSON.stringify(all, undefined, 2)}\n`);
  return all;
}

/** Replaces what is between the two marks of docs/performance.md. */
async function writeDocs(all: readonly Measured[]): Promise<void> {
  const text = all.map((part) => `${markdown(part)}\n${origin(part)}\n`).join('\n');
  const file = path.join(ROOT, 'docs', 'performance.md');
  const page = await readFile(file, 'utf8');
  const [before, after] = [page.indexOf(MARKS[0]), page.indexOf(MARKS[1])];
  if (before < 0 || after < before) throw new Error(`${file} has lost its marks`);
  const head = page.slice(0, before + MARKS[0].length);
  await writeFile(file, `${head}\n\n${text}\n${page.slice(after)}`);
}

function origin({ machine: { date, cpu, memory, system, node } }: Measured): string {
  return `Measured ${date} on ${cpu}, ${memory}, ${system}, Node ${node}.`;
}

await main();
