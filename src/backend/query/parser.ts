// Reads the text of a filter into its syntax tree: recursive descent over BaasBox spec 4.4.
import { Invalid } from '../../platform/errors.ts';
import {
  FUNCTIONS,
  METHODS,
  type ArithmeticOperator,
  type CompareOperator,
  type Filter,
  type FunctionName,
  type MethodName,
  type Operand,
  type Operator,
  type Step,
  type WordOperator,
} from './ast.ts';
import { QUERY_LIMITS } from './limits.ts';
import { syntaxError, tokenize, type Token } from './tokens.ts';
import { cleanText } from './values.ts';

const WORD_OPERATORS: ReadonlySet<string> = new Set<WordOperator>([
  'like',
  'in',
  'contains',
  'containsall',
  'containskey',
  'containsvalue',
  'containstext',
  'matches',
  'instanceof',
]);
const RESERVED: ReadonlySet<string> = new Set([
  ...WORD_OPERATORS,
  'and',
  'or',
  'not',
  'is',
  'null',
  'defined',
  'between',
]);
const COMPARE_OPERATORS: Record<string, CompareOperator> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** Either kind of expression: parentheses may hold both, and only what follows tells which was meant. */
type Node = { filter: Filter } | { operand: Operand };

/**
 * Parses a filter. `params` are the values of its `?` marks in order; surplus ones are ignored.
 * Throws `Invalid`: `query_syntax`, `query_params` (more marks than values), `query_limit`.
 */
export function parseFilter(text: string, params: readonly string[] = []): Filter {
  limit(text.length <= QUERY_LIMITS.where, 'where is too long');
  limit(params.length <= QUERY_LIMITS.params, 'there are too many params');
  limit(
    params.every((value) => value.length <= QUERY_LIMITS.param),
    'a value of params is too long',
  );
  const parser = new Parser(tokenize(text), params);
  const filter = parser.filter();
  parser.end();
  return filter;
}

/** The parser behind filters and projections: both share operands. */
export class Parser {
  readonly #tokens: readonly Token[];
  readonly #params: readonly string[];
  #position = 0;
  #used = 0;
  #depth = 0;
  #conditions = 0;
  #expressions = 0;

  constructor(tokens: readonly Token[], params: readonly string[]) {
    this.#tokens = tokens;
    this.#params = params;
  }

  filter(): Filter {
    return asFilter(this.#or());
  }

  operand(): Operand {
    const at = this.#here.at;
    return this.#operandOf(this.#additive(), at);
  }

  end(): void {
    if (this.#here.kind !== 'end') throw this.#unexpected();
  }

  get #here(): Token {
    return this.#tokens[this.#position] as Token;
  }

  /** Takes the mark if it comes next. */
  mark(text: string): boolean {
    const token = this.#here;
    if (token.kind !== 'mark' || token.text !== text) return false;
    this.#position++;
    return true;
  }

  /** Takes the key word if it comes next. */
  word(text: string): boolean {
    if (this.#word() !== text) return false;
    this.#position++;
    return true;
  }

  /** Takes any name, key words included. */
  name(): string {
    const token = this.#here;
    if (token.kind !== 'name') throw this.#unexpected();
    this.#position++;
    return token.text;
  }

  /** The name before a bracket, in lower case, when a call comes next (nothing is taken). */
  callee(): string | undefined {
    const token = this.#here;
    return token.kind === 'name' && this.at('(', 1) ? token.text.toLowerCase() : undefined;
  }

  /** The next token is this mark (nothing is taken). */
  at(text: string, offset = 0): boolean {
    const token = this.#tokens[this.#position + offset];
    return token?.kind === 'mark' && token.text === text;
  }

  /** The next token as a key word in lower case. A name before a dot is a path, whatever it spells. */
  #word(): string | undefined {
    const token = this.#here;
    return token.kind === 'name' && !this.at('.', 1) ? token.text.toLowerCase() : undefined;
  }

  #or(): Node {
    return this.#chain('or', () => this.#chain('and', () => this.#unary()));
  }

  #chain(kind: 'and' | 'or', next: () => Node): Node {
    const first = next();
    if (this.#word() !== kind) return first;
    const items = [asFilter(first)];
    while (this.word(kind)) items.push(asFilter(next()));
    return { filter: { kind, items } };
  }

