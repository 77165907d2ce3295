// Renders one e-mail again and again in a process of its own: Skep's renderer or MJML, by the name in the first argument.
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

/** As its documentation calls it, at its fastest, and in the form in which Skep answers. */
const MJML_OPTIONS: Record<string, object> = {
  'MJML 5': {},
  'MJML 5, validation off': { validationLevel: 'skip' },
  'MJML 5, minified': { minify: true, minifyOptions: { minifyCss: false } },
};

async function renderer(name: string | undefined): Promise<[(blocks: number) => string, Render]> {
  const options = name === undefined ? undefined : MJML_OPTIONS[name];
  if (options) {
    const { default: mjml2html } = await import('mjml');
    return [templateMjml, async (source) => (await mjml2html(source, options)).html];
  }
  const { renderHtml } = await import('../../src/content/render/render.ts');
  return [templateJson, (source) => renderHtml(JSON.parse(source), { target: 'message' }).html];
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
