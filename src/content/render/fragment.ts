// A small HTML fragment parser for text that editors wrote: it keeps only what a policy allows, keeps text and
// attribute values byte for byte (merge tags!), and always gives a balanced tree.
import { decode, safeHref, safeMailHref, safeSrc } from '../template/urls.ts';
import { safeValue } from '../template/css.ts';

/** An element; `style` is split off because renderers change it. */
export interface Element {
  readonly tag: string;
  /** name and value as written, still with character references */
  readonly attributes: readonly (readonly [string, string])[];
  readonly style: readonly (readonly [string, string])[];
  readonly children: Node[];
}
/** An element, text, or ready markup (`raw`: a conditional comment or a style sheet). */
export type Node = Element | string | { readonly raw: string };

/** Which tags and link targets may stay. */
export interface Policy {
  readonly tags: ReadonlySet<string>;
  readonly href: (url: string) => string;
  /** conditional comments and style sheets may stay */
  readonly sheets: boolean;
}

const words = (list: string) => new Set(list.split(' '));

const INLINE =
  'a abbr acronym b bdi bdo big br cite code del dfn em font i img ins kbd mark q s samp small span strike strong sub sup time tt u var wbr';
const FLOW =
  'address blockquote center dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section ul';

/** Text blocks: inline markup, paragraphs, lists; no tables, no forms. */
export const TEXT_POLICY: Policy = {
  tags: words(`${INLINE} ${FLOW}`),
  href: safeHref,
  sheets: false,
};

/** html blocks of e-mails: layout, text, tables, forms, style sheets (spec 4.7). */
export const MAIL_HTML_POLICY: Policy = {
  tags: words(
    `${INLINE} ${FLOW} article aside button caption col colgroup details fieldset footer form header input label legend link main map area meta nav optgroup option picture select source style summary table tbody td tfoot th thead tr`,
  ),
  href: safeMailHref,
  sheets: true,
};

/** html blocks of AMP e-mails: as e-mails, without sheets and forms, with the AMP elements (spec 5.17). */
export const AMP_HTML_POLICY: Policy = {
  tags: words(
    `${INLINE.replace(' img ', ' ')} ${FLOW} article aside caption col colgroup footer header main nav table tbody td template tfoot th thead tr amp-accordion amp-carousel amp-fit-text amp-img amp-anim amp-selector amp-timeago`,
  ),
  href: safeMailHref,
  sheets: false,
};

const VOID = words('area br col hr img input link meta source wbr');
const RAW_TEXT = words(
  'script style xmp iframe noembed noframes noscript textarea title plaintext',
);
const CLOSES_P = words(
  `${FLOW} table form fieldset article aside footer header main nav details summary`,
);
const ATTRIBUTES = words(
  'abbr align alt axis background bgcolor border cellpadding cellspacing char cite class clear color cols colspan compact content controls coords datetime dir disabled enctype face for headers height hidden hspace href hreflang http-equiv id label lang layout maxlength media method multiple name noshade nowrap placeholder readonly rel required reversed role rows rowspan rules scope selected shape size span src start style summary tabindex target title type usemap valign value vspace width action checked delay autoplay loop fallback min max pattern cutoff locale',
);
const URLS = words('href src background cite action longdesc');
const MAX_DEPTH = 60;
const WHITE = /[\t\n\f\r ]/;

/** Parses a fragment under a policy. What is not allowed loses its tags; scripts and the like go with content. */
export function parse(html: string, policy: Policy): Node[] {
  const root: Node[] = [];
  if (!html.includes('<')) return html === '' ? root : [html];
  const open: { readonly tag: string; readonly children: Node[]; readonly transparent: boolean }[] =
    [];
  const target = () => open.at(-1)?.children ?? root;
  let at = 0;
  const close = (index: number) => {
    open.length = index;
  };
  while (at < html.length) {
    const next = html.indexOf('<', at);
    if (next === -1) {
      target().push(html.slice(at));
      break;
    }
    if (next > at) target().push(html.slice(at, next));
    const after = html[next + 1] ?? '';
    if (after === '!' || after === '?') {
      const end = commentEnd(html, next);
      const kept = policy.sheets ? conditional(html.slice(next, end)) : '';
      if (kept !== '') target().push({ raw: kept });
      at = end;
    } else if (after === '/') {
      const end = html.indexOf('>', next);
      const name = /^[a-z][^\t\n\f\r />]*/i
        .exec(html.slice(next + 2, next + 42))?.[0]
        .toLowerCase();
      if (end === -1) break;
      at = end + 1;
      if (name === undefined) continue;
      const index = open.findLastIndex((element) => element.tag === name);
      if (index !== -1) close(index);
      else if (name === 'br') target().push(element('br'));
    } else if (/[A-Za-z]/.test(after)) {
      const tag = readTag(html, next);
      if (tag === undefined) break;
      at = tag.end;
      if (RAW_TEXT.has(tag.name)) {
        const end = rawTextEnd(html, at, tag.name);
        if (tag.name === 'style' && policy.sheets) {
          const sheet = styleSheet(html.slice(at, end.from), tag.attributes);
          if (sheet !== '') target().push({ raw: sheet });
        }
        at = end.to;
        continue;
      }
      openTag(tag, policy, open, root);
    } else {
      // No parser takes this for markup: `a < b`, `<%= name %>`.
      // Before another `<` it is escaped: what follows may vanish, and the rest must not become a tag.
      target().push(after === '' || after === '<' ? '&lt;' : '<');
      at = next + 1;
    }
  }
  return root;
}

