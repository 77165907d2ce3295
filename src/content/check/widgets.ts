// The widgets of a design: stored modules beside what the renderers read of them, with their pictures and links.
import { localizedOf } from './translations.ts';
import { decode } from '../template/urls.ts';
import { flag, isEmpty, list, object, text, type Raw } from '../template/values.ts';
import type { Block, Column, Row, Template } from '../template/types.ts';

/** Where a finding is, in the words of the API. */
export interface Place {
  readonly uuid: string;
  readonly widgetType: string;
  readonly widgetLabel: string;
  readonly locked: boolean;
  readonly synced: boolean;
}

export interface Widget {
  /** the descriptor of the stored module */
  readonly descriptor: Raw;
  readonly block: Block;
  readonly row: Row;
  readonly column: Column;
  readonly uuid: string;
  /** what the API calls the kind: `gif` and `sticker` are images to the renderers */
  readonly type: string;
  readonly locked: boolean;
  readonly synced: boolean;
  /** position among all widgets, from 1 */
  readonly index: number;
}

/** The widgets in document order. Both arguments must come from the same page. */
export function widgetsOf(rows: readonly unknown[], template: Template): readonly Widget[] {
  const widgets: Widget[] = [];
  for (const [r, row] of template.rows.entries()) {
    const rawRow = object(rows[r]);
    const rawColumns = list(rawRow['columns']);
    for (const [c, column] of row.columns.entries()) {
      const modules = list(object(rawColumns[c])['modules']);
      for (const [m, block] of column.blocks.entries()) {
        const module = object(modules[m]);
        widgets.push({
          descriptor: object(module['descriptor']),
          block,
          row,
          column,
          uuid: text(module['uuid']),
          type: typeOf(text(module['type']), block, object(module['descriptor'])),
          locked: flag(rawRow['locked']) || flag(module['locked']),
          synced: flag(rawRow['synced']),
          index: widgets.length + 1,
        });
      }
    }
  }
  return widgets;
}

function typeOf(stored: string, block: Block, descriptor: Raw): string {
  if (block.kind === 'icons') return 'icon';
  if (block.kind !== 'image') return block.kind;
  const name = /(gif|sticker)s?$/i.exec(stored)?.[1];
  if (name !== undefined) return name.toLowerCase();
  // Add-ons from the picture search say in their address which of the two they are.
  const source = text(object(descriptor['image'])['src']);
  const marked = /\/addon$|-addon$/.test(stored) ? /[?&]ct=([gs])\b/.exec(source)?.[1] : undefined;
  return marked === 'g' ? 'gif' : marked === 's' ? 'sticker' : 'image';
}

export function placeOf(widget: Widget, widgetLabel: string, widgetType = widget.type): Place {
  const { uuid, locked, synced } = widget;
  return { uuid, widgetType, widgetLabel, locked, synced };
}

/** The words of markup on one line. */
export function words(html: string): string {
  const plain = html
    .replaceAll(/<(?:br|\/p|\/li|\/div)\b[^>]{0,200}>/gi, ' ')
    .replaceAll(/<[^>]{0,5000}>/g, '');
  return decode(plain.replaceAll('&nbsp;', ' ')).replaceAll(/\s+/g, ' ').trim().slice(0, 200);
}

const fileName = (url: string) =>
  url
    .replace(/[?#].*$/, '')
    .split('/')
    .at(-1) ?? '';

/** A value in the wanted language; undefined when that language does not say it. */
type Field = string | undefined;

/** One picture, link or both, of a widget. */
export interface Part {
  readonly widget: Widget;
  readonly label: string;
  /** position in its widget, from 1 */
  readonly index: number;
  readonly picture: boolean;
  /** link texts and pictures of networks: what `missingCopyLink` looks at */
  readonly copy: boolean;
  readonly src: string;
  readonly alt: Field;
  readonly href: Field;
}

/** Pictures and links of all widgets, in one language ('' for the main one). */
export function partsOf(widgets: readonly Widget[], language: string): readonly Part[] {
  return widgets.flatMap((widget) => itemsOf(widget, language));
}

function itemsOf(widget: Widget, language: string): readonly Part[] {
  const { descriptor, block } = widget;
  const part = (own: Omit<Part, 'widget'>): Part => ({ widget, ...own });
  switch (block.kind) {
    case 'image': {
      const raw = object(descriptor['image']);
      const own = localizedOf(raw, language);
      const src = own('dynamicSrc') || own('src') || text(raw['dynamicSrc']) || text(raw['src']);
      // A block without a picture draws nothing.
      if (src.trim() === '') return [];
      const [alt, href] = [own('alt'), own('href')];
      return [part({ label: src, index: 1, picture: true, copy: false, src, alt, href })];
    }
    case 'button': {
      const raw = object(descriptor['button']);
      const own = localizedOf(raw, language);
      const label = words(own('label') ?? text(raw['label']));
      const href = own('href');
      return [part({ label, index: 1, picture: false, copy: true, src: '', alt: undefined, href })];
    }
    case 'menu':
      return list(object(descriptor['menuItemsList'])['items']).map((item, i) => {
        const raw = object(item);
        const own = localizedOf(raw, language, 'link');
        const label = words(own('text') ?? text(raw['text']));
        const href = own('href');
        return part({
          label,
          index: i + 1,
          picture: false,
          copy: true,
          src: '',
          alt: undefined,
          href,
        });
      });
    case 'icons':
      return icons(descriptor).map((raw, i) => {
        const own = localizedOf(raw, language);
        const src = own('image') ?? text(raw['image']);
        const [alt, href] = [own('alt'), own('href')];
        return part({
          label: fileName(src),
          index: i + 1,
          picture: src.trim() !== '',
          copy: false,
          src,
          alt,
          href,
        });
      });
    case 'social':
      return icons(descriptor).map((raw, i) => {
        const own = localizedOf(raw, language, 'image');
        const src = own('src') ?? text(object(raw['image'])['src']);
        const [alt, href] = [own('alt'), own('href')];
        const label = own('name') ?? text(raw['name']);
        return part({
          label,
          index: i + 1,
          picture: src.trim() !== '',
          copy: true,
          src,
          alt,
          href,
        });
      });
    default:
      return [];
  }
}

function icons(descriptor: Raw): readonly Raw[] {
  return list(object(descriptor['iconsList'])['icons'])
    .slice(0, 2000)
    .map(object)
    .filter((raw) => !isEmpty(raw));
}
