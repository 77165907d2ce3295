// Finds the places in a document that a path names. Parsing is json-p3's; the walk is ours, so that every step counts.
import { jsonpath, Nothing, TokenKind, type JSONPathQuery } from 'json-p3';
import type { Budget } from './budget.ts';
import { callFunction, deepEquals } from './functions.ts';

const { FilterSelector, IndexSelector, NameSelector, SliceSelector, WildcardSelector } =
  jsonpath.selectors;
const {
  BooleanLiteral,
  FilterQuery,
  FunctionExtension,
  InfixExpression,
  LogicalExpression,
  NullLiteral,
  NumberLiteral,
  PrefixExpression,
  RootQuery,
  StringLiteral,
} = jsonpath.expressions;
type Expression = InstanceType<typeof jsonpath.expressions.FilterExpression>;
type Selector = InstanceType<typeof jsonpath.selectors.JSONPathSelector>;
type Slice = InstanceType<typeof SliceSelector>;

/** A value and where it is: the key in the value of its parent. The root has neither. */
export interface Place {
  value: unknown;
  key: string | number;
  parent: Place | undefined;
}

/** The places that `query` names in `root`, in document order, possibly some more than once. Throws when the budget ends. */
export function select(query: JSONPathQuery, root: unknown, budget: Budget): Place[] {
  return new Walk(root, budget).follow(query, { value: root, key: '', parent: undefined });
}

class Walk {
  readonly #root: unknown;
  readonly #budget: Budget;

  constructor(root: unknown, budget: Budget) {
    this.#root = root;
    this.#budget = budget;
  }

  follow(query: JSONPathQuery, start: Place): Place[] {
    let places = [start];
    for (const segment of query.segments) {
      const next: Place[] = [];
      const descends = segment.token.kind === TokenKind.DDOT;
      for (const place of places) {
        for (const at of descends ? this.#descendants(place) : [place]) {
          for (const selector of segment.selectors) this.#apply(selector, at, next);
        }
      }
      places = next;
    }
    return places;
  }

  /** The place itself and all below it, in document order. */
  *#descendants(start: Place): Generator<Place> {
    const stack = [start];
    for (let place = stack.pop(); place; place = stack.pop()) {
      yield place;
      const children = this.#children(place);
      for (let i = children.length - 1; i >= 0; i--) stack.push(children[i] as Place);
    }
  }

  #children(parent: Place): Place[] {
    const { value } = parent;
    if (typeof value !== 'object' || value === null) return [];
    const children = Array.isArray(value)
      ? value.map((child: unknown, key) => ({ value: child, key, parent }))
      : Object.entries(value).map(([key, child]) => ({ value: child as unknown, key, parent }));
    this.#budget.spend(1 + children.length);
    return children;
  }

  #apply(selector: Selector, at: Place, found: Place[]): void {
    this.#budget.spend();
    const { value } = at;
    if (typeof value !== 'object' || value === null) return;
    if (selector instanceof NameSelector) {
      if (Array.isArray(value) || !Object.hasOwn(value, selector.name)) return;
      found.push({
        value: (value as Record<string, unknown>)[selector.name],
        key: selector.name,
        parent: at,
      });
    } else if (selector instanceof IndexSelector) {
      if (!Array.isArray(value)) return;
      const key = selector.index < 0 ? value.length + selector.index : selector.index;
      if (key >= 0 && key < value.length)
        found.push({ value: value[key] as unknown, key, parent: at });
    } else if (selector instanceof SliceSelector) {
      if (Array.isArray(value)) this.#slice(selector, value, at, found);
    } else if (selector instanceof WildcardSelector) {
      for (const child of this.#children(at)) found.push(child);
    } else if (selector instanceof FilterSelector) {
      for (const child of this.#children(at)) {
        if (this.#holds(selector.expression, child.value)) found.push(child);
      }
    }
  }

  /** RFC 9535 section 2.3.4.2. */
  #slice({ start, stop, step = 1 }: Slice, array: unknown[], at: Place, found: Place[]): void {
    const { length } = array;
    if (step === 0) return;
    const normal = (index: number) => (index < 0 ? length + index : index);
    const clamp = (index: number, low: number, high: number) =>
      Math.min(Math.max(index, low), high);
    const take = (key: number) => {
      this.#budget.spend();
      found.push({ value: array[key], key, parent: at });
    };
    if (step > 0) {
      const end = clamp(normal(stop ?? length), 0, length);
      for (let i = clamp(normal(start ?? 0), 0, length); i < end; i += step) take(i);
    } else {
      const end = stop === undefined ? -1 : clamp(normal(stop), -1, length - 1);
      for (let i = clamp(normal(start ?? length - 1), -1, length - 1); i > end; i += step) take(i);
    }
  }

  /** Whether a filter expression is true of `current`. */
  #holds(expression: Expression, current: unknown): boolean {
    this.#budget.spend();
    if (expression instanceof LogicalExpression) return this.#holds(expression.expression, current);
    if (expression instanceof PrefixExpression) return !this.#holds(expression.right, current);
    if (expression instanceof FilterQuery) return this.#query(expression, current).length > 0;
    if (expression instanceof InfixExpression) {
      const { left, operator, right } = expression;
      if (operator === '&&') return this.#holds(left, current) && this.#holds(right, current);
      if (operator === '||') return this.#holds(left, current) || this.#holds(right, current);
      return this.#compare(this.#value(left, current), operator, this.#value(right, current));
    }
    return this.#value(expression, current) === true;
  }

  /** The value of an operand; `Nothing` for a member that is not there. */
  #value(expression: Expression, current: unknown): unknown {
    if (
      expression instanceof StringLiteral ||
      expression instanceof NumberLiteral ||
      expression instanceof BooleanLiteral
    ) {
      return expression.value;
    }
    if (expression instanceof NullLiteral) return null;
    if (expression instanceof FilterQuery) {
      const places = this.#query(expression, current);
      return places.length === 1 ? places[0]?.value : Nothing;
    }
    if (expression instanceof FunctionExtension) {
      const { name, args } = expression;
      const takesPlaces = name === 'count' || name === 'value';
      const values = args.map((arg) =>
        takesPlaces && arg instanceof FilterQuery
          ? this.#query(arg, current).map(({ value }) => value)
          : this.#value(arg, current),
      );
      return callFunction(name, values, this.#budget);
    }
    return this.#holds(expression, current);
  }

  #query(expression: InstanceType<typeof FilterQuery>, current: unknown): Place[] {
    const start = expression instanceof RootQuery ? this.#root : current;
    return this.follow(expression.path, { value: start, key: '', parent: undefined });
  }

  #compare(left: unknown, operator: string, right: unknown): boolean {
    switch (operator) {
      case '==':
        return deepEquals(left, right, this.#budget);
      case '!=':
        return !deepEquals(left, right, this.#budget);
      case '<':
        return isLess(left, right);
      case '>':
        return isLess(right, left);
      case '<=':
        return isLess(left, right) || deepEquals(left, right, this.#budget);
      case '>=':
        return isLess(right, left) || deepEquals(left, right, this.#budget);
      default:
        return false;
    }
  }
}

/** Only two numbers or two strings have an order. */
function isLess(left: unknown, right: unknown): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left < right;
  return typeof left === 'string' && typeof right === 'string' && left < right;
}
