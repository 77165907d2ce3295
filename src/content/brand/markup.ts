// Older texts and labels hold their look in style attributes: what changes in a block has to change there, too.

/** Attributes of a tag that may hold a style; the editor keeps a copy. */
const STYLES = /(\s(?:data-mce-)?style\s{0,9}=\s{0,9})("[^"]*"|'[^']*')/gi;
const TAGS = /<([a-z][a-z0-9]{0,30})(\s[^<>]*)>/gi;

/**
 * The HTML with other values for declarations that are in it already, in the elements that are meant. Elements that do
 * not say a property, or that inherit it, stay as they are.
 */
export function redeclared(
  html: string,
  changes: ReadonlyMap<string, string>,
  isMeant: (tag: string, attributes: string) => boolean,
): string {
  if (changes.size === 0 || !html.includes('style')) return html;
  return html.replaceAll(TAGS, (tag: string, name: string, attributes: string) => {
    if (!isMeant(name.toLowerCase(), attributes)) return tag;
    const changed = attributes.replaceAll(STYLES, (_all, before: string, quoted: string) => {
      const quote = quoted[0]!;
      return before + quote + declarations(quoted.slice(1, -1), quote, changes) + quote;
    });
    return `<${name}${changed}>`;
  });
}

function declarations(css: string, quote: string, changes: ReadonlyMap<string, string>): string {
  // A semicolon that ends a character reference ends no declaration.
  return css.replaceAll(
    /(^|;)(\s{0,9})([a-z-]{1,40})(\s{0,9}:\s{0,9})((?:&#?\w{1,8};|[^;])*)/gi,
    (all: string, start: string, space: string, name: string, colon: string, old: string) => {
      const value = changes.get(name.toLowerCase());
      if (value === undefined || old.trim() === 'inherit') return all;
      const escaped = value.replaceAll(quote, quote === '"' ? '&quot;' : '&#39;');
      return start + space + name + colon + escaped;
    },
  );
}

/** The lists at the top of the HTML as lists of the other kind; lists inside of them stay. */
export function relisted(html: string, tag: string): string {
  let depth = 0;
  return html.replaceAll(/<(\/?)(ul|ol)(?=[\s>])/gi, (all: string, end: string) => {
    if (end !== '') depth -= 1;
    const isOuter = depth === 0;
    if (end === '') depth += 1;
    return isOuter ? `<${end}${tag}` : all;
  });
}
