// What the readers of rows and blocks share while one template is read.
import { TooLarge } from '../../platform/errors.ts';
import { isEmpty, object, text } from './values.ts';
import { translated, translationOf } from './translations.ts';
import type { Raw } from './values.ts';
import type { Body, Link } from './types.ts';

/** Hard limits of the reader; beyond them a template is refused, because work grows with each. */
export const LIMITS = {
  rows: 2000,
  columns: 24,
  blocks: 10_000,
  /** characters in one field */
  text: 2_000_000,
  /** characters, and `<`, in all fields with markup: time and output grow with the elements */
  markup: 4_000_000,
  tags: 100_000,
  /** icons, menu items, slides or table cells of one block */
  items: 2000,
} as const;

/** State of one reading. */
export interface ReadContext {
  readonly body: Body;
  /** wanted language, '' for the main one */
  readonly language: string;
  readonly warnings: string[];
  /** where a picture is kept */
  readonly moved: (url: string) => string;
  /** set as soon as one field was taken from a translation */
  translated: boolean;
  blocks: number;
  /** what the markup so far had */
  characters: number;
  tags: number;
  /** anchors of the blocks so far: a document has each once */
  readonly ids: Set<string>;
}

/** Remembers something that was repaired or left out; the list stays short whatever the template holds. */
export function warn(context: ReadContext, message: string): void {
  if (context.warnings.length < 50) context.warnings.push(message);
}

/** Counts one field with markup. Throws `TooLarge` when the markup of the whole template is more than the limits allow. */
export function countMarkup(
  context: Pick<ReadContext, 'characters' | 'tags'>,
  markup: string,
): void {
  context.characters += markup.length;
  let at = markup.indexOf('<');
  while (at >= 0 && context.tags <= LIMITS.tags) {
    context.tags += 1;
    at = markup.indexOf('<', at + 1);
  }
  if (context.characters > LIMITS.markup || context.tags > LIMITS.tags) {
    throw new TooLarge(
      'template_too_large',
      `The texts of a template may have ${LIMITS.markup} characters and ${LIMITS.tags} tags.`,
    );
  }
}

/** The object with its translatable fields in the wanted language (spec 4.9); styles never change. */
export function localized(raw: Raw, context: ReadContext): Raw {
  if (context.language === '') return raw;
  const own = translationOf(raw, context.language);
  if (isEmpty(own)) return raw;
  context.translated = true;
  return translated(raw, own);
}

/**
 * An object inside an item (`image`, `link`) in the wanted language. Its translations stand in it, or beside it in the item,
 * either under its name or flat.
 */
export function localizedPart(item: Raw, name: string, context: ReadContext): Raw {
  const part = localized(object(item[name]), context);
  if (context.language === '') return part;
  const own = translationOf(item, context.language);
  return isEmpty(own) ? part : translated(translated(part, own), object(own[name]));
}

/** `href`, `target`, `title`, with `prefix` (such as `mailto:`) put in front where it is missing (spec 4.7). */
export function link(raw: Raw): Link {
  const href = text(raw['href']).trim();
  const prefix = text(raw['prefix']).trim();
  const complete =
    href === '' || prefix === '' || href.toLowerCase().startsWith(prefix.toLowerCase());
  return {
    href: complete || /^[a-z][a-z0-9+.-]*:/i.test(href) ? href : prefix + href,
    target: /^[\w-]{1,40}$/.test(text(raw['target'])) ? text(raw['target']) : '_blank',
    title: text(raw['title']),
  };
}
