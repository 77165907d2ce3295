// What is declared of an index; kept as JSON with its collection, so that those who write documents read it along.
import type { Operand } from '../query/ast.ts';

export interface IndexDefinition {
  id: string;
  /** Dotted paths of fields. */
  fields: string[];
  /** Whether no two documents may have the same values there (documents without one of them may). */
  unique: boolean;
  /** `building` until every document has its entries; `failed` when a unique one met two of the same. */
  state: 'building' | 'ready' | 'failed';
  /** Why it failed. */
  problem?: string;
  /** Whether a text was too long to be kept whole: then its entries are not in the exact order. */
  cut: boolean;
  createdAt: number;
}

export function parseIndexes(text: string): IndexDefinition[] {
  return text === '' ? [] : (JSON.parse(text) as IndexDefinition[]);
}

export function indexesText(indexes: readonly IndexDefinition[]): string {
  return indexes.length === 0 ? '' : JSON.stringify(indexes);
}

export type Path = Extract<Operand, { kind: 'path' }>;

/** The name of one path of an index in the table of entries. */
export function pathName({ id }: IndexDefinition, ordinal: number): string {
  return `${id}/${ordinal}`;
}

/** A declared path as an operand. Its names were checked when it was declared. */
export function pathOf(field: string): Path {
  return { kind: 'path', steps: field.split('.') as [string, ...string[]] };
}

/** The job that removes what an index left; its payload is `{ id }`. */
export const CLEAR_INDEX = 'backend.index-clear';
