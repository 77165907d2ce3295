// Projections: reading `fields` and `groupBy`, and making result rows out of records (BaasBox spec 4.5).
import type { Operand } from './ast.ts';
import { formatDate } from './dates.ts';
import { evaluate, type Subject } from './evaluate.ts';
import { QUERY_LIMITS } from './limits.ts';
import { calculate } from './methods.ts';
import type { OrderKey } from './order.ts';
import { limit, Parser } from './parser.ts';
import { syntaxError, tokenize } from './tokens.ts';
import {
  compareForSort,
  DateValue,
  isObject,
  RidValue,
  type Json,
  type JsonObject,
  type Value,
} from './values.ts';

const AGGREGATES = [
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'first',
  'last',
  'distinct',
  'list',
] as const;
type AggregateName = (typeof AGGREGATES)[number];

export type Column =
  | { kind: 'all' }
  | { kind: 'value'; alias: string; operand: Operand }
  /** `count(*)` has no operand. */
  | { kind: 'aggregate'; alias: string; name: AggregateName; operand: Operand | undefined }
  /** Rows out of the elements of a list. */
  | { kind: 'expand'; operand: Operand };

/** One row of a projection: a plain object, in the order of the columns. */
export type Row = JsonObject;

/** Reads `fields`. A lone `*` gives no columns: records as they are. Throws `Invalid`. */
export function parseFields(text: string): Column[] {
  limit(text.length <= QUERY_LIMITS.list, 'fields is too long');
  const parser = new Parser(tokenize(text), []);
  const columns: Column[] = [];
  const taken = new Set<string>();
  do {
    limit(columns.length < QUERY_LIMITS.columns, 'fields has too many columns');
    columns.push(column(parser, taken));
  } while (parser.mark(','));
  parser.end();
  return columns.length === 1 && columns[0]?.kind === 'all' ? [] : columns;
}

/** Reads `groupBy`: a list of paths. Throws `Invalid`. */
export function parseGroupBy(text: string): Operand[] {
  limit(text.length <= QUERY_LIMITS.list, 'groupBy is too long');
  const parser = new Parser(tokenize(text), []);
  const paths: Operand[] = [];
  do {
    limit(paths.length < QUERY_LIMITS.columns, 'groupBy has too many keys');
    paths.push(parser.operand());
  } while (parser.mark(','));
  parser.end();
  return paths;
}

function column(parser: Parser, taken: Set<string>): Column {
  if (parser.mark('*')) return { kind: 'all' };
  const read = expression(parser);
  if (read.kind === 'expand') {
    if (parser.word('as')) parser.name();
    return read;
  }
  const alias = parser.word('as') ? parser.name() : unused(defaultName(read), taken);
  taken.add(alias);
  return { ...read, alias };
}

type Expression =
  | { kind: 'value'; operand: Operand }
  | { kind: 'aggregate'; name: AggregateName; operand: Operand | undefined }
  | { kind: 'expand'; operand: Operand };

function expression(parser: Parser): Expression {
  const name = parser.callee();
  const aggregate = AGGREGATES.find((candidate) => candidate === name);
  if (!aggregate && name !== 'expand') return { kind: 'value', operand: operandOf(parser) };
  parser.name();
  parser.mark('(');
  const star = aggregate === 'count' && parser.mark('*');
  const operand = star ? undefined : operandOf(parser);
  if (!parser.mark(')')) throw syntaxError('a bracket is not closed', 0);
  if (aggregate) return { kind: 'aggregate', name: aggregate, operand };
  return { kind: 'expand', operand: operand as Operand };
}

/** An operand, or `eval('arithmetic')`, whose text is read by the same grammar. */
function operandOf(parser: Parser): Operand {
  if (parser.callee() !== 'eval') return parser.operand();
  parser.name();
  parser.mark('(');
  const text = parser.operand();
  if (text.kind !== 'literal' || typeof text.value !== 'string' || !parser.mark(')')) {
    throw syntaxError('eval takes one text', 0);
  }
  const inner = new Parser(tokenize(text.value), []);
  const operand = inner.operand();
  inner.end();
  return operand;
}

function defaultName(read: Expression): string {
  if (read.kind === 'aggregate') return read.name;
  return operandName(read.operand);
}

function operandName(operand: Operand): string {
  switch (operand.kind) {
    case 'path':
      return operand.steps.findLast((step) => typeof step === 'string') as string;
    case 'method':
      return operandName(operand.on);
    case 'call':
      return operand.name;
    case 'arithmetic':
      return 'eval';
    default:
      return operand.kind === 'literal' ? String(operand.value) : operand.kind;
  }
}

function unused(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let number = 2; taken.has(candidate); number++) candidate = `${name}${number}`;
  return candidate;
}

/** Do these columns need all records before the first row can be given? */
export function isAggregation(columns: readonly Column[], groupBy: readonly Operand[]): boolean {
  return groupBy.length > 0 || columns.some((item) => item.kind === 'aggregate');
}

/** The rows that one record gives: one, or the elements of the list that is expanded. */
export function project(columns: readonly Column[], subject: Subject, now: number): Row[] {
  const expanded = columns.find((item) => item.kind === 'expand');
  if (expanded) {
    const value = evaluate(expanded.operand, subject, now);
    const elements = Array.isArray(value) ? value : [value];
    return elements.flatMap((element) => {
      if (element == null) return [];
      return isObject(element) ? [element] : [{ value: toJson(element) }];
    });
  }
  const row: Row = {};
  for (const item of columns) {
    if (item.kind === 'all')
      for (const [name, value] of Object.entries(subject.fields)) put(row, name, value);
    else if (item.kind === 'value')
      put(row, item.alias, toJson(evaluate(item.operand, subject, now)));
  }
  return [row];
}

