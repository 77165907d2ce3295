// Pieces of template JSON that several builders write (Beefree spec 4.4–4.6).

export type Json = Readonly<Record<string, unknown>>;

/** What every builder is given. */
export interface Build {
  /** Makes identifiers for rows, columns, blocks and icons. */
  readonly id: () => string;
  readonly linkColor: string;
  /** Text runs so where a block doesn't say. */
  readonly direction: 'ltr' | 'rtl';
  /** px inside the column */
  readonly width: number;
}

/** `padding-*` in px; sides that are not given take `standard`: one number, or top, right, bottom, left. */
export function paddingStyle(
  source: object,
  standard: number | readonly [number, number, number, number],
): Json {
  const given = source as Readonly<Record<string, unknown>>;
  const sides = ['top', 'right', 'bottom', 'left'] as const;
  return Object.fromEntries(
    sides.map((side, i) => {
      const missing = typeof standard === 'number' ? standard : standard[i]!;
      const value = given[`padding-${side}`];
      return [`padding-${side}`, `${typeof value === 'number' ? value : missing}px`];
    }),
  );
}

/** The same border on four sides; without a width there is none. */
export function borderStyle(width: number | undefined, color: string | undefined): Json {
  const line = width ? `${width}px solid ${color || '#000000'}` : '0px solid transparent';
  return {
    'border-top': line,
    'border-right': line,
    'border-bottom': line,
    'border-left': line,
  };
}

/** Shown everywhere. */
export const SHOWN: Json = {
  hideContentOnMobile: false,
  hideContentOnDesktop: false,
  hideContentOnAmp: false,
  hideContentOnHtml: false,
};
