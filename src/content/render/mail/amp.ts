// The AMP4EMAIL document: the e-mail layout without anything that AMP refuses (spec 5.17).
import { attr } from '../escape.ts';
import { direction } from '../languages.ts';
import { mailRow } from './rows.ts';
import { mailSheet } from './sheet.ts';
import { container } from './container.ts';
import { MailContext } from './context.ts';
import { Writer } from '../writer.ts';
import type { Template } from '../../template/types.ts';

// AMP validators accept style sheets of these providers only.
const FONT_PROVIDERS =
  /^https:\/\/(?:fonts\.googleapis\.com|cloud\.typography\.com|fast\.fonts\.net|use\.typekit\.net|use\.fontawesome\.com)\//;

/** Bytes that one AMP style sheet may have. */
const SHEET_LIMIT = 75_000;

/** Writes the whole document. */
export function amp(template: Template, pretty: boolean, warnings: string[]): string {
  const { head, body } = template;
  const rows = new Writer(pretty, 5, false);
  const context = new MailContext(rows, body, true, warnings);
  for (const [i, row] of template.rows.entries()) mailRow(row, i + 1, context);

  const css = mailSheet(context.sheet, body, pretty, true);
  if (Buffer.byteLength(css) > SHEET_LIMIT) {
    warnings.push(`the AMP style sheet is larger than ${SHEET_LIMIT} bytes`);
  }
  const out = new Writer(pretty, 0, false);
  const lang = head.lang || 'en';
  out.line('<!doctype html>');
  out.line(`<html ⚡4email data-css-strict lang="${attr(lang)}"${direction(lang)}>`);
  out.open('<head>');
  out.line('<meta charset="utf-8">');
  out.line('<script async src="https://cdn.ampproject.org/v0.js"></script>');
  for (const name of [...context.components].toSorted()) {
    out.line(
      `<script async custom-element="${name}" src="https://cdn.ampproject.org/v0/${name}-0.1.js"></script>`,
    );
  }
  out.line('<style amp4email-boilerplate>body{visibility:hidden}</style>');
  for (const font of body.fonts) {
    if (FONT_PROVIDERS.test(font.url)) {
      out.line(`<link href="${attr(font.url)}" rel="stylesheet">`);
    }
  }
  out.line('<style amp-custom>');
  out.verbatim(css);
  out.line('</style>');
  out.close('</head>');
  const background = ['background-color', body.background.color];
  out.open(`<body class="body"${out.style(...background, 'margin', '0', 'padding', '0')}>`);
  container(out, body, rows);
  out.close('</body>');
  out.line('</html>');
  return out.toString();
}
