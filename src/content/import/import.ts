// HTML to template JSON (spec 3.13): e-mails of the hosted service are lifted back, others taken apart as well as can be.
import {
  attr,
  descendants,
  elementsIn,
  find,
  isComment,
  isElement,
  lineOf,
  visibleText,
  outermost,
  parseDom,
} from './dom.ts';
import { backgroundJson } from './values.ts';
import { backgroundOf } from './loose/leaves.ts';
import { gridRows } from './block-grid/rows.ts';
import { besideTags } from './loose/beside.ts';
import { gridTags } from './block-grid/head.ts';
import { lookOf, PLAIN } from './loose/look.ts';
import { mailRows, messageWidth } from './mail/rows.ts';
import { openState } from './state.ts';
import { pageNames } from './page/names.ts';
import { pageParts } from './page/document.ts';
import { px } from '../template/css.ts';
import { padded, rowsOf, statedWidth } from './loose/items.ts';
import { safeMarkup } from './markup.ts';
import { sharedBackground } from './shared-background.ts';
import { walk } from './loose/walk.ts';
import type { Element } from './dom.ts';
import type { ImportContext, Json, State } from './state.ts';

export type { ImportContext } from './state.ts';

/**
 * Turns an e-mail, or a hosted page or popup, into a template of the current generation, `{page}`. Needs no
 * network and runs nothing of the document. Throws `Invalid` without HTML and `TooLarge` beyond the importer's limits; anything else is read as
 * browsers read it.
 */
export function importHtml(html: string, context: ImportContext): Json {
  const dom = parseDom(html);
  const state = openState(dom, context);
  const root = find(dom.document, 'html')!;
  const body = find(root, 'body') ?? root;
  const names = pageNames(body);
  if (names !== undefined) {
    const page = pageParts(root, body, names, state);
    const fonts = page.fonts ? webFonts(page.fonts) : [];
    return documentJson(page.head, { webFonts: fonts, ...page.body }, page.rows);
  }
  const container = find(body, '.nl-container');
  const rows = container
    ? outermost(container, '.row').filter((row) => find(row, '.row-content'))
    : [];
  const parts =
    container && rows.length > 0
      ? hosted(container, rows, root, body, state)
      : (firstGeneration(container, root, body, state) ?? loose(root, body, state));
  const shared = sharedBackground(parts.rows);
  return documentJson(
    headJson(root, body, parts.tags),
    {
      webFonts: webFonts(root),
      container: { style: parts.background },
      content: {
        style: { color: '#000000', 'font-family': state.font },
        computedStyle: {
          linkColor: state.linkColor,
          messageBackgroundColor: shared.color,
          messageWidth: `${parts.width}px`,
          ...(parts.left ? { align: 'left' } : {}),
        },
      },
    },
    shared.rows,
  );
}

/** A whole template around what was read. */
function documentJson(head: Json, body: Json, rows: readonly Json[]): Json {
  return {
    page: {
      title: '',
      description: '',
      template: { name: 'template-base', type: 'basic', version: '2.0.0' },
      head,
      body: { type: 'mailup-bee-page-properties', ...body },
      rows,
    },
    comments: {},
  };
}

interface Parts {
  readonly background: Json;
  readonly width: number;
  readonly left: boolean;
  /** custom tags of the head */
  readonly tags: string;
  readonly rows: readonly Json[];
}

function hosted(
  container: Element,
  rows: readonly Element[],
  root: Element,
  body: Element,
  state: State,
): Parts {
  const content = find(rows[0], '.row-content');
  return {
    background: pageBackground(container, body, state),
    width: messageWidth(rows, state),
    left: attr(content, 'align') === 'left',
    tags: customTags(root, state),
    rows: mailRows(container, state),
  };
}

/** An e-mail of the years before 2021, whose rows are `div`s; undefined for any other. */
function firstGeneration(
  container: Element | undefined,
  root: Element,
  body: Element,
  state: State,
): Parts | undefined {
  const parts = gridRows(body, state);
  return (
    parts && {
      ...parts,
      background: pageBackground(container ?? body, body, state),
      left: false,
      tags: gridTags(root, parts.rows, parts.width),
    }
  );
}

/** The background of the container; the colour of the body where it has none. */
function pageBackground(container: Element, body: Element, state: State): Json {
  const own = state.styles.own(container);
  const color =
    own.get('background-color') ?? state.styles.own(body).get('background-color') ?? '#FFFFFF';
  return { ...backgroundJson(own), 'background-color': color };
}

