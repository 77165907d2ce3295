// Renders one e-mail again and again in a process of its own: Skep's renderer or MJML, by the first argument.
import { quantile } from '../lib/statistics.ts';
import { templateJson, templateMjml } from './templates.ts';

export interface RenderJob {
  blocks: number;
  seconds: number;
  warmSeconds: number;
}

export interface RenderResult {
  /** Milliseconds a render. */
  p50: number;
  p95: number;
  rate: number;
  /** Bytes of the HTML. */
  bytes: number;
}

type Render = (source: string) => Promise<string> | string;

async function renderer(name: string | undefined): Promise<[(blocks: number) => string, Render]> {
  if (name === 'mjml') {
    const { default: mjml2html } = await import('mjml');
    const options = { validationLevel: 'skip' } as const;
    return [templateMjml, async (source) => (await mjml2html(source, options)).html];
  }
  const { renderHtml } = await import('../../src/content/render/render.ts');
  const options = { target: 'message' } as const;
  return [templateJson, (source) => renderHtml(JSON.parse(source), options).html];
}

const [template, render] = await renderer(process.argv[2]);

async function measure({ blocks, seconds, warmSeconds }: RenderJob): Promise<RenderResult> {
  const source = template(blocks);
  const bytes = Buffer.byteLength(await render(source));
  const begin = performance.now() + warmSeconds * 1000;
  const end = begin + seconds * 1000;
  const times: number[] = [];
  let last = performance.now();
  while (last < end) {
    await render(source);
    const now = performance.now();
    if (last >= begin) times.push(now - last);
    last = now;
  }
  const sorted = Float64Array.from(times).sort();
  const rate = times.length / seconds;
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), rate, bytes };
}

process.on('message', (job: RenderJob) => {
  measure(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
