// Compiles a filter to SQL with bound values. What a client wrote decides the shape, but is never part of the text.
import { sql } from 'kysely';
import type { CompareOperator, Filter, Operand, Operator, Step } from './ast.ts';
import {
  ALWAYS,
  always,
  and,
  combine,
  exactly,
  FALSE,
  isExact,
  NEVER,
  not,
  or,
  TRUE,
  UNSURE,
  type Bounds,
  type Sql,
} from './bounds.ts';
import { constant, satisfies } from './evaluate.ts';
import { checkExpression } from './expressions.ts';
import { parseDate } from './dates.ts';
import { likePieces } from './like.ts';
import { textOf } from './methods.ts';
import { isConstant } from './parser.ts';
import type { Branches, JsonNode, JsonSql, Kind } from './sql-json.ts';
import {
  compare,
  DateValue,
  holds,
  isInteger,
  toDecimal,
  toInteger,
  toRid,
  type Value,
} from './values.ts';

/** A field that the system keeps in a column of its own. The expressions are never NULL. */
type ScalarColumn =
  | { type: 'text' | 'date' | 'number'; value: Sql }
  /** A record identity: the cluster is the same for all records of the query. */
  | { type: 'rid'; cluster: number; position: Sql }
  | { type: 'constant'; value: Value };

/**
 * JSON beside the document (a section of a profile, say), of the same kind as it; NULL is a missing field. `below` may
 * know a place in it by a column of its own, so that the whole need not be made.
 */
type JsonColumn = {
  type: 'json';
  document: Sql;
  below?: (steps: readonly Step[]) => SystemColumn | undefined;
};

export type SystemColumn = ScalarColumn | JsonColumn;

/** Where the records of a query are. */
export interface SqlTarget {
  json: JsonSql;
  /** The JSON document of the record: text on SQLite, jsonb on PostgreSQL; its texts cleaned by `cleanText`. */
  document: Sql;
  /** `undefined` for names that are no system fields. */
  system(name: string): SystemColumn | undefined;
}

/** Compiles a filter; `now` is the time of the request. Throws `Invalid` for a malformed regular expression. */
export function compileFilter(filter: Filter, target: SqlTarget, now: number): Bounds {
  return new Compiler(target, now).filter(filter, {
    root: target.json.root(target.document),
    system: (name) => target.system(name),
  });
}

/** The record, or the element of a list, that paths start from. */
interface Scope {
  root: JsonNode;
  system: (name: string) => SystemColumn | undefined;
}

/** A path into JSON. `mapped` holds where it crosses a list by a name, and so has a list as value. */
interface Place {
  node: JsonNode;
  mapped: Bounds;
  /** An index after such a crossing picks from the list, which SQL does not see. */
  picks: boolean;
}

type Source = { constant: Value } | { place: Place } | { column: ScalarColumn } | { any: true };

const COMPARISONS: ReadonlySet<Operator> = new Set(['=', '<>', '<', '<=', '>', '>=']);
const MIRRORED: Record<CompareOperator, CompareOperator> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

class Compiler {
  readonly #json: JsonSql;
  readonly #now: number;

  constructor(target: SqlTarget, now: number) {
    this.#json = target.json;
    this.#now = now;
  }

