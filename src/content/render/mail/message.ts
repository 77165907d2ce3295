// The e-mail document: head, Outlook settings, fonts, sheet, body (spec 5.2).
import { attr, text } from '../escape.ts';
import { DARK_METAS, darkSheet } from './dark.ts';
import { headTags } from './custom-html.ts';
import { direction } from '../languages.ts';
import { mailRow } from './rows.ts';
import { mailSheet } from './sheet.ts';
import { container } from './container.ts';
import { MailContext } from './context.ts';
import { Writer } from '../writer.ts';
import type { Template } from '../../template/types.ts';

const OUTLOOK = [
  '<!--[if mso]>',
  '<xml><w:WordDocument xmlns:w="urn:schemas-microsoft-com:office:word"><w:DontUseAdvancedTypographyReadingMail/></w:WordDocument>',
  '<o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch><o:AllowPNG/></o:OfficeDocumentSettings></xml>',
  '<![endif]-->',
].join('\n');

const OUTLOOK_SUP =
  '<!--[if mso ]><style>sup, sub { font-size: 100% !important; } sup { mso-text-raise:10% } sub { mso-text-raise:-10% }</style> <![endif]-->';

/** Keeps inbox previews from going on with body text: invisible characters after the preheader. */
const FILLER = `\n${'&#847;&zwnj;&nbsp;'.repeat(20)}`.repeat(3);

interface MessageOptions {
  readonly pretty: boolean;
  /** invisible characters after the preheader */
  readonly filler: boolean;
  readonly outlookBackgrounds: boolean;
  /** with a dark form of the colours */
  readonly dark: boolean;
}

/** Writes the whole document. */
export function message(template: Template, warnings: string[], options: MessageOptions): string {
  const { head, body } = template;
  const { pretty, filler, dark } = options;
  const rows = new Writer(pretty, 5);
  const context = new MailContext(rows, body, false, warnings);
  context.outlookBackgrounds = options.outlookBackgrounds;
  for (const [i, row] of template.rows.entries()) mailRow(row, i + 1, context);

  const out = new Writer(pretty);
  const lang = head.lang || 'en';
  out.line('<!DOCTYPE html>');
  out.line(
    `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" lang="${attr(lang)}"${direction(lang)}>`,
  );
  out.open('<head>');
  out.line(`<title>${text(head.subject)}</title>`);
  out.line('<meta http-equiv="Content-Type" content="text/html; charset=utf-8">');
  out.line(`<meta name="viewport" content="width=device-width, initial-scale=1.0">${OUTLOOK}`);
  if (dark) for (const meta of DARK_METAS) out.line(meta);
  if (body.fonts.length > 0) {
    out.line('<!--[if !mso]><!-->');
    for (const font of body.fonts) {
      out.line(`<link href="${attr(font.url)}" rel="stylesheet" type="text/css">`);
    }
    out.line('<!--<![endif]-->');
  }
  out.line('<style>');
  out.verbatim(mailSheet(context.sheet, body, pretty, false));
  if (dark) out.verbatim(darkSheet(template, pretty));
  out.line(`</style>${OUTLOOK_SUP}`);
  if (head.customTags !== '') out.verbatim(headTags(head.customTags, out));
  out.close('</head>');
  const background = ['background-color', body.background.color];
  out.open(
    `<body class="body"${out.style(...background, 'margin', '0', 'padding', '0', '-webkit-text-size-adjust', 'none', 'text-size-adjust', 'none')}>`,
  );
  if (head.preheader !== '') {
    out.line(
      `<div class="preheader"${out.style('font-size', '1px', 'line-height', '1px', 'display', 'none', 'color', body.background.color, 'max-height', '0px', 'max-width', '0px', 'opacity', '0', 'overflow', 'hidden')}>${text(head.preheader)}${filler ? FILLER : ''}</div>`,
    );
  }
  container(out, template, rows, '<!-- End -->');
  out.close('</body>');
  out.line('</html>');
  return out.toString();
}
