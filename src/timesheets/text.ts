// Texts of the timesheet: how long they may be and what they may not hold (Beebole spec 8.11).
import { invalidValue } from './failures.ts';

const MAX_NAME = 255;
const MAX_TEXT = 10_000;
const MAX_XID = 255;

/** A name without its outer white space, 1 to 255 characters. Throws `Invalid` naming `field`. */
export function checkName(name: string, field = 'name'): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > MAX_NAME || !isStorable(trimmed)) {
    throw invalidValue(field);
  }
  return trimmed;
}

/** A comment or description exactly as it is, at most 10 000 characters. Throws `Invalid` naming `field`. */
export function checkText(text: string, field: string): string {
  if (text.length > MAX_TEXT || !isStorable(text)) throw invalidValue(field);
  return text;
}

/** An external id, 1 to 255 characters, compared as it is. Throws `Invalid`. */
export function checkXid(xid: string): string {
  if (xid === '' || xid.length > MAX_XID || !isStorable(xid)) throw invalidValue('xid');
  return xid;
}

/** PostgreSQL holds no NUL, and UTF-8 no half of a surrogate pair: refuse what would not come back as it went in. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

interface Named {
  name: string;
  id: number;
}

/** Made for the first comparison: that takes several milliseconds of a start. */
let collator: Intl.Collator | undefined;

/** The order of names for people: letters before case, the same on every machine. */
export function byName(a: Named, b: Named): number {
  collator ??= new Intl.Collator('en', { numeric: true });
  return collator.compare(a.name, b.name) || a.id - b.id;
}
