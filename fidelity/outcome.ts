// What came of comparing one sample.
import { inPlace, type Comparison } from './compare.ts';
import type { Source } from './samples.ts';

/** The goals of the project. */
export const GOAL = { percent: 1, alike: 0.9, height: 0.02 } as const;

/** One width of one sample. */
export interface Shot {
  readonly width: number;
  /** undefined when the reference is a picture */
  readonly comparison?: Comparison;
  /** share of pixels that look different, in percent */
  readonly percent: number;
  /** structural similarity to a reference picture, 0 to 1 */
  readonly alike?: number;
  /** heights of a reference picture and of ours, in CSS pixels */
  readonly heights?: { readonly ours: number; readonly theirs: number };
  readonly pictures: ShotPictures;
  readonly good: boolean;
}

export interface ShotPictures {
  readonly ours: Buffer;
  readonly theirs: Buffer;
  /** where they differ */
  readonly difference?: Buffer | undefined;
}

export interface Outcome {
  readonly source: Source;
  readonly name: string;
  readonly shots: readonly Shot[];
  /** whether every width is within the goals */
  readonly good: boolean;
  /** why there was nothing to compare */
  readonly error?: string;
}

/** Judges one width. */
export function shot(found: Omit<Shot, 'good'>): Shot {
  return { ...found, good: isGood(found) };
}

function isGood({ comparison, percent, alike, heights }: Omit<Shot, 'good'>): boolean {
  if (comparison) return inPlace(comparison) && percent < GOAL.percent;
  return (
    (alike ?? 0) >= GOAL.alike &&
    (!heights || Math.abs(heights.ours - heights.theirs) <= GOAL.height * heights.theirs)
  );
}
