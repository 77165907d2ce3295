// Part "backend": documents over HTTP, Skep against a raw program and against Parse Server.
import { LoadClient } from '../lib/load.ts';
import type { Operation } from '../lib/load-client.ts';
import { pinned, processorMs, residentMegabytes } from '../lib/processes.ts';
import type { Part, Row } from '../lib/report.ts';
import { number } from '../lib/report.ts';
import { of, ratioOf, type Series, rounds } from '../lib/rounds.ts';
import { startRaw, startSkep } from './baasbox.ts';
import type { Competitor } from './competitor.ts';
import { startParse } from './parse.ts';

export interface BackendOptions {
  documents: number;
  connections: number;
  rounds: number;
  seconds: number;
  warmSeconds: number;
}

/** How many different requests there are of one kind; each is sent in no particular order. */
const VARIETY = 5000;

type Kind = 'read' | 'create' | 'list';

/** Runs the part: fills all servers, then measures reads, lists and creates in turns. */
export async function backend(options: BackendOptions): Promise<Part> {
  const { documents } = options;
  const load = new LoadClient();
  const started: Competitor[] = [];
  const add = async <T extends Competitor>(competitor: Promise<T>): Promise<T> => {
    const one = await competitor;
    started.push(one);
    return one;
  };
  try {
    const skep = await add(startSkep(load, documents));
    await add(startRaw(load, documents, 'single', skep));
    await add(startRaw(load, documents, 'group', skep));
    await add(startParse(documents));
    for (const competitor of started) await competitor.verify(documents);
    const series = {} as Record<Kind, Series[]>;
    for (const kind of ['read', 'list', 'create'] as const) {
      // Reading needs no commit, so one raw program is enough for it.
      const taking = started.filter(
        ({ name }) => kind === 'create' || name !== 'raw, group commit',
      );
      series[kind] = await measure(load, taking, kind, options);
    }
    const memory = Object.fromEntries(
      started.map(({ name, pid }) => [name, residentMegabytes(pid)]),
    );
    return report(series, memory, options);
  } finally {
    for (const competitor of started.reverse()) await competitor.stop();
    await load.stop();
  }
}

function measure(
  load: LoadClient,
  competitors: readonly Competitor[],
  kind: Kind,
  options: BackendOptions,
): Promise<Series[]> {
  return rounds(competitors, options.rounds, async (competitor, round) => {
    const before = processorMs(competitor.pid);
    const result = await load.run({
      port: competitor.port,
      connections: options.connections,
      operations: operationsOf(competitor, kind, options, round),
      seconds: options.seconds,
      warmSeconds: options.warmSeconds,
    });
    const { rate, p50, p95, p99, clientLoad } = result;
    // Less disturbed by other programs than the rate; without PostgreSQL's share. Warming up is in both numbers.
    const cpuMs =
      (processorMs(competitor.pid) - before) / (rate * (options.seconds + options.warmSeconds));
    console.error(
      `${kind} ${competitor.name}: ${number(rate)}/s, p50 ${number(p50)} ms, p99 ${number(p99)} ms, cpu ${number(cpuMs)} ms, client ${number(clientLoad)}`,
    );
    return { rate, p50, p95, p99, cpuMs, clientLoad };
  });
}

function operationsOf(
  competitor: Competitor,
  kind: Kind,
  { documents }: BackendOptions,
  round: number,
): Operation[] {
  if (kind === 'list') return [competitor.listWithCount];
  return Array.from({ length: Math.min(VARIETY, documents) }, (_, at) =>
    kind === 'read'
      ? competitor.read((at * 7919 + round) % documents)
      : competitor.create(documents + round * VARIETY + at),
  );
}

const TITLES: Record<Kind, string> = {
  read: 'Read one document by id',
  create: 'Durable create',
  list: 'List of 20, with the number of all',
};

function report(
  series: Record<Kind, Series[]>,
  memory: Record<string, number>,
  options: BackendOptions,
): Part {
  const goals: [Kind, string, number | undefined][] = [
    ['read', 'raw', 0.5],
    ['read', 'parse-server', 5],
    ['create', 'raw', undefined],
    ['create', 'raw, group commit', undefined],
    ['create', 'parse-server', 5],
    ['list', 'raw', undefined],
    ['list', 'parse-server', 5],
  ];
  const rows = goals.map(([kind, against, goal]): Row => {
    const show = (name: string) =>
      `${number(of(series[kind], name, 'rate').median)}/s, p99 ${number(of(series[kind], name, 'p99').median)} ms, ${number(of(series[kind], name, 'cpuMs').median * 1000)} µs CPU`;
    return {
      what: TITLES[kind],
      against,
      ours: show('Skep'),
      theirs: show(against),
      result: ratioOf(series[kind], 'Skep', against, 'rate'),
      unit: '×',
      ...(goal === undefined ? {} : { goal: { value: goal, better: 'more' } }),
    };
  });
  const megabytes = Object.entries(memory).map(([name, value]) => `${name} ${number(value)} MB`);
  return {
    part: 'backend',
    title: `Documents over HTTP (${options.documents.toLocaleString('en-US').replaceAll(',', ' ')} documents)`,
    notes: [
      `${options.connections} kept-alive connections without pipelining; ${options.rounds} rounds of ${options.seconds} s after ${options.warmSeconds} s of warming up, the servers in turns. Result: the ratio of the operations a second. CPU: processor time of the server program for one operation, which other programs on the machine disturb less; without PostgreSQL’s.`,
      pinned
        ? 'Every server program runs on the first core, the load client on the second. The PostgreSQL of Parse Server may use both, which is in its favour.'
        : 'Nothing is pinned to a core.',
      'The same documents of about 400 bytes everywhere, each readable by its owner alone; the client is signed in with a session token.',
      'raw: `node:http` and better-sqlite3, the same bytes and headers, one known token, no rights, no criteria, documents kept as finished text. WAL with synchronous=FULL; "raw" commits every create by itself, "raw, group commit" all that arrived together. Its count is a plain `count(*)`.',
      'parse-server: as its documentation starts it, on PostgreSQL with fsync and synchronous commit. Its creates answer with id and date only, Skep’s with the whole document.',
      'List: Skep and raw need two requests, the page and `/count`; both together are one operation. parse-server gets `limit=20&count=1`.',
      `Resident memory after the run: ${megabytes.join(', ')} (without PostgreSQL).`,
    ],
    rows,
    raw: { options, series, memory },
  };
}
