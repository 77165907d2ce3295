// A template as plain text: what mail programs show that cannot show HTML (Beefree spec 3.6).
import { readTemplate } from '../template/read.ts';
import { blockText } from './blocks.ts';
import { Markup } from './markup.ts';
import { Verbatim } from './verbatim.ts';
import type { Row } from '../template/types.ts';
import type { Tools } from './blocks.ts';

export interface PlainTextOptions {
  /** picks translations; '' or absent means the main language */
  readonly language?: string | undefined;
}

/**
 * The text of any template JSON, without an end of line behind the last line. Links become `[text](url)`, bold becomes
 * `**bold**`; merge tags stay byte for byte; what is hidden in the wide view is left out; one empty line stands between
 * two blocks. Throws `Invalid` (`page_missing`) without a `page` and `TooLarge` beyond the reader's limits.
 */
export function plainText(template: unknown, options: PlainTextOptions = {}): string {
  const verbatim = new Verbatim();
  const tools: Tools = { markup: new Markup(verbatim), verbatim };
  const rows = readTemplate(template, options.language).rows.map((row) => rowText(row, tools));
  return verbatim.restore(spaced(rows.filter((text) => text !== '').join('\n\n')));
}

/** The blocks of a row, column by column, between the two texts of its display condition. */
function rowText(row: Row, tools: Tools): string {
  if (row.hidden.desktop) return '';
  const texts = row.columns
    .flatMap((column) => column.blocks)
    .filter((block) => !block.hidden.desktop && !block.hidden.html)
    .map((block) => blockText(block, tools))
    .filter((text) => text !== '')
    .join('\n\n');
  const { before = '', after = '' } = row.condition ?? {};
  return [own(before), texts, own(after)].filter((text) => text !== '').join('\n');

  function own(text: string): string {
    return text.trim() === '' ? '' : tools.verbatim.keep(text.trim());
  }
}

/** No spaces at the ends of lines, one empty line where there were several, none at the ends. */
function spaced(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines
    .filter((line, at) => line !== '' || (at > 0 && lines[at - 1] !== ''))
    .join('\n')
    .replaceAll(/^\n+|\n+$/g, '');
}
