// Rows of an app on their way into an archive, in pages that fit into memory.
import { sql, type Kysely } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import type { Sealer } from '../../platform/credentials/sealing.ts';
import type { ColumnKind, CopiedTable, Row } from './copied-tables.ts';
import { ARCHIVE_SEAL, type ArchivedBlob } from './format.ts';

/** Tables by name, without their types: which columns there are is said by `CopiedTable`. */
export type AnyTables = Record<string, Record<string, unknown>>;

/** Rows of the first page, and characters that the following ones should not exceed by much. */
const FIRST_PAGE = 100;
const MAX_PAGE = 1000;
const PAGE_CHARACTERS = 4_000_000;

export interface RowReader {
  reads: Kysely<AnyTables>;
  tenant: string;
  dialect: Dialect;
  sealer: Sealer;
  /** Hears of every blob that a row names. */
  onBlob: (blob: ArchivedBlob) => void;
}

/** The rows of a table as the archive has them, one JSON text each. */
export async function* archivedRows(
  reader: RowReader,
  name: string,
  table: CopiedTable,
): AsyncGenerator<string> {
  let after: Row | undefined;
  for (let limit = FIRST_PAGE; ;) {
    const rows = await page(reader, name, table, after, limit);
    const blobs = await blobsOf(reader, table, rows);
    let characters = 0;
    for (const row of rows) {
      const text = JSON.stringify(archived(reader, table, row, blobs));
      characters += text.length;
      yield text;
    }
    if (rows.length < limit) return;
    after = rows.at(-1);
    const fitting = Math.floor((PAGE_CHARACTERS / Math.max(characters, 1)) * rows.length);
    limit = Math.min(Math.max(fitting, 1), MAX_PAGE);
  }
}

function page(
  { reads, tenant }: RowReader,
  name: string,
  { columns, key }: CopiedTable,
  after: Row | undefined,
  limit: number,
): Promise<Row[]> {
  const selected = [...new Set([...Object.keys(columns), ...key])];
  let query = reads.selectFrom(name).select(selected).where('tenant_id', '=', tenant).limit(limit);
  for (const column of key) query = query.orderBy(column);
  if (after) {
    const own = sql.join(key.map((column) => sql.ref(column)));
    const last = sql.join(key.map((column) => sql`${after[column]}`));
    query = query.where(sql<boolean>`(${own}) > (${last})`);
  }
  return query.execute();
}

/** The blobs that the rows name, by id. */
async function blobsOf(
  { reads, tenant, onBlob }: RowReader,
  { columns }: CopiedTable,
  rows: readonly Row[],
): Promise<Map<string, ArchivedBlob>> {
  const named = blobColumns(columns).flatMap((column) => rows.map((row) => row[column]));
  const ids = [...new Set(named.filter((id) => typeof id === 'string'))];
  const found = new Map<string, ArchivedBlob>();
  if (ids.length === 0) return found;
  const blobs = await reads
    .selectFrom('platform_blobs')
    .select(['id', 'hash', 'media_type'])
    .where('tenant_id', '=', tenant)
    .where('id', 'in', ids)
    .execute();
  for (const { id, hash, media_type: type } of blobs) {
    const blob = { sha256: String(hash), type: String(type) };
    found.set(String(id), blob);
    onBlob(blob);
  }
  return found;
}

export function blobColumns(columns: CopiedTable['columns']): string[] {
  return Object.entries(columns).flatMap(([column, kind]) =>
    kind.startsWith('blob') ? [column] : [],
  );
}

function archived(
  { tenant, sealer }: RowReader,
  { columns, sealed }: CopiedTable,
  row: Row,
  blobs: ReadonlyMap<string, ArchivedBlob>,
): Row {
  const values = Object.entries(columns).map(([column, kind]): [string, unknown] => {
    const value = row[column];
    if (sealed?.column === column) {
      const secret = sealer.unseal(String(value), sealed.context(tenant, row));
      return [column, secret === undefined ? null : sealer.seal(secret, ARCHIVE_SEAL)];
    }
    return [column, archivedValue(kind, value, blobs)];
  });
  return Object.fromEntries(values);
}

function archivedValue(
  kind: ColumnKind,
  value: unknown,
  blobs: ReadonlyMap<string, ArchivedBlob>,
): unknown {
  if (value === null || value === undefined) return null;
  if (kind === 'query') {
    return canonical(typeof value === 'string' ? (JSON.parse(value) as unknown) : value);
  }
  if (kind.startsWith('blob') && typeof value === 'string') return blobs.get(value) ?? null;
  return value;
}

/** JSON with its members in order: PostgreSQL sorts them in a way of its own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