/** Values that all groups of a query may hold together. */
const MAX_HELD = 100_000;

interface Group {
  first: Subject;
  cells: Accumulator[];
}

/** Groups records and sums them up, one record at a time. */
export class Aggregation {
  readonly #columns: readonly Column[];
  readonly #groupBy: readonly Operand[];
  readonly #now: number;
  readonly #groups = new Map<string, Group>();
  #held = 0;

  constructor(columns: readonly Column[], groupBy: readonly Operand[], now: number) {
    this.#columns = columns;
    // `distinct(path)` alone is a grouping by that path.
    const distinct = columns.flatMap((item) =>
      item.kind === 'aggregate' && item.name === 'distinct' && item.operand ? [item.operand] : [],
    );
    this.#groupBy = [...groupBy, ...distinct];
    this.#now = now;
  }

  /** Throws `Invalid` (`query_limit`) when the groups hold too much. */
  add(subject: Subject): void {
    const key = JSON.stringify(
      this.#groupBy.map((path) => toJson(evaluate(path, subject, this.#now))),
    );
    let group = this.#groups.get(key);
    if (!group) {
      group = { first: subject, cells: this.#columns.map(accumulatorOf) };
      this.#groups.set(key, group);
      this.#held++;
    }
    for (const [index, item] of this.#columns.entries()) {
      if (item.kind !== 'aggregate') continue;
      const value = item.operand ? evaluate(item.operand, subject, this.#now) : true;
      this.#held += group.cells[index]?.add(value) ?? 0;
    }
    limit(this.#held <= MAX_HELD, 'its groups are too many or too large');
  }

  /** The rows in the order asked for; without one, in the order in which their groups appeared. */
  rows(order: readonly OrderKey[]): Row[] {
    const groups = [...this.#groups.values()];
    // A sum over no records is still a row.
    if (groups.length === 0 && this.#groupBy.length === 0) {
      groups.push({ first: EMPTY, cells: this.#columns.map(accumulatorOf) });
    }
    const rows = groups.map((group) => ({ group, row: this.#row(group) }));
    const keyOf = ({ group, row }: (typeof rows)[number], { path }: OrderKey): Value => {
      const [name] = path.steps;
      return path.steps.length === 1 && Object.hasOwn(row, name)
        ? row[name]
        : evaluate(path, group.first, this.#now);
    };
    rows.sort((a, b) => {
      for (const key of order) {
        const difference = compareForSort(keyOf(a, key), keyOf(b, key));
        if (difference !== 0) return key.descending ? -difference : difference;
      }
      return 0;
    });
    return rows.map(({ row }) => row);
  }

  #row({ first, cells }: Group): Row {
    const columns: readonly Column[] = this.#columns.length > 0 ? this.#columns : [{ kind: 'all' }];
    const row: Row = {};
    for (const [index, item] of columns.entries()) {
      if (item.kind === 'aggregate') put(row, item.alias, toJson(cells[index]?.value()));
      else Object.assign(row, project([item], first, this.#now)[0]);
    }
    return row;
  }
}

const EMPTY: Subject = { fields: {}, system: () => undefined };

interface Accumulator {
  /** Takes a value; gives how many values it holds more than before. */
  add(value: Value): number;
  value(): Value;
}

function accumulatorOf(item: Column): Accumulator {
  return ACCUMULATORS[item.kind === 'aggregate' ? item.name : 'first']();
}

/** Sums take numbers and dates only: a number in a text is a text. */
function sum(): { add(value: Value): void; total: number; count: number } {
  return {
    total: 0,
    count: 0,
    add(value) {
      const number = typeof value === 'string' ? null : calculate('+', value, 0);
      if (number === null) return;
      this.total += number;
      this.count++;
    },
  };
}

function best(sign: 1 | -1): Accumulator {
  let found: Value;
  return {
    add(value) {
      if (value != null && (found === undefined || compareForSort(value, found) * sign > 0))
        found = value;
      return 0;
    },
    value: () => found,
  };
}

const ACCUMULATORS: Record<AggregateName, () => Accumulator> = {
  count: () => {
    let count = 0;
    return { add: (value) => ((count += value == null ? 0 : 1), 0), value: () => count };
  },
  sum: () => {
    const running = sum();
    return { add: (value) => (running.add(value), 0), value: () => running.total };
  },
  avg: () => {
    const running = sum();
    return {
      add: (value) => (running.add(value), 0),
      value: () => (running.count === 0 ? null : running.total / running.count),
    };
  },
  min: () => best(-1),
  max: () => best(1),
  first: () => {
    let found: Value;
    return { add: (value) => ((found ??= value), 0), value: () => found };
  },
  last: () => {
    let found: Value;
    return { add: (value) => ((found = value ?? found), 0), value: () => found };
  },
  distinct: () => ACCUMULATORS.first(),
  list: () => {
    const values: Value[] = [];
    return { add: (value) => (value == null ? 0 : (values.push(value), 1)), value: () => values };
  },
};

/** A value as JSON: missing becomes null, dates and identities their text. */
export function toJson(value: Value): Json {
  if (value == null) return null;
  if (value instanceof DateValue) return formatDate(value.ms);
  if (value instanceof RidValue) return value.toString();
  return Array.isArray(value) ? value.map(toJson) : value;
}

/** Sets a field even when it is called `__proto__`. */
function put(row: Row, name: string, value: Json): void {
  if (name === '__proto__') {
    Object.defineProperty(row, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else row[name] = value;
}
