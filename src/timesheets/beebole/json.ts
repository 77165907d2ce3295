// Writes answers as JSON the way the original does: hours with a fraction, text in ASCII, never null (Beebole spec 2.3).

/** An amount of time that is written in hours, always with a fraction part: `8.0`. */
export class Hours {
  readonly seconds: number;

  /** `seconds` is finite and not negative. */
  constructor(seconds: number) {
    this.seconds = seconds;
  }
}

/** What an answer may hold. Members that are `undefined` are left out. */
export type Json =
  | string
  | number
  | boolean
  | Hours
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** The JSON text of an answer. Throws `TypeError` for what JSON or this protocol cannot say (null, NaN). */
export function toJson(value: Json): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return finite(value);
  if (value instanceof Hours) return fraction(finite(value.seconds / 3600));
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(toJson).join(',')}]`;
  if (value === null || typeof value !== 'object') {
    throw new TypeError(`An answer cannot hold ${String(value)}`);
  }
  const members: string[] = [];
  for (const [name, member] of Object.entries(value as Record<string, Json | undefined>)) {
    if (member !== undefined) members.push(`${quote(name)}:${toJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

function finite(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('An answer cannot hold a number without end');
  return String(value);
}

/** Hours are at least a second, so their shortest form has no exponent. */
function fraction(text: string): string {
  return text.includes('.') ? text : `${text}.0`;
}

function quote(text: string): string {
  const json = JSON.stringify(text);
  // Everything above the tilde, one escape for each UTF-16 unit.
  return json.replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
