// Rows and columns of hosted pages and popups, and the choice of each block's reader (spec 5.15, 5.16).
import { backgroundJson, borderJson, narrowPadding, paddingJson, paddingOf } from '../values.ts';
import { blockClasses, frameJson, hiddenJson, lookOf } from './frame.ts';
import { buttonJson, htmlJson, menuJson, mergeContentJson, tableJson } from './others.ts';
import { classes, find, hasClass, isElement, outermost } from '../dom.ts';
import { columnJson, moduleJson, plainRow, rowType } from '../module.ts';
import {
  dividerJson,
  iconsJson,
  imageJson,
  socialJson,
  spacerJson,
  videoJson,
} from './pictures.ts';
import { formJson } from './form.ts';
import { givenClasses, isPageRow } from './names.ts';
import { headingJson, legacyTextJson, listJson, paragraphJson } from './text.ts';
import { isBlank } from '../rich.ts';
import { lostNodes } from './lost.ts';
import { calmed, pageMarkup } from './markup.ts';
import { px } from '../../template/css.ts';
import { rowParts } from '../parts.ts';
import type { Element, Node } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { PageBlock } from './frame.ts';

type Reader = (source: PageBlock) => Json | undefined;

const KINDS: Readonly<Record<string, readonly [type: string, read: Reader]>> = {
  heading: ['heading', headingJson],
  paragraph: ['paragraph', paragraphJson],
  list: ['list', listJson],
  text: ['text', legacyTextJson],
  image: ['image', imageJson],
  button: ['button', buttonJson],
  divider: ['divider', dividerJson],
  spacer: ['spacer', spacerJson],
  social: ['social', socialJson],
  icons: ['icons', iconsJson],
  menu: ['menu', menuJson],
  'html-block': ['html', htmlJson],
  html: ['html', htmlJson],
  video: ['video', videoJson],
  table: ['table', tableJson],
  form: ['form', formJson],
  'merge-content': ['merge-content', mergeContentJson],
};

/** The rows of a page or popup below `body`; what stands between them becomes html blocks. */
export function pageRows(body: Element, prefix: string, state: State): readonly Json[] {
  const isRow = (element: Element) => isPageRow(element, prefix);
  return rowParts(body, `${prefix}-row`, isRow, state).flatMap((entry) => {
    if (entry.row) {
      const [row] = entry.nodes as readonly [Element];
      const beside = markupModules(strayNodes(row, `${prefix}-row-content`), state);
      const json = pageRow(row, prefix, state, entry.before, entry.after);
      return beside.length === 0 ? [json] : [json, plainRow(beside, state)];
    }
    const modules = markupModules(entry.nodes, state);
    return modules.length === 0 ? [] : [plainRow(modules, state)];
  });
}

function pageRow(row: Element, prefix: string, state: State, before: string, after: string): Json {
  const content = find(row, `.${prefix}-row-content`)!;
  const columns = outermost(content, `.${prefix}-col`);
  const stray = markupModules(strayNodes(content, `${prefix}-col`), state);
  const [strip, style] = [state.styles.own(row), state.styles.own(content)];
  const padding = paddingOf(style);
  const grids = columns.length === 0 ? [12] : columns.map((column) => gridOf(column, prefix));
  // Popups have no page around their rows: the corners are those of the row.
  const radius = style.get('border-radius') ?? strip.get('border-radius');
  const gap = px(style.get('gap') ?? style.get('column-gap'), 0);
  const className = givenClasses(row, prefix);
  const mobile = narrowPadding(state.styles.narrow(content), padding);
  return {
    uuid: state.id(),
    type: rowType(grids),
    locked: false,
    synced: false,
    container: {
      style: backgroundJson(strip),
      ...(before + after === ''
        ? {}
        : {
            displayCondition: {
              type: 'imported',
              label: 'Display condition',
              description: '',
              before,
              after,
            },
          }),
    },
    content: {
      style: {
        ...backgroundJson(style),
        color: lookOf(content, state).get('color') ?? '#000000',
        ...(style.has('max-width') ? { width: style.get('max-width') } : {}),
        ...borderJson(style),
        ...(radius !== undefined && Number.parseFloat(radius) > 0
          ? { 'border-radius': radius }
          : {}),
        ...paddingJson(padding),
      },
      computedStyle: {
        rowColStackOnMobile: !hasClass(content, 'no_stack'),
        rowReverseColStackOnMobile: hasClass(content, 'reverse'),
        verticalAlign: verticalAlign(columns[0], state),
        ...hiddenJson(row, prefix),
        ...(gap > 0 ? { columnsSpacing: `${gap}px` } : {}),
      },
      ...(Object.keys(mobile).length > 0 ? { mobileStyle: mobile } : {}),
    },
    columns:
      columns.length === 0
        ? [columnJson(state, 12, {}, stray)]
        : columns.map((column, i) =>
            pageColumn(column, grids[i]!, prefix, state, i === columns.length - 1 ? stray : []),
          ),
    ...(className === '' ? {} : { customFields: { className } }),
  };
}

