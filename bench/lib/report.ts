// What a part reports: rows with a goal, written as JSON for programs and as a Markdown table for people.
import type { Spread } from './statistics.ts';

export interface Row {
  /** What was measured, of whom. */
  what: string;
  /** Against what, or nothing for an absolute number. */
  against?: string;
  ours: string;
  theirs?: string;
  /** The number that is held against the goal. */
  result: Spread;
  unit: '×' | 'ms' | 'MB' | '/s';
  /** The goal, and on which side of it is good. */
  goal?: { value: number; better: 'more' | 'less' };
}

export interface Part {
  part: string;
  title: string;
  /** How it was measured, in words: settings, counts, what is and is not the same on both sides. */
  notes: string[];
  rows: Row[];
  /** Every sample, for later questions. */
  raw: unknown;
}

/** Whether the median reaches the goal; undefined when there is none. */
export function reached(row: Row): boolean | undefined {
  if (!row.goal) return undefined;
  const { value, better } = row.goal;
  return better === 'more' ? row.result.median >= value : row.result.median <= value;
}

/** One part as a Markdown section with an aligned table. */
export function markdown(part: Part): string {
  const rows = part.rows.map((row) => [
    row.what,
    row.against ?? '–',
    row.ours,
    row.theirs ?? '–',
    `${number(row.result.median)}${suffix(row)} (${number(row.result.min)}–${number(row.result.max)})`,
    row.goal ? `${row.goal.better === 'more' ? '≥' : '≤'} ${row.goal.value}${suffix(row)}` : '–',
    ({ true: 'yes', false: '**no**' } as Record<string, string>)[String(reached(row))] ?? '–',
  ]);
  const head = ['What', 'Against', 'Skep', 'Other', 'Result (min–max)', 'Goal', 'Reached'];
  return `### ${part.title}\n\n${table([head, ...rows])}\n\n${part.notes.map((line) => `- ${line}`).join('\n')}\n`;
}

/** Three significant figures, without trailing noise. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: digits }).replaceAll(',', ' ');
}

function suffix(row: Row): string {
  return row.unit === '×' || row.unit === '/s' ? row.unit : ` ${row.unit}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...body.map(line)].join('\n');
}
