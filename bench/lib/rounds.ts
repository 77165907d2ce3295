// Measuring in turns: A B C A B C …, so that what else happens on the machine meets all alike.
import { ratio, type Spread, spread } from './statistics.ts';

/** What was measured of one competitor in one round: numbers by the name of the measure. */
export type Sample = Record<string, number>;

export interface Series {
  name: string;
  samples: Sample[];
}

/** Runs `measure` for every competitor in every round; the order turns by one each round. */
export async function rounds<T extends { name: string }>(
  competitors: readonly T[],
  count: number,
  measure: (competitor: T, round: number) => Promise<Sample>,
): Promise<Series[]> {
  const series = competitors.map(({ name }) => ({ name, samples: [] as Sample[] }));
  for (let round = 0; round < count; round++) {
    for (let turn = 0; turn < competitors.length; turn++) {
      const at = (turn + round) % competitors.length;
      const sample = await measure(competitors[at] as T, round);
      (series[at] as Series).samples.push(sample);
    }
  }
  return series;
}

/** The spread of one measure of one competitor. */
export function of(series: readonly Series[], name: string, measure: string): Spread {
  return spread(values(series, name, measure));
}

/** `ours / theirs` round by round. */
export function ratioOf(
  series: readonly Series[],
  ours: string,
  theirs: string,
  measure: string,
): Spread {
  return ratio(values(series, ours, measure), values(series, theirs, measure));
}

function values(series: readonly Series[], name: string, measure: string): number[] {
  const samples = series.find((one) => one.name === name)?.samples ?? [];
  return samples.map((sample) => sample[measure] as number);
}
