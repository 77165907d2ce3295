// Text that is hard to tell from what lies behind it, and text that is small (Beefree spec 3.14; WCAG 2.0, 1.4.3).
import { contrast, neededContrast, painted, paints } from './colors.ts';
import { groundOf, textsOf, type Text } from './texts.ts';
import { placeOf, type Place, type Widget } from './widgets.ts';
import type { Body } from '../template/types.ts';

interface Pair {
  readonly color: string;
  readonly backgroundColor: string;
  readonly contrastRatio: number;
  readonly label: 'default' | 'link' | 'hover';
}

export interface ContrastTarget extends Place {
  readonly colors: readonly Pair[];
  readonly hasLinks: boolean;
  readonly tinyColorsList: readonly {
    readonly text: string;
    readonly backgroundColor: string;
    readonly color: string;
  }[];
}

/** Widgets with a colour of text, link or hover that has too little contrast. Text over pictures is not judged. */
export function lowContrast(widgets: readonly Widget[], body: Body): readonly ContrastTarget[] {
  return widgets.flatMap((widget) => {
    const ground = groundOf(widget, body);
    return textsOf(widget).flatMap((text) => {
      const found = judged(text, ground);
      if (found.colors.length + found.tinyColorsList.length === 0) return [];
      return [{ ...placeOf(widget, text.label, text.type), ...found }];
    });
  });
}

function judged(text: Text, ground: string | undefined): Omit<ContrastTarget, keyof Place> {
  const colors: Pair[] = [];
  const tiny: ContrastTarget['tinyColorsList'][number][] = [];
  const weak = (color: string, behind: readonly string[], size: number, bold: boolean) => {
    const back = painted(behind, ground);
    const front = paints(color) ? painted([color], back) : undefined;
    if (back === undefined || front === undefined) return undefined;
    const ratio = contrast(front, back);
    return ratio < neededContrast(size, bold)
      ? { color: front, backgroundColor: back, ratio: Math.round(ratio * 100) / 100 }
      : undefined;
  };
  const add = (pair: ReturnType<typeof weak>, label: Pair['label']) => {
    if (pair === undefined) return;
    const { color, backgroundColor, ratio: contrastRatio } = pair;
    const known = colors.some(
      (one) =>
        one.color === color && one.backgroundColor === backgroundColor && one.label === label,
    );
    if (!known) colors.push({ color, backgroundColor, contrastRatio, label });
  };
  for (const { look, text: said } of text.runs) {
    const pair = weak(look.color, look.behind, look.size, look.bold);
    if (look.own && pair !== undefined) {
      const { color, backgroundColor } = pair;
      if (tiny.length < 100) tiny.push({ text: said.slice(0, 200), backgroundColor, color });
    } else add(pair, look.link && text.type !== 'menu' ? 'link' : 'default');
  }
  const { hover, base } = text;
  if (hover && text.runs.length > 0) {
    add(weak(hover.color, [hover.behind], base.size, base.bold), 'hover');
  }
  return { colors, hasLinks: text.runs.some(({ look }) => look.link), tinyColorsList: tiny };
}

export interface SizeTarget extends Place {
  readonly mode: 'both' | 'desktop' | 'mobile';
}

/** Kinds of widgets whose size is looked at. */
const SIZED = /^(?:button|heading|paragraph|text|menu|list|table-(?:header|content))$/;

/** Widgets with text below `limit` px. What the narrow view does not set is as on the desktop. */
export function smallText(widgets: readonly Widget[], limit: number): readonly SizeTarget[] {
  return widgets.flatMap(textsOf).flatMap((text): SizeTarget[] => {
    if (!SIZED.test(text.type) || text.runs.length === 0) return [];
    const wide = text.runs.some(({ look }) => look.size < limit);
    const narrow = text.narrow !== undefined && text.narrow < limit;
    const place = placeOf(text.widget, text.label, text.type);
    if (wide && text.narrow === undefined) return [{ ...place, mode: 'both' }];
    return [
      ...(wide ? [{ ...place, mode: 'desktop' as const }] : []),
      ...(narrow ? [{ ...place, mode: 'mobile' as const }] : []),
    ];
  });
}
