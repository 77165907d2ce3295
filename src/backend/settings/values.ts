// From what administrators and operators write to what a setting holds.
import { Invalid } from '../../platform/errors.ts';
import { definitionOf, type SettingKey } from './catalogue.ts';

/** Characters of a text; templates are the longest. */
const MAX_TEXT = 30_000;

/**
 * The value that a text stands for. Throws `Invalid` (`bad_setting`) when it is no number or truth value, out of range,
 * or nothing that the setting can hold.
 */
export function parseValue(key: SettingKey, text: string): string | number | boolean {
  const { type, range, check } = definitionOf(key);
  if (type === 'integer') {
    const number = /^\s*[+-]?\d{1,15}\s*$/.test(text) ? Number(text) : NaN;
    if (Number.isNaN(number)) throw bad(key, `${text.slice(0, 100)} is not a number`);
    const [least, most] = range ?? [0, Number.MAX_SAFE_INTEGER];
    if (number < least || number > most) throw bad(key, `the number must be ${least} to ${most}`);
    return number;
  }
  if (type === 'boolean') {
    const word = text.trim().toLowerCase();
    if (word !== 'true' && word !== 'false') throw bad(key, 'the value must be true or false');
    return word === 'true';
  }
  if (type === 'file') throw bad(key, 'the value must be sent as a file');
  if (text.length > MAX_TEXT) throw bad(key, `the value has more than ${MAX_TEXT} characters`);
  check?.(text);
  return text;
}

function bad(key: SettingKey, why: string): Invalid {
  return new Invalid('bad_setting', `${key}: ${why}`, { key });
}
