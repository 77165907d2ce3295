// The background that all content areas share: a template keeps it once, so that rows added later have it too (spec 4.3).
import { isClear } from '../template/css.ts';
import { mostCommon } from './state.ts';
import { text } from '../template/values.ts';
import type { Json } from './state.ts';

interface Shared {
  /** `messageBackgroundColor` */
  readonly color: string;
  readonly rows: readonly Json[];
}

/**
 * Takes the most frequent colour of the content areas out of the rows. A row without one would get it too, so then
 * nothing is shared.
 */
export function sharedBackground(rows: readonly Json[]): Shared {
  const colors = rows.map((row) => text(styleOf(row)['background-color'], 'transparent'));
  if (colors.length === 0 || colors.some((color) => isClear(color))) {
    return { color: 'transparent', rows };
  }
  const color = mostCommon(colors);
  return {
    color,
    rows: rows.map((row, i) => {
      if (colors[i] !== color) return row;
      const style = { ...styleOf(row), 'background-color': 'transparent' };
      return { ...row, content: { ...(row['content'] as Json), style } };
    }),
  };
}

function styleOf(row: Json): Json {
  return ((row['content'] as Json | undefined)?.['style'] ?? {}) as Json;
}
