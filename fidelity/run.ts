// `npm run fidelity`: how close our HTML comes to that of the hosted service, measured in a browser (see CONTRIBUTING.md).
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findSamples, type Sample } from './samples.ts';
import { look } from './look.ts';
import { openBrowser, openTab } from './tab.ts';
import { writeReport } from './report.ts';
import { summary, tableHead, tableLines } from './table.ts';
import { writeDocs } from './docs.ts';
import type { Outcome } from './outcome.ts';

const TABS = 2;

const root = path.join(import.meta.dirname, '..');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    templates: { type: 'string' },
    source: { type: 'string' },
    widths: { type: 'string', default: '320,600,1200' },
    out: { type: 'string', default: path.join(root, '.cache', 'fidelity') },
    'no-report': { type: 'boolean', default: false },
    details: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
  },
});
const folder = values.templates ?? process.env['SKEP_TEMPLATES'];
if (values.docs && (folder === undefined || positionals.length > 0 || values.source)) {
  throw new Error('--docs describes a whole folder of samples: name it, and filter nothing');
}
const widths = values.widths.split(',').map(Number);
if (widths.some((width) => !(width >= 1 && width <= 4096))) {
  throw new Error('--widths are pixels from 1 to 4096, separated by commas');
}
const options = { widths, pictures: !values['no-report'] };
const wanted = ({ source, name }: Sample) =>
  (values.source === undefined || values.source === source) &&
  (positionals.length === 0 || positionals.some((part) => `${source}/${name}`.includes(part)));

const found = await (folder === undefined
  ? findSamples(path.join(import.meta.dirname, 'examples'), path.join(root, 'examples/templates'))
  : findSamples(folder));
const samples = found.filter(wanted);
const outcomes: Outcome[] = [];
const browser = await openBrowser();
try {
  console.log(tableHead);
  const waiting = samples.map(() => Promise.withResolvers<Outcome>());
  const queue = samples.entries();
  const work = async () => {
    const tab = await openTab(browser);
    for (const [index, sample] of queue) waiting[index]!.resolve(await look(tab, sample, options));
  };
  const working = Promise.all(Array.from({ length: TABS }, work));
  for (const { promise } of waiting) {
    const outcome = await promise;
    outcomes.push(outcome);
    for (const line of tableLines(outcome, values.details)) console.log(line);
  }
  await working;
} finally {
  await browser.kill();
}
console.log(summary(outcomes));
if (!values['no-report']) console.log(`Report: ${await writeReport(outcomes, values.out)}`);
if (values.docs) await writeDocs(outcomes, path.join(root, 'docs', 'fidelity.md'));
if (values.strict && outcomes.some((outcome) => !outcome.good)) process.exitCode = 1;
