// JSON on SQLite: json_type, json_extract and json_each over the document's text.
import { sql } from 'kysely';
import { FALSE, type Sql } from './bounds.ts';
import { MAX_INDEX, type JsonNode, type JsonSql, type Kind } from './sql-json.ts';

interface Place {
  /** A JSON text, and the path in it. */
  base: Sql;
  path: string;
  /** Rows of json_each know type and value already. */
  row?: Sql;
}

const KINDS: Record<string, Kind> = {
  text: 'text',
  integer: 'number',
  real: 'number',
  true: 'true',
  false: 'false',
  null: 'null',
  array: 'array',
  object: 'object',
};

const place = (node: JsonNode) => node as unknown as Place;
const nodeOf = (value: Place) => value as unknown as JsonNode;

/** Pieces of `like` as a GLOB pattern: its own wildcards stand in brackets. */
function globOf(pieces: readonly string[]): string {
  return pieces.map((piece) => piece.replaceAll(/[*?[]/g, '[$&]')).join('*');
}

/** The functions of SQLite. Each compilation takes its own, for the names of its subqueries. */
export function sqliteJson(): JsonSql {
  let subqueries = 0;

  const typeOf = (node: JsonNode): Sql => {
    const { base, path, row } = place(node);
    return row && path === '$' ? sql`${row}.type` : sql`json_type(${base}, ${path})`;
  };
  const valueOf = (node: JsonNode): Sql => {
    const { base, path, row } = place(node);
    return row && path === '$' ? sql`${row}.value` : sql`json_extract(${base}, ${path})`;
  };
  const some = (node: JsonNode, condition: (value: JsonNode, key: Sql) => Sql): Sql => {
    const row = sql.raw(`j${subqueries++}`);
    const { base, path } = place(node);
    // The value of a row is JSON text only when it is a container; for the rest there is nothing below.
    const inner = sql`(case when ${row}.type in ('object', 'array') then ${row}.value end)`;
    const test = condition(nodeOf({ base: inner, path: '$', row }), sql`${row}.key`);
    return test === FALSE
      ? FALSE
      : sql`exists (select 1 from json_each(${base}, ${path}) as ${row} where ${test})`;
  };

  return {
    root: (document) => nodeOf({ base: document, path: '$' }),
    // Names of the grammar hold no quotes; and the path is a bound value anyway.
    member: (node, name) => nodeOf({ ...place(node), path: `${place(node).path}."${name}"` }),
    item: (node, index) =>
      nodeOf({ ...place(node), path: `${place(node).path}[${Math.min(index, MAX_INDEX)}]` }),
    byKind(node, branches, otherwise) {
      const cases = Object.entries(KINDS).flatMap(([name, kind]) => {
        const branch = branches[kind];
        return branch && branch !== otherwise ? [sql`when ${sql.lit(name)} then ${branch}`] : [];
      });
      const { missing } = branches;
      if (missing && missing !== otherwise) cases.push(sql`when 'missing' then ${missing}`);
      if (cases.length === 0) return otherwise;
      const type = missing ? sql`coalesce(${typeOf(node)}, 'missing')` : typeOf(node);
      return sql`(case ${type} ${sql.join(cases, sql` `)} else ${otherwise} end)`;
    },
    text: valueOf,
    number: valueOf,
    integerText: (node) => sql`cast(${valueOf(node)} as text)`,
    someElement: (node, condition) => some(node, (element) => condition(element)),
    someMember: some,
    boundText: (value) => sql`${value}`,
    boundNumber: (value) => sql`${value}`,
    like: (text, pieces) => sql`${text} glob ${globOf(pieces)}`,
    includes: (text, part) => sql`instr(${text}, ${part}) > 0`,
    lower: (text) => sql`lower(${text})`,
    isDigits: (text) => sql`(length(${text}) between 1 and 15 and ${text} not glob '*[^0-9]*')`,
    digits: (text) => sql`cast(${text} as integer)`,
    looksNumeric: (text) => sql`${text} not glob '*[^0-9.,eE+-]*'`,
    isInteger: (number) => sql`(${number} = trunc(${number}) and abs(${number} + 0.0) < 1e21)`,
    isSmallInteger: (number) =>
      sql`(typeof(${number}) = 'integer' and ${number} between -9007199254740991 and 9007199254740991)`,
  };
}
