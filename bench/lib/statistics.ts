// Medians, percentiles and ratios: how many noisy numbers become one honest one.

/** What a row of results says of one measure: the middle, and the smallest and largest seen. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Median, minimum and maximum of at least one number. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), min: quantile(sorted, 0), max: quantile(sorted, 1) };
}

/** The value below which the share `q` (0–1) of an ascending list lies, interpolated. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * The ratio of two series that were measured in turns: formed within each round, where both had the same neighbours
 * on the machine, and only then summed up.
 */
export function ratio(ours: readonly number[], theirs: readonly number[]): Spread {
  return spread(ours.map((value, round) => value / (theirs[round] as number)));
}
