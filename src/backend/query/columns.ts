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

/**
 * Holds where the column is one of the values of a bound JSON list. PostgreSQL is given an array, because it expects few
 * values in one and looks them up in an index, whatever it knows of the table.
 */
export function amongList(
  dialect: Dialect,
  column: Sql,
  list: Sql,
  type: 'text' | 'bigint' = 'text',
): Sql {
  return dialect === 'postgres'
    ? sql`${column} = any(array(select jsonb_array_elements_text(${list}::jsonb)::${sql.raw(type)}))`
    : sql`${column} in (select value from json_each(${list}))`;
}

/** The texts of a bound JSON list as rows, for `… in`. */
export function listOf(dialect: Dialect, list: Sql): Sql {
  return dialect === 'postgres'
    ? sql`(select jsonb_array_elements_text(${list}::jsonb))`
    : sql`(select value from json_each(${list}))`;
}
