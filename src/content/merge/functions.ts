// The functions of JSONPath filters (RFC 9535 section 2.4), with regular expressions that take linear time.
import { Nothing } from 'json-p3';
import { RE2JS } from 're2js';
import type { Budget } from './budget.ts';

/** Longest regular expression, and longest text that one is applied to. */
const MAX_PATTERN = 200;
const MAX_SUBJECT = 20_000;

/** Compiling is the dear part; a filter uses the same pattern for every element. */
const compiled = new Map<string, RE2JS | undefined>();
const MAX_COMPILED = 32;

/**
 * Calls a function by name. `count` and `value` take the values of all places, the others one value each, `Nothing` for
 * one that is not there. Unknown functions were refused when the path was parsed.
 */
export function callFunction(name: string, args: readonly unknown[], budget: Budget): unknown {
  const [first, second] = args;
  switch (name) {
    case 'count':
      return Array.isArray(first) ? first.length : Nothing;
    case 'value':
      return Array.isArray(first) && first.length === 1 ? (first[0] as unknown) : Nothing;
    case 'length':
      return lengthOf(first);
    case 'match':
      return matches(first, second, true, budget);
    case 'search':
      return matches(first, second, false, budget);
    default:
      return Nothing;
  }
}

function lengthOf(value: unknown): unknown {
  // Unicode scalar values, not graphemes, as the RFC wants it.
  if (typeof value === 'string') return Array.from(value).length;
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : Nothing;
}

function matches(subject: unknown, pattern: unknown, whole: boolean, budget: Budget): boolean {
  if (typeof subject !== 'string' || typeof pattern !== 'string') return false;
  if (subject.length > MAX_SUBJECT || pattern.length > MAX_PATTERN) return false;
  budget.spend(10 + Math.ceil((subject.length * pattern.length) / 10));
  const expression = compile(pattern, budget);
  if (!expression) return false;
  return whole ? expression.testExact(subject) : expression.test(subject);
}

/** The compiled pattern; `undefined` for one that is not valid, which then matches nothing. */
function compile(pattern: string, budget: Budget): RE2JS | undefined {
  if (!compiled.has(pattern)) {
    budget.spend(2000);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    let expression: RE2JS | undefined;
    try {
      expression = RE2JS.compile(pattern);
    } catch {
      expression = undefined;
    }
    compiled.set(pattern, expression);
  }
  return compiled.get(pattern);
}

/** Equality of JSON values, with the order of members left aside; `Nothing` equals itself alone. */
export function deepEquals(left: unknown, right: unknown, budget: Budget): boolean {
  budget.spend();
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, i) => deepEquals(item, right[i], budget))
    );
  }
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every(
      (key) =>
        Object.hasOwn(right, key) &&
        deepEquals(
          (left as Record<string, unknown>)[key],
          (right as Record<string, unknown>)[key],
          budget,
        ),
    )
  );
}
