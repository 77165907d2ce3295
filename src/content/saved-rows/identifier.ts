// How a row says which saved row it is a copy of (Beefree spec 3.7, 3.8).
import { object, text } from '../template/values.ts';

/**
 * What `metadata` holds under the label, when that can identify a row: a text that is not empty, or a number. Undefined
 * for everything else. Only the row's own members count, so names such as `constructor` find nothing.
 */
export function identifierOf(row: unknown, label: string): string | number | undefined {
  const metadata = object(object(row)['metadata']);
  const value = Object.hasOwn(metadata, label) ? metadata[label] : undefined;
  return text(value) === '' ? undefined : (value as string | number);
}
