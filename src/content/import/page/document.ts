// Head and body of hosted pages and popups, around their rows (spec 4.2, 4.3, 5.15, 5.16).
import { attr, classes, descendants, elementsIn, find, isElement, lineOf } from '../dom.ts';
import { backgroundJson } from '../values.ts';
import { length, px } from '../../template/css.ts';
import { pageRows } from './rows.ts';
import { safeMarkup } from '../markup.ts';
import type { Element } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { PageNames } from './names.ts';

const FONT = 'Arial, Helvetica Neue, Helvetica, sans-serif';

/** What the importer needs of a page: everything inside `page` but bookkeeping. */
export interface PageParts {
  readonly head: Json;
  readonly body: Json;
  readonly rows: readonly Json[];
  /** what holds the links to fonts */
  readonly fonts: Element | undefined;
}

/** Reads a hosted page or popup. */
export function pageParts(root: Element, body: Element, names: PageNames, given: State): PageParts {
  const holder = names.popup ?? body;
  const own = given.styles.own(holder);
  const link = given.styles.linkColor(names.popup ? `${names.prefix}-container` : undefined);
  const state: State = {
    ...given,
    font: own.get('font-family') ?? FONT,
    linkColor: link ?? '#0068A5',
  };
  const content = find(names.rows[0], `.${names.prefix}-row-content`);
  const area = content ? state.styles.own(content) : new Map<string, string>();
  const rounded = hasRoundedColumns(names, state);
  return {
    head: names.popup
      ? { meta: langJson(find(names.popup, `.${names.prefix}-rows-container`) ?? names.popup) }
      : headJson(root, state),
    body: {
      container: {
        style: names.popup ? { 'background-color': '#FFFFFF' } : background(body, state),
      },
      content: {
        style: { color: own.get('color') ?? '#000000', 'font-family': state.font },
        computedStyle: {
          linkColor: state.linkColor,
          messageBackgroundColor: 'transparent',
          messageWidth: `${px(area.get('max-width'), undefined) ?? px(area.get('width'), 500)}px`,
          ...(px(area.get('margin-left'), undefined) === 0 && area.get('margin-right') === 'auto'
            ? { align: 'left' }
            : {}),
          ...(rounded ? { roundedColumns: true } : {}),
        },
      },
    },
    rows: pageRows(body, names.prefix, state),
    fonts: names.popup ?? find(root, 'head'),
  };
}

/** The colour stands on the body; pictures on the body or, in newer pages, on the container. */
function background(body: Element, state: State): Json {
  const container = [...descendants(body)].find((element) =>
    classes(element).some((name) => name.endsWith('-page-container')),
  );
  const own = state.styles.own(body);
  const inner = container ? state.styles.own(container) : undefined;
  const pictured = inner && /url\(/i.test(inner.get('background-image') ?? '') ? inner : own;
  return {
    ...backgroundJson(pictured),
    'background-color': own.get('background-color') ?? 'transparent',
  };
}

/** Older pages write shares of columns in whole percent: 33 % for a third, which leaves a gap at the end. */
function hasRoundedColumns({ prefix, rows }: PageNames, state: State): boolean {
  for (const row of rows) {
    for (const column of elementsIn(find(row, `.${prefix}-row-content`) ?? row)) {
      const basis = length(state.styles.own(column).get('flex-basis'));
      const grid = Number(
        classes(column)
          .find((name) => name.startsWith(`${prefix}-col-w`))
          ?.slice(prefix.length + 6),
      );
      if (basis?.unit !== '%' || !(grid > 0) || (100 * grid) % 12 === 0) continue;
      return basis.value === Math.round((100 * grid) / 12);
    }
  }
  return false;
}

function headJson(root: Element, state: State): Json {
  const title = find(root, 'title');
  const head = find(root, 'head');
  const meta = head ? elementsIn(head).filter(({ tagName }) => tagName === 'meta') : [];
  const description = meta.find((element) => attr(element, 'name') === 'description');
  const favicon = head ? favicons(head) : [];
  const tags = head ? customTags(head, state) : '';
  return {
    meta: {
      title: title ? lineOf(title) : '',
      description: attr(description, 'content'),
      ...(favicon.length > 0 ? { favicon } : {}),
      ...langJson(root),
    },
    ...(tags === '' ? {} : { customTags: tags }),
  };
}

function langJson(element: Element): Json {
  const lang = attr(element, 'lang');
  return /^[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,3}$/.test(lang) ? { lang } : {};
}

function favicons(head: Element): readonly Json[] {
  return elementsIn(head).flatMap((element) => {
    const rel = attr(element, 'rel').toLowerCase();
    const url = attr(element, 'href').trim();
    if (element.tagName !== 'link' || url === '') return [];
    if (rel === 'apple-touch-icon') return [{ handle: 'apple-touch-icon', url }];
    if (!/(?:^|\s)icon$/.test(rel)) return [];
    const size = /^(\d{1,4})x\1$/i.exec(attr(element, 'sizes'))?.[1];
    return [{ handle: `${size ?? '32'}-icon`, url }];
  });
}

/** What stands in the head after the sheet of the service. */
function customTags(head: Element, state: State): string {
  const sheet = head.childNodes.find((node) => isElement(node) && node.tagName === 'style');
  const start = sheet?.sourceCodeLocation?.endOffset;
  const end =
    head.sourceCodeLocation?.endTag?.startOffset ??
    head.childNodes.at(-1)?.sourceCodeLocation?.endOffset;
  if (start === undefined || end === undefined || start >= end) return '';
  return safeMarkup(state.dom.source.slice(start, end));
}
