// Collects the style sheet of one document: base rules, rules by number, and the narrow view (spec 5.11).
import { css } from './writer.ts';
import type { Pairs } from './declarations.ts';

interface Rule {
  readonly selectors: string[];
  readonly pairs: Pairs;
}

/** Rules in the order of first appearance; rules with the same declarations share one body. */
export class RuleSet {
  private readonly rules = new Map<string, Rule>();
  private readonly adapt: ((pairs: Pairs) => Pairs) | undefined;

  /** `adapt` leaves out what the kind of document does not take. */
  constructor(adapt?: (pairs: Pairs) => Pairs) {
    this.adapt = adapt;
  }

  /** Adds a rule; nothing happens without declarations. */
  add(selector: string | readonly string[], ...given: Pairs): void {
    if (given.length === 0) return;
    const pairs = this.adapt ? this.adapt(given) : given;
    const key = css(pairs, false);
    if (key === '') return;
    const selectors = typeof selector === 'string' ? [selector] : selector;
    const known = this.rules.get(key);
    if (known) known.selectors.push(...selectors);
    else this.rules.set(key, { selectors: [...selectors], pairs });
  }

  get size(): number {
    return this.rules.size;
  }

  /** The rules; selectors that share a body stand in alphabetical order, each behind `scope`. */
  print(pretty: boolean, indent = '', scope = ''): readonly string[] {
    return [...this.rules.values()].map(({ selectors, pairs }) => {
      const sorted = selectors.length === 1 ? selectors : [...new Set(selectors)].toSorted();
      const scoped = scope === '' ? sorted : sorted.map((selector) => scope + selector);
      return rule(scoped, pairs, pretty, indent);
    });
  }
}

/** The pairs with `!important` behind each value: they must win against inline styles. */
export function important(pairs: Pairs): Pairs {
  return pairs.map((part, i) =>
    i % 2 === 1 && part !== undefined && part !== '' ? `${part} !important` : part,
  );
}

/** One rule as text. */
export function rule(
  selectors: readonly string[],
  pairs: Pairs,
  pretty: boolean,
  indent = '',
): string {
  if (!pretty) {
    return `${shortLines(selectors)}{${css(pairs, false).replaceAll(' !important', '!important')}}`;
  }
  const body = css(pairs, true)
    .split(/(?<=;) (?=[a-z-]+: )/)
    .map((line) => `${indent}\t${line}`)
    .join('\n');
  return `${selectors.map((selector) => indent + selector).join(',\n')} {\n${body}\n${indent}}`;
}

/** Selectors with a line break after some 400 characters. */
function shortLines(selectors: readonly string[]): string {
  let result = '';
  let line = 0;
  for (const selector of selectors) {
    if (result !== '') result += line > 400 ? ',\n' : ',';
    if (line > 400) line = 0;
    result += selector;
    line += selector.length;
  }
  return result;
}

/** A media query around ready rules; nothing when there are none. */
export function media(
  query: string,
  rules: readonly string[],
  pretty: boolean,
  indent = '',
): readonly string[] {
  if (rules.length === 0) return [];
  return pretty
    ? [`${indent}@media ${query} {\n${rules.join('\n\n')}\n${indent}}`]
    : [`@media ${query}{`, ...rules, '}'];
}

/** The text of a sheet; minified, a new line starts after some 400 characters (spec 5.13). */
export function printSheet(parts: readonly string[], pretty: boolean): string {
  if (pretty) return parts.join('\n\n');
  let result = '';
  let line = 0;
  for (const part of parts) {
    if (line > 0 && line + part.length > 400) {
      result += '\n';
      line = 0;
    }
    result += part;
    line += part.length;
  }
  return result;
}
