// Declarations of CSS as a map of single properties: the shorthands that e-mails use are taken apart.
import { parseStyle } from '../render/inline-style.ts';

/** Property to value, without `!important`. */
export type Style = ReadonlyMap<string, string>;

export interface Declaration {
  readonly name: string;
  readonly value: string;
  readonly important: boolean;
}

const SIDES = ['top', 'right', 'bottom', 'left'] as const;

/** Reads the inside of a style attribute or of a rule; what is not safe is left out. */
export function declarations(css: string): readonly Declaration[] {
  return parseStyle(css).flatMap(([name, given]) => {
    const value = given.replace(/\s*!\s*important\s*$/i, '');
    const important = value !== given;
    return expanded(name, value).map(([key, single]) => ({ name: key, value: single, important }));
  });
}

type Pairs = readonly (readonly [string, string])[];

function expanded(name: string, value: string): Pairs {
  switch (name) {
    case 'padding':
    case 'margin':
      return sides(name, words(value));
    case 'border':
      return SIDES.map((side) => [`border-${side}`, value]);
    case 'background':
      return background(value);
    case 'font':
      return font(value);
    default:
      return [[name, value]];
  }
}

/** Words of a value; what stands in brackets is one of them. */
function words(value: string): readonly string[] {
  if (!value.includes('(')) return value.split(/\s+/).filter((word) => word !== '');
  const result: string[] = [];
  let depth = 0;
  let word = '';
  for (const c of value) {
    if (c === '(') depth += 1;
    if (c === ')') depth -= 1;
    if (depth === 0 && /\s/.test(c)) {
      if (word !== '') result.push(word);
      word = '';
    } else word += c;
  }
  return word === '' ? result : [...result, word];
}

function sides(name: string, parts: readonly string[]): Pairs {
  const [top = '0', right = top, bottom = top, left = right] = parts;
  return SIDES.map((side, i) => [`${name}-${side}`, [top, right, bottom, left][i]!]);
}

function background(value: string): Pairs {
  const result: (readonly [string, string])[] = [];
  const position: string[] = [];
  const [layout = '', size = ''] = value.split(/\/(?![^(]*\))/);
  for (const word of words(layout)) {
    if (/^url\(/i.test(word)) result.push(['background-image', word]);
    else if (word === 'none') result.push(['background-color', 'transparent']);
    else if (/^(?:no-repeat|repeat|repeat-x|repeat-y)$/.test(word)) {
      result.push(['background-repeat', word]);
    } else if (/^(?:top|right|bottom|left|center|-?\d.*)$/.test(word)) position.push(word);
    else if (!/^(?:scroll|fixed|local|border-box|padding-box)$|gradient\(/.test(word)) {
      result.push(['background-color', word]);
    }
  }
  if (position.length > 0) result.push(['background-position', position.join(' ')]);
  const wanted = words(size)[0];
  return wanted === undefined ? result : [...result, ['background-size', wanted]];
}

/** `bold 14px/20px Arial, sans-serif`. */
function font(value: string): Pairs {
  const match =
    /^((?:[a-z]+|\d{3})\s+){0,4}([\d.]+(?:px|pt|em|rem|%))(?:\s*\/\s*([\w.%]+))?\s+(\S.*)$/i.exec(
      value,
    );
  if (!match) return [];
  const weight = /(?:^|\s)(bold|[1-9]00)\s/i.exec(value)?.[1];
  return [
    ['font-size', match[2]!],
    ['font-family', match[4]!],
    ...(match[3] === undefined ? [] : [['line-height', match[3]] as const]),
    ...(weight === undefined ? [] : [['font-weight', weight] as const]),
  ];
}
