// The outermost table of an e-mail, which carries the page background (spec 5.2).
import { imagePairs } from '../box.ts';
import { layoutDirection } from '../languages.ts';
import { TABLE } from './context.ts';
import type { Template } from '../../template/types.ts';
import type { Writer } from '../writer.ts';

/** Writes the rows inside `table.nl-container`; `mark` follows the table. */
export function container(out: Writer, { body, head }: Template, rows: Writer, mark = ''): void {
  const { background } = body;
  out.open(
    `<table class="nl-container" width="100%" ${TABLE}${layoutDirection(head.lang)}${out.style('mso-table-lspace', '0pt', 'mso-table-rspace', '0pt', 'background-color', background.color, ...imagePairs(background))}>`,
  );
  out.open('<tbody>');
  out.open('<tr>');
  out.open('<td>');
  out.append(rows);
  out.close('</td>');
  out.close('</tr>');
  out.close('</tbody>');
  out.close(`</table>${mark}`);
}