  #unary(): Node {
    if (!this.word('not')) return this.#comparison();
    return this.#nested(() => ({ filter: { kind: 'not', item: asFilter(this.#unary()) } }));
  }

  #comparison(): Node {
    const at = this.#here.at;
    const node = this.#additive();
    const operator = this.#operator();
    if (operator === undefined) return node;
    const left = this.#operandOf(node, at);
    limit(++this.#conditions <= QUERY_LIMITS.conditions, 'there are too many conditions');
    return { filter: this.#right(left, operator) };
  }

  /** Takes an operator if one comes next. */
  #operator(): Operator | 'is' | 'between' | undefined {
    const token = this.#here;
    if (token.kind === 'mark') {
      const operator = COMPARE_OPERATORS[token.text];
      if (operator) this.#position++;
      return operator;
    }
    const word = this.#word();
    if (word === undefined) return undefined;
    if (word !== 'is' && word !== 'between' && !WORD_OPERATORS.has(word)) return undefined;
    this.#position++;
    return word as WordOperator | 'is' | 'between';
  }

  #right(left: Operand, operator: Operator | 'is' | 'between'): Filter {
    switch (operator) {
      case 'is':
        return this.#is(left);
      case 'between': {
        const low = this.operand();
        if (!this.word('and')) throw this.#unexpected();
        return { kind: 'between', operand: left, low, high: this.operand() };
      }
      case 'in':
        return { kind: 'compare', operator, left, right: this.#list() };
      case 'contains':
      case 'containsall':
        return this.#contains(left, operator);
      case 'instanceof':
        return { kind: 'compare', operator, left, right: this.#className() };
      case 'matches':
        limit(++this.#expressions <= QUERY_LIMITS.expressions, 'there are too many expressions');
        return { kind: 'compare', operator, left, right: this.operand() };
      default:
        return { kind: 'compare', operator, left, right: this.operand() };
    }
  }

  #is(operand: Operand): Filter {
    const negated = this.word('not');
    const word = this.#word();
    if (word !== 'null' && word !== 'defined') throw this.#unexpected();
    this.#position++;
    const filter: Filter = { kind: word, operand };
    return negated ? { kind: 'not', item: filter } : filter;
  }

  /** The right side of `in`: a list in either kind of brackets, or one operand. */
  #list(): Operand {
    if (!this.mark('(')) return this.operand();
    return this.#nested(() => ({ kind: 'list', items: this.#items(')') }));
  }

  /** A condition in parentheses speaks of each element; a constant in parentheses is just that value. */
  #contains(left: Operand, operator: 'contains' | 'containsall'): Filter {
    if (!this.mark('(')) return { kind: 'compare', operator, left, right: this.operand() };
    const node = this.#nested(() => this.#or());
    if (!this.mark(')')) throw this.#unexpected();
    if ('operand' in node && isConstant(node.operand)) {
      return { kind: 'compare', operator, left, right: node.operand };
    }
    const every = operator === 'containsall';
    return { kind: 'elements', every, operand: left, filter: asFilter(node) };
  }

  #className(): Operand {
    if (this.#here.kind !== 'name') return this.operand();
    return { kind: 'literal', value: this.name() };
  }

  #additive(): Node {
    return this.#arithmetic(['+', '-'], () =>
      this.#arithmetic(['*', '/', '%'], () => this.#primary()),
    );
  }

  #arithmetic(operators: readonly ArithmeticOperator[], next: () => Node): Node {
    let at = this.#here.at;
    let node = next();
    for (;;) {
      const operator = operators.find((candidate) => this.mark(candidate));
      if (!operator) return node;
      const left = this.#operandOf(node, at);
      limit(++this.#conditions <= QUERY_LIMITS.conditions, 'there are too many conditions');
      at = this.#here.at;
      const right = this.#operandOf(next(), at);
      node = { operand: { kind: 'arithmetic', operator, left, right } };
    }
  }

  #primary(): Node {
    if (this.mark('(')) {
      const node = this.#nested(() => this.#or());
      if (!this.mark(')')) throw this.#unexpected();
      return node;
    }
    return { operand: this.#methods(this.#atom()) };
  }

  #atom(): Operand {
    const token = this.#here;
    if (token.kind === 'name') return this.#named(token.text);
    if (token.kind === 'end') throw this.#unexpected();
    this.#position++;
    if (token.kind === 'string') return { kind: 'literal', value: cleanText(token.text) };
    if (token.kind === 'number') return { kind: 'literal', value: token.value };
    if (token.text === '?') return { kind: 'literal', value: this.#param() };
    if (token.text === '[') {
      return this.#nested(() => ({ kind: 'list', items: this.#items(']') }));
    }
    const number = this.#here;
    if (token.text === '-' && number.kind === 'number') {
      this.#position++;
      return { kind: 'literal', value: 0 - number.value };
    }
    this.#position--;
    throw this.#unexpected();
  }

  #param(): string {
    const value = this.#params[this.#used++];
    if (value === undefined) {
      throw new Invalid('query_params', 'The query has more question marks than params');
    }
    return cleanText(value);
  }

  #named(name: string): Operand {
    const word = name.toLowerCase();
    if (this.at('(', 1) && !RESERVED.has(word)) return this.#call(word);
    if (!this.at('.', 1)) {
      if (word === 'true' || word === 'false') {
        this.#position++;
        return { kind: 'literal', value: word === 'true' };
      }
      if (word === 'null') {
        this.#position++;
        return { kind: 'literal', value: null };
      }
      if (RESERVED.has(word) && !(name === 'in' && this.#endsOperand(1))) throw this.#unexpected();
    }
    this.#position++;
    return { kind: 'path', steps: [name, ...this.#steps()] };
  }

  /** Nothing follows that a word operator could take: then `in` is an end of a link, as `out` is the other. */
  #endsOperand(offset: number): boolean {
    const next = this.#tokens[this.#position + offset];
    if (next === undefined || next.kind === 'end') return true;
    if (next.kind === 'name') return /^(is|as|asc|desc)$/i.test(next.text);
    return next.kind === 'mark' && (next.text === ',' || next.text === ')');
  }

  #steps(): Step[] {
    const steps: Step[] = [];
    for (;;) {
      const next = this.#tokens[this.#position + 1];
      if (this.at('[') && next?.kind === 'number' && Number.isSafeInteger(next.value)) {
        this.#position += 2;
        if (!this.mark(']')) throw this.#unexpected();
        steps.push(next.value);
      } else if (this.at('.') && next?.kind === 'name' && !this.at('(', 2)) {
        this.#position += 2;
        steps.push(next.text);
      } else return steps;
      limit(steps.length < QUERY_LIMITS.steps, 'a path is too long');
    }
  }

  #call(word: string): Operand {
    const { at } = this.#here;
    this.#position += 2;
    const args = this.#nested(() => this.#items(')'));
    if (word === 'any' && args.length === 0) return { kind: 'any' };
    const arity = Object.hasOwn(FUNCTIONS, word) ? FUNCTIONS[word as FunctionName] : undefined;
    if (!arity) throw syntaxError('a function is not known', at);
    if (!takes(arity, args)) throw syntaxError('a function has a wrong number of arguments', at);
    return { kind: 'call', name: word as FunctionName, args };
  }

  #methods(operand: Operand): Operand {
    let result = operand;
    for (let count = 0; this.at('.') && this.at('(', 2); count++) {
      limit(count < QUERY_LIMITS.steps, 'there are too many methods in a row');
      const { at } = this.#here;
      this.#position++;
      const name = this.name().toLowerCase();
      this.#position++;
      const args = this.#nested(() => this.#items(')'));
      const arity = Object.hasOwn(METHODS, name) ? METHODS[name as MethodName] : undefined;
      if (!arity) throw syntaxError('a method is not known', at);
      if (!takes(arity, args)) throw syntaxError('a method has a wrong number of arguments', at);
      result = { kind: 'method', on: result, name: name as MethodName, args };
    }
    return result;
  }

  /** Operands up to the closing bracket, which is taken too. */
  #items(close: ')' | ']'): Operand[] {
    const items: Operand[] = [];
    if (this.mark(close)) return items;
    do {
      limit(items.length < QUERY_LIMITS.items, 'a list is too long');
      items.push(this.operand());
    } while (this.mark(','));
    if (!this.mark(close)) throw this.#unexpected();
    return items;
  }

  #nested<T>(read: () => T): T {
    limit(++this.#depth <= QUERY_LIMITS.depth, 'it is nested too deeply');
    const value = read();
    this.#depth--;
    return value;
  }

  #operandOf(node: Node, at: number): Operand {
    if ('operand' in node) return node.operand;
    throw syntaxError('a condition stands where a value is expected', at);
  }

  #unexpected(): Invalid {
    const token = this.#here;
    return syntaxError(
      token.kind === 'end' ? 'it ends too early' : 'something else is expected',
      token.at,
    );
  }
}

function asFilter(node: Node): Filter {
  return 'filter' in node ? node.filter : { kind: 'truth', operand: node.operand };
}

function takes([least, most]: readonly [number, number], args: readonly Operand[]): boolean {
  return args.length >= least && args.length <= most;
}

/** Does the operand have the same value for every record? */
export function isConstant(operand: Operand): boolean {
  switch (operand.kind) {
    case 'literal':
      return true;
    case 'path':
    case 'any':
      return false;
    case 'list':
      return operand.items.every(isConstant);
    case 'call':
      return operand.args.every(isConstant);
    case 'method':
      return isConstant(operand.on) && operand.args.every(isConstant);
    case 'arithmetic':
      return isConstant(operand.left) && isConstant(operand.right);
  }
}

/** Throws `Invalid` (`query_limit`) unless `ok`. */
export function limit(ok: boolean, problem: string): void {
  if (!ok) throw new Invalid('query_limit', `The query is refused: ${problem}`);
}
