// Regular expressions of clients, run by an engine whose time is linear in the text.
import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';
import { Invalid } from '../../platform/errors.ts';
import { QUERY_LIMITS } from './limits.ts';

const compiled = new LRUCache<string, { expression: RE2JS }>({ max: 200 });

/** Does the expression match the whole text? Texts above the limit never match. Throws `Invalid` (`query_expression`). */
export function matchesWhole(text: string, pattern: string): boolean {
  if (text.length > QUERY_LIMITS.subject) return false;
  return expressionOf(pattern).matches(text);
}

/** Throws `Invalid` (`query_expression`) when the pattern is too long, malformed, or needs backtracking. */
export function checkExpression(pattern: string): void {
  expressionOf(pattern);
}

function expressionOf(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known.expression;
  if (pattern.length > QUERY_LIMITS.pattern) {
    throw new Invalid('query_expression', 'The regular expression is too long');
  }
  const expression = compile(pattern);
  if (expression.programSize() > QUERY_LIMITS.program) {
    throw new Invalid('query_expression', 'The regular expression is too complex');
  }
  compiled.set(pattern, { expression });
  return expression;
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (error) {
    throw new Invalid(
      'query_expression',
      'The regular expression is not valid',
      {},
      { cause: error },
    );
  }
}
