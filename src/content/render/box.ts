// Boxes as CSS, the same in e-mails and pages: paddings, borders, background pictures (spec 5.4, 5.5).
import type { Background, Borders, Box } from '../template/types.ts';
import type { Pairs } from './declarations.ts';

/** px, or '' for nothing and zero. */
export function nonZero(value: number | undefined): string {
  return value === undefined || value === 0 ? '' : `${value}px`;
}

/** Non-zero paddings in the order of the hosted service: bottom, left, right, top. */
export function paddingPairs(box: Box): Pairs {
  return [
    'padding-bottom',
    nonZero(box.bottom),
    'padding-left',
    nonZero(box.left),
    'padding-right',
    nonZero(box.right),
    'padding-top',
    nonZero(box.top),
  ];
}

/** Borders that draw something. */
export function borderPairs(borders: Borders): Pairs {
  const side = (border: Borders['top']) =>
    border === undefined ? '' : `${border.width}px ${border.style} ${border.color}`;
  return [
    'border-bottom',
    side(borders.bottom),
    'border-left',
    side(borders.left),
    'border-right',
    side(borders.right),
    'border-top',
    side(borders.top),
  ];
}

/** The shortest `padding` shorthand: `20px 0 0`. */
export function shorthandOf(box: Box): string {
  const [top, right, bottom, left] = [box.top, box.right, box.bottom, box.left].map((side) =>
    side === undefined || side === 0 ? '0' : `${side}px`,
  ) as [string, string, string, string];
  if (left !== right) return `${top} ${right} ${bottom} ${left}`;
  if (bottom !== top) return `${top} ${right} ${bottom}`;
  return right === top ? top : `${top} ${right}`;
}

/** True when at least one side is set. */
export function anySide(box: Box): boolean {
  return (
    box.top !== undefined ||
    box.right !== undefined ||
    box.bottom !== undefined ||
    box.left !== undefined
  );
}

/** A mobile padding with the sides that it leaves out taken from the desktop (spec 5.11). */
export function mergedBox(over: Box, base: Box): Box {
  return {
    top: over.top ?? base.top,
    right: over.right ?? base.right,
    bottom: over.bottom ?? base.bottom,
    left: over.left ?? base.left,
  };
}

/** Background image and its attributes; the colour stands elsewhere in the order. */
export function imagePairs(background: Background): Pairs {
  return background.image === ''
    ? []
    : [
        'background-image',
        `url('${background.image}')`,
        'background-position',
        background.position,
        'background-repeat',
        background.repeat,
        'background-size',
        background.size,
      ];
}
