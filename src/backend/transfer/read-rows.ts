// Rows of an archive, checked and as the tables want them.
import type { Dialect } from '../../platform/database/connection.ts';
import { parseJson } from '../../platform/json.ts';
import type { Random } from '../../platform/random.ts';
import type { Sealer } from '../../platform/credentials/sealing.ts';
import type { ColumnKind, CopiedTable, Row } from './copied-tables.ts';
import { ARCHIVE_SEAL, MAX_POSITION, type ArchivedBlob } from './format.ts';
import { bad, isObject } from './read-archive.ts';

export interface RowImport {
  tenant: string;
  dialect: Dialect;
  sealer: Sealer;
  random: Random;
  /** The archive is of another app than the one that takes it in. */
  moved: boolean;
  /** The id of a new blob with this content. */
  blob: (blob: ArchivedBlob) => string | Promise<string>;
}

/** Characters of one text; the longest are the texts of files. */
const MAX_TEXT = 32 * 1024 * 1024;

/**
 * The row of a table that a line stands for. Throws `Invalid` (`bad_archive`) unless it has exactly the table's columns,
 * each with a value of its kind.
 */
export async function readRow(
  given: RowImport,
  path: string,
  table: CopiedTable,
  line: string,
): Promise<Row> {
  try {
    const values = parseJson(line);
    if (!isObject(values)) throw new TypeError('a row is no object');
    return await rowOf(given, table, values);
  } catch (error) {
    throw bad(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function rowOf(
  { tenant, dialect, sealer, random, moved, blob }: RowImport,
  { columns, derived, restored, sealed }: CopiedTable,
  values: Record<string, unknown>,
): Promise<Row> {
  const names = Object.keys(columns);
  if (Object.keys(values).length !== names.length) throw new TypeError('a row has other columns');
  const row: Record<string, unknown> = { tenant_id: tenant };
  for (const column of names) {
    if (!Object.hasOwn(values, column)) throw new TypeError(`a row has no ${column}`);
    const value = values[column];
    const kind = columns[column] as ColumnKind;
    if (sealed?.column === column) row[column] = secretOf(sealer, value);
    else if (kind.startsWith('blob') && value !== null)
      row[column] = await blob(archivedBlob(value));
    else row[column] = checked(kind, column, value);
  }
  let elsewhere = moved;
  if (sealed) {
    const known = row[sealed.column] as string | undefined;
    elsewhere ||= known === undefined;
    const secret = known ?? sealed.lost(random);
    row[sealed.column] = sealer.seal(secret, sealed.context(tenant, row));
  }
  const whole = derived ? { ...row, ...derived.of(row, dialect) } : row;
  return restored ? restored(whole, elsewhere) : whole;
}

/** The secret; nothing when it was sealed on a server with another key. */
function secretOf(sealer: Sealer, value: unknown): string | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'string') throw new TypeError('a secret is not sealed');
  return sealer.unseal(value, ARCHIVE_SEAL);
}

function checked(kind: ColumnKind, column: string, value: unknown): unknown {
  if (value === null && kind.endsWith('?')) return null;
  if (kind.startsWith('int')) {
    if (Number.isSafeInteger(value) && Math.abs(Number(value)) <= MAX_POSITION) return value;
    throw new TypeError(`${column} is no number`);
  }
  if (typeof value !== 'string' || kind.startsWith('blob') || value.length > MAX_TEXT) {
    throw new TypeError(`${column} is no text`);
  }
  // No engine stores it in the same way.
  if (value.includes('\0')) throw new TypeError(`${column} holds a character that no text has`);
  if (kind.startsWith('json') || kind === 'query') parseJson(value);
  if (kind === 'object' && !isObject(parseJson(value))) {
    throw new TypeError(`${column} is no object`);
  }
  return value;
}

function archivedBlob(value: unknown): ArchivedBlob {
  const { sha256, type } = (value ?? {}) as Partial<ArchivedBlob>;
  if (typeof sha256 !== 'string' || typeof type !== 'string' || type.length > 200) {
    throw new TypeError('a row names no content');
  }
  return { sha256, type };
}