function loose(root: Element, body: Element, state: State): Parts {
  const width = contentWidth(body, state);
  const look = lookOf(body, PLAIN, state);
  const around = aroundContent(body, state);
  const read = walk(
    body.childNodes,
    { look, link: undefined, rows: true, narrow: false, outside: around },
    state,
  );
  // Where nothing is as wide as an e-mail, the margins of the window are those of the text.
  const side = (name: string) => Math.max(0, px(state.styles.own(body).get(`margin-${name}`), 8));
  const items =
    around.size > 0
      ? read
      : padded(read, [0, side('right'), 0, side('left')], [side('top'), side('bottom')]);
  const rows = rowsOf(items, width, state);
  return {
    background: backgroundOf(body, state) ??
      backgroundOf(root, state) ?? { 'background-color': '#FFFFFF' },
    width,
    left: false,
    tags: besideTags(rows, width, state),
    rows,
  };
}

/** The elements around those that are as wide as an e-mail. */
function aroundContent(body: Element, state: State): ReadonlySet<Element> {
  const around = new Set<Element>();
  const visit = (parent: Element): boolean => {
    let holds = false;
    for (const element of elementsIn(parent)) {
      const width = /^(?:table|td|div)$/.test(element.tagName)
        ? statedWidth(element, state)
        : undefined;
      const content = width && !width.percent && width.value >= 320 && width.value <= 1000;
      if (content || visit(element)) holds = true;
    }
    if (holds) around.add(parent);
    return holds;
  };
  visit(body);
  return around;
}

/** The widest element that is as wide as an e-mail may be. */
function contentWidth(body: Element, state: State): number {
  let widest = 0;
  for (const element of descendants(body)) {
    if (!/^(?:table|td|div)$/.test(element.tagName)) continue;
    const style = state.styles.own(element);
    const stated =
      px(style.get('max-width'), undefined) ??
      px(style.get('width'), undefined) ??
      px(attr(element, 'width'), 0);
    if (!attr(element, 'width').endsWith('%') && stated >= 320 && stated <= 1000)
      widest = Math.max(widest, stated);
  }
  return widest || 600;
}

function headJson(root: Element, body: Element, tags: string): Json {
  const title = find(root, 'title');
  const language = attr(root, 'lang');
  const preheader = preheaderOf(body);
  return {
    meta: {
      subject: title && lineOf(title),
      preheader,
      ...(/^[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,3}$/.test(language) ? { lang: language } : {}),
    },
    ...(tags === '' ? {} : { customTags: tags }),
  };
}

/** The hidden text at the start, without what keeps previews from going on. */
function preheaderOf(body: Element): string {
  let seen = 0;
  for (const element of descendants(body)) {
    seen += 1;
    if (seen > 30 || element.tagName === 'img') return '';
    const style = attr(element, 'style');
    const hidden =
      /display\s*:\s*none/i.test(style) || /(?:^|\s)pre-?header/i.test(attr(element, 'class'));
    if (hidden && /^(?:div|span|p|td)$/.test(element.tagName)) {
      return withoutFiller(lineOf(element)).slice(0, 1000);
    }
    if (!/^(?:div|span|p|td|tr|tbody|table|center)$/.test(element.tagName)) return '';
    const own = element.childNodes.map((node) => ('value' in node ? node.value : '')).join('');
    if (visibleText(own) !== '') return '';
  }
  return '';
}

/** A text up to its last visible character. */
function withoutFiller(text: string): string {
  let end = text.length;
  while (end > 0 && visibleText(text[end - 1]!) === '') end -= 1;
  return text.slice(0, end);
}

/** Sheets of fonts; the name is the family that the address asks for. */
function webFonts(root: Element): readonly Json[] {
  const fonts: Json[] = [];
  for (const element of descendants(root)) {
    if (element.tagName !== 'link' || !/stylesheet/i.test(attr(element, 'rel'))) continue;
    const url = attr(element, 'href').trim();
    if (!/^https?:\/\/[^\s"'<>]{1,2000}$/i.test(url)) continue;
    const family = /[?&]family=([^:&@]{1,60})/.exec(url)?.[1];
    const name = (family ?? url.replace(/^.*\//, '').slice(0, 60)).replaceAll('+', ' ');
    fonts.push({ name, fontFamily: `'${name.replaceAll("'", '')}'`, url });
    if (fonts.length >= 50) break;
  }
  return fonts;
}

/** What stands in the head after the sheet of the service: custom tags are the last thing there (spec 4.2). */
function customTags(root: Element, state: State): string {
  const head = find(root, 'head');
  const end = head?.sourceCodeLocation?.endTag?.startOffset;
  if (head === undefined || end === undefined) return '';
  const sheet = head.childNodes.findIndex((node) => isElement(node) && node.tagName === 'style');
  // The newest generations have a second sheet for Outlook alone, right after it.
  const next = head.childNodes[sheet + 1];
  const own = next && isComment(next) && /sup\b/.test(next.data) ? next : head.childNodes[sheet];
  const start = own?.sourceCodeLocation?.endOffset;
  return start === undefined || start >= end ? '' : safeMarkup(state.dom.source.slice(start, end));
}
