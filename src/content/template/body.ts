// Reads `page.body`: page background, base text, links, content width, web fonts (spec 4.3).
import { background, color, fontStack, px } from './css.ts';
import { flag, list, object, text } from './values.ts';
import type { Body, WebFont } from './types.ts';
import type { Raw } from './values.ts';

const FONT = 'Arial, Helvetica Neue, Helvetica, sans-serif';

/** The body with its defaults; `page.webFonts` counts too, because some importers put the fonts there. */
export function readBody(page: Raw, moved: (url: string) => string): Body {
  const raw = object(page['body']);
  const container = object(object(raw['container'])['style']);
  const content = object(raw['content']);
  const style = object(content['style']);
  const computed = object(content['computedStyle']);
  const width = px(computed['messageWidth'], 500);
  return {
    background: {
      ...background(container, moved),
      color: color(container['background-color'], '#FFFFFF', true),
    },
    color: color(style['color'], '#000000', true),
    font: fontStack(style['font-family'], FONT),
    linkColor: color(computed['linkColor'], '#0068A5', true),
    contentColor: color(computed['messageBackgroundColor']),
    width: width >= 1 && width <= 100_000 ? width : 500,
    align: computed['align'] === 'left' ? 'left' : 'center',
    roundedColumns: flag(computed['roundedColumns']),
    fonts: webFonts([...list(raw['webFonts']), ...list(page['webFonts'])]),
  };
}

/** Unifies the two spellings, drops fonts without an http(s) URL, one entry a URL (spec 4.10, step 11). */
function webFonts(entries: readonly unknown[]): readonly WebFont[] {
  const fonts = new Map<string, WebFont>();
  for (const entry of entries.slice(0, 500)) {
    const raw = object(entry);
    const url = text(raw['url']).trim();
    if (!/^https?:\/\/[^\s"'<>]{1,2000}$/i.test(url) || fonts.has(url)) continue;
    fonts.set(url, { name: text(raw['name']) || text(raw['fontName']), url });
    if (fonts.size >= 50) break;
  }
  return [...fonts.values()];
}
