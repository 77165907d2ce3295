// Sizes that images can be asked for in: `50%`, `120px-60px`, `100px-22%`, `<=80px` (BaasBox spec 5.7).

/** A length in pixels, or in percent of the original's. */
export interface Side {
  value: number;
  unit: 'px' | '%';
}

export type ImageSize =
  /** Exactly so wide and high. */
  | { kind: 'box'; width: Side; height: Side }
  /** Within a square of so many pixels, keeping proportions; smaller images stay as they are. */
  | { kind: 'fit'; side: number };

/** Longest side of a result, in pixels, and largest factor. */
const MOST = { px: 10_000, '%': 10_000 };

const SIDE = /^(\d{1,5})(px|%)?$/i;

/** Reads a size; `undefined` for anything else, and for sides outside of 1 to 10 000 (pixels or percent). */
export function parseSize(text: string): ImageSize | undefined {
  if (text.startsWith('<=')) {
    const side = parseSide(text.slice(2));
    return side?.unit === 'px' ? { kind: 'fit', side: side.value } : undefined;
  }
  const [first = '', second, ...more] = text.split('-', 3);
  const width = parseSide(first);
  if (!width || more.length > 0) return undefined;
  if (second === undefined) {
    return width.unit === '%' ? { kind: 'box', width, height: width } : undefined;
  }
  const height = parseSide(second);
  return height && { kind: 'box', width, height };
}

/** A size as one text, the same for every spelling of it; `parseSize` reads it. */
export function sizeText(size: ImageSize): string {
  if (size.kind === 'fit') return `<=${size.side}px`;
  const { width, height } = size;
  return `${width.value}${width.unit}-${height.value}${height.unit}`;
}

function parseSide(text: string): Side | undefined {
  const match = SIDE.exec(text);
  if (!match) return undefined;
  const unit = match[2] === '%' ? '%' : 'px';
  const value = Number(match[1]);
  return value >= 1 && value <= MOST[unit] ? { value, unit } : undefined;
}

/** Pixels of the result for an original of this size; at least 1 a side. */
export function targetOf(
  size: ImageSize,
  original: { width: number; height: number },
): { width: number; height: number } {
  const pixels = (side: Side, length: number) =>
    Math.max(1, side.unit === 'px' ? side.value : Math.round((length * side.value) / 100));
  if (size.kind === 'box') {
    return {
      width: pixels(size.width, original.width),
      height: pixels(size.height, original.height),
    };
  }
  const factor = Math.min(1, size.side / original.width, size.side / original.height);
  return {
    width: Math.max(1, Math.round(original.width * factor)),
    height: Math.max(1, Math.round(original.height * factor)),
  };
}
