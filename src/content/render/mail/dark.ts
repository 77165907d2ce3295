// An optional dark form of e-mails: rules that change colours where the reader's program asks for it. The layout never changes.
import { darkBackground, lightText } from './dark-colors.ts';
import { important, media, RuleSet, rule } from '../sheet.ts';
import { isClear } from '../../template/css.ts';
import { minified } from '../declarations.ts';
import type { Block, Column, Row, Template } from '../../template/types.ts';

/** Tells programs that the e-mail brings a dark form of its own, so that they do not make one. */
export const DARK_METAS = [
  '<meta name="color-scheme" content="light dark">',
  '<meta name="supported-color-schemes" content="light dark">',
];

/** Colours in inline styles of one text; more than a few are rare. */
const INLINE_COLORS = 20;

class DarkRules {
  readonly texts = new RuleSet();
  readonly fills = new RuleSet();
  private readonly pretty: boolean;

  constructor(pretty: boolean) {
    this.pretty = pretty;
  }

  /** Colour of text or of a line, when it is too dark for a dark background. */
  text(selector: string | readonly string[], color: string, property = 'color'): void {
    this.texts.add(selector, ...important([property, lightText(color)]));
  }

  /** Background; true when it becomes, or was, dark. */
  paint(selector: string | readonly string[], color: string): void {
    this.fills.add(selector, ...important(['background-color', darkBackground(color)]));
  }

  /** Colours that the markup of a text carries inline. */
  inline(selector: string, html: string): void {
    const seen = new Set<string>();
    for (const [, value] of html.matchAll(/[;"'\s]color\s{0,3}:\s{0,3}([#\w(),.% ]{3,40})/g)) {
      const color = value!.trim();
      if (seen.has(color) || seen.size >= INLINE_COLORS || lightText(color) === '') continue;
      seen.add(color);
      const printed = this.pretty ? `color: ${color}` : minified(['color', color]);
      const after = this.pretty ? ' ' : ';';
      this.text(
        [`${selector} [style^="${printed}"]`, `${selector} [style*="${after}${printed}"]`],
        color,
      );
    }
  }
}

/** The sheet that follows the ordinary one: the reader's preference, and the marks that Outlook's web form sets. */
export function darkSheet(template: Template, pretty: boolean): string {
  const rules = new DarkRules(pretty);
  const { body } = template;
  rules.paint(['.body', '.nl-container'], body.background.color);
  for (const [i, row] of template.rows.entries()) readRow(row, i + 1, template, rules);
  const [outer, inner] = pretty ? ['\t\t', '\t\t\t'] : ['', ''];
  const scheme = ['color-scheme', 'light dark', 'supported-color-schemes', 'light dark'];
  const marked = (set: RuleSet, mark: string) => set.print(pretty, outer, `[data-${mark}] `);
  const parts = [
    rule([':root'], scheme, pretty, outer),
    ...media(
      '(prefers-color-scheme:dark)',
      [...rules.fills.print(pretty, inner), ...rules.texts.print(pretty, inner)],
      pretty,
      outer,
    ),
    ...marked(rules.fills, 'ogsb'),
    ...marked(rules.texts, 'ogsc'),
  ];
  return (pretty ? '\n\n' : '\n') + parts.join(pretty ? '\n\n' : '\n');
}

/** True where text must become light: the area turns dark. Pictures and areas that were dark stay with their text. */
interface Area {
  readonly color: string;
  readonly picture: boolean;
}
const over = (below: Area, color: string, image = ''): Area =>
  image !== '' ? { color, picture: true } : isClear(color) ? below : { color, picture: false };
const turns = (area: Area) => !area.picture && darkBackground(area.color) !== '';

function readRow(row: Row, number: number, { body }: Template, rules: DarkRules): void {
  const target = `.row-${number}`;
  const page = over(
    { color: '#ffffff', picture: false },
    body.background.color,
    body.background.image,
  );
  const strip = over(page, row.container.color, row.container.image);
  const content = over(strip, row.content.color || body.contentColor, row.content.image);
  if (row.container.image === '') rules.paint(target, row.container.color);
  if (row.content.image === '') {
    rules.paint(`${target} .row-content`, row.content.color || body.contentColor);
  }
  if (turns(content)) rules.text(`${target} .row-content`, row.color);
  for (const [i, column] of row.columns.entries()) {
    readColumn(column, `${target} .column-${i + 1}`, content, rules);
  }
}

function readColumn(column: Column, target: string, content: Area, rules: DarkRules): void {
  rules.paint(target, column.color);
  const area = over(content, column.color);
  for (const [i, block] of column.blocks.entries()) {
    readBlock(block, `${target} .block-${i + 1}`, turns(area), rules);
  }
}

/** The colours of one block; `dark` tells that the area around it turns dark. Buttons with a fill stay what they are. */
function readBlock(block: Block, target: string, dark: boolean, rules: DarkRules): void {
  if (block.kind === 'spacer') rules.paint(target, block.color);
  if (block.kind === 'table') return readTable(block, `${target} td.pad>table`, dark, rules);
  if (!dark) return;
  switch (block.kind) {
    case 'heading':
      rules.text(`${target} h${block.level}`, block.style.color);
      break;
    case 'paragraph':
      rules.text(`${target} td.pad>div`, block.style.color);
      break;
    case 'list':
      rules.text(`${target}.list_block`, block.style.color);
      break;
    case 'text':
      rules.text(`${target} td.pad>div>div`, block.color);
      break;
    case 'icons':
      rules.text([`${target} td`, `${target} td a`], block.style.color);
      break;
    case 'menu':
      rules.text([`${target} .menu-links`, `${target} .menu-links span`], block.style.color);
      rules.text(`${target} .menu-links a`, block.style.linkColor);
      break;
    case 'divider':
      if (block.line) rules.text(`${target} .divider_inner`, block.line.color, 'border-top-color');
      break;
    case 'button':
      if (isClear(block.fill)) {
        rules.text([`${target} a`, `${target} .button`], block.color);
        for (const side of ['top', 'right', 'bottom', 'left'] as const) {
          const border = block.borders[side];
          if (border) rules.text(`${target} .button`, border.color, `border-${side}-color`);
        }
      }
      break;
    default:
      return;
  }
  if (block.kind === 'heading' || block.kind === 'paragraph' || block.kind === 'list') {
    rules.text(`${target} a`, block.style.linkColor);
    rules.inline(target, block.html);
  } else if (block.kind === 'text') {
    rules.text(`${target} a`, block.linkColor);
    rules.inline(target, block.html);
  }
}

function readTable(
  block: Extract<Block, { kind: 'table' }>,
  target: string,
  around: boolean,
  rules: DarkRules,
): void {
  const dark = isClear(block.fill) ? around : darkBackground(block.fill) !== '';
  rules.paint(target, block.fill);
  if (dark) {
    rules.text(target, block.style.color);
    rules.text(`${target} a`, block.style.linkColor);
  }
  rules.paint(`${target} thead`, block.header.fill);
  if (isClear(block.header.fill) ? dark : darkBackground(block.header.fill) !== '') {
    rules.text(`${target} thead`, block.header.color);
  }
  rules.paint(`${target} tbody tr:nth-child(even)`, block.stripe);
}