  filter(filter: Filter, scope: Scope): Bounds {
    switch (filter.kind) {
      case 'and':
        return and(filter.items.map((item) => this.filter(item, scope)));
      case 'or':
        return or(filter.items.map((item) => this.filter(item, scope)));
      case 'not':
        return not(this.filter(filter.item, scope));
      case 'compare':
        return this.#compare(filter.operator, filter.left, filter.right, scope);
      case 'between':
        return this.#between(filter, scope);
      case 'null':
        return this.#each(filter.operand, scope, (source) =>
          this.#onKind(source, { null: ALWAYS, missing: ALWAYS }, NEVER, (value) => value == null),
        );
      case 'defined':
        return this.#each(filter.operand, scope, (source) =>
          this.#onKind(source, { missing: NEVER }, ALWAYS, (value) => value !== undefined, ALWAYS),
        );
      case 'truth':
        return this.#each(filter.operand, scope, (source) =>
          this.#onKind(source, { true: ALWAYS }, NEVER, (value) => value === true),
        );
      case 'elements':
        return this.#elements(filter, scope);
    }
  }

  #compare(operator: Operator, left: Operand, right: Operand, scope: Scope): Bounds {
    if (isConstant(right)) {
      const value = constant(right, this.#now);
      if (operator === 'matches') checkExpression(textOf(value) ?? '');
      if (value == null) return NEVER;
      return this.#each(left, scope, (source) => this.#test(operator, source, value));
    }
    if (!isConstant(left)) return UNSURE;
    const value = constant(left, this.#now);
    if (value == null) return NEVER;
    const source = this.#source(right, scope);
    if (!source || 'any' in source) return UNSURE;
    if (COMPARISONS.has(operator)) {
      return this.#relation(MIRRORED[operator as CompareOperator], source, value);
    }
    return operator === 'in' && !Array.isArray(value) ? this.#among(source, value) : UNSURE;
  }

  #between(filter: Extract<Filter, { kind: 'between' }>, scope: Scope): Bounds {
    if (!isConstant(filter.low) || !isConstant(filter.high)) return UNSURE;
    const low = constant(filter.low, this.#now);
    const high = constant(filter.high, this.#now);
    return this.#each(filter.operand, scope, (source) =>
      and([this.#relation('>=', source, low), this.#relation('<=', source, high)]),
    );
  }

  #elements(filter: Extract<Filter, { kind: 'elements' }>, scope: Scope): Bounds {
    return this.#each(filter.operand, scope, (source) => {
      if (!('place' in source)) {
        const value = 'constant' in source ? source.constant : undefined;
        return always(filter.every && Array.isArray(value) && value.length === 0);
      }
      const fits = (element: JsonNode) => {
        const inner = this.filter(filter.filter, { root: element, system: () => undefined });
        return this.#byKind(element, { object: inner }, NEVER);
      };
      const array = filter.every
        ? not(this.#someElement(source.place.node, (element) => not(fits(element))))
        : this.#someElement(source.place.node, fits);
      return this.#onPlace(source.place, { array }, NEVER, UNSURE);
    });
  }

  /** A condition on an operand; for `any()` on each own field. What has no source is left to the evaluator. */
  #each(operand: Operand, scope: Scope, test: (source: Source) => Bounds): Bounds {
    const source = this.#source(operand, scope);
    if (!source) return UNSURE;
    if (!('any' in source)) return test(source);
    const object = this.#some(
      (condition) => this.#json.someMember(scope.root, condition),
      (node) => test({ place: { node, mapped: NEVER, picks: false } }),
    );
    return this.#byKind(scope.root, { object }, NEVER);
  }

  #source(operand: Operand, scope: Scope): Source | undefined {
    if (isConstant(operand)) return { constant: constant(operand, this.#now) };
    if (operand.kind === 'any') return { any: true };
    if (operand.kind !== 'path') return undefined;
    const [name, ...steps] = operand.steps;
    const column = scope.system(name);
    if (column?.type === 'json') {
      const known = column.below?.(steps);
      if (known && known.type !== 'json') return { column: known };
      const start = this.#json.root((known ?? column).document);
      return { place: this.#place(known ? [] : steps, start) };
    }
    // The others are scalars: nothing is below them.
    if (column) return steps.length > 0 ? { constant: undefined } : { column };
    return { place: this.#place(steps, this.#json.member(scope.root, name)) };
  }

  #place(steps: readonly Step[], start: JsonNode): Place {
    let node = start;
    const crossings: Bounds[] = [];
    let picks = false;
    for (const step of steps) {
      if (typeof step === 'number') {
        node = this.#json.item(node, step);
        picks ||= crossings.length > 0;
      } else {
        crossings.push(exactly(this.#json.byKind(node, { array: TRUE }, FALSE)));
        node = this.#json.member(node, step);
      }
    }
    return { node, mapped: or(crossings), picks };
  }

  #test(operator: Operator, source: Source, value: Value): Bounds {
    if ('constant' in source) return always(satisfies(operator, source.constant, value));
    switch (operator) {
      case 'like':
        return this.#like(source, textOf(value) ?? '');
      case 'in':
        return this.#in(source, Array.isArray(value) ? value : [value]);
      case 'contains':
        return this.#onKind(source, this.#arrayWith(source, value), NEVER, (own) =>
          satisfies('contains', own, value),
        );
      case 'containskey':
      case 'containsvalue':
        return this.#containsMember(operator, source, value);
      case 'containstext': {
        if (typeof value !== 'string') return NEVER;
        const test = (text: Sql) => exactly(this.#json.includes(text, this.#json.boundText(value)));
        return this.#onText(source, test, (own) => satisfies('containstext', own, value));
      }
      case 'matches':
        return this.#onKind(
          source,
          { text: UNSURE, number: UNSURE, true: UNSURE, false: UNSURE },
          NEVER,
          (own) => satisfies('matches', own, value),
        );
      case 'containsall':
        return this.#onKind(source, { array: UNSURE }, NEVER, (own) =>
          satisfies('containsall', own, value),
        );
      case 'instanceof':
        return this.#onKind(
          source,
          { text: UNSURE, true: UNSURE, false: UNSURE, number: UNSURE },
          NEVER,
          (own) => own === value,
        );
      default:
        return this.#relation(operator, source, value);
    }
  }

  #arrayWith(source: Source, value: Value): Partial<Record<Kind, Bounds>> {
    if (!('place' in source)) return {};
    return {
      array: this.#someElement(source.place.node, (element) =>
        this.#nodeRelation('=', element, value),
      ),
    };
  }

  #containsMember(operator: 'containskey' | 'containsvalue', source: Source, value: Value): Bounds {
    if (!('place' in source)) return NEVER;
    const { node } = source.place;
    const key = textOf(value);
    let object: Bounds = NEVER;
    if (operator === 'containsvalue') {
      object = this.#some(
        (condition) => this.#json.someMember(node, condition),
        (member) => this.#nodeRelation('=', member, value),
      );
    } else if (key !== undefined) {
      object = exactly(
        this.#json.someMember(node, (_, name) => sql`${name} = ${this.#json.boundText(key)}`),
      );
    }
    // A mapped list is no object.
    return this.#onPlace(source.place, { object }, NEVER, NEVER);
  }

  #in(source: Source, values: readonly Value[]): Bounds {
    const usable = values.filter((value) => value != null);
    if ('place' in source) {
      const { node } = source.place;
      const one = (place: JsonNode) =>
        or(usable.map((value) => this.#nodeRelation('=', place, value)));
      const array = this.#someElement(node, one);
      // Outside lists, each relation tells the types apart by itself.
      return this.#choose(source.place, array, one(node));
    }
    return or(usable.map((value) => this.#relation('=', source, value)));
  }

  /** `constant in path`: an element of a list, or the value itself. */
  #among(source: Source, value: Value): Bounds {
    if (!('place' in source)) return this.#relation('=', source, value);
    const { node } = source.place;
    const array = this.#someElement(node, (element) => this.#nodeRelation('=', element, value));
    return this.#choose(source.place, array, this.#nodeRelation('=', node, value));
  }

  /** One condition for lists, another for everything else; mapped lists are left to the evaluator. */
  #choose(place: Place, array: Bounds, otherwise: Bounds): Bounds {
    return this.#onPlace(place, { array, missing: NEVER }, otherwise, UNSURE);
  }

  #like(source: Source, pattern: string): Bounds {
    if (pattern === '') return NEVER;
    const pieces = likePieces(pattern);
    const test = (text: Sql): Bounds =>
      exactly(
        pieces.length === 1
          ? sql`${text} = ${this.#json.boundText(pattern)}`
          : sql`(${text} <> '' and ${this.#json.like(text, pieces)})`,
      );
    if (!('place' in source)) {
      return this.#onText(source, test, (own) => satisfies('like', own, pattern));
    }
    const scalar = (node: JsonNode): Partial<Record<Kind, Bounds>> => ({
      text: test(this.#json.text(node)),
      number: this.#conditional(
        this.#json.isSmallInteger(this.#json.number(node)),
        test(this.#json.integerText(node)),
        // How a fraction is printed differs between engines.
        UNSURE,
      ),
      true: always(satisfies('like', true, pattern)),
      false: always(satisfies('like', false, pattern)),
    });
    const { node } = source.place;
    const array = this.#someElement(node, (element) =>
      this.#byKind(element, scalar(element), NEVER),
    );
    return this.#onPlace(source.place, { ...scalar(node), array }, NEVER, UNSURE);
  }

  /** Compares an operand with a constant. */
  #relation(operator: CompareOperator, source: Source, value: Value): Bounds {
    if ('constant' in source) return always(holds(operator, source.constant, value));
    if ('any' in source || value == null) return 'any' in source ? UNSURE : NEVER;
    if ('column' in source) return this.#columnRelation(operator, source.column, value);
    // A list differs from everything, and is otherwise like nothing.
    const differs = always(operator === '<>');
    const direct = this.#nodeRelation(operator, source.place.node, value);
    return this.#onPlace(source.place, { missing: NEVER }, direct, differs);
  }

  #columnRelation(operator: CompareOperator, column: ScalarColumn, value: Value): Bounds {
    switch (column.type) {
      case 'constant':
        return always(holds(operator, column.value, value));
      case 'text':
        return this.#textRelation(operator, column.value, value);
      case 'number':
        return this.#numberRelation(operator, column.value, value);
      case 'rid': {
        const other = typeof value === 'string' ? toRid(value) : undefined;
        if (!other) return always(operator === '<>');
        if (other.cluster !== column.cluster) {
          return always(holds(operator, column.cluster, other.cluster));
        }
        return exactly(this.#ordered(operator, column.position, other.position));
      }
      case 'date': {
        const model = new DateValue(0);
        if (compare(model, value) === undefined) return always(operator === '<>');
        const ms = value instanceof DateValue ? value.ms : millisecondsOf(value);
        return ms === undefined ? UNSURE : exactly(this.#ordered(operator, column.value, ms));
      }
    }
  }

  /** Compares the value at a place with a constant that is not null, for each type that the value can have. */
  #nodeRelation(operator: CompareOperator, node: JsonNode, value: Value): Bounds {
    const differs = always(operator === '<>');
    return this.#byKind(
      node,
      {
        missing: NEVER,
        null: NEVER,
        true: always(holds(operator, true, value)),
        false: always(holds(operator, false, value)),
        text: this.#textRelation(operator, this.#json.text(node), value),
        number: this.#numberRelation(operator, this.#json.number(node), value),
        array: differs,
        object: differs,
      },
      NEVER,
    );
  }

  #textRelation(operator: CompareOperator, text: Sql, value: Value): Bounds {
    const differs = always(operator === '<>');
    if (typeof value === 'string') {
      return exactly(sql`${text} ${sql.raw(operator)} ${this.#json.boundText(value)}`);
    }
    if (typeof value === 'number') {
      const digits = exactly(this.#ordered(operator, this.#json.digits(text), value));
      const rest = this.#conditional(this.#json.looksNumeric(text), UNSURE, differs);
      return this.#conditional(this.#json.isDigits(text), digits, rest);
    }
    if (typeof value === 'boolean') {
      const word = (own: boolean) => sql`${this.#json.lower(text)} = ${sql.lit(String(own))}`;
      return this.#conditional(
        word(true),
        always(holds(operator, true, value)),
        this.#conditional(word(false), always(holds(operator, false, value)), differs),
      );
    }
    // Texts may spell dates and identities, which the evaluator reads.
    return Array.isArray(value) ? differs : UNSURE;
  }

  #numberRelation(operator: CompareOperator, number: Sql, value: Value): Bounds {
    const differs = always(operator === '<>');
    const against = (other: number | undefined): Bounds =>
      other === undefined ? differs : exactly(this.#ordered(operator, number, other));
    if (typeof value === 'number') return against(value);
    if (typeof value === 'string') {
      // Text is read as the type of the number that it meets: fractions count for decimals only.
      const [integer, decimal] = [toInteger(value), toDecimal(value)];
      if (integer === decimal) return against(integer);
      return this.#conditional(this.#json.isInteger(number), against(integer), against(decimal));
    }
    if (value instanceof DateValue) {
      return this.#conditional(this.#json.isInteger(number), against(value.ms), differs);
    }
    return differs;
  }

  #ordered(operator: CompareOperator, left: Sql, right: number): Sql {
    // The operator is one of six words of our own.
    return sql`${left} ${sql.raw(operator)} ${this.#json.boundNumber(right)}`;
  }

  #conditional(condition: Sql, then: Bounds, otherwise: Bounds): Bounds {
    if (then.may === otherwise.may && then.must === otherwise.must) return then;
    return combine(
      [then, otherwise],
      ([a, b]) => sql`(case when ${condition} then ${a} else ${b} end)`,
    );
  }

  /** A condition on the text of a source that is a column or a place; others are computed. */
  #onText(
    source: Source,
    test: (text: Sql) => Bounds,
    otherwise: (value: Value) => boolean,
  ): Bounds {
    if ('column' in source && source.column.type === 'text') return test(source.column.value);
    if ('place' in source) {
      const text = test(this.#json.text(source.place.node));
      return this.#onPlace(source.place, { text }, NEVER, NEVER);
    }
    return this.#onKind(source, {}, UNSURE, otherwise);
  }

  /** A condition that depends on the type alone. `ofValue` answers for constants, `mapped` for mapped lists. */
  #onKind(
    source: Source,
    branches: Partial<Record<Kind, Bounds>>,
    otherwise: Bounds,
    ofValue: (value: Value) => boolean,
    mapped: Bounds = branches.array ? UNSURE : otherwise,
  ): Bounds {
    if ('constant' in source) return always(ofValue(source.constant));
    if ('any' in source) return UNSURE;
    if ('place' in source) return this.#onPlace(source.place, branches, otherwise, mapped);
    const { column } = source;
    if (column.type === 'constant') return always(ofValue(column.value));
    return branches[column.type === 'text' ? 'text' : 'number'] ?? otherwise;
  }

  #onPlace(
    place: Place,
    branches: Partial<Record<Kind, Bounds>>,
    otherwise: Bounds,
    mapped: Bounds,
  ): Bounds {
    if (place.mapped.may === FALSE) {
      return this.#byKind(place.node, branches, otherwise);
    }
    const missing = this.#conditional(
      place.mapped.may,
      place.picks ? UNSURE : mapped,
      branches.missing ?? otherwise,
    );
    return this.#byKind(place.node, { ...branches, missing }, otherwise);
  }

  #byKind(node: JsonNode, branches: Partial<Record<Kind, Bounds>>, otherwise: Bounds): Bounds {
    const kinds = Object.keys(branches) as Kind[];
    const bounds = [otherwise, ...kinds.map((kind) => branches[kind] as Bounds)];
    return combine(bounds, ([rest, ...items]) => {
      const chosen: Branches = {};
      for (const [index, kind] of kinds.entries()) chosen[kind] = items[index] as Sql;
      return this.#json.byKind(node, chosen, rest as Sql);
    });
  }

  #someElement(node: JsonNode, condition: (element: JsonNode) => Bounds): Bounds {
    return this.#some((test) => this.#json.someElement(node, test), condition);
  }

  /** A subquery for each bound of the inner condition. */
  #some(
    build: (condition: (value: JsonNode) => Sql) => Sql,
    condition: (value: JsonNode) => Bounds,
  ): Bounds {
    let exact = true;
    const may = build((value) => {
      const bounds = condition(value);
      exact = isExact(bounds);
      return bounds.may;
    });
    return exact ? exactly(may) : { may, must: build((value) => condition(value).must) };
  }
}

/** A text or number as a moment, by the conversion that `compare` does. */
function millisecondsOf(value: Value): number | undefined {
  if (typeof value === 'number') return isInteger(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  // `compare` has accepted it: digits, or a date.
  return /^\d{1,16}$/.test(value) ? Number(value) : parseDate(value);
}
