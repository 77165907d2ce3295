// One field of a document by its path: reading, and replacing it alone (BaasBox spec 5.4, parts).
import { Invalid, NotFound } from '../../platform/errors.ts';
import { contentFrom, isKeptNumber, parseBody, type Content } from './content.ts';

export interface PathStep {
  name: string;
  /** Position in the list that the field holds. */
  index: number | undefined;
}

/** Steps of one path. */
const MAX_STEPS = 32;
type Container = Record<string, unknown>;

/**
 * The value at the path as JSON text. A missing top-level field is `null`. Throws `NotFound` (`no_field`) for a missing
 * value further down and `Invalid` (`path_too_long`).
 */
export function readField(body: string, path: readonly PathStep[]): string {
  checkLength(path);
  let value: unknown = parseBody(body);
  for (const [depth, { name, index }] of path.entries()) {
    value = isContainer(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    if (index !== undefined) value = Array.isArray(value) ? value[index] : undefined;
    if (value === undefined) {
      if (depth === 0 && path.length === 1 && index === undefined) return 'null';
      throw noField();
    }
  }
  return JSON.stringify(value);
}

/**
 * The content with the value (as `parseBody` gives it) set at the path. The last field may be new; an index at or above the length
 * appends. Throws `NotFound` (`no_field`) when something before it is missing or no object, `Invalid` (`not_a_list`).
 */
export function writeField(body: string, path: readonly PathStep[], value: unknown): Content {
  checkLength(path);
  const fields = parseBody(body);
  let at: unknown = fields;
  for (const { name, index } of path.slice(0, -1)) {
    at = isContainer(at) && Object.hasOwn(at, name) ? at[name] : undefined;
    if (index !== undefined) at = Array.isArray(at) ? at[index] : undefined;
    if (!isContainer(at)) throw noField();
  }
  const last = path.at(-1);
  if (!last || !isContainer(at)) throw noField();
  if (last.index === undefined) at[last.name] = value;
  else {
    const list = Object.hasOwn(at, last.name) ? at[last.name] : undefined;
    if (list === undefined) throw noField();
    if (!Array.isArray(list)) throw new Invalid('not_a_list', `${last.name} is not a list`);
    list[Math.min(last.index, list.length)] = value;
  }
  return contentFrom(fields);
}

function isContainer(value: unknown): value is Container {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isKeptNumber(value)
  );
}

function checkLength(path: readonly PathStep[]): void {
  if (path.length > MAX_STEPS) {
    throw new Invalid('path_too_long', `A path has at most ${MAX_STEPS} steps`);
  }
}

function noField(): NotFound {
  return new NotFound('no_field', 'This is not a valid path of the document');
}
