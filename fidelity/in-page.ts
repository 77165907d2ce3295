// The functions that run inside the measured page; they are sent there as source text and can't use anything outside themselves.
import type {
  BackgroundLeaf,
  Box,
  ButtonLeaf,
  LinkLeaf,
  Measured,
  PictureLeaf,
  Styles,
  TextLeaf,
  TreeNode,
} from './measured.ts';

/** Makes a document hold still: no scripts and what stands in for them, no animations, pictures loaded now. */
export async function settle(): Promise<void> {
  for (const element of document.querySelectorAll('script, noscript')) element.remove();
  const style = document.createElement('style');
  style.textContent = '*,*::before,*::after{animation:none!important;transition:none!important}';
  document.documentElement.append(style);
  for (const image of document.images) image.loading = 'eager';
  // Pages of other sites are drawn by processes of their own, whenever those like.
  for (const frame of document.querySelectorAll('iframe')) {
    frame.src = 'about:blank';
    frame.style.background = '#999';
  }
  await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
  await document.fonts.ready;
}

/** Measures the document as it is laid out now. */
export function measure(): Measured {
  const blank = /(?:[\s\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u2060\ufeff]|\u034f)+/g;
  const clean = (text: string) => text.replace(blank, ' ').trim();
  const round = (value: number) => Math.round(value * 100) / 100;
  const union = (rects: readonly DOMRect[]): Box | undefined => {
    const seen = rects.filter((rect) => rect.width > 0 || rect.height > 0);
    if (seen.length === 0) return undefined;
    const left = Math.min(...seen.map((rect) => rect.left));
    const top = Math.min(...seen.map((rect) => rect.top));
    return {
      x: round(left + scrollX),
      y: round(top + scrollY),
      width: round(Math.max(...seen.map((rect) => rect.right)) - left),
      height: round(Math.max(...seen.map((rect) => rect.bottom)) - top),
    };
  };
  // What has no width or no height takes no space that anyone could see.
  const boxOf = (element: Element) => {
    const box = union([element.getBoundingClientRect()]);
    return box && box.width > 0 && box.height > 0 ? box : undefined;
  };
  const visible = (element: Element): boolean => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    // Preheaders and hidden parts are often made invisible by a box without size.
    for (let at: Element | null = element; at; at = at.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(at);
      if (overflowX === 'visible' && overflowY === 'visible') continue;
      if (at === document.body || at === document.documentElement) continue;
      const { width, height } = at.getBoundingClientRect();
      if (width === 0 || height === 0) return false;
    }
    return true;
  };
  const opaque = (color: string) => !/^rgba\(.*, 0\)$|^transparent$/.test(color);
  const backgroundOf = (element: Element): string => {
    for (let at: Element | null = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (opaque(backgroundColor)) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };

  // The class tree
  const container = document.querySelector(
    '.nl-container, [class~="bee-popup-container"], [class$="-page-container"]',
  );
  const popup = container?.className.endsWith('-popup-container') === true;
  // The first generation has the container, but names neither its rows nor its blocks as later ones do.
  const tree: Measured['tree'] = !container
    ? 'none'
    : container.classList.contains('nl-container') && !container.querySelector('.row')
      ? 'none'
      : container.classList.contains('nl-container')
        ? 'message'
        : popup
          ? 'popup'
          : 'page';
  const prefix = container?.className.replace(/^.* |(?:-page)?-container$/g, '') ?? '';
  const levels =
    tree === 'message'
      ? { row: '.row', column: '.column', block: '[class*="_block"]' }
      : { row: `.${prefix}-row`, column: `.${prefix}-col`, block: `.${prefix}-block` };
  const kindOf = (element: Element): string => {
    for (const name of element.classList) {
      if (tree === 'message') {
        if (/^[a-z]+_block$/.test(name)) return name.slice(0, -6);
      } else if (
        name.startsWith(`${prefix}-`) &&
        !/^(?:block(?:-\d+)?|\w+_hide)$/.test(name.slice(prefix.length + 1))
      ) {
        return name.slice(prefix.length + 1);
      }
    }
    return '';
  };
  const picturesIn = (element: Element) =>
    [...element.querySelectorAll('img')].map((image) => image.getAttribute('src')).join(' ');
  const nodes: TreeNode[] = [];
  const places = new Map<Element, string>();
  const children = (parent: Element, selector: string, stop: string) =>
    [...parent.querySelectorAll(selector)].filter((element) => {
      const above = element.parentElement?.closest(`${selector}, ${stop}`);
      return above === parent || above === null || !parent.contains(above ?? null);
    });
  const add = (element: Element, level: TreeNode['level'], parent: string, index: number) => {
    const place = `${parent === '' ? '' : `${parent} / `}${level} ${index + 1}`;
    places.set(element, place);
    const box = boxOf(element);
    nodes.push({
      level,
      place,
      parent,
      kind: level === 'block' ? kindOf(element) : level,
      text: clean(element.textContent).slice(0, 200),
      key: clean(element.textContent).replaceAll(' ', '').slice(0, 2000) + picturesIn(element),
      background: backgroundOf(element),
      ...(box && { box }),
    });
    return place;
  };
  if (container && tree !== 'none') {
    // A stray end tag may have closed the container of a page before its last rows.
    const rows = children(tree === 'page' ? document.body : container, levels.row, levels.row);
    for (const [r, row] of rows.entries()) {
      const inRow = add(row, 'row', '', r);
      for (const [c, column] of children(row, levels.column, levels.row).entries()) {
        const inColumn = add(column, 'column', inRow, c);
        const blocks = children(column, levels.block, levels.column).filter(
          (element) => kindOf(element) !== '',
        );
        for (const [b, block] of blocks.entries()) add(block, 'block', inColumn, b);
      }
    }
  }
  const placeOf = (element: Element): string => {
    for (let at: Element | null = element; at; at = at.parentElement) {
      const place = places.get(at);
      if (place !== undefined) return place;
    }
    return '';
  };

  // The leaves
  const decorationOf = (element: Element): string => {
    const lines = new Set<string>();
    for (let at: Element | null = element; at; at = at.parentElement) {
      const { textDecorationLine, display } = getComputedStyle(at);
      for (const line of textDecorationLine.split(' ')) if (line !== 'none') lines.add(line);
      if (display === 'inline-block' || display.startsWith('table')) break;
    }
    return [...lines].sort().join(' ') || 'none';
  };
  const alignOf = (style: CSSStyleDeclaration): string => {
    const align = style.textAlign.replace('-webkit-', '');
    if (align !== 'start' && align !== 'end') return align;
    return (align === 'start') === (style.direction === 'ltr') ? 'left' : 'right';
  };
  const textStyles = (element: Element): Styles => {
    const style = getComputedStyle(element);
    return {
      color: style.color,
      'font-size': style.fontSize,
      'font-family': style.fontFamily.toLowerCase().replace(/["']/g, '').replace(/,\s*/g, ', '),
      'font-weight': style.fontWeight,
      'font-style': style.fontStyle,
      'line-height': style.lineHeight,
      'letter-spacing': style.letterSpacing === '0px' ? 'normal' : style.letterSpacing,
      'text-align': alignOf(style),
      'text-decoration': decorationOf(element),
      'text-transform': style.textTransform,
      direction: style.direction,
      background: backgroundOf(element),
    };
  };
  const cornersOf = (style: CSSStyleDeclaration) =>
    [
      style.borderTopLeftRadius,
      style.borderTopRightRadius,
      style.borderBottomRightRadius,
      style.borderBottomLeftRadius,
    ].join(' ');
  const bordersOf = (style: CSSStyleDeclaration) =>
    (['top', 'right', 'bottom', 'left'] as const)
      .map((side) => {
        const width = style.getPropertyValue(`border-${side}-width`);
        const color = style.getPropertyValue(`border-${side}-color`);
        const line = style.getPropertyValue(`border-${side}-style`);
        return width === '0px' || line === 'none' ? '0' : `${width} ${line} ${color}`;
      })
      .join(', ');
  const blockOf = (element: Element): Element => {
    let at = element;
    while (at.parentElement && getComputedStyle(at).display === 'inline') at = at.parentElement;
    return at;
  };

  interface Run {
    block: Element;
    key: string;
    parts: string[];
    rects: DOMRect[];
    first: Element;
    styles: Styles;
  }
  const runs: Run[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent || clean(node.nodeValue ?? '') === '') continue;
    if (/^(?:STYLE|TITLE|TEXTAREA|OPTION|TEMPLATE)$/.test(parent.tagName) || !visible(parent)) {
      continue;
    }
    const range = document.createRange();
    range.selectNodeContents(node);
    // Blanks at the ends are not compared as text, so their room does not count either.
    const text = node.nodeValue ?? '';
    const [start] = /^[\s\u00a0]*/.exec(text)!;
    const [end] = /[\s\u00a0]*$/.exec(text.slice(start.length))!;
    if (start.length < text.length) {
      range.setStart(node, start.length);
      range.setEnd(node, text.length - end.length);
    }
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 0 && rect.height > 1);
    if (rects.length === 0) continue;
    const styles = textStyles(parent);
    const block = blockOf(parent);
    const key = JSON.stringify(styles);
    const last = runs.at(-1);
    if (last?.block === block && last.key === key) {
      last.parts.push(node.nodeValue ?? '');
      last.rects.push(...rects);
    } else {
      runs.push({ block, key, parts: [node.nodeValue ?? ''], rects, first: parent, styles });
    }
  }
  const texts: TextLeaf[] = runs.map((run) => ({
    place: placeOf(run.first),
    text: clean(run.parts.join('')),
    box: union(run.rects)!,
    styles: run.styles,
  }));

  const links: LinkLeaf[] = [];
  for (const link of document.querySelectorAll('a[href], area[href]')) {
    if (!visible(link)) continue;
    const parts = [link, ...link.querySelectorAll('*')];
    const box = union(parts.flatMap((part) => [...part.getClientRects()]));
    if (!box) continue;
    links.push({
      place: placeOf(link),
      href: (link.getAttribute('href') ?? '').trim(),
      text: clean(link.textContent),
      box,
    });
  }

  const pictures: PictureLeaf[] = [];
  for (const image of document.querySelectorAll('img, iframe, video')) {
    const box = visible(image) ? boxOf(image) : undefined;
    if (!box || (box.width <= 1 && box.height <= 1)) continue;
    const style = getComputedStyle(image);
    pictures.push({
      place: placeOf(image),
      src: (image.getAttribute('src') ?? '').trim(),
      alt: clean(image.getAttribute('alt') ?? ''),
      box,
      styles: { 'border-radius': cornersOf(style), border: bordersOf(style) },
    });
  }

  const buttons: ButtonLeaf[] = [];
  const backgrounds: BackgroundLeaf[] = [];
  for (const element of document.body.querySelectorAll('*')) {
    const style = getComputedStyle(element);
    const url = /url\("?([^")]*)"?\)/.exec(style.backgroundImage)?.[1];
    const painted =
      style.display === 'inline-block' &&
      (opaque(style.backgroundColor) || bordersOf(style) !== '0, 0, 0, 0');
    if ((url === undefined && !painted) || !visible(element)) continue;
    const box = boxOf(element);
    if (!box) continue;
    if (url !== undefined && url !== '' && !url.startsWith('data:')) {
      backgrounds.push({
        place: placeOf(element),
        src: url,
        box,
        styles: {
          'background-position': style.backgroundPosition,
          'background-size': style.backgroundSize,
          'background-repeat': style.backgroundRepeat,
        },
      });
    }
    const text = clean(element.textContent);
    if (painted && text !== '') {
      buttons.push({
        place: placeOf(element),
        text,
        box,
        styles: {
          'background-color': style.backgroundColor,
          border: bordersOf(style),
          'border-radius': cornersOf(style),
        },
      });
    }
  }

  // Of a document that is shorter than the window browsers report the window.
  const root = document.documentElement;
  const scrolled = Math.max(root.scrollHeight, document.body.scrollHeight);
  return {
    tree,
    height: Math.ceil(scrolled > innerHeight ? scrolled : root.getBoundingClientRect().bottom),
    nodes,
    texts,
    links,
    pictures,
    buttons,
    backgrounds,
  };
}
