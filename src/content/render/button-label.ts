// The label of a button, in e-mails and pages (spec 5.8).
import { inline, isElement, parseText, property, unwrap, without } from './rich.ts';
import type { Node } from './fragment.ts';
import type { Writer } from './writer.ts';

/**
 * The label without the editor's wrapper, a lone paragraph, and links: the button is the link. Older files keep a font
 * size of its own on the paragraph, and its line may be the tallest; with a `leading`, a span keeps it.
 */
export function labelNodes(label: string, leading = ''): readonly Node[] {
  if (!label.includes('<')) return label === '' ? [] : [label];
  const { nodes } = unwrap(parseText(label));
  const meaning = nodes.filter((node) => typeof node !== 'string' || node.trim() !== '');
  const [only] = meaning;
  const lone = meaning.length === 1 && only !== undefined && isElement(only);
  if (!lone || (only.tag !== 'p' && only.tag !== 'div')) return withoutLinks(nodes);
  if (leading === '' || property(only.style, 'font-size') === '') {
    return withoutLinks(only.children);
  }
  const style = without(only.style, 'margin', 'text-align', 'font-family', 'line-height');
  const sized = {
    tag: 'span',
    attributes: [],
    style: [...style, ['line-height', leading] as const],
  };
  return [{ ...sized, children: [...withoutLinks(only.children)] }];
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