/** The twelfths that the class says. */
function gridOf(column: Element, prefix: string): number {
  for (const name of classes(column)) {
    if (!name.startsWith(`${prefix}-col-w`)) continue;
    const grid = Number(name.slice(prefix.length + 6));
    if (grid > 0 && grid <= 12) return grid;
  }
  return 12;
}

const PLACES: Readonly<Record<string, string>> = { center: 'middle', 'flex-end': 'bottom' };

function verticalAlign(column: Element | undefined, state: State): string {
  const justify = column ? state.styles.own(column).get('justify-content') : undefined;
  return PLACES[justify ?? ''] ?? 'top';
}

/** What stands beside the elements of the given class, also where somebody put something around them. */
function strayNodes(parent: Element, name: string): readonly Node[] {
  return parent.childNodes.flatMap((node) => {
    if (!isElement(node)) return [node];
    if (hasClass(node, name)) return [];
    return find(node, `.${name}`) === undefined ? [node] : strayNodes(node, name);
  });
}

function pageColumn(
  column: Element,
  grid: number,
  prefix: string,
  state: State,
  stray: readonly Json[],
): Json {
  const style = state.styles.own(column);
  const narrow = state.styles.narrow(column);
  const padding = paddingOf(style);
  const radius = style.get('border-radius');
  const mobile = { ...narrowPadding(narrow, padding), ...borderJson(narrow) };
  const className = givenClasses(column, prefix);
  return columnJson(
    state,
    grid,
    {
      ...backgroundJson(style),
      ...paddingJson(padding),
      ...borderJson(style),
      ...(radius !== undefined && Number.parseFloat(radius) > 0 ? { 'border-radius': radius } : {}),
    },
    [...columnModules(column.childNodes, prefix, state), ...stray],
    {
      ...(Object.keys(mobile).length > 0 ? { mobileStyle: mobile } : {}),
      ...(className === '' ? {} : { customFields: { className } }),
    },
  );
}

/** The blocks of a column; what somebody put between them by hand is kept as html blocks. */
function columnModules(nodes: readonly Node[], prefix: string, state: State): readonly Json[] {
  const modules: Json[] = [];
  let loose: Node[] = [];
  const flush = () => {
    modules.push(...markupModules(loose, state));
    loose = [];
  };
  for (const node of nodes) {
    if (!isElement(node) || !hasClass(node, `${prefix}-block`)) {
      loose.push(node);
      continue;
    }
    flush();
    modules.push(...blockModules({ block: node, prefix, state }));
  }
  flush();
  return modules;
}

function blockModules(source: PageBlock): readonly Json[] {
  const { block, prefix, state } = source;
  const kind = classes(block)
    .filter((name) => name.startsWith(`${prefix}-`))
    .map((name) => name.slice(prefix.length + 1))
    .find((name) => Object.hasOwn(KINDS, name));
  const known = kind === undefined ? undefined : KINDS[kind];
  const descriptor = known?.[1](source);
  if (known && descriptor) {
    // Custom HTML is kept whole, but for what would run.
    const added = /^(?:html|merge-content)$/.test(known[0]) ? [] : lostNodes(block, descriptor);
    return [
      moduleJson(state, known[0], descriptor, blockClasses(source)),
      ...markupModules(added, state),
    ];
  }
  // What is not as the service writes it stays as it is.
  const html = pageMarkup(block.childNodes, state);
  return [
    moduleJson(
      state,
      'html',
      {
        html: { html: html === '' ? '' : `<div style="text-align: left;">${html}</div>` },
        ...frameJson(source),
      },
      blockClasses(source),
    ),
  ];
}

function markupModules(nodes: readonly Node[], state: State): readonly Json[] {
  if (isBlank(nodes)) return [];
  const pieces = neighbours(nodes).map((run) => pageMarkup(run, state));
  // Pieces that stand apart must not become a tag together.
  const html = pieces.length === 1 ? pieces[0]! : calmed(pieces.join(' '));
  if (html === '') return [];
  return [
    moduleJson(state, 'html', { html: { html: `<div style="text-align: left;">${html}</div>` } }),
  ];
}

/** The nodes in runs of those that follow each other. */
function neighbours(nodes: readonly Node[]): readonly (readonly Node[])[] {
  const runs: Node[][] = [];
  for (const node of nodes) {
    const before = runs.at(-1)?.at(-1);
    const [end, start] = [
      before?.sourceCodeLocation?.endOffset,
      node.sourceCodeLocation?.startOffset,
    ];
    if (end !== undefined && end === start) runs.at(-1)!.push(node);
    else runs.push([node]);
  }
  return runs;
}
