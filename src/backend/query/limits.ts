// Hard limits of the query language: what a request may ask, however it is written.

export const QUERY_LIMITS = {
  /** Characters of `where`. */
  where: 8192,
  /** Characters of `fields`, `orderBy` and `groupBy`, each. */
  list: 4096,
  /** Nesting of parentheses, lists, calls and `not`. */
  depth: 32,
  /** Comparisons in one filter. */
  conditions: 200,
  /** Regular expressions in one filter; each is far dearer than a comparison. */
  expressions: 5,
  /** Items of one list. */
  items: 200,
  /** Segments of one path. */
  steps: 16,
  /** Values for `?`. */
  params: 500,
  /** Characters of one value. */
  param: 8192,
  /** Columns of a projection, keys of an order or a grouping. */
  columns: 50,
  /** Characters of a regular expression, and of a text it is matched against (longer texts do not match). */
  pattern: 512,
  subject: 4096,
  /** Instructions of a regular expression: repetitions multiply them, and each may be taken at each character. */
  program: 1000,
  /** Largest number for skips and page sizes, so that sums stay exact. */
  rows: 1_000_000_000,
} as const;
