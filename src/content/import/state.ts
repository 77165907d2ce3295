// What the parts of the importer share while one document is read.
import { attr, classes, descendants, hasClass } from './dom.ts';
import { Styles } from './styles.ts';
import type { Dom, Element } from './dom.ts';

/** Where ids come from; the same source of ids gives the same template. */
export interface ImportContext {
  /** a new id for a row, a column or a block */
  readonly id: () => string;
}

/** JSON of a template under construction. */
export type Json = Readonly<Record<string, unknown>>;

export interface State {
  readonly dom: Dom;
  readonly styles: Styles;
  readonly id: () => string;
  /** the font stack that blocks write as `inherit` */
  readonly font: string;
  readonly linkColor: string;
}

const FONT = 'Arial, Helvetica Neue, Helvetica, sans-serif';

/** Reads the sheets, and finds the font and the link colour that the document uses most. */
export function openState(dom: Dom, context: ImportContext): State {
  const styles = new Styles(dom);
  const fonts: string[] = [];
  const links: string[] = [];
  let markup = '';
  for (const element of descendants(dom.document)) {
    if (attr(element, 'style') === '' && element.tagName !== 'body') continue;
    const style = styles.own(element);
    const font = style.get('font-family') ?? '';
    if (font.includes(',') || font.includes("'")) {
      fonts.push(font);
      // The frame of html blocks is the only place that always prints the font of the body.
      if (markup === '' && isHtmlFrame(element)) markup = font;
    }
    const color = style.get('color');
    if (element.tagName === 'a' && color !== undefined && isTextLink(element)) links.push(color);
  }
  return {
    dom,
    styles,
    id: context.id,
    font: markup || mostCommon(fonts) || FONT,
    linkColor: mostCommon(links) || '#0068A5',
  };
}

function isHtmlFrame(element: Element): boolean {
  if (element.tagName !== 'div' || attr(element, 'align') !== 'center') return false;
  for (let up = element.parentNode; up && 'tagName' in up; up = up.parentNode) {
    if (up.tagName === 'table') return hasClass(up, 'html_block');
  }
  return false;
}

/** Buttons, menus and icons have colours of their own. */
function isTextLink(element: Element): boolean {
  for (let up = element.parentNode; up && 'tagName' in up; up = up.parentNode) {
    if (
      classes(up).some((name) =>
        /^(?:menu-links|alignment|icons-inner|menu_block|icons_block|button_block)$/.test(name),
      )
    )
      return false;
  }
  return true;
}

/** The most frequent of some texts, the first among equals; '' without any. */
export function mostCommon(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = '';
  for (const [value, count] of counts) if (count > (counts.get(best) ?? 0)) best = value;
  return best;
}
