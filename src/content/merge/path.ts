// Reads JSONPath: the RFC 9535 grammar, in which parenthesised filters of older paths are valid too.
import { JSONPathEnvironment, JSONPathError, type JSONPathQuery } from 'json-p3';
import { Invalid } from '../../platform/errors.ts';

/** Longest path, in characters. */
const MAX_LENGTH = 1000;

/** How deep brackets and parentheses may nest. */
const MAX_NESTING = 32;

const grammar = new JSONPathEnvironment();

/**
 * Parses a path. White space around it and the comparisons `===` and `!==` of JavaScript dialects are accepted.
 * Throws `Invalid` (`bad_path`). Nothing of a path is ever run as a program.
 */
export function parsePath(path: string): JSONPathQuery {
  const text = plainComparisons(path.trim());
  if (text.length > MAX_LENGTH || nesting(text) > MAX_NESTING) {
    throw new Invalid('bad_path', 'The path is too long or nests too deep');
  }
  try {
    return grammar.compile(text);
  } catch (error) {
    if (error instanceof JSONPathError) throw new Invalid('bad_path', error.message);
    throw error;
  }
}

/** Pieces of a path: quoted text, which is left alone, and all else. */
const PIECES = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^'"]+|['"]/gs;

function plainComparisons(path: string): string {
  if (!path.includes('==')) return path;
  return path.replace(PIECES, (piece) =>
    piece.startsWith("'") || piece.startsWith('"') ? piece : piece.replaceAll(/([=!]=)=/g, '$1'),
  );
}

function nesting(path: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of path) {
    if (character === '(' || character === '[' || character === '!')
      deepest = Math.max(deepest, ++depth);
    else if (character === ')' || character === ']') depth--;
  }
  return deepest;
}
