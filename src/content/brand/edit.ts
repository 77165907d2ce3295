// Writes values into template JSON without touching the rest of it, and without changing what is there in place.
import { object } from '../template/values.ts';
import type { Path } from './fields.ts';
import type { Raw } from '../template/values.ts';

/** What is stored at the path, undefined when nothing is. Only own members count. */
export function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const name of path) {
    const holder = object(value);
    value = Object.hasOwn(holder, spelled(holder, name))
      ? holder[spelled(holder, name)]
      : undefined;
  }
  return value;
}

/** The object with the value at the path; the object itself when that means the same as what is there. */
export function withValue(raw: Raw, path: Path, value: unknown): Raw {
  const [name, ...rest] = path;
  if (name === undefined) return raw;
  const key = spelled(raw, name);
  const old = Object.hasOwn(raw, key) ? raw[key] : undefined;
  const fresh = rest.length === 0 ? value : withValue(object(old), rest, value);
  return fresh === old || (rest.length === 0 && isSame(old, fresh))
    ? raw
    : { ...raw, [key]: fresh };
}

/** Templates store `10` and `"10px"`, `1` and `true` for the same. */
function isSame(old: unknown, fresh: unknown): boolean {
  if (typeof old === 'number')
    return fresh === `${old}px` || fresh === String(old) || Number(fresh) === old;
  if (typeof old !== 'object' || old === null) return old === fresh;
  return JSON.stringify(old) === JSON.stringify(fresh);
}

/** Forms store `backgroundColor` beside `border-top`: the spelling that is there stays. */
function spelled(holder: Raw, name: string): string {
  if (Object.hasOwn(holder, name) || !name.includes('-')) return name;
  const camel = name.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());
  return Object.hasOwn(holder, camel) ? camel : name;
}
