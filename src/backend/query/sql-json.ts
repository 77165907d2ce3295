// What the compiler needs from an engine's JSON functions. One implementation an engine, the only dialect-specific part.
import type { Sql } from './bounds.ts';

/** The types that a JSON value can have, `missing` included. */
export type Kind = 'missing' | 'null' | 'true' | 'false' | 'number' | 'text' | 'array' | 'object';

export type Branches = Partial<Record<Kind, Sql>>;

/** A place in a JSON document; made and read by the engine's functions only. */
export interface JsonNode {
  readonly node: unique symbol;
}

export interface JsonSql {
  /** The document in a column (text on SQLite, jsonb on PostgreSQL). */
  root(document: Sql): JsonNode;
  /** A field of an object; missing when the place holds no object. The name is bound, never text. */
  member(node: JsonNode, name: string): JsonNode;
  /** An element of a list; missing when the place holds no list or a shorter one. The index is bound. */
  item(node: JsonNode, index: number): JsonNode;
  /** An expression that depends on the type at a place. Only the branch of that type is evaluated. */
  byKind(node: JsonNode, branches: Branches, otherwise: Sql): Sql;
  /** The text at a place, where `byKind` has found one. Compares and sorts by code point. */
  text(node: JsonNode): Sql;
  /** The number at a place, as a double, where `byKind` has found one. */
  number(node: JsonNode): Sql;
  /** The integer at a place as text, where `byKind` has found a number and `isSmallInteger` holds. */
  integerText(node: JsonNode): Sql;
  /** Is there an element of the list (which `byKind` has found) for which the condition holds? */
  someElement(node: JsonNode, condition: (element: JsonNode) => Sql): Sql;
  /** Is there a field of the object (which `byKind` has found) for which the condition holds? */
  someMember(node: JsonNode, condition: (value: JsonNode, key: Sql) => Sql): Sql;

  /** A bound text, number. */
  boundText(value: string): Sql;
  boundNumber(value: number): Sql;
  /** Does the text match the `like` pattern whose pieces these are? The text is not empty. */
  like(text: Sql, pieces: readonly string[]): Sql;
  includes(text: Sql, part: Sql): Sql;
  lower(text: Sql): Sql;
  /** Is the text nothing but 1 to 15 digits? */
  isDigits(text: Sql): Sql;
  /** The number that such a text spells. */
  digits(text: Sql): Sql;
  /** Is the text made only of characters that numbers are written with? Holds for empty text. */
  looksNumeric(text: Sql): Sql;
  /** Has the number no fraction, and is it below 10^21? */
  isInteger(number: Sql): Sql;
  /** Has the number no fraction, and is it below 2^53? */
  isSmallInteger(number: Sql): Sql;
}

/** The largest index that both engines take. */
export const MAX_INDEX = 2_147_483_647;
