// Bare Chromium: playwright-core and a fresh context for each PDF, with as many jobs at once as the job says.
import { chromium, type Browser } from 'playwright-core';
import { quantile } from '../lib/statistics.ts';

export interface PdfJob {
  html: string;
  inFlight: number;
  seconds: number;
}

export interface PdfResult {
  rate: number;
  p50: number;
  p95: number;
}

const executablePath = process.argv[2] ?? '';
let browser: Browser | undefined;

async function makePdf(html: string): Promise<number> {
  browser ??= await chromium.launch({ executablePath });
  const context = await browser.newContext({ javaScriptEnabled: false, offline: true });
  try {
    const page = await context.newPage();
    await page.emulateMedia({ media: 'screen' });
    await page.setContent(html, { waitUntil: 'load' });
    const bytes = await page.pdf({ format: 'Letter', printBackground: true });
    return bytes.length;
  } finally {
    await context.close();
  }
}

async function measure({ html, inFlight, seconds }: PdfJob): Promise<PdfResult> {
  await makePdf(html);
  const begin = performance.now();
  const end = begin + seconds * 1000;
  const times: number[] = [];
  const loop = async () => {
    for (let from = performance.now(); from < end;) {
      await makePdf(html);
      const now = performance.now();
      times.push(now - from);
      from = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
  const elapsed = (performance.now() - begin) / 1000;
  const sorted = Float64Array.from(times).sort();
  return { rate: times.length / elapsed, p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}

process.on('message', (job: PdfJob) => {
  measure(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
const leave = () => void browser?.close().finally(() => process.exit());
process.on('SIGTERM', leave);
process.on('disconnect', leave);
