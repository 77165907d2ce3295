// Text-like blocks of hosted e-mails: heading, paragraph, list, legacy text (spec 5.6).
import { attr, child, elementsIn, find } from '../dom.ts';
import { declarations } from '../declarations.ts';
import { fontJson, lineHeightJson, merged, narrowText, textJson } from '../values.ts';
import { frameJson } from './frame.ts';
import { isBlank, linkColorIn, richHtml } from '../rich.ts';
import { mostCommon } from '../state.ts';
import { px } from '../../template/css.ts';
import type { Element } from '../dom.ts';
import type { Json } from '../state.ts';
import type { Source } from './frame.ts';

type Pairs = readonly (readonly [string, string])[];

const without = (style: Pairs, ...names: readonly string[]): Pairs =>
  style.filter(([name]) => !names.some((gone) => name === gone || name.startsWith(`${gone}-`)));

/** The value of one property in the style attribute alone. */
function inline(element: Element, name: string): string | undefined {
  return declarations(attr(element, 'style')).findLast((entry) => entry.name === name)?.value;
}

/** A heading; undefined without a heading element. */
export function headingJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const title = elementsIn(pad).find(({ tagName }) => /^h[1-6]$/.test(tagName));
  if (title === undefined) return undefined;
  const linkColor = linkColorIn(state, title);
  const style = state.styles.own(title);
  return {
    heading: {
      title: title.tagName,
      text: richHtml(state, title, { linkColor }),
      style: {
        ...textJson(merged(new Map([['font-weight', '700']]), style), state),
        'link-color': linkColor,
      },
    },
    ...frameJson(source, {
      style: {
        'text-align':
          state.styles.own(pad).get('text-align') ?? style.get('text-align') ?? 'center',
        width: '100%',
      },
      mobile: narrowText(state.styles.narrow(title)),
    }),
  };
}

/** Paragraphs in a styled `div`. */
export function paragraphJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const frame = child(pad, 'div') ?? pad;
  const linkColor = linkColorIn(state, frame);
  const paragraphs = elementsIn(frame).filter(({ tagName }) => tagName === 'p');
  const size = px(state.styles.own(frame).get('font-size'), 14);
  // Where nothing is said browsers leave a line; of two margins that meet the larger one counts.
  const margin = (p: Element | undefined, side: string) =>
    p ? px(state.styles.own(p).get(`margin-${side}`), px(inline(p, 'font-size'), size)) : 0;
  const gaps = paragraphs
    .slice(0, -1)
    .map((p, i) => Math.max(margin(p, 'bottom'), margin(paragraphs[i + 1], 'top')));
  const spacing = Number(mostCommon(gaps.map(String)) || 0);
  const html = richHtml(state, frame, {
    linkColor,
    restyle: (element, style) => {
      if (element.tagName !== 'p') return style;
      const gap = gaps[paragraphs.indexOf(element)] ?? spacing;
      const bare = without(style, 'margin');
      return gap === spacing ? bare : [...bare, ['margin-bottom', `${gap}px`]];
    },
  });
  const [top, right, bottom, left] = source.padding;
  const ends = [margin(paragraphs[0], 'top'), margin(paragraphs.at(-1), 'bottom')] as const;
  return {
    paragraph: {
      html,
      style: textJson(state.styles.own(frame), state),
      computedStyle: { linkColor, paragraphSpacing: `${spacing}px` },
    },
    // A template has no margins at the ends of a text; its block has paddings.
    ...frameJson(
      { ...source, padding: [top + ends[0], right, bottom + ends[1], left] },
      { mobile: narrowText(state.styles.narrow(frame)) },
    ),
  };
}

