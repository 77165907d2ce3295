// Orders of a query: reading `orderBy`, and its SQL. Ties always keep the order of insertion.
import { sql } from 'kysely';
import type { Operand } from './ast.ts';
import { FALSE, TRUE, type Sql } from './bounds.ts';
import type { SqlTarget } from './compile.ts';
import { QUERY_LIMITS } from './limits.ts';
import { limit, Parser } from './parser.ts';
import type { JsonNode } from './sql-json.ts';
import { syntaxError, tokenize } from './tokens.ts';

export interface OrderKey {
  path: Extract<Operand, { kind: 'path' }>;
  descending: boolean;
}

/**
 * Reads `path [asc|desc], …`. A list that ends in as many directions as it has paths (`a,b asc,desc`) pairs them, because
 * one client library writes it so. Throws `Invalid` (`query_syntax`, `query_limit`).
 */
export function parseOrder(text: string): OrderKey[] {
  limit(text.length <= QUERY_LIMITS.list, 'orderBy is too long');
  const parser = new Parser(tokenize(text), []);
  const keys: (OrderKey & { said: boolean })[] = [];
  do {
    limit(keys.length < QUERY_LIMITS.columns, 'orderBy has too many keys');
    const path = parser.operand();
    if (path.kind !== 'path') throw syntaxError('an order needs a path', 0);
    const descending = parser.word('desc');
    const said = descending || parser.word('asc');
    keys.push({ path, descending, said });
  } while (parser.mark(','));
  parser.end();
  return (paired(keys) ?? keys).map(({ path, descending }) => ({ path, descending }));
}

/** Pairs `a`, `b asc`, `desc` as `a asc`, `b desc`. */
function paired(keys: readonly (OrderKey & { said: boolean })[]): OrderKey[] | undefined {
  if (keys.length % 2 === 0 || keys.length === 1) return undefined;
  const count = (keys.length + 1) / 2;
  const paths = keys.slice(0, count);
  const words = keys.slice(count).map(directionOf);
  const last = paths.at(-1);
  if (!last?.said || paths.slice(0, -1).some((key) => key.said) || words.includes(undefined)) {
    return undefined;
  }
  const directions = [last.descending, ...words];
  return paths.map(({ path }, index) => ({ path, descending: directions[index] === true }));
}

/** The direction that a key without one of its own spells. */
function directionOf({ path, said }: OrderKey & { said: boolean }): boolean | undefined {
  if (said || path.steps.length !== 1) return undefined;
  const word = path.steps[0].toLowerCase();
  return word === 'desc' ? true : word === 'asc' ? false : undefined;
}

/** Terms for ORDER BY that give the order of `compareForSort`. The caller adds the order of insertion after them. */
export function compileOrder(keys: readonly OrderKey[], target: SqlTarget): Sql[] {
  return keys.flatMap(({ path, descending }) => {
    const terms = termsOf(path, target);
    return descending ? terms.map((term) => sql`${term} desc`) : terms;
  });
}

function termsOf(path: OrderKey['path'], target: SqlTarget): Sql[] {
  const [name, ...steps] = path.steps;
  const column = target.system(name);
  const { json } = target;
  const known = column?.type === 'json' ? column.below?.(steps) : undefined;
  const found = known ?? column;
  if (found && found.type !== 'json') {
    // Nothing is below a scalar.
    if (found.type === 'constant' || (!known && steps.length > 0)) return [];
    return [found.type === 'rid' ? found.position : found.value];
  }
  let node: JsonNode =
    found?.type === 'json'
      ? json.root(found.document)
      : json.member(json.root(target.document), name);
  let crossed: Sql = FALSE;
  for (const step of known ? [] : steps) {
    if (typeof step === 'string') {
      const before = crossed;
      const list = json.byKind(node, { array: TRUE }, FALSE);
      crossed = before === FALSE ? list : sql`(${before} or ${list})`;
    }
    node = typeof step === 'number' ? json.item(node, step) : json.member(node, step);
  }
  const [zero, one, two, three, four] = [0, 1, 2, 3, 4].map((rank) => sql.lit(rank));
  // A path across a list has a list as its value, which sorts last.
  const missing =
    crossed === FALSE ? zero : sql`(case when ${crossed} then ${four} else ${zero} end)`;
  const branches = { null: zero, missing, true: one, false: one, number: two, text: three };
  const number = json.number(node);
  return [
    json.byKind(node, branches as Record<string, Sql>, four as Sql),
    json.byKind(node, { true: json.boundNumber(1), number }, json.boundNumber(0)),
    json.byKind(node, { text: json.text(node) }, json.boundText('')),
  ];
}
