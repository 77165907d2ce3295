// The page document and the popup fragment (spec 5.15, 5.16).
import { attr, text } from '../escape.ts';
import { safeSrc } from '../../template/urls.ts';
import { direction, layoutDirection } from '../languages.ts';
import { important, media, printSheet, rule } from '../sheet.ts';
import { imagePairs } from '../box.ts';
import { pageRow } from './rows.ts';
import { PageSheet } from './context.ts';
import { round } from '../../template/css.ts';
import { Writer } from '../writer.ts';
import type { Body, Head, Template } from '../../template/types.ts';

/** The class prefix, and what stands in front of selectors without a number: popups scope all of them. */
interface Naming {
  readonly prefix: string;
  readonly scope: string;
}

function writeRows(template: Template, out: Writer, naming: Naming): PageSheet {
  const sheet = new PageSheet();
  const base = { out, body: template.body, sheet, ...naming };
  for (const [i, row] of template.rows.entries()) pageRow(row, i + 1, base);
  // As in the hosted output, whatever stands in the page loses its margins, custom HTML included.
  const html = out.toString();
  for (const tag of ['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']) {
    if (new RegExp(`<${tag}[\\s>]`, 'i').test(html)) sheet.resets.add(tag);
  }
  return sheet;
}

/** Percent of the row; pages of earlier years have whole ones, so that three thirds leave a gap (spec 5.15). */
function share(grid: number, body: Body): number {
  const percent = (100 * grid) / 12;
  return body.roundedColumns ? Math.round(percent) : round(percent);
}

/** The whole sheet as text. Popups scope every rule, pages may style `body` and `a` (spec 5.16). */
function pageSheet(
  sheet: PageSheet,
  body: Body,
  naming: Naming,
  pretty: boolean,
  indent: string,
): string {
  const { prefix: p, scope } = naming;
  const popup = scope !== '';
  const container = scope.trim();
  const print = (selectors: readonly string[], ...pairs: readonly string[]) =>
    rule(selectors, pairs, pretty, indent);
  const width = round(body.width);
  const content = `${scope}.${p}-row-content`;
  const parts: string[] = [];
  if (popup) {
    parts.push(
      print(
        [`${container} div`, `${container} form`, `${container} p`],
        'margin',
        '0',
        'padding',
        '0',
      ),
      print(
        [`${container} input`],
        'font-family',
        'inherit',
        'font-size',
        'inherit',
        'font-weight',
        'inherit',
      ),
      // What the page around says about texts and pictures in general is not meant for the popup.
      print(
        ['label', 'li', 'p'].map((tag) => `${container} ${tag}`),
        'color',
        'inherit',
        'font',
        'inherit',
        'letter-spacing',
        'inherit',
      ),
      print([`${container} form`, `${container} img`], 'border', '0'),
      print([container], 'color', body.color, 'font-family', body.font),
      print([`${container} *`], 'box-sizing', 'border-box'),
      print([`${container} a`], 'color', body.linkColor),
      print(
        [
          `${container} p`,
          ...[...sheet.resets].filter((tag) => tag !== 'p').map((tag) => scope + tag),
        ],
        'margin',
        '0',
      ),
      print([`${scope}.${p}-row`], 'position', 'relative'),
      print(
        [content],
        'max-width',
        `${width}px`,
        'position',
        'relative',
        'margin',
        '0 auto',
        'display',
        'flex',
      ),
    );
  } else {
    const background = imagePairs(body.background).map((part) => part ?? '');
    parts.push(
      print([`.${p}-row`, `.${p}-row-content`], 'position', 'relative'),
      print(
        ['body'],
        'background-color',
        body.background.color,
        ...background,
        'color',
        body.color,
        'font-family',
        body.font,
      ),
      print(['a'], 'color', body.linkColor),
      print(['*'], 'box-sizing', 'border-box'),
      print(['body', ...[...sheet.resets].toSorted()], 'margin', '0'),
      print(
        [content],
        'max-width',
        `${width}px`,
        'margin',
        body.align === 'left' ? '0 auto 0 0' : '0 auto',
        'display',
        'flex',
      ),
    );
  }
  for (const grid of [...sheet.widths].toSorted((a, b) => a - b)) {
    parts.push(
      popup
        ? print([`${content} .${p}-col-w${grid}`], 'flex', String(grid))
        : print([`${content} .${p}-col-w${grid}`], 'flex-basis', `${share(grid, body)}%`),
    );
  }
  parts.push(
    ...sheet.kinds.print(pretty, indent),
    print([`${scope}.${p}-desktop_hide`], 'display', 'none'),
    ...sheet.numbered.print(pretty, indent),
  );
  const inner = pretty ? `${indent}\t` : '';
  const narrow = (selectors: readonly string[], ...pairs: readonly string[]) =>
    rule(selectors, pairs, pretty, inner);
  const query = [
    narrow([`${scope}.${p}-mobile_hide`], ...(important(['display', 'none']) as string[])),
    narrow([`${scope}.${p}-desktop_hide`], ...(important(['display', 'block']) as string[])),
    popup
      ? narrow([`${content}:not(.no_stack)`], 'display', 'block', 'max-width', '250px')
      : narrow([`${content}:not(.no_stack)`], 'display', 'block'),
    ...sheet.narrowKinds.print(pretty, inner),
    ...sheet.narrow.print(pretty, inner),
  ];
  // Wide pages must not stack on a laptop; recorded pages agree with both values (spec 5.15).
  const limit = popup ? width + 20 : Math.min(width + 20, 768);
  parts.push(...media(`(max-width:${round(limit)}px)`, query, pretty, indent));
  return printSheet(parts, pretty);
}

