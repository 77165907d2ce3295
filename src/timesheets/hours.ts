// Amounts of time: whole seconds inside, hours outside (Beebole spec 8.3).
import { invalidValue } from './failures.ts';

const SECONDS_PER_DAY = 86_400;

/** `3:30` or `3:30:15` */
const CLOCK = /^(\d{1,2}):([0-5]?\d)(?::([0-5]?\d))?$/;
/** `3`, `3.5`, `3,5`, `.5` */
const DECIMAL = /^(?:\d{1,3}(?:[.,]\d{0,20})?|[.,]\d{1,20})$/;

/**
 * Reads hours as people and programs write them: a number, or text with a decimal point or comma, or hours and minutes
 * with colons. Gives seconds, 0 to 86 400 and not yet rounded. Throws `Invalid` (`invalid_value`).
 */
export function readHours(value: unknown): number {
  const seconds = typeof value === 'string' ? fromText(value.trim()) : fromNumber(value);
  if (seconds === undefined || !(seconds >= 0 && seconds <= SECONDS_PER_DAY)) {
    throw invalidValue('hours');
  }
  return seconds;
}

function fromNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value * 3600 : undefined;
}

function fromText(text: string): number | undefined {
  const clock = CLOCK.exec(text);
  if (clock) {
    const [, hours, minutes, seconds = 0] = clock;
    return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  }
  return DECIMAL.test(text) ? Number(text.replace(',', '.')) * 3600 : undefined;
}

/**
 * Rounds up to the next multiple of `quantity` seconds. Up to half a second above a multiple is noise of decimal
 * fractions (0.1 h is not exactly 360 s) and rounds down. Never more than a day.
 */
export function roundUp(seconds: number, quantity: number): number {
  const rounded = Math.ceil((seconds - 0.5) / quantity) * quantity;
  return Math.min(Math.max(0, rounded), SECONDS_PER_DAY);
}
