// Puts new versions of saved rows into a template (Beefree spec 3.7).
import { TooLarge } from '../../platform/errors.ts';
import { findPage, rawRows } from '../template/read.ts';
import { px } from '../template/css.ts';
import { list, object } from '../template/values.ts';
import { missingFonts } from './fonts.ts';
import { identifierOf } from './identifier.ts';
import { fitted } from './widths.ts';
import type { Raw } from '../template/values.ts';

export interface MergeRowsInput {
  /** New versions of saved rows; of two with the same identifier the last one counts. */
  readonly rows: readonly Raw[];
  /** `{page: …}` with whatever else belongs to it. */
  readonly template: Raw;
  /** The member of a row's metadata that identifies the saved row. */
  readonly label: string;
  /** Fonts that the rows may need. */
  readonly webFonts?: readonly Raw[] | undefined;
}

export interface MergedRows {
  /** Shares with the input what did not change. */
  readonly template: Raw;
  /** The identifiers of rows that are not in the template, in order; null for a row without one. */
  readonly unmatched: readonly (string | number | null)[];
}

/** Characters of JSON that the rows may add to a template: one row can be in it thousands of times. */
const GROWTH = 40_000_000;

/**
 * Replaces every row of the template that is a copy of one of the rows, metadata included. Its `uuid` stays, because
 * comments refer to it; widths of pictures follow the width of the template; fonts that the rows need and the template
 * does not load are added. Merging the same rows again changes nothing. Throws `Invalid` (`page_missing`) and
 * `TooLarge` (`merge_too_large`).
 */
export function mergeRows(
  { rows, template, label, webFonts = [] }: MergeRowsInput,
  growth = GROWTH,
): MergedRows {
  const page: Record<string, unknown> = { ...findPage(template) };
  // What an earlier merge reported is no part of the template.
  delete page['warnings'];
  const body = object(page['body']);
  const width = px(object(object(body['content'])['computedStyle'])['messageWidth'], undefined);
  const wanted = new Map<string, Insert>();
  for (const row of rows) {
    const id = identifierOf(row, label);
    if (id !== undefined) wanted.set(String(id), { row, used: 0 });
  }
  const merged = rawRows(page).map((old) => {
    const insert = wanted.get(String(identifierOf(old, label) ?? ''));
    if (!insert) return old;
    insert.used += 1;
    insert.fitted ??= fitted(insert.row, width);
    const { uuid } = object(old);
    return uuid === undefined ? insert.fitted : { ...insert.fitted, uuid };
  });
  checkGrowth(wanted, growth);
  if (Array.isArray(page['rows']) || merged.length > 0) page['rows'] = merged;
  const fonts = missingFonts(page, webFonts);
  if (fonts.length > 0) {
    page['body'] = { ...body, webFonts: [...list(body['webFonts']), ...fonts] };
  }
  const unmatched = rows
    .map((row) => identifierOf(row, label) ?? null)
    .filter((id) => id === null || wanted.get(String(id))?.used === 0);
  return { template: { ...template, page }, unmatched };
}

interface Insert {
  readonly row: Raw;
  fitted?: Raw;
  used: number;
}

function checkGrowth(inserts: ReadonlyMap<string, Insert>, most: number): void {
  let growth = 0;
  for (const { row, used } of inserts.values()) {
    if (used > 1) growth += (used - 1) * JSON.stringify(row).length;
    if (growth > most) {
      throw new TooLarge('merge_too_large', 'The rows make the template too large');
    }
  }
}
