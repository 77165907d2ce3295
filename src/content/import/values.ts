// CSS of a document as the values that templates store (spec 4.1).
import { border, lineHeight, px, round } from '../template/css.ts';
import type { Style } from './declarations.ts';
import type { Json, State } from './state.ts';

const SIDES = ['top', 'right', 'bottom', 'left'] as const;
export type Sides = readonly [top: number, right: number, bottom: number, left: number];

/** `padding-*` in px, clockwise; sides without one are 0. */
export function paddingOf(style: Style): Sides {
  const side = (name: string) => Math.max(0, px(style.get(`padding-${name}`), 0));
  return [side('top'), side('right'), side('bottom'), side('left')];
}

/** Paddings as a style object writes them. */
export function paddingJson([top, right, bottom, left]: Sides): Json {
  return {
    'padding-top': `${round(top)}px`,
    'padding-right': `${round(right)}px`,
    'padding-bottom': `${round(bottom)}px`,
    'padding-left': `${round(left)}px`,
  };
}

/** The sides that a narrow view changes; all four when it says what the wide one says. Without a rule nothing. */
export function narrowPadding(narrow: Style, wide: Sides): Json {
  const given = SIDES.map((name) => px(narrow.get(`padding-${name}`), undefined));
  if (given.every((side) => side === undefined)) return {};
  const changed = SIDES.filter((_name, i) => given[i] !== undefined && given[i] !== wide[i]);
  const named = changed.length > 0 ? changed : SIDES;
  return Object.fromEntries(
    named.map((name) => [
      `padding-${name}`,
      `${given[SIDES.indexOf(name)] ?? wide[SIDES.indexOf(name)]!}px`,
    ]),
  );
}

/** Borders that draw something or take space. */
export function borderJson(style: Style): Json {
  return Object.fromEntries(
    SIDES.flatMap((name) => {
      const line = border(style.get(`border-${name}`));
      return line === undefined
        ? []
        : [[`border-${name}`, `${line.width}px ${line.style} ${line.color}`]];
    }),
  );
}

/** Colour and picture of a container, row or column. */
export function backgroundJson(
  style: Style,
  attributes: { bgcolor?: string; background?: string } = {},
): Json {
  const image =
    style.get('background-image') ??
    (attributes.background ? `url('${attributes.background}')` : 'none');
  const color = style.get('background-color') ?? (attributes.bgcolor || 'transparent');
  if (!/url\(/i.test(image)) return { 'background-color': color };
  return {
    'background-color': color,
    'background-image': image,
    'background-position': style.get('background-position') ?? '',
    'background-repeat': style.get('background-repeat') ?? '',
    ...(style.has('background-size') ? { 'background-size': style.get('background-size') } : {}),
  };
}

/** A line height as templates store it: ratios in percent. */
export function lineHeightJson(value: string | undefined, size: number): string {
  const parsed = lineHeight(value, size, 'normal');
  if (parsed.ratio !== undefined) return `${round(parsed.ratio * 100)}%`;
  return parsed.css;
}

/** A line height that a document gives in px, in percent of the font size. */
export function ratioOf(pixels: number, size: number): string {
  return `${size > 0 ? round((pixels / size) * 100) : 120}%`;
}

/** The text properties of a block; missing ones take what browsers and the renderer take. */
export function textJson(style: Style, state: State): Json {
  const size = px(style.get('font-size'), 14);
  const spacing = style.get('letter-spacing') ?? 'normal';
  return {
    color: style.get('color') ?? '#000000',
    direction: style.get('direction') === 'rtl' ? 'rtl' : 'ltr',
    'font-family': fontJson(style.get('font-family'), state),
    'font-size': `${size}px`,
    'font-weight': style.get('font-weight') ?? '400',
    'letter-spacing': /\d/.test(spacing) ? spacing : '0px',
    'line-height': lineHeightJson(style.get('line-height') ?? '1.2', size),
    'text-align': style.get('text-align') ?? 'left',
  };
}

/** A font stack, or `inherit` for the one of the body. */
export function fontJson(stack: string | undefined, state: State): string {
  return stack === undefined || stack === '' || stack === state.font ? 'inherit' : stack;
}

/** The text properties that a narrow view changes. */
export function narrowText(narrow: Style): Json {
  const result: Record<string, string> = {};
  for (const name of ['text-align', 'font-size']) {
    const value = narrow.get(name);
    if (value !== undefined) result[name] = value;
  }
  const leading = narrow.get('line-height');
  if (leading !== undefined) {
    result['line-height'] = lineHeightJson(leading, px(narrow.get('font-size'), 16));
  }
  return result;
}

/** A style with what another one adds or changes. */
export function merged(...styles: readonly Style[]): Style {
  const result = new Map<string, string>();
  for (const style of styles) for (const [name, value] of style) result.set(name, value);
  return result;
}
