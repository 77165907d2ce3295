// The AMP4EMAIL document: the e-mail layout without anything that AMP refuses (spec 5.17).
import { AmpMarkup } from '../amp/markup.ts';
import { shareStyles, styleBytes } from '../amp/shared-styles.ts';
import { attr } from '../escape.ts';
import { direction } from '../languages.ts';
import { mailRow } from './rows.ts';
import { mailSheet } from './sheet.ts';
import { container } from './container.ts';
import { MailContext } from './context.ts';
import { Writer } from '../writer.ts';
import type { Template } from '../../template/types.ts';

/** Bytes that the sheet and all style attributes may have together, and the whole e-mail. */
const STYLE_LIMIT = 75_000;
const DOCUMENT_LIMIT = 200_000;

/** Writes the whole document. */
export function amp(template: Template, pretty: boolean, warnings: string[]): string {
  const { head, body } = template;
  const markup = new AmpMarkup(warnings);
  const rows = new Writer(pretty, 5, markup);
  const context = new MailContext(rows, body, true, warnings);
  for (const [i, row] of template.rows.entries()) mailRow(row, i + 1, context);

  const content = new Writer(pretty, 0, markup);
  const background = ['background-color', body.background.color];
  content.open(`<body class="body"${content.style(...background, 'margin', '0', 'padding', '0')}>`);
  container(content, template, rows);
  content.close('</body>');

  const out = new Writer(pretty, 0, markup);
  const lang = head.lang || 'en';
  out.line('<!doctype html>');
  out.line(`<html ⚡4email data-css-strict lang="${attr(lang)}"${direction(lang)}>`);
  out.open('<head>');
  out.line('<meta charset="utf-8">');
  out.line('<script async src="https://cdn.ampproject.org/v0.js"></script>');
  for (const name of [...markup.components].toSorted()) out.line(script(name));
  out.line('<style amp4email-boilerplate>body{visibility:hidden}</style>');
  const sheet = mailSheet(context.sheet, body, pretty, true);
  const rest =
    Buffer.byteLength(out.toString()) + '<style amp-custom></style></head></html>'.length + 20;
  const fitted = withinLimits(content.toString(), sheet, rest, markup);
  out.line('<style amp-custom>');
  out.verbatim(fitted.css);
  out.line('</style>');
  out.close('</head>');
  // A line of its own, for mail transports count its characters.
  out.verbatim(pretty ? fitted.html.trimEnd() : `\n${fitted.html}`);
  out.line('</html>');
  return out.toString();
}

/** Templates of mails have a version of their own. */
function script(name: string): string {
  return name === 'amp-mustache'
    ? '<script async custom-template="amp-mustache" src="https://cdn.ampproject.org/v0/amp-mustache-0.2.js"></script>'
    : `<script async custom-element="${name}" src="https://cdn.ampproject.org/v0/${name}-0.1.js"></script>`;
}

/** Shares styles where a large e-mail would pass a limit; what still does is told. */
function withinLimits(
  html: string,
  css: string,
  rest: number,
  markup: AmpMarkup,
): { readonly html: string; readonly css: string } {
  const bytes = Buffer.byteLength(css);
  const size = Buffer.byteLength(html) + bytes + rest;
  if (size <= DOCUMENT_LIMIT && bytes + styleBytes(html) <= STYLE_LIMIT) return { html, css };
  const shared = shareStyles(html);
  const sheet = `${shared.css}\n${css}`;
  const sharedBytes = Buffer.byteLength(sheet);
  if (sharedBytes > STYLE_LIMIT) {
    markup.warn(`the styles have ${sharedBytes} bytes, and AMP takes ${STYLE_LIMIT}`);
  }
  const total = Buffer.byteLength(shared.html) + sharedBytes + rest;
  if (total > DOCUMENT_LIMIT) {
    markup.warn(`the e-mail has ${total} bytes, and AMP takes ${DOCUMENT_LIMIT}`);
  }
  return { html: shared.html, css: sheet };
}
