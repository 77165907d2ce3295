// The label of a button, in e-mails and pages (spec 5.8).
import { inline, isElement, parseText, unwrap, without } from './rich.ts';
import type { Node } from './fragment.ts';
import type { Writer } from './writer.ts';

/** The label without the editor's wrapper, a lone paragraph, and links: the button is the link. */
export function labelNodes(label: string): readonly Node[] {
  if (!label.includes('<')) return label === '' ? [] : [label];
  const { nodes } = unwrap(parseText(label));
  const meaning = nodes.filter((node) => typeof node !== 'string' || node.trim() !== '');
  const [only] = meaning;
  const inner =
    meaning.length === 1 &&
    only !== undefined &&
    isElement(only) &&
    (only.tag === 'p' || only.tag === 'div')
      ? only.children
      : nodes;
  return withoutLinks(inner);
}

function withoutLinks(nodes: readonly Node[]): readonly Node[] {
  return nodes.flatMap((node) => {
    if (!isElement(node)) return [node];
    const children = [...withoutLinks(node.children)];
    return node.tag === 'a' ? children : [{ ...node, children }];
  });
}

/** The nodes of a label as markup; several paragraphs stay, without margins. */
export function labelHtml(nodes: readonly Node[], out: Writer, mail: boolean): string {
  return inline(nodes, out, {
    linkColor: '',
    mail,
    restyle: (element) =>
      element.tag === 'p' ? [['margin', '0'], ...without(element.style, 'margin')] : element.style,
  });
}
