// What the first generation's documents need in their heads: sheets of users, and what no block can say.
import { attr, descendants, textOf } from '../dom.ts';
import { px } from '../../template/css.ts';
import { safeMarkup } from '../markup.ts';
import type { Element } from '../dom.ts';
import type { Json } from '../state.ts';

/** Sheets of the service itself: by their ids, or by rules that only it writes. */
const SERVICE_IDS = /^(?:media-query|media-query-bodytag|menu-media-query|icon-media-query)$/;
const SERVICE_RULES = /\.block-grid\b|x-apple-data-detectors[^}]*\}\s*$/;

/** In html blocks tables look as they did under the sheet of these documents. */
const TABLES =
  '<style>.html_block table,.html_block td,.html_block tr{vertical-align:top;border-collapse:collapse}.html_block *{line-height:inherit}</style>';

/** The custom tags of a document whose rows are known; '' when it needs none. */
export function gridTags(root: Element, rows: readonly Json[], width: number): string {
  const sheets = [...descendants(root)].filter(({ tagName }) => tagName === 'style');
  const own = sheets.filter(
    (sheet) => !SERVICE_IDS.test(attr(sheet, 'id')) && !SERVICE_RULES.test(textOf(sheet)),
  );
  const tags = own.map((sheet) => safeMarkup(`<style>${textOf(sheet)}</style>`));
  // Most documents have no html block, and few of those that have hold tables.
  if (/"html":"(?:[^"\\]|\\.)*<table/.test(JSON.stringify(rows))) tags.unshift(TABLES);
  const margins = sideMargins(sheets, width);
  return [...(margins === '' ? [] : [margins]), ...tags].join('\n');
}

/** Until 2018 contents left 20 px on both sides, on screens a bit smaller than the whole. */
function sideMargins(sheets: readonly Element[], width: number): string {
  const css = sheets.map((sheet) => textOf(sheet)).join('\n');
  const at = css.search(/\.block-grid\s*\{\s*width\s*:\s*calc\(100% - 40px\)/);
  if (at === -1) return '';
  const query = css.slice(0, at).lastIndexOf('@media');
  const most = px(/max-width:\s*(\d{1,5}px)/.exec(css.slice(query, at))?.[1], width + 20);
  // A second sheet in the body takes it back on phones.
  const phone = sheets.find((sheet) => attr(sheet, 'id') === 'media-query-bodytag');
  const least = phone ? px(/max-width:\s*(\d{1,5}px)/.exec(textOf(phone))?.[1], 0) : 0;
  if (least >= most) return '';
  return `<style>@media (max-width:${most}px)${least > 0 ? ` and (min-width:${least + 1}px)` : ''}{.row-content{width:calc(100% - 40px)!important;min-width:320px}}</style>`;
}
