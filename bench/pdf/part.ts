// Part "pdf": Skep's PDF route against bare Chromium with a fresh context for each job.
import path from 'node:path';
import { tmpdir } from 'node:os';
import { renderHtml } from '../../src/content/render/render.ts';
import { findExecutables } from '../../src/platform/browser/executable.ts';
import { templateJson } from '../html/templates.ts';
import { httpRequest, LoadClient } from '../lib/load.ts';
import { number, type Part, type Row } from '../lib/report.ts';
import { of, ratioOf, rounds, type Sample, type Series } from '../lib/rounds.ts';
import { serveDemo, temporaryFolder } from '../lib/skep.ts';
import { Worker } from '../lib/worker.ts';
import type { PdfJob, PdfResult } from './chromium-program.ts';

export interface PdfOptions {
  rounds: number;
  seconds: number;
}

const IN_FLIGHT = [1, 2];
const BLOCKS = 15;

export async function pdf(options: PdfOptions): Promise<Part> {
  const executable = await browserPath();
  const { html } = renderHtml(JSON.parse(templateJson(BLOCKS)), { target: 'message' });
  await using cleanup = new AsyncDisposableStack();
  const folder = await temporaryFolder();
  cleanup.defer(folder.remove);
  const load = new LoadClient();
  cleanup.defer(() => load.stop());
  const bare = new Worker<PdfJob, PdfResult>(
    path.join(import.meta.dirname, 'chromium-program.ts'),
    [executable],
  );
  cleanup.defer(() => bare.stop());
  const skep = await serveDemo(
    folder.path,
    {
      SKEP_BEEFREE_REQUESTS_PER_SECOND: '0',
      SKEP_BEEFREE_REQUESTS_PER_MINUTE: '0',
      SKEP_RENDER_BROWSER_PATH: executable,
      // The same document again and again would be made once.
      SKEP_RENDER_CACHE_MB: '0',
    },
    { pin: false },
  );
  cleanup.defer(() => skep.stop());
  const headers = { authorization: `Bearer ${skep.demo.beefree.apiKey}` };
  const body = { html, page_size: 'letter', page_orientation: 'portrait', file_type: 'pdf' };
  const request = httpRequest('POST', '/v1/message/pdf', headers, body);
  const measure: Record<string, (inFlight: number) => Promise<Sample>> = {
    Skep: async (connections) => {
      const { rate, p50, p95 } = await load.run({
        port: skep.port,
        connections,
        operations: IN_FLIGHT.map(() => [request]),
        seconds: options.seconds,
        warmSeconds: 0.3,
      });
      return { rate, p50, p95 };
    },
    Chromium: async (inFlight) => ({
      ...(await bare.run({ html, inFlight, seconds: options.seconds })),
    }),
  };
  const names = Object.keys(measure).map((name) => ({ name }));
  const results = new Map<number, Series[]>();
  for (const inFlight of IN_FLIGHT) {
    const series = await rounds(names, options.rounds, async ({ name }) => {
      const sample = await (measure[name] as (n: number) => Promise<Sample>)(inFlight);
      console.error(`${name}, ${inFlight} in flight: ${JSON.stringify(sample)}`);
      return sample;
    });
    results.set(inFlight, series);
  }
  return report(results, options, executable, html);
}

/** The browser that Skep would choose. */
async function browserPath(): Promise<string> {
  const cacheFolder = path.join(tmpdir(), 'skep-bench-browser');
  const searchPath = process.env['PATH'] ?? '';
  for await (const found of findExecutables({ searchPath, cacheFolder })) return found.path;
  throw new Error('There is no Chromium');
}

function report(
  results: Map<number, Series[]>,
  options: PdfOptions,
  executable: string,
  html: string,
): Part {
  const rows = [...results].map(([inFlight, series]): Row => {
    const show = (name: string) =>
      `${number(of(series, name, 'rate').median)}/s, p50 ${number(of(series, name, 'p50').median)} ms`;
    return {
      what: `PDF, ${inFlight} in flight`,
      against: 'bare Chromium',
      ours: show('Skep'),
      theirs: show('Chromium'),
      result: ratioOf(series, 'Skep', 'Chromium', 'rate'),
      unit: '×',
      goal: { value: 0.8, better: 'more' },
    };
  });
  return {
    part: 'pdf',
    title: 'HTML to PDF',
    notes: [
      `\`POST /v1/message/pdf\` with an e-mail of ${BLOCKS} blocks (${number(html.length / 1000)} KB of HTML), letter, portrait, against playwright-core with a fresh context for each PDF, scripts off, no network. The same browser (${path.basename(executable)}), ${options.rounds} rounds of ${options.seconds} s in turns, nothing pinned. Result: the ratio of the PDFs a second.`,
      'Skep’s time includes HTTP, the key check, the wall against the network and the durable storing of the PDF behind its link; Skep’s browser runs as a user without rights and, where the kernel allows it, in the browser’s sandbox, the bare one without.',
    ],
    rows,
    raw: { options, results: Object.fromEntries(results) },
  };
}
