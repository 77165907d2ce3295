// Text of simple templates as the markup that blocks hold, and back (Beefree spec 6.2, 6.3).
import { parse, type Element, type Node } from '../render/fragment.ts';
import { inline, isElement, parseText, unwrap } from '../render/rich.ts';
import { TEXT_POLICY } from '../render/policy.ts';
import { Writer } from '../render/writer.ts';

const BLOCK =
  /^(?:p|div|ul|ol|li|h[1-6]|blockquote|pre|dl|dt|dd|address|section|center|figure|hr)$/;

/** Slanted or underlined as a whole. */
export interface Emphasis {
  readonly italic?: boolean | undefined;
  readonly underline?: boolean | undefined;
}

/** Inline text as it stands, line breaks as `<br>`. */
export function inlineMarkup(text: string, emphasis: Emphasis): string {
  return emphasized(broken(text), emphasis);
}

/** Markup of a paragraph block: text without block elements becomes one `<p>` with line breaks as `<br>`. */
export function paragraphMarkup(text: string, emphasis: Emphasis): string {
  return hasBlocks(text)
    ? emphasizedBlocks(text, emphasis)
    : `<p>${inlineMarkup(text, emphasis)}</p>`;
}

/** Markup of a list block: without `<li>` each line becomes an item; loose items get their list. */
export function listMarkup(text: string, tag: 'ul' | 'ol', emphasis: Emphasis): string {
  const tags = tagsOf(text);
  if (tags.has('ul') || tags.has('ol')) return emphasizedBlocks(text, emphasis);
  if (tags.has('li')) return `<${tag}>${emphasizedBlocks(text, emphasis)}</${tag}>`;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const items = lines.map((line) => `<li>${emphasized(line.trim(), emphasis)}</li>`);
  return `<${tag}>${items.join('')}</${tag}>`;
}

/** What an editor's text says, cleaned of the editor's marks: a lone plain `<p>` loses its tags. */
export function plainMarkup(html: string): string {
  const { nodes } = unwrap(parseText(html));
  return printed(lonely(nodes));
}

/** As `plainMarkup`, and without the line breaks and paragraphs that headings and buttons don't have. */
export function inlinePlainMarkup(html: string): string {
  const { nodes } = unwrap(parseText(html));
  return printed(lonely(nodes).flatMap(withoutPlaceholder));
}

/** The children of a plain paragraph that is alone. */
function lonely(nodes: readonly Node[]): readonly Node[] {
  const meaning = nodes.filter((node) => typeof node !== 'string' || node.trim() !== '');
  const [only] = meaning;
  if (meaning.length !== 1 || only === undefined || !isElement(only)) return nodes;
  const bare = only.tag === 'p' && only.style.length === 0 && only.attributes.length === 0;
  return bare && !only.children.some(isBlock) ? only.children : nodes;
}

/** Editors put an empty span around text that nobody has styled. */
function withoutPlaceholder(node: Node): readonly Node[] {
  if (!isElement(node) || node.tag !== 'span' || node.style.length > 0) return [node];
  const marked = node.attributes.every(
    ([name, value]) => name === 'class' && value.trim() === 'tinyMce-placeholder',
  );
  return marked ? node.children : [node];
}

function printed(nodes: readonly Node[]): string {
  const markup = inline(nodes, new Writer(false), { linkColor: '', mail: false });
  // In markup a line break is a space; in simple text it would become a `<br>`.
  return markup.split(/\r?\n/).join(' ').trim();
}

const isBlock = (node: Node) => isElement(node) && BLOCK.test(node.tag);

function hasBlocks(text: string): boolean {
  return [...tagsOf(text)].some((tag) => BLOCK.test(tag));
}

/** Names of the elements in a text. */
function tagsOf(text: string): ReadonlySet<string> {
  const tags = new Set<string>();
  const visit = (nodes: readonly Node[]) => {
    for (const node of nodes) {
      if (!isElement(node)) continue;
      tags.add(node.tag);
      visit(node.children);
    }
  };
  visit(parse(text, TEXT_POLICY));
  return tags;
}

const broken = (text: string) => text.replaceAll(/\r?\n/g, '<br>');

function emphasized(markup: string, { italic, underline }: Emphasis): string {
  const lined = underline ? `<u>${markup}</u>` : markup;
  return italic ? `<em>${lined}</em>` : lined;
}

/** Emphasis inside the blocks: runs of inline content are wrapped, blocks stay outside. */
function emphasizedBlocks(text: string, emphasis: Emphasis): string {
  if (!emphasis.italic && !emphasis.underline) return text;
  return printed(wrappedRuns(parseText(text), emphasis));
}

function wrappedRuns(nodes: readonly Node[], emphasis: Emphasis): Node[] {
  const result: Node[] = [];
  let run: Node[] = [];
  const flush = () => {
    const blank = run.every((node) => typeof node === 'string' && node.trim() === '');
    result.push(...(blank ? run : [wrapped(run, emphasis)]));
    run = [];
  };
  for (const node of nodes) {
    if (!isBlock(node)) run.push(node);
    else {
      flush();
      const block = node as Element;
      result.push({ ...block, children: wrappedRuns(block.children, emphasis) });
    }
  }
  flush();
  return result;
}

function wrapped(run: Node[], { italic, underline }: Emphasis): Node {
  const make = (tag: string, children: Node[]): Element => ({
    tag,
    attributes: [],
    style: [],
    children,
  });
  const inner = underline ? [make('u', run)] : run;
  return italic ? make('em', inner) : inner[0]!;
}