function element(tag: string): Element {
  return { tag, attributes: [], style: [], children: [] };
}

interface Tag {
  readonly name: string;
  readonly attributes: readonly (readonly [string, string])[];
  readonly end: number;
}

function openTag(
  tag: Tag,
  policy: Policy,
  open: { tag: string; children: Node[]; transparent: boolean }[],
  root: Node[],
): void {
  const { name } = tag;
  if (CLOSES_P.has(name)) closeImplied(open, 'p', name);
  if (name === 'li') closeImplied(open, 'li', 'li');
  if (name === 'a') {
    // A link cannot hold a link: the outer one ends here, with everything opened inside it.
    const outer = open.findIndex((entry) => entry.tag === 'a');
    if (outer !== -1) open.length = outer;
  }
  const parent = open.at(-1)?.children ?? root;
  const merge = name === 'code' && tag.attributes.some(([key]) => key.startsWith('data-bee-'));
  if (!policy.tags.has(name) || merge) {
    // The content stays with the parent; the entry makes the end tag find its partner.
    if (merge && open.length < MAX_DEPTH)
      open.push({ tag: name, children: parent, transparent: true });
    return;
  }
  const node = makeElement(tag, policy);
  if (VOID.has(name)) {
    if (node) parent.push(node);
    return;
  }
  if (open.length >= MAX_DEPTH || node === undefined) return;
  parent.push(node);
  open.push({ tag: name, children: node.children, transparent: false });
}

/** HTML ends an open `p` (or `li`) when certain tags start; not across a table cell or another list. */
function closeImplied(open: { tag: string }[], tag: string, opening: string): void {
  for (let i = open.length - 1; i >= 0; i -= 1) {
    const name = open[i]!.tag;
    if (name === tag) {
      open.length = i;
      return;
    }
    if (/^(?:td|th|table|caption|button)$/.test(name)) return;
    if (opening === 'li' && /^(?:ul|ol|div|p)$/.test(name)) return;
  }
}

function makeElement(tag: Tag, policy: Policy): Element | undefined {
  const attributes: (readonly [string, string])[] = [];
  let style: readonly (readonly [string, string])[] = [];
  for (const [name, value] of tag.attributes) {
    if (name === 'style') style = parseStyle(value);
    else if (allowed(name)) {
      if (!URLS.has(name)) attributes.push([name, value]);
      else {
        const url = name === 'src' || name === 'background' ? safeSrc(value) : policy.href(value);
        if (url !== '' || value === '') attributes.push([name, url]);
      }
    }
  }
  if (
    tag.name === 'meta' &&
    attributes.some(([, value]) => /refresh|set-cookie/i.test(decode(value)))
  ) {
    return undefined;
  }
  if (
    tag.name === 'link' &&
    !attributes.some(([name, value]) => name === 'rel' && /^stylesheet$/i.test(value.trim()))
  ) {
    return undefined;
  }
  return { tag: tag.name, attributes, style, children: [] };
}

function allowed(name: string): boolean {
  return (
    ATTRIBUTES.has(name) ||
    /^aria-[a-z]{1,30}$/.test(name) ||
    (/^data-[a-z][\w-]{0,60}$/.test(name) && !/^data-(?:mce|bee)-/.test(name))
  );
}

