// The table on the console: a line for each template and width.
import type { Missing } from './compare.ts';
import type { Outcome, Shot } from './outcome.ts';

const NAME = 62;
const COLUMNS = 'width  boxes    off  worst  text  link   pic styles   diff';

export const tableHead = `${'source'.padEnd(9)}${'name'.padEnd(NAME)}${COLUMNS}`;

/** The lines of one sample, with what differs below when `details` are wanted. */
export function tableLines(outcome: Outcome, details: boolean): string[] {
  const start = outcome.source.padEnd(9) + outcome.name.slice(0, NAME - 1).padEnd(NAME);
  if (outcome.error !== undefined) return [`${start}${outcome.error}`];
  if (outcome.shots.length === 0) return [`${start}the same bytes`];
  return outcome.shots.flatMap((shot) => [
    `${start}${shotLine(shot)} ${shot.good ? '' : '✗'}`.trimEnd(),
    ...(details ? (shot.comparison?.differences ?? []) : []).map(
      ({ place, what, ours, theirs }) => `    ${place}: ${what}: ours ${ours} | theirs ${theirs}`,
    ),
  ]);
}

function shotLine({ width, comparison, percent, alike, heights }: Shot): string {
  const difference = `${percent.toFixed(2)}%`.padStart(7);
  if (!comparison) {
    const tall = heights ? `height ${heights.ours} for ${heights.theirs}` : '';
    return `${String(width).padStart(5)}  alike ${(alike ?? 0).toFixed(3)}, ${tall}`
      .padEnd(COLUMNS.length - 7)
      .concat(difference);
  }
  const { boxes, off, worst, texts, links, pictures, styles } = comparison;
  return [
    String(width).padStart(5),
    String(boxes).padStart(7),
    String(off).padStart(7),
    worst.toFixed(1).padStart(7),
    ...[texts, links, pictures].map((kind) => missing(kind).padStart(6)),
    String(styles).padStart(7),
    difference,
  ].join('');
}

/** '-1+2': one missing, two too many. */
export function missing({ missing, extra }: Missing): string {
  return (missing ? `-${missing}` : '') + (extra ? `+${extra}` : '') || '·';
}

/** How many samples of each source are within the goals. */
export function summary(outcomes: readonly Outcome[]): string {
  const sources = [...new Set(outcomes.map((outcome) => outcome.source))];
  return sources
    .map((source) => {
      const all = outcomes.filter((outcome) => outcome.source === source);
      const shots = all.flatMap((outcome) => outcome.shots);
      const good = all.filter((outcome) => outcome.good).length;
      const within = shots.filter((shot) => shot.good).length;
      return `${source}: ${good} of ${all.length} samples within the goals (${within} of ${shots.length} views)`;
    })
    .join('\n');
}
