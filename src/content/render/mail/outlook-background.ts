// Background pictures in Outlook, which knows them only as VML (spec 5.14).
import { attrInComment } from '../escape.ts';
import { TABLE } from './context.ts';
import type { Background, Row } from '../../template/types.ts';

interface Shape {
  readonly open: string;
  readonly close: string;
}

/**
 * What goes around the content of a row whose picture Outlook shall draw: a rectangle as wide as the message (`width` in px),
 * filled by the picture, which grows with the text in it. The picture of the content area counts before the one of the
 * strip, since Outlook draws no shape inside another. Undefined without a picture.
 */
export function outlookBackground(row: Row, width: number): Shape | undefined {
  const strip = row.content.image === '';
  const background = strip ? row.container : row.content;
  if (background.image === '') return undefined;
  const span = strip ? 'mso-width-percent:1000;' : '';
  const [before, after] = strip
    ? ['', '']
    : [`<table align="center" ${TABLE} width="${width}"><tr><td>`, '</td></tr></table>'];
  return {
    open: `<!--[if gte mso 9]>${before}<v:rect xmlns:v="urn:schemas-microsoft-com:vml" fill="true" stroke="false" style="width:${width}px;${span}">${fill(background)}<v:textbox inset="0,0,0,0" style="mso-fit-shape-to-text:true"><![endif]-->`,
    close: `<!--[if gte mso 9]></v:textbox></v:rect>${after}<![endif]-->`,
  };
}

function fill(background: Background): string {
  const tiled = background.repeat.startsWith('repeat') || background.repeat === '';
  const aspect = background.size === 'cover' ? ' aspect="atleast"' : '';
  const color = background.color === '' ? '' : ` color="${attrInComment(background.color)}"`;
  return `<v:fill type="${tiled ? 'tile' : 'frame'}" src="${attrInComment(background.image)}"${tiled ? '' : aspect}${color}/>`;
}
