// The text that a reader of an HTML page sees, and its title.
import { parse, type DefaultTreeAdapterTypes } from 'parse5';
import { decodeText } from './charset.ts';
import { TextCollector, type Extracted } from './extracted.ts';

type Node = DefaultTreeAdapterTypes.Node;

/** What is in these is not read by people. */
const SILENT = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'iframe',
  'object',
  'svg',
  'math',
  'title',
]);

/** These stand within a line; everything else begins a new one. */
const INLINE = new Set(
  'a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);

/** Metadata that pages carry: name on the page, name in ours. */
const META: ReadonlyMap<string, string> = new Map(
  Object.entries({
    description: 'description',
    keywords: 'Keywords',
    author: 'Author',
    generator: 'generator',
  }),
);

/** Reads a page. Elements may nest without bound, so the tree is walked without recursion. */
export function htmlText(bytes: Buffer): Extracted {
  const declared = /<meta[^>]{0,200}charset\s{0,10}=\s{0,10}["']?([\w-]{1,40})/i.exec(
    bytes.toString('latin1', 0, 2048),
  )?.[1];
  const { text, charset } = decodeText(bytes, declared);
  const collector = new TextCollector();
  collector.describe('Content-Encoding', charset);
  const open: Node[] = [parse(text)];
  while (open.length > 0 && !collector.full) {
    const node = open.pop() as Node;
    if (node === LINE) collector.add('\n');
    else if ('value' in node) collector.add(node.value.replaceAll(/\s+/g, ' '));
    if ('tagName' in node) describe(node, collector);
    if (!('childNodes' in node) || SILENT.has(node.nodeName)) continue;
    if (!INLINE.has(node.nodeName)) collector.add('\n');
    const children = node.childNodes;
    // A line ends where a block does.
    if (!INLINE.has(node.nodeName) && children.length > 0) open.push(LINE);
    for (let index = children.length - 1; index >= 0; index--) open.push(children[index] as Node);
  }
  return collector.result();
}

const LINE: Node = { nodeName: '#text', value: '', parentNode: null };

function describe(node: DefaultTreeAdapterTypes.Element, collector: TextCollector): void {
  if (node.tagName === 'title' && collector.metadata['title'] === undefined) {
    const [first] = node.childNodes;
    if (first && 'value' in first) collector.describe('title', first.value);
  }
  if (node.tagName !== 'meta') return;
  const attribute = (name: string) => node.attrs.find((one) => one.name === name)?.value;
  const name = META.get(attribute('name')?.toLowerCase() ?? '');
  if (name) collector.describe(name, attribute('content'));
}
