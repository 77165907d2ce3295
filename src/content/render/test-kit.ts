// Helpers for the tests of the renderers: small documents in, elements of the output out.
import { readFileSync } from 'node:fs';
import { defaultTreeAdapter, parse } from 'parse5';
import type { DefaultTreeAdapterTypes } from 'parse5';
import { renderHtml } from './render.ts';
import type { RenderOptions } from './render.ts';

type Parent = DefaultTreeAdapterTypes.ParentNode;
type Found = DefaultTreeAdapterTypes.Element;

/** One of our own example templates. */
export function example(name: string): unknown {
  const url = new URL(`../../../examples/templates/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** A module of the given type. */
export function block(type: string, descriptor: object): object {
  return { type: `mailup-bee-newsletter-modules-${type}`, descriptor };
}

/** A document of 600 px with one column that holds the modules. */
export function doc(
  modules: readonly object[],
  row: object = {},
  column: object = {},
  page: object = {},
) {
  return {
    page: {
      body: {
        container: { style: { 'background-color': '#eeeeee' } },
        content: {
          style: { color: '#000000', 'font-family': 'Georgia, serif' },
          computedStyle: { linkColor: '#aa0000', messageWidth: '600px' },
        },
      },
      rows: [{ columns: [{ 'grid-columns': 12, modules, ...column }], ...row }],
      ...page,
    },
  };
}

/** The HTML of a template, minified unless asked otherwise. */
export function html(template: unknown, options: Partial<RenderOptions> = {}): string {
  return renderHtml(template, { target: 'message', ...options }).html;
}

function* elements(node: Parent): Generator<Found> {
  for (const child of node.childNodes) {
    if (!defaultTreeAdapter.isElementNode(child)) continue;
    yield child;
    yield* elements(child);
    if ('content' in child) yield* elements(child.content);
  }
}

/** All elements of a document, in document order. */
export function all(source: string): readonly Found[] {
  return [...elements(parse(source))];
}

/** One attribute, or undefined. */
export function attribute(element: Found | undefined, name: string): string | undefined {
  return element?.attrs.find((entry) => entry.name === name)?.value;
}

/** The first element with the class (`.name`) or the tag name; fails when there is none. */
export function find(source: string, what: string): Found {
  const found = all(source).find((element) =>
    what.startsWith('.')
      ? (attribute(element, 'class') ?? '').split(' ').includes(what.slice(1))
      : element.tagName === what,
  );
  if (!found) throw new Error(`no ${what} in the output`);
  return found;
}

/** The declarations of a style attribute. */
export function style(element: Found): Readonly<Record<string, string>> {
  const pairs = (attribute(element, 'style') ?? '').split(';').filter((part) => part !== '');
  return Object.fromEntries(
    pairs.map((part) => [
      part.slice(0, part.indexOf(':')).trim(),
      part.slice(part.indexOf(':') + 1).trim(),
    ]),
  );
}

/** The text inside an element. */
export function textOf(node: Parent): string {
  return node.childNodes
    .map((child) =>
      defaultTreeAdapter.isTextNode(child)
        ? child.value
        : defaultTreeAdapter.isElementNode(child)
          ? textOf(child)
          : '',
    )
    .join('');
}

/** The chain of class names from the element up to the body. */
export function ancestors(element: Found): readonly string[] {
  const names: string[] = [];
  for (
    let node: Parent | null = element.parentNode;
    node && 'attrs' in node;
    node = node.parentNode
  ) {
    names.push(attribute(node, 'class') ?? node.tagName);
  }
  return names;
}
