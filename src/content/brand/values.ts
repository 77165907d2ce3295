// The values that brand styles may have, each with its limits (Beefree spec 3.9).
import { Invalid } from '../../platform/errors.ts';
import { safeHref, safeSrc } from '../template/urls.ts';
import { safeValue } from '../template/safe-css.ts';

/** A value as it is stored. Undefined says that there is nothing to store; a wrong one throws `Unfit`. */
export type Check = (value: unknown) => unknown;

/** Says what was expected; whoever knows where the value stood makes an `Invalid` of it. */
export class Unfit extends Error {}

/** The error for a value at a place in the styles. `details.path` names the place. */
export function unfit(problem: string, path: readonly string[]): Invalid {
  return new Invalid('style_value', `${problem} at ${path.join('.')}`, { problem, path });
}

const HEX = /^#(?:[\da-f]{3}|[\da-f]{6})$/i;
const NUMBER = /^(-?\d{1,4}(?:\.\d{1,20})?)(px)?$/;

export const color: Check = (value) => {
  if (typeof value === 'string' && HEX.test(value)) return value;
  throw new Unfit('expected a colour such as #1a2b3c');
};

export const fill: Check = (value) => (value === 'transparent' ? value : color(value));

/** A length between two limits in px; a number counts as px. */
export const pixels =
  (least: number, most: number): Check =>
  (value) => {
    const match = NUMBER.exec(typeof value === 'number' ? String(value) : textOf(value).trim());
    const number = Number(match?.[1]);
    if (!match || number < least || number > most) {
      throw new Unfit(`expected ${least}px to ${most}px`);
    }
    return match[2] === undefined ? `${number}px` : match[0];
  };

/** What the published limits say of paddings and of radii. */
export const padding = pixels(0, 60);

export const oneOf =
  (...words: readonly string[]): Check =>
  (value) => {
    if (typeof value === 'string' && words.includes(value)) return value;
    throw new Unfit(`expected one of ${words.map((word) => word || "''").join(', ')}`);
  };

/** Also a bare number of percent. */
export const lineHeight: Check = (value) =>
  oneOf('120%', '150%', '180%', '200%')(typeof value === 'number' ? `${value}%` : value);

/** Empty says nothing. */
export const weight: Check = (value) => {
  if (value === '') return undefined;
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 100 && number <= 900) {
    return String(number);
  }
  throw new Unfit('expected a weight from 100 to 900');
};

export const fontStyle: Check = (value) =>
  value === '' ? undefined : oneOf('normal', 'italic')(value);

/** A font stack that can stand in a style. */
export const font: Check = (value) => {
  const stack = textOf(value).trim();
  if (stack !== '' && stack.length <= 500 && !/\(|\/\*/.test(stack) && safeValue(stack) !== '') {
    return stack;
  }
  throw new Unfit('expected a font stack');
};

export const border: Check = (value) => {
  const match =
    /^(\d{1,2})px (?:solid|dashed|dotted|double|groove|ridge|inset|outset|none) (\S{4,11})$/.exec(
      textOf(value).trim(),
    );
  if (match && Number(match[1]) <= 60 && (match[2] === 'transparent' || HEX.test(match[2]!))) {
    return match[0];
  }
  throw new Unfit('expected a border such as 1px solid #1a2b3c');
};

/** A share of what is there, or a length. */
export const width: Check = (value) => {
  const text = typeof value === 'number' ? `${value}px` : textOf(value).trim();
  const match = /^(\d{1,4}(?:\.\d{1,20})?)(%|px)$/.exec(text);
  if (match && Number(match[1]) <= (match[2] === '%' ? 100 : 2000)) return text;
  throw new Unfit('expected a width such as 50% or 300px');
};

export const widthOrAuto: Check = (value) => (value === 'auto' ? value : width(value));

/** The name of a picture as CSS has it. */
export const picture: Check = (value) => {
  const text = textOf(value).trim();
  if (text === 'none') return text;
  const url = /^url\((['"]?)(.*)\1\)$/i.exec(text)?.[2] ?? text;
  if (url !== '' && url.length <= 2000 && !/[\s'"()\\<>]/.test(url) && safeSrc(url) === url) {
    return `url('${url}')`;
  }
  throw new Unfit('expected none or the address of a picture');
};

/** A text of some length; HTML in it is made safe when it is rendered. */
export const words: Check = (value) => {
  if (typeof value === 'string' && value.length <= 10_000) return value;
  throw new Unfit('expected a text of at most 10000 characters');
};

export const href: Check = (value) => {
  const url = String(words(value));
  if (safeHref(url) === url) return url;
  throw new Unfit('expected an address that is safe to follow');
};

export const src: Check = (value) => {
  const url = String(words(value));
  if (safeSrc(url) === url) return url;
  throw new Unfit('expected the address of a picture');
};

export const flag: Check = (value) => {
  if (value === true || value === 1 || value === '1' || value === 'true') return true;
  if (value === false || value === 0 || value === '0' || value === 'false') return false;
  throw new Unfit('expected true or false');
};

/** The number at which a list starts, as templates store it. */
export const start: Check = (value) => {
  const text = typeof value === 'number' ? String(value) : textOf(value).trim();
  if (/^-?\d{1,5}$/.test(text)) return text;
  throw new Unfit('expected a whole number');
};

const ADDRESSES: ReadonlyMap<string, Check> = new Map([
  ['href', href],
  ['prefix', href],
  ['src', src],
]);

/** A list of icons or menu items, as templates store them; `image` of an icon is an address or an object with one. */
export const items: Check = (value) => {
  if (!Array.isArray(value) || value.length > 100) throw new Unfit('expected a list of items');
  if (JSON.stringify(value).length > 100_000) throw new Unfit('expected shorter items');
  return value.map((item: unknown) => checkedItem(item, 0));
};

function checkedItem(item: unknown, depth: number): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item) || depth > 1) {
    throw new Unfit('expected a list of objects');
  }
  return Object.fromEntries(
    Object.entries(item).map(([name, value]: [string, unknown]) => {
      const inner = name === 'image' || name === 'link';
      if (inner && typeof value === 'object') return [name, checkedItem(value, depth + 1)];
      const check = ADDRESSES.get(name) ?? (name === 'image' ? src : undefined);
      if (check) return [name, check(value)];
      if (['string', 'number', 'boolean'].includes(typeof value)) return [name, value];
      throw new Unfit(`expected a text for ${name}`);
    }),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