function favicons(head: Head, out: Writer): void {
  for (const { handle, url } of head.favicons) {
    const href = safeSrc(url);
    if (href === '') continue;
    if (handle === 'apple-touch-icon')
      out.line(`<link rel="apple-touch-icon" href="${attr(href)}">`);
    const size = /^(\d{1,4})-icon$/.exec(handle)?.[1];
    if (size !== undefined)
      out.line(`<link rel="icon" sizes="${size}x${size}" href="${attr(href)}">`);
  }
}

/** Writes a whole page. */
export function page(template: Template, pretty: boolean, prefix: string): string {
  const naming = { prefix, scope: '' };
  const { head, body } = template;
  const rows = new Writer(pretty, 2);
  const sheet = writeRows(template, rows, naming);
  const out = new Writer(pretty);
  out.line('<!DOCTYPE html>');
  out.line(head.lang === '' ? '<html>' : `<html lang="${attr(head.lang)}"${direction(head.lang)}>`);
  out.open('<head>');
  out.line(`<title>${text(head.title)}</title>`);
  out.line('<meta charset="UTF-8">');
  out.line('<meta name="viewport" content="width=device-width">');
  if (head.description !== '') {
    out.line(`<meta name="description" content="${attr(head.description)}">`);
  }
  if (head.title !== '') out.line(`<meta property="og:title" content="${attr(head.title)}">`);
  if (head.description !== '') {
    out.line(`<meta property="og:description" content="${attr(head.description)}">`);
  }
  favicons(head, out);
  for (const font of body.fonts) {
    out.line(`<link href="${attr(font.url)}" rel="stylesheet" type="text/css">`);
  }
  out.line('<style>');
  out.verbatim(pageSheet(sheet, body, naming, pretty, pretty ? '\t\t' : ''));
  out.line('</style>');
  if (head.customTags !== '') out.verbatim(head.customTags);
  out.close('</head>');
  out.open('<body>');
  out.open(`<div class="${prefix}-page-container"${layoutDirection(head.lang)}>`);
  out.append(rows);
  out.close('</div>');
  out.close('</body>');
  out.line('</html>');
  return out.toString();
}

/** Writes a popup: a fragment that can stand in any page. */
export function popup(template: Template, pretty: boolean, pagePrefix: string): string {
  const prefix = `${pagePrefix}-popup`;
  const naming = { prefix, scope: `.${prefix}-container ` };
  const { body } = template;
  const rows = new Writer(pretty, 2);
  const sheet = writeRows(template, rows, naming);
  const out = new Writer(pretty);
  out.open(`<div class="${prefix}-container">`);
  for (const font of body.fonts) {
    out.line(`<link href="${attr(font.url)}" rel="stylesheet" type="text/css">`);
  }
  out.line('<style>');
  out.verbatim(pageSheet(sheet, body, naming, pretty, pretty ? '\t\t' : ''));
  out.line('</style>');
  const { lang } = template.head;
  const language = lang === '' ? '' : ` lang="${attr(lang)}"${layoutDirection(lang)}`;
  out.open(`<div class="${prefix}-rows-container"${language}>`);
  out.append(rows);
  out.close('</div>');
  out.close('</div>');
  return out.toString();
}
