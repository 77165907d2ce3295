// Text-like blocks of hosted pages: heading, paragraph, list, legacy text (spec 5.15).
import {
  alignOf,
  fontSize,
  frameJson,
  lookOf,
  narrowText,
  pageText,
  part,
  holdsOnly,
} from './frame.ts';
import { attr, elementsIn, find } from '../dom.ts';
import { fontJson, merged } from '../values.ts';
import { length, px } from '../../template/css.ts';
import { richHtml } from '../rich.ts';
import type { Element } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { PageBlock } from './frame.ts';

type Pairs = readonly (readonly [string, string])[];

const MARGIN = /^margin(?:-top|-bottom)?$/;
// What browsers put around elements whose margins no sheet takes away.
const MARGINS: Readonly<Record<string, string>> = {
  p: '1em',
  h1: '0.67em',
  h2: '0.83em',
  h3: '1em',
  h4: '1.33em',
  h5: '1.67em',
  h6: '2.33em',
};

/** The markup of a text; the renderer takes margins away that the document left alone. */
function textHtml(
  state: State,
  element: Element,
  restyle: (element: Element, style: Pairs) => Pairs = (_element, style) => style,
): string {
  return richHtml(state, element, {
    restyle: (inner, given) => {
      const style = restyle(inner, given);
      const margin = MARGINS[inner.tagName];
      const said = state.styles.own(inner);
      if (margin === undefined || said.has('margin-top') || said.has('margin-bottom')) return style;
      return [['margin', `${margin} 0`], ...style];
    },
  });
}

/** The colour of links that the sheet says; links may say their own. */
function linkColor(element: Element, state: State): string {
  return state.styles.inside(element, 'a').get('color') ?? state.linkColor;
}

/** A heading; undefined without a heading element, or with more than that. */
export function headingJson(source: PageBlock): Json | undefined {
  const { state, block } = source;
  const title = elementsIn(block).find(({ tagName }) => /^h[1-6]$/.test(tagName));
  if (title === undefined || !holdsOnly(block, title)) return undefined;
  const look = merged(new Map([['font-weight', '700']]), state.styles.own(title));
  const around = lookOf(title, state);
  return {
    heading: {
      title: title.tagName,
      text: textHtml(state, title),
      style: {
        ...pageText(merged(around, look), state),
        'text-align': alignOf(around),
        'link-color': linkColor(title, state),
      },
    },
    ...frameJson(source, {
      style: { 'text-align': alignOf(lookOf(block, state)), width: '100%' },
      mobile: narrowText(state.styles.narrow(title)),
    }),
  };
}

/** Paragraphs; the block carries their style. */
export function paragraphJson(source: PageBlock): Json {
  const { state, block } = source;
  const look = lookOf(block, state);
  return {
    paragraph: {
      html: textHtml(state, block),
      style: { ...pageText(look, state), 'text-align': alignOf(look) },
      computedStyle: {
        linkColor: linkColor(block, state),
        paragraphSpacing: `${px(state.styles.inside(block, 'p').get('margin-bottom'), 0)}px`,
      },
    },
    ...frameJson(source, { mobile: narrowText(state.styles.narrow(block)) }),
  };
}

/** Lists; undefined without one. */
export function listJson(source: PageBlock): Json | undefined {
  const { state, block } = source;
  const first = find(block, 'ul') ?? find(block, 'ol');
  if (first === undefined) return undefined;
  const look = lookOf(block, state);
  const list = state.styles.own(first);
  const outside = list.get('list-style-position') === 'outside';
  const indent = outside
    ? px(list.get('padding-left'), 40)
    : px(state.styles.inside(block, 'li', 2).get('margin-left'), undefined);
  const spaced = state.styles.inside(block, 'li').get('margin-bottom');
  const start = Number(attr(first, 'start') || '1');
  const html = textHtml(state, block, (element, style) =>
    /^(?:ul|ol|li)$/.test(element.tagName)
      ? style.filter(([name]) => !MARGIN.test(name) && !/^(?:padding|list-style)/.test(name))
      : style,
  );
  return {
    list: {
      html,
      tag: first.tagName,
      style: { ...pageText(look, state), 'text-align': alignOf(look) },
      computedStyle: {
        linkColor: linkColor(block, state),
        ...(indent === undefined ? {} : { liIndent: `${indent}px` }),
        liSpacing: `${px(spaced, 0)}px`,
        listStyleType: list.get('list-style-type') ?? 'revert',
        listStylePosition: outside ? 'outside' : 'inside',
        startList: String(Number.isInteger(start) ? start : 1),
      },
    },
    ...frameJson(source, { mobile: narrowText(state.styles.narrow(block)) }),
  };
}

/** The block of older editors, with inline styles on its paragraphs. */
export function legacyTextJson(source: PageBlock): Json | undefined {
  const { state, block } = source;
  const content = part(source, 'text-content');
  if (content === undefined || !holdsOnly(block, content)) return undefined;
  const look = lookOf(content, state);
  const leading = look.get('line-height');
  const align = state.styles.own(content).get('text-align');
  const html = textHtml(state, content);
  return {
    text: {
      html:
        align === undefined
          ? html
          : `<div class="txtTinyMce-wrapper" style="text-align: ${align};">${html}</div>`,
      style: {
        color: look.get('color') ?? '#000000',
        'font-family': fontJson(look.get('font-family'), state),
        'font-size': `${fontSize(look)}px`,
        'line-height': length(leading) ? leading : 'normal',
      },
      computedStyle: { linkColor: linkColor(content, state) },
    },
    ...frameJson(source, { mobile: narrowText(state.styles.narrow(content)) }),
  };
}