/** Lists; their style stands on the table, the cell, the `div` or the lists, by generation. */
export function listJson(source: Source): Json | undefined {
  const { state, pad, block } = source;
  const frame = child(pad, 'div') ?? pad;
  const first = find(frame, 'ul') ?? find(frame, 'ol');
  const holders = [block, pad, ...(frame === pad ? [] : [frame])].map((element) =>
    state.styles.own(element),
  );
  const look = first ? state.styles.own(first) : new Map<string, string>();
  const linkColor = linkColorIn(state, frame);
  const item = find(frame, 'li');
  const rtl = merged(...holders, look).get('direction') === 'rtl';
  const margins = state.styles.own(frame);
  // Even by nothing: `-0px`, where a list has no indent that could be taken back.
  const shifted = ['left', 'right'].find((name) => margins.get(`margin-${name}`)?.startsWith('-'));
  const side = shifted ?? (rtl ? 'right' : 'left');
  const own = first && declarations(attr(first, 'style'));
  const inset = (name: string) =>
    px(own?.findLast((entry) => entry.name === name)?.value, undefined);
  // Browsers indent lists by 40 px; hosted e-mails take 20 px of it back, or write 20 px themselves.
  const indent =
    (inset(`padding-${side}`) ?? 40) + (inset(`margin-${side}`) ?? 0) + (shifted ? 0 : 20);
  const starts = new Set(
    elementsIn(frame)
      .filter(({ tagName }) => tagName === 'ol')
      .map((list) => attr(list, 'start')),
  );
  const start = starts.size === 1 ? Number([...starts][0] || '1') : 1;
  const html = richHtml(state, frame, {
    linkColor,
    restyle: (element, style) => {
      if (/^(?:ul|ol)$/.test(element.tagName)) {
        const gone = ['color', 'direction', 'font', 'letter-spacing', 'line-height', 'text-align'];
        const bare = without(style, 'margin', 'padding', 'list-style-type').filter(
          ([name, value]) => name !== 'list-style-position' || value === 'inside',
        );
        return element === first ? without(bare, ...gone) : bare;
      }
      return /^(?:li|p)$/.test(element.tagName) ? without(style, 'margin') : style;
    },
  });
  return {
    list: {
      html,
      tag: first?.tagName ?? 'ul',
      style: textJson(merged(...holders, look), state),
      computedStyle: {
        linkColor,
        liIndent: `${indent}px`,
        liSpacing: `${px(item && inline(item, 'margin-bottom'), 0)}px`,
        listStyleType: look.get('list-style-type') ?? 'revert',
        listStylePosition: look.get('list-style-position') === 'outside' ? 'outside' : 'inside',
        startList: String(Number.isInteger(start) ? start : 1),
      },
    },
    ...frameJson(source, {
      mobile: narrowText(merged(state.styles.narrow(pad), state.styles.narrow(first))),
    }),
  };
}

/** The block of older editors: a `div` with a generic font, one with the style, the paragraphs. */
export function legacyTextJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const outer = child(pad, 'div') ?? pad;
  const inner = child(outer, 'div') ?? outer;
  if (isBlank(inner.childNodes)) return undefined;
  const style = merged(state.styles.own(outer), state.styles.own(inner));
  const size = px(style.get('font-size'), 14);
  const linkColor = linkColorIn(state, inner);
  const align = state.styles.own(inner).get('text-align');
  const html = richHtml(state, inner, {
    linkColor,
    restyle: (element, own) => (element.tagName === 'p' ? without(own, 'margin') : own),
  });
  return {
    text: {
      html:
        align === undefined
          ? html
          : `<div class="txtTinyMce-wrapper" style="text-align: ${align};">${html}</div>`,
      style: {
        color: style.get('color') ?? '#555555',
        'font-family': fontJson(style.get('font-family'), state),
        'font-size': `${size}px`,
        'line-height': lineHeightJson(style.get('line-height') ?? '1.2', size),
      },
      computedStyle: { linkColor },
    },
    ...frameJson(source, {
      mobile: narrowText(merged(state.styles.narrow(outer), state.styles.narrow(inner))),
    }),
  };
}
