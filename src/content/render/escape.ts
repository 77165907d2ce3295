// Escaping for attributes, text and Outlook comments, and the check of URLs (spec 5.18).

// Merge tags that may hold an ampersand of their own; it must reach the sending system unchanged.
const MERGE = /\{\{[^{}]{0,500}\}\}|\{%[^{}]{0,500}%\}|<%[^<>]{0,500}%>|\*\|[^|]{0,500}\|\*/g;
const LOOSE_AMPERSAND = /&(?!#\d{1,7};|#[xX][\dA-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)/g;

/** A value for a double-quoted attribute: `&` unless it starts an entity or stands in a merge tag, and `"`. */
export function attr(value: string): string {
  if (!/[&"]/.test(value)) return value;
  const quoted = value.replaceAll('"', '&quot;');
  if (!quoted.includes('&')) return quoted;
  let result = '';
  let last = 0;
  for (const match of quoted.matchAll(MERGE)) {
    result += quoted.slice(last, match.index).replace(LOOSE_AMPERSAND, '&amp;') + match[0];
    last = match.index + match[0].length;
  }
  return result + quoted.slice(last).replace(LOOSE_AMPERSAND, '&amp;');
}

/** As `attr`, for markup inside a conditional comment: a `>` in the value could end the comment. */
export function attrInComment(value: string): string {
  return attr(value).replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Plain text as HTML text. A `<` that no parser takes for a tag, as in `<%= name %>`, stays. */
export function text(value: string): string {
  return /[&<]/.test(value)
    ? value.replace(LOOSE_AMPERSAND, '&amp;').replaceAll(/<(?=[A-Za-z/!?]|$)/g, '&lt;')
    : value;
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  bsol: '\\',
  colon: ':',
  comma: ',',
  gt: '>',
  lowbar: '_',
  lpar: '(',
  lt: '<',
  NewLine: '\n',
  num: '#',
  period: '.',
  quot: '"',
  rpar: ')',
  semi: ';',
  sol: '/',
  Tab: '\t',
};

/** Decodes character references as far as they can hide a scheme or a declaration. */
export function decode(value: string): string {
  if (!value.includes('&')) return value;
  return value.replaceAll(
    /&(?:#(\d{1,9})|#[xX]([\dA-Fa-f]{1,8})|([A-Za-z]{2,8}));?/g,
    (whole: string, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return NAMED[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
      return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : '';
    },
  );
}

const RUNS =
  /^(?:javascript|vbscript|livescript|mocha|data|blob|filesystem|file|view-source|jar|about):/;
const PICTURE = /^data:image\/(?:png|gif|jpe?g|webp|bmp|avif|x-icon|svg\+xml)[;,]/;

/** The scheme-relevant form of a URL: decoded, without white space and control characters, lower case. */
function bare(url: string): string {
  return (
    decode(url)
      // eslint-disable-next-line no-control-regex -- browsers skip these inside a scheme, so the check must too
      .replaceAll(/[\u0000-\u0020\u007F-\u00A0\u00AD\u200B-\u200F\u2028\u2029\u2060\uFEFF]+/g, '')
      .toLowerCase()
  );
}

const HARMLESS = /^(?:https?:\/\/|mailto:|tel:|sms:|#|\/|\{|\[|%|\*|<)/;

/** A link target that cannot run code, or '' (spec 5.18). Everything else, merge tags too, stays as written. */
export function safeHref(url: string): string {
  return HARMLESS.test(url) || !RUNS.test(bare(url)) ? url : '';
}

/** A picture address: as `safeHref`, and `data:` pictures are fine. */
export function safeSrc(url: string): string {
  if (HARMLESS.test(url)) return url;
  const plain = bare(url);
  return !RUNS.test(plain) || PICTURE.test(plain) ? url : '';
}

/** Schemes that html blocks of e-mails may link to (spec 4.7); URLs without a scheme pass. */
export function safeMailHref(url: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(bare(url))?.[1];
  return scheme === undefined || /^(?:https?|ftp|mailto|tel|sms)$/.test(scheme) ? url : '';
}
