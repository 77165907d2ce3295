// The one element in another.
import { isElement, isText } from '../dom.ts';
import type { Element, Node } from '../dom.ts';

/** The one element in another; undefined when more stands there. */
export function onlyChild(parent: Element): Element | undefined {
  const children = parent.childNodes.filter(
    (node: Node) => isElement(node) || (isText(node) && node.value.trim() !== ''),
  );
  const [only] = children;
  return children.length === 1 && only && isElement(only) ? only : undefined;
}
