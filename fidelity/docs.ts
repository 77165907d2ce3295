// Writes docs/fidelity.md from what was measured, so that the page stays true.
import { writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { missing } from './table.ts';
import { REASONS } from './reasons.ts';
import type { Outcome, Shot } from './outcome.ts';
import type { Source } from './samples.ts';

const TITLES: Record<Source, string> = {
  pairs: 'Pairs: a template, and what the hosted service made of it',
  pictures: 'Pictures: a template, and a screenshot made by the hosted editor',
  html: 'HTML alone: through our importer and our renderer, it should look as before',
  round: 'Round trip: what we render, imported and rendered again',
};

/** Writes the page. Throws when the file can't be written. */
export async function writeDocs(outcomes: readonly Outcome[], file: string): Promise<void> {
  const page = [
    '# Fidelity',
    'How close the HTML of Skep comes to that of the hosted service, measured in Chromium. This page is written by `npm run fidelity -- --docs`; the samples are real templates of others and not part of this repository. [CONTRIBUTING.md](../CONTRIBUTING.md#fidelity) says how to measure your own.',
    'Each document is laid out at 320, 600 and 1200 px, with placeholders for its pictures and without its web fonts. The goals: every row, column, block, text, picture and button within 2 px of where the reference has it; no text, link or picture missing or added; less than 1 % of the pixels different. Where the reference is a screenshot: a structural similarity of 0.9 outside the pictures, and the same height within 2 %.',
    '| source | samples | within the goals | views | within | worst box | worst picture |',
    ...sources(outcomes).map((source) => sourceRow(source, of(outcomes, source))),
    ...sources(outcomes).flatMap((source) => section(source, of(outcomes, source))),
  ];
  const text = page
    .join('\n\n')
    .replace(/\|\n\n\|/g, '|\n|')
    .replace(/(\| source [^\n]*\n)/, `$1|${' --- |'.repeat(7)}\n`);
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

function sources(outcomes: readonly Outcome[]): Source[] {
  return [...new Set(outcomes.map((outcome) => outcome.source))];
}

function of(outcomes: readonly Outcome[], source: Source): Outcome[] {
  return outcomes.filter((outcome) => outcome.source === source);
}

function sourceRow(source: Source, outcomes: readonly Outcome[]): string {
  const shots = outcomes.flatMap((outcome) => outcome.shots);
  const good = outcomes.filter((outcome) => outcome.good).length;
  const boxes = shots.flatMap(({ comparison }) => (comparison ? [comparison.worst] : []));
  const cells = [
    source,
    outcomes.length,
    good,
    shots.length,
    shots.filter((shot) => shot.good).length,
    boxes.length > 0 ? `${Math.max(...boxes).toFixed(1)} px` : '–',
    `${Math.max(0, ...shots.map((shot) => shot.percent)).toFixed(2)} %`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function section(source: Source, outcomes: readonly Outcome[]): string[] {
  const bad = outcomes.filter((outcome) => !outcome.good);
  const lines = bad.map((outcome) => `- ${label(outcome)}: ${differs(outcome)}`);
  return [
    `## ${TITLES[source]}`,
    bad.length === 0
      ? `All ${outcomes.length} are within the goals.`
      : `${outcomes.length - bad.length} of ${outcomes.length} are within the goals. The others:`,
    lines.join('\n'),
  ];
}

function label({ name }: Outcome): string {
  return `**${name}**`;
}

function differs(outcome: Outcome): string {
  const reason = REASONS[outcome.name];
  const measured =
    outcome.error ??
    outcome.shots
      .filter((shot) => !shot.good)
      .map(measurement)
      .join('; ');
  return reason === undefined ? measured : `${measured}. ${reason}`;
}

function measurement({ width, comparison, percent, alike, heights }: Shot): string {
  if (!comparison) {
    return `similarity ${(alike ?? 0).toFixed(3)}, ${heights?.ours ?? 0} px tall for ${heights?.theirs ?? 0}`;
  }
  const { boxes, off, worst, texts, links, pictures } = comparison;
  const lost = (
    [
      ['texts', texts],
      ['links', links],
      ['pictures', pictures],
    ] as const
  )
    .filter(([, kind]) => kind.missing + kind.extra > 0)
    .map(([name, kind]) => `, ${name} ${missing(kind)}`)
    .join('');
  return `${width} px: ${off} of ${boxes} boxes off by up to ${worst.toFixed(1)} px${lost}, picture ${percent.toFixed(2)} %`;
}
