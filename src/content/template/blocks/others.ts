// Readers of button, menu, html, table and merge content.
import { borders, color, length, paddings, px, radius } from '../css.ts';
import { flag, list, object, text } from '../values.ts';
import { safeValue } from '../safe-css.ts';
import { LIMITS, link, localized, localizedPart } from '../context.ts';
import { translationOf } from '../translations.ts';
import { alignment, textStyle, weight } from '../text-style.ts';
import { hoverStyle } from './pictures.ts';
import type {
  ButtonBlock,
  Frame,
  HtmlBlock,
  MenuBlock,
  MergeContentBlock,
  TableBlock,
} from '../types.ts';
import type { ReadContext } from '../context.ts';
import type { Raw } from '../values.ts';

/** Reads `descriptor.button` (spec 4.7). */
export function readButton(descriptor: Raw, frame: Frame, context: ReadContext): ButtonBlock {
  const raw = localized(object(descriptor['button']), context);
  const style = object(raw['style']);
  const computed = object(descriptor['computedStyle']);
  const width = length(style['width']);
  const label = text(raw['label']) || text(raw['text']);
  // Editors measure the main language; a longer label would not fit into that size.
  const measured = raw['label'] === object(descriptor['button'])['label'];
  return {
    ...frame,
    kind: 'button',
    align: frame.align || 'center',
    label,
    link: link(raw),
    fill: color(style['background-color'], '#3AAEE0', true),
    color: color(style['color'], '#ffffff', true),
    borders: borders(style),
    radius: radius(style['border-radius'] ?? '4px'),
    inner: paddings(style, { top: 5, right: 20, bottom: 5, left: 20 }),
    style: textStyle(style, context, {
      color: '#ffffff',
      size: labelSize(label) ?? 16,
      lineHeight: '200%',
      align: style['text-align'] === 'inherit' ? 'inherit' : 'center',
    }),
    weight: weight(style['font-weight'], ''),
    percent: width?.unit === '%' && width.value > 0 ? Math.min(100, width.value) : undefined,
    width: measured ? positive(px(computed['width'], undefined)) : undefined,
    height: measured ? positive(px(computed['height'], undefined)) : undefined,
    hover: hoverStyle(descriptor['hoverStyle']),
  };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

/** Older files hold the font size only in the label's markup: the innermost one counts. */
function labelSize(label: string): number | undefined {
  if (!label.includes('font-size')) return undefined;
  const sizes = label.slice(0, 20_000).match(/[";\s]font-size:\s{0,3}[\d.]{1,8}px/g);
  return sizes ? Number.parseFloat(sizes.at(-1)!.split(':')[1]!) : undefined;
}

/** Reads a menu: `descriptor.menuItemsList` (spec 4.7). */
export function readMenu(descriptor: Raw, frame: Frame, context: ReadContext): MenuBlock {
  const computed = object(descriptor['computedStyle']);
  const hamburger = object(computed['hamburger']);
  const items = list(object(descriptor['menuItemsList'])['items']).slice(0, LIMITS.items);
  return {
    ...frame,
    kind: 'menu',
    align: frame.align || 'center',
    vertical: computed['layout'] === 'vertical',
    gap: paddings(computed['menuItemsSpacing']),
    separator: text(computed['separator']),
    style: textStyle(
      object(descriptor['style']),
      context,
      { size: 14, align: 'center' },
      computed['linkColor'],
    ),
    items: items.flatMap((item) => {
      const entry = localized(object(item), context);
      const label = text(entry['text']);
      return label === ''
        ? []
        : [
            {
              ...link({ target: '_self', ...localizedPart(object(item), 'link', context) }),
              text: label,
            },
          ];
    }),
    hamburger: flag(hamburger['mobile'])
      ? {
          size: positive(px(hamburger['iconSize'], undefined)) ?? 36,
          rounded: hamburger['iconType'] === 'rounded',
          color: color(hamburger['foregroundColor'], '#ffffff', true),
          fill: color(hamburger['backgroundColor'], '#000000', true),
        }
      : undefined,
  };
}

/** Reads `descriptor.html`. */
export function readHtml(descriptor: Raw, frame: Frame, context: ReadContext): HtmlBlock {
  return {
    ...frame,
    kind: 'html',
    html: text(localized(object(descriptor['html']), context)['html']),
  };
}

/** Reads `descriptor.mergeContent`. */
export function readMergeContent(descriptor: Raw, frame: Frame): MergeContentBlock {
  return { ...frame, kind: 'merge', value: text(object(descriptor['mergeContent'])['value']) };
}

/** Reads `descriptor.table`; every line gets as many cells as the longest (spec 4.7). */
export function readTable(descriptor: Raw, frame: Frame, context: ReadContext): TableBlock {
  const raw = localized(object(descriptor['table']), context);
  const computed = object(raw['computedStyle']);
  const content = object(raw['content']);
  const own = object(translationOf(raw, context.language)['content']);
  const style = textStyle(object(raw['style']), context, { size: 14 }, computed['linkColor']);
  let cells = 0;
  const lines = (name: 'headers' | 'rows') =>
    list(content[name])
      .slice(0, LIMITS.items)
      .map((line, y) => {
        const ours = list(object(list(own[name])[y])['cells']);
        return list(object(line)['cells'])
          .slice(0, Math.max(0, LIMITS.items - cells))
          .map((cell, x) => {
            cells += 1;
            const inPlace = text(localized(object(cell), context)['html']);
            return text(object(ours[x])['html']) || inPlace;
          });
      })
      .filter((line) => line.length > 0);
  const headers = lines('headers');
  const rows = lines('rows');
  const width = Math.min(50, Math.max(0, ...[...headers, ...rows].map((line) => line.length)));
  const fit = (line: readonly string[]) => Array.from({ length: width }, (_, i) => line[i] ?? '');
  return {
    ...frame,
    kind: 'table',
    headers: headers.map(fit),
    rows: rows.map(fit),
    style,
    fill: color(object(raw['style'])['background-color'], '', true),
    borders: borders(raw['style']),
    header: {
      fill: color(computed['headersBackgroundColor'], '', true),
      color: color(computed['headersColor'], style.color),
      size: px(computed['headersFontSize'], style.size),
      weight: weight(computed['headersFontWeight'], '700'),
      align: alignment(computed['headersTextAlign'], style.align),
    },
    stripe: color(computed['alternateRowBackgroundColor']),
  };
}

/** Reads a style object into safe declarations, keeping only the named properties; camelCase is accepted. */
export function declarations(
  value: unknown,
  properties: readonly string[],
): readonly (readonly [string, string])[] {
  const raw: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(object(value))) {
    const name = key
      .replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
      .replace('-buttom', '-bottom');
    if (name !== '__proto__') raw[name] = entry;
  }
  return properties
    .map((name) => [name, safeValue(raw[name])] as const)
    .filter(([, css]) => css !== '' && !css.includes('undefined') && css !== 'auto%');
}
