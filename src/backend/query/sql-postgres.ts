// JSON on PostgreSQL: operators of jsonb. Texts are compared in the "C" collation, which is order by code point.
import { sql } from 'kysely';
import { FALSE, type Sql } from './bounds.ts';
import { MAX_INDEX, type JsonNode, type JsonSql, type Kind } from './sql-json.ts';

const KINDS: Record<string, Exclude<Kind, 'true' | 'false'>> = {
  string: 'text',
  number: 'number',
  null: 'null',
  array: 'array',
  object: 'object',
  missing: 'missing',
};

const value = (node: JsonNode) => node as unknown as Sql;
const nodeOf = (expression: Sql) => expression as unknown as JsonNode;

function patternOf(pieces: readonly string[]): string {
  return pieces.map((piece) => piece.replaceAll(/[\\%_]/g, String.raw`\$&`)).join('%');
}

/** The functions of PostgreSQL. Each compilation takes its own, for the names of its subqueries. */
export function postgresJson(): JsonSql {
  let subqueries = 0;
  const textOf = (node: JsonNode): Sql => sql`((${value(node)} #>> '{}') collate "C")`;

  return {
    root: (document) => nodeOf(document),
    member: (node, name) => nodeOf(sql`(${value(node)} -> ${name}::text)`),
    // Strict: the plain operator takes a scalar for a list of one.
    item: (node, index) =>
      nodeOf(
        sql`jsonb_path_query_first(${value(node)}, 'strict $[$i]', jsonb_build_object('i', ${Math.min(index, MAX_INDEX)}::int), true)`,
      ),
    byKind(node, branches, otherwise) {
      const cases = Object.entries(KINDS).flatMap(([name, kind]) => {
        const branch = branches[kind];
        return branch && branch !== otherwise ? [sql`when ${sql.lit(name)} then ${branch}`] : [];
      });
      const onTrue = branches.true ?? otherwise;
      const onFalse = branches.false ?? otherwise;
      if (onTrue !== otherwise || onFalse !== otherwise) {
        const branch =
          onTrue === onFalse
            ? onTrue
            : sql`(case when (${value(node)})::boolean then ${onTrue} else ${onFalse} end)`;
        cases.push(sql`when 'boolean' then ${branch}`);
      }
      if (cases.length === 0) return otherwise;
      const type = branches.missing
        ? sql`coalesce(jsonb_typeof(${value(node)}), 'missing')`
        : sql`jsonb_typeof(${value(node)})`;
      return sql`(case ${type} ${sql.join(cases, sql` `)} else ${otherwise} end)`;
    },
    text: textOf,
    number: (node) => sql`(${value(node)})::float8`,
    integerText: (node) => textOf(node),
    someElement(node, condition) {
      const row = sql.raw(`j${subqueries++}`);
      const test = condition(nodeOf(sql`${row}.value`));
      return test === FALSE
        ? FALSE
        : sql`exists (select 1 from jsonb_array_elements(${value(node)}) as ${row}(value) where ${test})`;
    },
    someMember(node, condition) {
      const row = sql.raw(`j${subqueries++}`);
      const test = condition(nodeOf(sql`${row}.value`), sql`${row}.key`);
      return test === FALSE
        ? FALSE
        : sql`exists (select 1 from jsonb_each(${value(node)}) as ${row}(key, value) where ${test})`;
    },
    boundText: (text) => sql`(${text}::text collate "C")`,
    boundNumber: (number) => sql`${number}::float8`,
    like: (text, pieces) => sql`${text} like ${patternOf(pieces)}::text`,
    includes: (text, part) => sql`strpos(${text}, ${part}) > 0`,
    lower: (text) => sql`lower(${text})`,
    isDigits: (text) => sql`${text} ~ '^[0-9]{1,15}$'`,
    digits: (text) => sql`(${text})::float8`,
    looksNumeric: (text) => sql`${text} ~ '^[0-9.,eE+-]*$'`,
    isInteger: (number) => sql`(${number} = trunc(${number}) and abs(${number}) < 1e21)`,
    isSmallInteger: (number) =>
      sql`(${number} = trunc(${number}) and abs(${number}) <= 9007199254740991)`,
  };
}
