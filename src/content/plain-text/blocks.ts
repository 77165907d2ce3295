// What each kind of block says in plain text (Beefree spec 3.6).
import { safeHref } from '../template/urls.ts';
import type { Block, Link } from '../template/types.ts';
import type { Markup } from './markup.ts';
import type { Verbatim } from './verbatim.ts';

/** The hosted service draws a line this long. */
const DIVIDER = '*'.repeat(29);

/** What turns markup into text, and holds aside what must not change. */
export interface Tools {
  readonly markup: Markup;
  readonly verbatim: Verbatim;
}

/** The text of a block, '' when it says nothing. Lines end with `\n`; only lists are indented. */
export function blockText(block: Block, tools: Tools): string {
  const { markup, verbatim } = tools;
  switch (block.kind) {
    case 'heading':
      return markup.line(block.html);
    case 'paragraph':
    case 'text':
    case 'html':
      return markup.paragraphs(block.html);
    case 'list':
      return markup.list(block.html, block.tag, block.start);
    case 'image':
      return linked(verbatim.attribute(block.alt).trim(), block.link, tools);
    case 'button':
      return linked(markup.label(block.label), block.link, tools);
    case 'divider':
      return block.line === undefined ? '' : DIVIDER;
    case 'social':
      return lines(block.icons.map((icon) => linked(label(icon.alt, icon.title), icon, tools)));
    case 'icons':
      return lines(
        block.icons.map((icon) =>
          linked(markup.label(icon.text) || label(icon.alt, icon.title), icon, tools),
        ),
      );
    case 'menu':
      return lines(block.items.map((item) => linked(markup.label(item.text), item, tools)));
    case 'merge':
      // The sending system's own, so byte for byte, unless somebody put HTML there.
      return /<[a-z/!]/i.test(block.value)
        ? markup.paragraphs(block.value)
        : verbatim.keep(block.value.trim());
    case 'table':
      return lines(
        [...block.headers, ...block.rows].map((cells) => {
          const texts = cells.map((cell) => markup.line(cell));
          return texts.every((text) => text === '') ? '' : texts.join(' | ');
        }),
      );
    case 'video':
      return linked(
        verbatim.attribute(block.title).trim() || 'Video',
        { href: block.src, target: '', title: '' },
        tools,
      );
    default:
      // Empty space, and what text cannot show: forms, carousels, blocks that nobody knows.
      return '';
  }

  function label(alt: string, title: string): string {
    return verbatim.attribute(alt).trim() || verbatim.attribute(title).trim();
  }
}

function linked(text: string, { href }: Link, { markup }: Tools): string {
  return markup.link(text, safeHref(href));
}

function lines(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n');
}
