// Escaping for attributes, text and Outlook comments (spec 5.18).

// Merge tags that may hold an ampersand of their own; it must reach the sending system unchanged.
const MERGE = /\{\{[^{}]{0,500}\}\}|\{%[^{}]{0,500}%\}|<%[^%]{0,500}%>|\*\|[^|]{0,500}\|\*/g;
const LOOSE_AMPERSAND = /&(?!#\d{1,7};|#[xX][\dA-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)/g;

const SPECIAL = /[&"]|<!|-->/;

/**
 * A value for a double-quoted attribute: `&` unless it starts an entity or stands in a merge tag, and `"`. Marks of
 * comments too: mail programs that look for conditional comments do so without parsing tags.
 */
export function attr(value: string): string {
  if (!needsEscape(value)) return value;
  const quoted = value
    .replaceAll('"', '&quot;')
    .replaceAll('<!', '&lt;!')
    .replaceAll('-->', '--&gt;');
  if (!quoted.includes('&')) return quoted;
  let result = '';
  let last = 0;
  for (const match of quoted.matchAll(MERGE)) {
    result += quoted.slice(last, match.index).replace(LOOSE_AMPERSAND, '&amp;') + match[0];
    last = match.index + match[0].length;
  }
  return result + quoted.slice(last).replace(LOOSE_AMPERSAND, '&amp;');
}

/** False when `attr` has nothing to do. */
export function needsEscape(value: string): boolean {
  return SPECIAL.test(value);
}

/** As `attr`, for markup inside a conditional comment: a `>` in the value could end the comment. */
export function attrInComment(value: string): string {
  if (!/[&"<>]/.test(value)) return value;
  return attr(value).replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Plain text as HTML text. A `<` that no parser takes for a tag, as in `<%= name %>`, stays. */
export function text(value: string): string {
  return /[&<]/.test(value)
    ? value.replace(LOOSE_AMPERSAND, '&amp;').replaceAll(/<(?=[A-Za-z/!?]|$)/g, '&lt;')
    : value;
}
