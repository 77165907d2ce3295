// Walks the stored rows, columns and blocks of a template and makes a changed copy; what nobody asks about stays (Beefree spec 4.1).
import { list, object, text, type Raw } from '../template/values.ts';

/** What happens to each part; a module that becomes undefined is left out. */
export interface Changes {
  readonly row?: (row: Raw) => Raw;
  readonly module: (module: Raw) => Raw | undefined;
}

/** A copy of the rows. What is no object where one belongs stays as it is. */
export function changedRows(rows: readonly unknown[], changes: Changes): unknown[] {
  return rows.map((row) => (isObject(row) ? changedRow(row, changes) : row));
}

function changedRow(row: Raw, changes: Changes): Raw {
  const own = changes.row ? changes.row(row) : row;
  if (!Array.isArray(own['columns'])) return own;
  return {
    ...own,
    columns: list(own['columns']).map((column) =>
      isObject(column) ? changedColumn(column, changes) : column,
    ),
  };
}

function changedColumn(column: Raw, { module }: Changes): Raw {
  if (!Array.isArray(column['modules'])) return column;
  return {
    ...column,
    modules: list(column['modules']).flatMap((one) => {
      if (!isObject(one)) return [one];
      const changed = module(one);
      return changed ? [changed] : [];
    }),
  };
}

/** True for a block of this kind: by the end of its type's name, or as what an add-on wraps. */
export function isKind(module: Raw, kind: string): boolean {
  const type = text(module['type']).toLowerCase();
  if (type === kind || type.endsWith(`-${kind}`)) return true;
  return type.endsWith('addon') && isObject(object(module['descriptor'])[kind]);
}

export function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
