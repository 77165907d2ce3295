// Compares one sample in the browser.
import { compare } from './compare.ts';
import { masked, pictureDifference, similarity, sizeOf } from './pictures.ts';
import { pictureSizes } from './placeholders.ts';
import { shot, type Outcome, type Shot } from './outcome.ts';
import type { Sample, Sides } from './samples.ts';
import type { Tab, View } from './tab.ts';

export interface LookOptions {
  readonly widths: readonly number[];
  /** whether to draw where screenshots differ */
  readonly pictures: boolean;
}

/** The fonts of the machine that made the picture are unknown: the closer of two guesses counts. */
const FALLBACK_FONT = `*{font-family:'DejaVu Sans',sans-serif!important}`;

/** Compares one sample; what goes wrong is part of the outcome. Without views, both sides are the same bytes. */
export async function look(tab: Tab, sample: Sample, options: LookOptions): Promise<Outcome> {
  const { source, name } = sample;
  try {
    const sides = await sample.sides();
    const shots =
      sides.picture === undefined
        ? await lookAtDocuments(tab, sides, options)
        : [await lookAtPicture(tab, sides, sides.picture, options)];
    return { source, name, shots, good: shots.every((shot) => shot.good) };
  } catch (error) {
    return { source, name, shots: [], good: false, error: String(error) };
  }
}

async function lookAtDocuments(
  tab: Tab,
  sides: Sides,
  { widths, pictures }: LookOptions,
): Promise<Shot[]> {
  const { ours, theirs = '', json } = sides;
  if (ours === theirs) return [];
  const sizes = pictureSizes(json, [theirs, ours]);
  const reference = await tab.views(theirs, sizes, { widths });
  const own = await tab.views(ours, sizes, { widths });
  return Promise.all(
    widths.map(async (width, index) => shotOf(width, own[index]!, reference[index]!, pictures)),
  );
}

async function shotOf(
  width: number,
  ours: View,
  theirs: View,
  wantPicture: boolean,
): Promise<Shot> {
  const comparison = compare(ours.measured, theirs.measured);
  const { percent, png } = await pictureDifference(ours.png, theirs.png, wantPicture);
  const pictures = { ours: ours.png, theirs: theirs.png, difference: png };
  return shot({ width, comparison, percent, pictures });
}

async function lookAtPicture(
  tab: Tab,
  { ours, json }: Sides,
  picture: Buffer,
  options: LookOptions,
): Promise<Shot> {
  const { width } = await sizeOf(picture);
  const sizes = pictureSizes(json, [ours]);
  const shots: Shot[] = [];
  for (const css of ['', FALLBACK_FONT]) {
    const [view] = await tab.views(ours, sizes, { widths: [width], css });
    const { measured, png } = view!;
    const hidden = [...measured.pictures, ...measured.backgrounds].map((leaf) => leaf.box);
    const [own, their] = await Promise.all([masked(png, hidden), masked(picture, hidden)]);
    const alike = await similarity(own, their);
    const { percent, png: difference } = await pictureDifference(own, their, options.pictures);
    const heights = { ours: measured.height, theirs: (await sizeOf(picture)).height };
    const pictures = { ours: png, theirs: picture, difference };
    shots.push(shot({ width, percent, alike, heights, pictures }));
  }
  const [first, second] = shots as [Shot, Shot];
  return first.alike! >= second.alike! ? first : second;
}
