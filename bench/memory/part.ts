// Part "memory": what the server holds after thousands of renders and PDFs, each of another document.
import { readFileSync } from 'node:fs';
import { renderHtml } from '../../src/content/render/render.ts';
import { templateJson } from '../html/templates.ts';
import { residentMegabytes } from '../lib/processes.ts';
import { number, type Part, type Row } from '../lib/report.ts';
import { serveDemo, temporaryFolder, type Skep } from '../lib/skep.ts';
import { spread } from '../lib/statistics.ts';

export interface MemoryOptions {
  renders: number;
  pdfs: number;
}

/** Resident memory in megabytes at one moment. */
interface Sample {
  done: number;
  /** Of the server's own process. */
  server: number;
  /** With its browsers. */
  all: number;
}

const SAMPLES = 20;
const BLOCKS = 30;

export async function memory({ renders, pdfs }: MemoryOptions): Promise<Part> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await temporaryFolder();
  cleanup.defer(folder.remove);
  const skep = await serveDemo(
    folder.path,
    {
      SKEP_BEEFREE_REQUESTS_PER_SECOND: '0',
      SKEP_BEEFREE_REQUESTS_PER_MINUTE: '0',
      // A full cache would look like a leak while it fills.
      SKEP_RENDER_CACHE_MB: '0',
    },
    { pin: false },
  );
  cleanup.defer(() => skep.stop());

  const source = templateJson(BLOCKS);
  const html = renderHtml(JSON.parse(templateJson(3)), { target: 'message' }).html;
  const renderCurve = await curve(skep, renders, 8, (i) =>
    post(skep, '/v1/message/html', other(source, i)),
  );
  const pdfCurve = await curve(skep, pdfs, 2, (i) =>
    post(skep, '/v1/message/pdf', JSON.stringify({ html: `${html}<p>${i}</p>`, page_size: 'A4' })),
  );
  return {
    part: 'memory',
    title: 'Memory over thousands of documents',
    notes: [
      `One server. First ${number(renders)} times \`POST /v1/message/html\`, 8 at a time, with an e-mail of ${BLOCKS} blocks in which texts, colours and sizes are others each time; then ${number(pdfs)} times \`POST /v1/message/pdf\`, 2 at a time. The cache of PDFs and pictures is off.`,
      `Resident memory is read ${SAMPLES} times on the way. Result: the median of the last quarter divided by that of the second, when all is loaded and compiled. The server’s own process; with its browsers it was ${range(pdfCurve, 'all')} while PDFs were made.`,
      `Curve of the renders in MB: ${list(renderCurve, 'server')}. Of the PDFs: ${list(pdfCurve, 'server')}; with browsers: ${list(pdfCurve, 'all')}.`,
    ],
    rows: [row(`${number(renders)} renders`, renderCurve), row(`${number(pdfs)} PDFs`, pdfCurve)],
    raw: { renders, pdfs, renderCurve, pdfCurve },
  };
}

/** Runs `count` jobs, some at a time, and reads the memory at even distances. */
async function curve(
  skep: Skep,
  count: number,
  inFlight: number,
  job: (i: number) => Promise<void>,
): Promise<Sample[]> {
  const pid = skep.process.pid as number;
  const every = Math.max(1, Math.floor(count / SAMPLES));
  const samples: Sample[] = [];
  let next = 0;
  let done = 0;
  const loop = async () => {
    while (next < count) {
      await job(next++);
      if (++done % every !== 0) continue;
      const sample = { done, server: ownMegabytes(pid), all: allMegabytes(pid) };
      samples.push(sample);
      console.error(
        `after ${done}: ${number(sample.server)} MB, with browsers ${number(sample.all)} MB`,
      );
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
  return samples;
}

async function post(skep: Skep, path: string, body: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${skep.port}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${skep.demo.beefree.apiKey}`,
      'content-type': 'application/json',
    },
    body,
  });
  const bytes = await response.arrayBuffer();
  if (!response.ok || bytes.byteLength === 0) {
    throw new Error(`${path} answered ${response.status}: ${Buffer.from(bytes).toString()}`);
  }
}

/** The template with other texts, colours and sizes, so that nothing that is remembered helps. */
function other(source: string, i: number): string {
  const colour = `#${((i * 7919) % 0xffffff).toString(16).padStart(6, '0')}`;
  return source
    .replaceAll(/#[0-9a-fA-F]{6}(?=")/g, colour)
    .replaceAll(/"(\d+)px"/g, (_, size: string) => `"${Number(size) + (i % 89) / 100}px"`)
    .replaceAll(/(?<=>)(\w+) /g, `$1 ${i} `);
}

function ownMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6;
}

/** With all below it; a browser that ends while it is read makes one attempt void. */
function allMegabytes(pid: number): number {
  for (let attempt = 0; attempt < 5; attempt++) {
    const all = residentMegabytes(pid);
    if (Number.isFinite(all)) return all;
  }
  return ownMegabytes(pid);
}

function row(what: string, samples: readonly Sample[]): Row {
  const quarter = (at: number) => {
    const part = samples.slice((samples.length * at) / 4, (samples.length * (at + 1)) / 4);
    return spread(part.map(({ server }) => server)).median;
  };
  const [early, late] = [quarter(1), quarter(3)];
  const ratio = late / early;
  return {
    what,
    against: 'after a quarter of them',
    ours: `${number(late)} MB`,
    theirs: `${number(early)} MB`,
    result: { median: ratio, min: ratio, max: ratio },
    unit: '×',
    goal: { value: 1.1, better: 'less' },
  };
}

const list = (samples: readonly Sample[], which: 'server' | 'all') =>
  samples.map((sample) => Math.round(sample[which])).join(', ');

function range(samples: readonly Sample[], which: 'server' | 'all'): string {
  const { min, max } = spread(samples.map((sample) => sample[which]));
  return `${number(min)} to ${number(max)} MB`;
}