/** Splits a style attribute into safe declarations. */
export function parseStyle(css: string): readonly (readonly [string, string])[] {
  const result: (readonly [string, string])[] = [];
  const plain = decode(css).replaceAll('"', "'");
  if (plain.length > 4000) return result;
  // A semicolon inside quotes or brackets belongs to the value.
  for (const part of plain.match(/(?:[^;'(]|'[^']*'|\([^)]*\)|['(])+/g) ?? []) {
    const colon = part.indexOf(':');
    const name = part.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (
      !/^-{0,2}[a-z][a-z0-9-]{0,60}$/.test(name) ||
      name === 'behavior' ||
      name === '-moz-binding'
    )
      continue;
    const value = safeValue(
      part.slice(colon + 1).replaceAll(/\(([^)]*)\)/g, (whole) => whole.replaceAll(';', '%3B')),
    );
    if (value !== '') result.push([name, value]);
  }
  return result;
}

/** Reads a start tag as HTML does; undefined when the text ends inside it. The first of two equal names counts. */
function readTag(html: string, start: number): Tag | undefined {
  const name = /^[a-z][^\t\n\f\r />]*/i.exec(html.slice(start + 1, start + 101))![0].toLowerCase();
  const attributes: (readonly [string, string])[] = [];
  let at = start + 1 + name.length;
  const end = html.length;
  while (at < end) {
    while (at < end && (WHITE.test(html[at]!) || html[at] === '/')) at += 1;
    if (html[at] === '>') return { name, attributes, end: at + 1 };
    const from = at;
    at += 1;
    while (at < end && !/[\t\n\f\r />=]/.test(html[at]!)) at += 1;
    const key = html.slice(from, at).toLowerCase();
    while (at < end && WHITE.test(html[at]!)) at += 1;
    let value = '';
    if (html[at] === '=') {
      at += 1;
      while (at < end && WHITE.test(html[at]!)) at += 1;
      const quote = html[at];
      if (quote === '"' || quote === "'") {
        const stop = html.indexOf(quote, at + 1);
        if (stop === -1) return undefined;
        value = html.slice(at + 1, stop);
        at = stop + 1;
      } else {
        const begin = at;
        while (at < end && !/[\t\n\f\r >]/.test(html[at]!)) at += 1;
        value = html.slice(begin, at);
      }
    }
    if (attributes.length < 100 && !attributes.some(([known]) => known === key)) {
      attributes.push([key, value]);
    }
  }
  return undefined;
}

/** Where a comment, doctype or processing instruction ends. */
function commentEnd(html: string, start: number): number {
  if (!html.startsWith('<!--', start)) {
    const end = html.indexOf('>', start);
    return end === -1 ? html.length : end + 1;
  }
  if (html.startsWith('<!-->', start)) return start + 5;
  if (html.startsWith('<!--->', start)) return start + 6;
  const end = /--!?>/g;
  end.lastIndex = start + 4;
  return end.exec(html) ? end.lastIndex : html.length;
}

/** A conditional comment for Outlook that holds nothing active; every other comment gives ''. */
function conditional(comment: string): string {
  if (/^<!--<!\[endif\]-->$/.test(comment) || /^<!--\[if [^\]<>]{1,60}\]><!-->$/.test(comment))
    return comment;
  if (!/^<!--\[if [^\]<>]{1,60}\]>/.test(comment) || !comment.endsWith('<![endif]-->')) return '';
  const active =
    /<\/?(?:script|iframe|object|embed|applet|svg)|[\s"'/]on[a-z]{3,30}\s{0,9}=|script:/i;
  return active.test(decode(comment)) ? '' : comment;
}

/** Where raw text ends: at its end tag, or at the end of the document. */
function rawTextEnd(html: string, start: number, name: string): { from: number; to: number } {
  const pattern = new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, 'gi');
  pattern.lastIndex = start;
  const match = name === 'plaintext' ? null : pattern.exec(html);
  if (!match) return { from: html.length, to: html.length };
  const end = html.indexOf('>', match.index);
  return { from: match.index, to: end === -1 ? html.length : end + 1 };
}

/** A style sheet of an html block, without what could load code or leave the element. */
function styleSheet(css: string, attributes: Tag['attributes']): string {
  const active = /<|expression\s{0,9}\(|javascript:|vbscript:|-moz-binding|behaviou?r\s{0,9}:/i;
  if (active.test(css.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll('\\', ''))) return '';
  const media = attributes.find(([name]) => name === 'media')?.[1] ?? '';
  const scope = /^[\w\s():,-]{1,200}$/.test(media) ? ` media="${media}"` : '';
  return `<style${scope}>${css.replaceAll('<', '')}</style>`;
}
