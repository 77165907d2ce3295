// Pieces that every target of queries needs, by engine.
import { sql } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import type { Sql } from './bounds.ts';
import type { JsonSql } from './sql-json.ts';
import { postgresJson } from './sql-postgres.ts';
import { sqliteJson } from './sql-sqlite.ts';

/** The engine's functions on JSON, for one compilation. */
export function jsonOn(dialect: Dialect): JsonSql {
  return dialect === 'postgres' ? postgresJson() : sqliteJson();
}

/** A column with text, compared and sorted by code point as queries want it. */
export function textColumn(dialect: Dialect, column: Sql): Sql {
  return dialect === 'postgres' ? sql`(${column} collate "C")` : column;
}

/** The texts of a bound JSON list as rows, for `… in`. */
export function listOf(dialect: Dialect, list: Sql): Sql {
  return dialect === 'postgres'
    ? sql`(select jsonb_array_elements_text(${list}::jsonb))`
    : sql`(select value from json_each(${list}))`;
}
