// Large AMP e-mails: equal style attributes become one class each, for AMP counts every byte of style (spec 5.17).

/** Where a start tag ends: a `>` between double quotes is part of a value. */
function tagEnd(html: string, start: number): number {
  let quoted = false;
  for (let at = start; at < html.length; at += 1) {
    const c = html.charCodeAt(at);
    if (c === 0x22) quoted = !quoted;
    else if (c === 0x3e && !quoted) return at;
  }
  return html.length;
}

/** Calls `visit` with every start tag; what it returns takes the tag's place. */
function mapTags(html: string, visit: (tag: string) => string): string {
  let result = '';
  let copied = 0;
  let start = html.indexOf('<');
  while (start !== -1) {
    if (!/[A-Za-z]/.test(html[start + 1] ?? '')) {
      start = html.indexOf('<', start + 1);
      continue;
    }
    const end = tagEnd(html, start);
    const tag = html.slice(start, end);
    const changed = tag.includes('style="') ? visit(tag) : tag;
    if (changed !== tag) {
      result += html.slice(copied, start) + changed;
      copied = end;
    }
    start = html.indexOf('<', end);
  }
  return result + html.slice(copied);
}

const STYLE = /\sstyle="([^"]*)"/;

/** Bytes of all style attributes of markup that the writer made. */
export function styleBytes(html: string): number {
  let bytes = 0;
  mapTags(html, (tag) => {
    bytes += Buffer.byteLength(STYLE.exec(tag)?.[1] ?? '');
    return tag;
  });
  return bytes;
}

/** The markup with classes in place of its style attributes, and their rules, to stand first in the sheet. */
export function shareStyles(html: string): { readonly html: string; readonly css: string } {
  const names = new Map<string, string>();
  const shared = mapTags(html, (tag) => {
    const style = STYLE.exec(tag)?.[1] ?? '';
    if (style === '') return tag;
    const name = names.get(style) ?? `s${names.size + 1}`;
    names.set(style, name);
    const bare = tag.replace(STYLE, '');
    return / class="/.test(bare)
      ? bare.replace(/ class="/, () => ` class="${name} `)
      : bare.replace(/^<[\w-]+/, (start) => `${start} class="${name}"`);
  });
  const rules = [...names].map(([style, name]) => `.${name}{${decoded(style)}}`);
  return { html: shared, css: rules.join('\n') };
}

/** The references that the writer puts into attributes. */
function decoded(style: string): string {
  return style
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '')
    .replaceAll('&gt;', '')
    .replaceAll('&amp;', '&');
}
