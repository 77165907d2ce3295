// Evaluates a filter on one record in memory. This is what the language means; the SQL must agree with it.
import type { Filter, Operand, Operator, Step } from './ast.ts';
import { matchesWhole } from './expressions.ts';
import { like } from './like.ts';
import { calculate, callFunction, callMethod, textOf } from './methods.ts';
import { holds, isObject, type JsonObject, type Value } from './values.ts';

/** A record as conditions see it. */
export interface Subject {
  /** The record's own fields (their texts cleaned by `cleanText`). */
  fields: JsonObject;
  /** A field that the system keeps (`_author`, `@rid`); `undefined` when the name is not one of them. */
  system(name: string): Value;
}

/** Does the filter hold for the record? `now` is the time of the request, in milliseconds. */
export function matches(filter: Filter, subject: Subject, now: number): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.items.every((item) => matches(item, subject, now));
    case 'or':
      return filter.items.some((item) => matches(item, subject, now));
    case 'not':
      return !matches(filter.item, subject, now);
    case 'compare': {
      const right = evaluate(filter.right, subject, now);
      return alternatives(filter.left, subject, now).some((left) =>
        satisfies(filter.operator, left, right),
      );
    }
    case 'between': {
      const low = evaluate(filter.low, subject, now);
      const high = evaluate(filter.high, subject, now);
      return alternatives(filter.operand, subject, now).some(
        (value) => holds('>=', value, low) && holds('<=', value, high),
      );
    }
    case 'null':
      return alternatives(filter.operand, subject, now).some((value) => value == null);
    case 'defined':
      return alternatives(filter.operand, subject, now).some((value) => value !== undefined);
    case 'truth':
      return alternatives(filter.operand, subject, now).some((value) => value === true);
    case 'elements':
      return alternatives(filter.operand, subject, now).some((value) => {
        if (!Array.isArray(value)) return false;
        const fits = (element: Value) =>
          isObject(element) && matches(filter.filter, elementOf(element), now);
        return filter.every ? value.every(fits) : value.some(fits);
      });
  }
}

/** Does `left operator right` hold between two values? */
export function satisfies(operator: Operator, left: Value, right: Value): boolean {
  if (left == null || right == null) return false;
  switch (operator) {
    case 'like': {
      const pattern = textOf(right);
      const values = Array.isArray(left) ? left : [left];
      return pattern !== undefined && values.some((value) => like(textOf(value) ?? '', pattern));
    }
    case 'in': {
      const values = Array.isArray(left) ? left : [left];
      const list = Array.isArray(right) ? right : [right];
      return values.some((value) => list.some((item) => holds('=', value, item)));
    }
    case 'contains':
      return Array.isArray(left) && left.some((element) => holds('=', element, right));
    case 'containsall':
      if (!Array.isArray(left)) return false;
      return Array.isArray(right)
        ? right.every((item) => left.some((element) => holds('=', element, item)))
        : left.every((element) => holds('=', element, right));
    case 'containskey': {
      const key = textOf(right);
      return isObject(left) && key !== undefined && Object.hasOwn(left, key);
    }
    case 'containsvalue':
      return isObject(left) && Object.values(left).some((value) => holds('=', value, right));
    case 'containstext':
      return typeof left === 'string' && typeof right === 'string' && left.includes(right);
    case 'matches': {
      const [text, pattern] = [textOf(left), textOf(right)];
      return text !== undefined && pattern !== undefined && matchesWhole(text, pattern);
    }
    case 'instanceof':
      return left === right;
    default:
      return holds(operator, left, right);
  }
}

/** The value of an operand for the record. `any()` has no one value and gives null here. */
export function evaluate(operand: Operand, subject: Subject, now: number): Value {
  switch (operand.kind) {
    case 'literal':
      return operand.value;
    case 'list':
      return operand.items.map((item) => evaluate(item, subject, now));
    case 'path':
      return follow(operand.steps, subject);
    case 'any':
      return null;
    case 'call':
      return callFunction(
        operand.name,
        operand.args.map((argument) => evaluate(argument, subject, now)),
        now,
      );
    case 'method':
      return callMethod(
        operand.name,
        evaluate(operand.on, subject, now),
        operand.args.map((argument) => evaluate(argument, subject, now)),
      );
    case 'arithmetic':
      return calculate(
        operand.operator,
        evaluate(operand.left, subject, now),
        evaluate(operand.right, subject, now),
      );
  }
}

const NOTHING: Subject = { fields: {}, system: () => undefined };

/** The value of an operand that does not depend on the record. */
export function constant(operand: Operand, now: number): Value {
  return evaluate(operand, NOTHING, now);
}

/** The values that a condition tries: one, or each own field for `any()`, methods applied. */
function alternatives(operand: Operand, subject: Subject, now: number): Value[] {
  if (operand.kind === 'any') return Object.values(subject.fields);
  if (operand.kind === 'method') {
    const args = operand.args.map((argument) => evaluate(argument, subject, now));
    return alternatives(operand.on, subject, now).map((value) =>
      callMethod(operand.name, value, args),
    );
  }
  return [evaluate(operand, subject, now)];
}

function follow([name, ...steps]: readonly [string, ...Step[]], subject: Subject): Value {
  let value = subject.system(name);
  if (value === undefined) value = member(subject.fields, name);
  for (const step of steps)
    value = typeof step === 'number' ? at(value, step) : member(value, step);
  return value;
}

function at(value: Value, index: number): Value {
  return Array.isArray(value) ? value[index] : undefined;
}

/** A field of an object; of a list, the values that its objects have there, with lists among them opened. */
function member(value: Value, name: string): Value {
  if (isObject(value)) return Object.hasOwn(value, name) ? value[name] : undefined;
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((element) => {
    const found = isObject(element) && Object.hasOwn(element, name) ? element[name] : null;
    return found == null ? [] : found;
  });
}

function elementOf(fields: JsonObject): Subject {
  return { fields, system: () => undefined };
}
