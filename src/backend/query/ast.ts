// The syntax tree of the query language (BaasBox spec 4.4): conditions on top, operands below.

/** One step of a path: a field name, or an index into a list. */
export type Step = string | number;

export type CompareOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type WordOperator =
  | 'like'
  | 'in'
  | 'contains'
  | 'containsall'
  | 'containskey'
  | 'containsvalue'
  | 'containstext'
  | 'matches'
  | 'instanceof';

export type Operator = CompareOperator | WordOperator;

export type Operand =
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'list'; items: Operand[] }
  | { kind: 'path'; steps: [string, ...Step[]] }
  /** Each own field of the record in turn; the condition holds when it holds for one of them. */
  | { kind: 'any' }
  | { kind: 'call'; name: FunctionName; args: Operand[] }
  | { kind: 'method'; on: Operand; name: MethodName; args: Operand[] }
  | { kind: 'arithmetic'; operator: ArithmeticOperator; left: Operand; right: Operand };

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

export type Filter =
  | { kind: 'and' | 'or'; items: Filter[] }
  | { kind: 'not'; item: Filter }
  | { kind: 'compare'; operator: Operator; left: Operand; right: Operand }
  | { kind: 'between'; operand: Operand; low: Operand; high: Operand }
  | { kind: 'null' | 'defined'; operand: Operand }
  /** A list with an element (`every`: with only elements) that is an object for which the filter holds. */
  | { kind: 'elements'; every: boolean; operand: Operand; filter: Filter }
  /** A bare operand: holds when it is `true`. */
  | { kind: 'truth'; operand: Operand };

/** Functions with the least and most arguments that each takes. */
export const FUNCTIONS = {
  distance: [4, 5],
  date: [1, 2],
  sysdate: [0, 1],
} as const;
export type FunctionName = keyof typeof FUNCTIONS;

/** Methods (lower case) with the least and most arguments that each takes. */
export const METHODS = {
  length: [0, 0],
  size: [0, 0],
  tolowercase: [0, 0],
  touppercase: [0, 0],
  trim: [0, 0],
  substring: [1, 2],
  left: [1, 1],
  right: [1, 1],
  indexof: [1, 2],
  append: [1, 1],
  prefix: [1, 1],
  replace: [2, 2],
  asstring: [0, 0],
  asinteger: [0, 0],
  aslong: [0, 0],
  asfloat: [0, 0],
  asboolean: [0, 0],
  asdate: [0, 0],
  asdatetime: [0, 0],
  format: [1, 1],
  keys: [0, 0],
  values: [0, 0],
} as const;
export type MethodName = keyof typeof METHODS;
