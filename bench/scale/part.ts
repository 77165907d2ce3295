// Part "scale": what a collection of a million documents costs, on the embedded database.
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { json } from '../backend/competitor.ts';
import { httpRequest, LoadClient } from '../lib/load.ts';
import { residentMegabytes, type Started } from '../lib/processes.ts';
import { number, type Part, type Row } from '../lib/report.ts';
import { of, ratioOf, rounds } from '../lib/rounds.ts';
import { serve, serveDemo, temporaryFolder } from '../lib/skep.ts';
import { spread } from '../lib/statistics.ts';

export interface ScaleOptions {
  /** Documents in the large collection. */
  documents: number;
  rounds: number;
  seconds: number;
  warmSeconds: number;
}

/** Documents in the collection that the large one is compared with. */
const FEW = 1000;
/** Documents that a filter on the indexed field finds. */
const FOUND = 20;
const BATCH = 500;
/** Different requests of one kind. */
const VARIETY = 5000;

interface Place {
  name: string;
  port: number;
  pid: number;
  headers: Record<string, string>;
  admin: Record<string, string>;
  /** Ids of some of its documents. */
  ids: string[];
  documents: number;
  base: string;
  /** Ends the server and starts it again on the same data: nothing that it did before is in its memory. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
}

export async function scale(options: ScaleOptions): Promise<Part> {
  await using cleanup = new AsyncDisposableStack();
  const load = new LoadClient();
  cleanup.defer(() => load.stop());
  const few = await startPlace('few', FEW);
  cleanup.defer(few.stop);
  const many = await startPlace('many', options.documents);
  cleanup.defer(many.stop);
  const indexMs = await index(many);

  const reads = await rounds([many, few], options.rounds, async (place) =>
    measured(await read(load, place, options, 16)),
  );
  const filters = await rounds([{ name: 'filter' }], options.rounds, () =>
    filter(load, many, options),
  );
  const scans = await rounds(
    [{ name: 'alone' }, { name: 'scanning' }],
    options.rounds,
    async ({ name }) => measured(await besideScans(load, many, options, name === 'scanning')),
  );
  await many.restart();
  const streams = await rounds([{ name: 'stream' }], 2, () => stream(many));

  const p50 = (name: string) => `${number(of(reads, name, 'p50').median)} ms`;
  const all = options.documents.toLocaleString('en-US').replaceAll(',', ' ');
  const rows: Row[] = [
    {
      what: `Read by id, of ${all}`,
      against: `of ${FEW}`,
      ours: p50('many'),
      theirs: p50('few'),
      result: ratioOf(reads, 'many', 'few', 'p50'),
      unit: '×',
      goal: { value: 1.5, better: 'less' },
    },
    {
      what: `Filter on an indexed field, ${FOUND} of ${all}`,
      ours: `p99 ${number(of(filters, 'filter', 'p99').median)} ms`,
      result: of(filters, 'filter', 'p50'),
      unit: 'ms',
      goal: { value: 10, better: 'less' },
    },
    {
      what: 'p99 of reads by id while collections are scanned',
      against: 'without scans',
      ours: `${number(of(scans, 'scanning', 'p99').median)} ms`,
      theirs: `${number(of(scans, 'alone', 'p99').median)} ms`,
      result: of(scans, 'scanning', 'p99'),
      unit: 'ms',
      goal: { value: 100, better: 'less' },
    },
    {
      what: `Memory while a list of ${all} is sent`,
      ours: `${number(of(streams, 'stream', 'rate').median)} documents/s`,
      result: of(streams, 'stream', 'megabytes'),
      unit: 'MB',
      goal: { value: 400, better: 'less' },
    },
    {
      what: `Building the index of ${all}`,
      ours: `p99 of writes meanwhile ${number(indexMs.writeP99)} ms`,
      result: spread([indexMs.seconds * 1000]),
      unit: 'ms',
    },
  ];
  return {
    part: 'scale',
    title: `A collection of ${all} documents`,
    notes: [
      `Skep on its embedded database, not pinned to a core, because a scan is a process of its own. ${options.rounds} rounds of ${options.seconds} s; times are those of whole requests, seen by the client.`,
      'Read by id: two servers, one with few and one with many documents, in turns, 16 connections.',
      'Filter: one connection, one request after the other, another value each time. The 20 documents are strewn over the whole collection.',
      'Scans: two clients ask without a pause for documents by a pattern that no index knows, so that both scan processes are busy, while 4 connections read by id.',
      'Memory: the resident set of a server that was started for it and of its children, looked at every 50 ms.',
      'Other programs were busy on the machine: what is slow here may be their doing.',
    ],
    rows,
    raw: { options, reads, filters, scans, streams, indexMs },
  };
}

const measured = ({ p50, p99, rate }: { p50: number; p99: number; rate: number }) => ({
  p50,
  p99,
  rate,
});

async function startPlace(name: string, documents: number): Promise<Place> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await temporaryFolder();
  cleanup.defer(folder.remove);
  const skep = await serveDemo(folder.path, {}, { pin: false });
  let running: Started = skep;
  cleanup.defer(() => running.stop());
  const { appcode, admin, user } = skep.demo.baasbox;
  const base = `http://127.0.0.1:${skep.port}`;
  const login = async ({ username, password }: { username: string; password: string }) => {
    const answer = await json(`${base}/login`, { username, password, appcode });
    return {
      'X-BB-SESSION': (answer as { data: Record<string, string> }).data['X-BB-SESSION'] as string,
    };
  };
  const adminHeaders = await login(admin);
  await json(`${base}/admin/collection/scale`, {}, adminHeaders);
  const headers = await login(user);
  const ids: string[] = [];
  for (let from = 0; from < documents; from += BATCH) {
    const operations = Array.from({ length: Math.min(BATCH, documents - from) }, (_, at) => ({
      op: 'create',
      document: content(from + at, documents),
    }));
    const answer = (await json(`${base}/document/scale/batch`, { operations }, headers)) as {
      data: { data: { id: string } }[];
    };
    const every = Math.max(1, Math.floor(documents / VARIETY));
    for (let at = 0; at < operations.length; at++) {
      if ((from + at) % every === 0) ids.push(answer.data[at]?.data.id as string);
    }
    if (from % 100_000 === 0) console.error(`${name}: ${from} documents`);
  }
  const all = cleanup.move();
  const place: Place = {
    name,
    port: skep.port,
    pid: skep.process.pid as number,
    headers,
    admin: adminHeaders,
    ids,
    documents,
    base,
    async restart() {
      await running.stop();
      const again = await serve(folder.path, {}, { pin: false });
      running = again;
      place.port = again.port;
      place.pid = again.process.pid as number;
      place.base = `http://127.0.0.1:${again.port}`;
    },
    stop: () => all.disposeAsync(),
  };
  return place;
}

/** About 300 bytes. */
function content(n: number, documents: number) {
  return {
    n,
    group: (n * 7919) % Math.max(1, Math.floor(documents / FOUND)),
    price: (n * 104_729) % 100_000,
    name: `Article ${n}`,
    tags: ['a', `t${n % 100}`],
    text: `The quick brown fox number ${n} jumps over the lazy dog, and then over ${n % 977} more of them. `.repeat(
      2,
    ),
  };
}

/** Declares the index and waits for it, writing a document now and then. */
async function index(place: Place): Promise<{ seconds: number; writeP99: number }> {
  const path = `${place.base}/admin/collection/scale/index`;
  const begin = performance.now();
  await json(path, { fields: ['group'] }, place.admin);
  const writes: number[] = [];
  for (;;) {
    const started = performance.now();
    await json(`${place.base}/document/scale`, { n: -1, group: -1 }, place.headers);
    writes.push(performance.now() - started);
    const { data } = (await json(path, undefined, place.admin)) as { data: { state: string }[] };
    if (data[0]?.state === 'ready') break;
    if (data[0]?.state === 'failed') throw new Error('The index could not be built');
    await delay(20);
  }
  const seconds = (performance.now() - begin) / 1000;
  writes.sort((a, b) => a - b);
  const writeP99 = writes[Math.floor(writes.length * 0.99)] ?? Number.NaN;
  console.error(
    `index: ${number(seconds)} s, p99 of ${writes.length} writes ${number(writeP99)} ms`,
  );
  return { seconds, writeP99 };
}

function read(load: LoadClient, place: Place, options: ScaleOptions, connections: number) {
  const operations = place.ids.map((id) => [
    httpRequest('GET', `/document/scale/${id}`, place.headers),
  ]);
  const { seconds, warmSeconds } = options;
  return load.run({ port: place.port, connections, operations, seconds, warmSeconds });
}

async function filter(load: LoadClient, place: Place, options: ScaleOptions) {
  const groups = Math.floor(place.documents / FOUND);
  const path = (group: number) => `/document/scale?where=group=${group}`;
  const { data } = (await json(`${place.base}${path(1)}`, undefined, place.headers)) as {
    data: unknown[];
  };
  if (data.length !== FOUND) throw new Error(`The filter found ${data.length} documents`);
  const operations = Array.from({ length: VARIETY }, (_, at) => [
    httpRequest('GET', path((at * 31) % groups), place.headers),
  ]);
  const { seconds, warmSeconds } = options;
  const result = await load.run({
    port: place.port,
    connections: 1,
    operations,
    seconds,
    warmSeconds,
  });
  return measured(result);
}

async function besideScans(
  load: LoadClient,
  place: Place,
  options: ScaleOptions,
  scanning: boolean,
) {
  const end = new AbortController();
  const scan = async () => {
    while (!end.signal.aborted) {
      // Slow ones are refused after their time, which is as good for this.
      const url = `${place.base}/document/scale?where=text%20like%20'%25nothing%25'`;
      await fetch(url, { headers: place.headers, signal: end.signal }).then(
        (answer) => answer.text(),
        () => undefined,
      );
    }
  };
  const scans = scanning ? [scan(), scan()] : [];
  const result = await read(load, place, options, 4);
  end.abort();
  await Promise.all(scans);
  console.error(
    `${scanning ? 'beside scans' : 'alone'}: p50 ${number(result.p50)} ms, p99 ${number(result.p99)} ms`,
  );
  return result;
}

/** Reads the whole collection as one list, and watches the server's memory. */
async function stream(place: Place): Promise<{ megabytes: number; rate: number }> {
  let megabytes = 0;
  const timer = setInterval(() => {
    megabytes = Math.max(megabytes, residentMegabytes(place.pid) || 0);
  }, 50);
  const begin = performance.now();
  const asked = request(`${place.base}/document/scale`, { headers: place.headers }).end();
  const [answer] = (await once(asked, 'response')) as [AsyncIterable<Buffer>];
  let count = 0;
  let tail = '';
  for await (const chunk of answer) {
    const text = tail + chunk.toString('latin1');
    count += text.split('"@rid":"').length - 1;
    tail = text.slice(-7);
  }
  clearInterval(timer);
  if (count < place.documents) throw new Error(`The list had ${count} documents`);
  const seconds = (performance.now() - begin) / 1000;
  console.error(`stream: ${count} documents in ${number(seconds)} s, ${number(megabytes)} MB`);
  return { megabytes, rate: count / seconds };
}
