// Tolerant accessors for stored template JSON, where any field may be missing or of a neighbouring type.

/** A JSON object of unknown content. */
export type Raw = Readonly<Record<string, unknown>>;

const EMPTY: Raw = Object.freeze({});

/** The value as an object; arrays, `null` and scalars count as an empty object (spec 4.10, step 4). */
export function object(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Raw)
    : EMPTY;
}

/** True when the object has no member. */
export function isEmpty(raw: Raw): boolean {
  for (const _name in raw) return false;
  return true;
}

/** The value as an array; everything else counts as an empty array. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text; numbers are printed, everything else gives `fallback`. NUL, which no HTML may hold, is left out. */
export function text(value: unknown, fallback = ''): string {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '') : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : fallback;
}

/** True for `true`, `1`, `"1"` and `"true"`; false for the other spellings; `fallback` when missing. */
export function flag(value: unknown, fallback = false): boolean {
  if (value === undefined || value === null || value === '') return fallback;
  return value === true || value === 1 || value === '1' || value === 'true';
}
