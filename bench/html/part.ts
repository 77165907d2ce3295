// Part "html": template JSON to HTML, in process against MJML, and over HTTP.
import path from 'node:path';
import { httpRequest, LoadClient } from '../lib/load.ts';
import { SERVER_CORE } from '../lib/processes.ts';
import { number, type Part, type Row } from '../lib/report.ts';
import { of, ratioOf, rounds, type Series } from '../lib/rounds.ts';
import { serveDemo, temporaryFolder } from '../lib/skep.ts';
import { Worker } from '../lib/worker.ts';
import type { RenderJob, RenderResult } from './program.ts';
import { templateJson } from './templates.ts';

export interface HtmlOptions {
  rounds: number;
  seconds: number;
  warmSeconds: number;
  connections: number;
}

const BLOCKS = [3, 10, 30, 50];
const [PLAIN, ...OTHERS] = ['MJML 5', 'MJML 5, validation off', 'MJML 5, minified'] as const;
const MJML = [PLAIN, ...OTHERS];
const HTTP_BLOCKS = 30;

export async function html(options: HtmlOptions): Promise<Part> {
  const inProcess = await renderInProcess(options);
  const overHttp = await renderOverHttp(options);
  const rows = BLOCKS.flatMap((blocks) => rowsOf(blocks, inProcess.get(blocks) ?? []));
  const http = of(overHttp, 'Skep', 'rate');
  rows.push({
    what: `${HTTP_BLOCKS} blocks, \`POST /v1/message/html\``,
    ours: `p50 ${number(of(overHttp, 'Skep', 'p50').median)} ms, p99 ${number(of(overHttp, 'Skep', 'p99').median)} ms`,
    result: http,
    unit: '/s',
  });
  return {
    part: 'html',
    title: 'Template JSON to HTML',
    notes: [
      `The same e-mail in both notations: headings, paragraphs, pictures, buttons and dividers with the same texts in rows of one and two columns. ${options.rounds} rounds of ${options.seconds / 4} s after ${options.warmSeconds / 2} s of warming up, in turns, each renderer in a process of its own on the same core. Result: MJML’s time divided by Skep’s.`,
      'Skep: JSON text to its usual, minified HTML, parsing and checking included. MJML 5: MJML text to HTML with its defaults, which check and do not minify; without checking, its fastest setting; and with the defaults and minified (style sheets left as they are), the form nearest to Skep’s.',
      `Over HTTP: ${options.connections} connections, one core for the server, key check included; the limits of requests a second and minute are switched off.`,
    ],
    rows,
    raw: { options, inProcess: Object.fromEntries(inProcess), overHttp },
  };
}

async function renderInProcess(options: HtmlOptions): Promise<Map<number, Series[]>> {
  const program = path.join(import.meta.dirname, 'program.ts');
  await using cleanup = new AsyncDisposableStack();
  const workers = ['Skep', ...MJML].map((name) => ({
    name,
    worker: new Worker<RenderJob, RenderResult>(program, [name], SERVER_CORE),
  }));
  for (const { worker } of workers) cleanup.defer(() => worker.stop());
  const results = new Map<number, Series[]>();
  for (const blocks of BLOCKS) {
    const series = await rounds(workers, options.rounds, async ({ name, worker }) => {
      const job = { blocks, seconds: options.seconds / 4, warmSeconds: options.warmSeconds / 2 };
      const result = await worker.run(job);
      console.error(
        `${blocks} blocks, ${name}: p50 ${number(result.p50)} ms, ${result.bytes} bytes`,
      );
      return { ...result };
    });
    results.set(blocks, series);
  }
  return results;
}

async function renderOverHttp(options: HtmlOptions): Promise<Series[]> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await temporaryFolder();
  cleanup.defer(folder.remove);
  const load = new LoadClient();
  cleanup.defer(() => load.stop());
  const skep = await serveDemo(folder.path, {
    SKEP_BEEFREE_REQUESTS_PER_SECOND: '0',
    SKEP_BEEFREE_REQUESTS_PER_MINUTE: '0',
  });
  cleanup.defer(() => skep.stop());
  const headers = { authorization: `Bearer ${skep.demo.beefree.apiKey}` };
  const body = JSON.parse(templateJson(HTTP_BLOCKS)) as unknown;
  const request = httpRequest('POST', '/v1/message/html', headers, body);
  return await rounds([{ name: 'Skep' }], options.rounds, async () => {
    const { rate, p50, p99, clientLoad } = await load.run({
      port: skep.port,
      connections: options.connections,
      operations: [[request]],
      seconds: options.seconds,
      warmSeconds: options.warmSeconds,
    });
    return { rate, p50, p99, clientLoad };
  });
}

function rowsOf(blocks: number, series: readonly Series[]): Row[] {
  const row = (against: string, measure: 'p50' | 'p95'): Row => ({
    what: `${blocks} blocks, ${measure}`,
    against,
    ours: `${number(of(series, 'Skep', measure).median)} ms`,
    theirs: `${number(of(series, against, measure).median)} ms`,
    result: ratioOf(series, against, 'Skep', measure),
    unit: '×',
  });
  const goal = { value: 10, better: 'more' } as const;
  return [
    { ...row(PLAIN, 'p50'), goal },
    { ...row(PLAIN, 'p95'), goal },
    ...OTHERS.map((against) => row(against, 'p50')),
  ];
}
