// Which URLs may be printed: links and pictures that cannot run code (spec 5.18).

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
