// Lists the saved rows of a template by their metadata (Beefree spec 3.5).
import { Invalid } from '../../platform/errors.ts';

/**
 * The `metadata` of each row of `{page: {rows}}` that has some, in document order, as it is. Throws `Invalid`
 * (`page_missing`) when there is no page.
 */
export function rowIndex(template: unknown): object[] {
  const page = member(template, 'page');
  if (typeof page !== 'object' || page === null || Array.isArray(page)) {
    throw new Invalid('page_missing', "required key not provided @ data['source']['page']");
  }
  const rows = member(page, 'rows');
  if (!Array.isArray(rows)) return [];
  return rows.map((row: unknown) => member(row, 'metadata')).filter(isFilledObject);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function isFilledObject(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length > 0
  );
}
