// Lists the rows of a template that follow a saved row (Beefree spec 3.8).
import { findPage, rawRows } from '../template/read.ts';
import { flag, object } from '../template/values.ts';
import { identifierOf } from './identifier.ts';

export interface SyncedRow {
  /** null when the row does not say which saved row it follows */
  rowIdentifier: string | number | null;
  /** place in the template, from 0 */
  rowIndex: number;
}

/**
 * The rows with `synced`, in document order; `label` is the member of their metadata that identifies them. Throws
 * `Invalid` (`page_missing`) without a page.
 */
export function syncedRows(template: unknown, label: string): SyncedRow[] {
  return rawRows(findPage(template)).flatMap((row, rowIndex) =>
    flag(object(row)['synced'])
      ? [{ rowIdentifier: identifierOf(row, label) ?? null, rowIndex }]
      : [],
  );
}
