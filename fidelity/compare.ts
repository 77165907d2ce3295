// Compares two measured documents: what is missing, what lies elsewhere, what looks different.
import { align, alignWithPlaces } from './align.ts';
import type { Box, Measured, Styles, TreeNode } from './measured.ts';

/** How far an edge may lie from where the reference has it, in CSS pixels. */
const TOLERANCE = 2;

export interface Difference {
  readonly place: string;
  /** 'box', 'color', 'missing text' … */
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
}

/** What one document has and the other has not. */
export interface Missing {
  missing: number;
  extra: number;
}

export interface Comparison {
  /** boxes compared, and how many are beyond the tolerance */
  boxes: number;
  off: number;
  /** largest distance of two edges */
  worst: number;
  readonly texts: Missing;
  readonly links: Missing;
  readonly pictures: Missing;
  /** properties that differ */
  styles: number;
  readonly differences: Difference[];
}

/** Compares our document with the reference. */
export function compare(ours: Measured, theirs: Measured): Comparison {
  const result: Comparison = {
    boxes: 0,
    off: 0,
    worst: 0,
    texts: { missing: 0, extra: 0 },
    links: { missing: 0, extra: 0 },
    pictures: { missing: 0, extra: 0 },
    styles: 0,
    differences: [],
  };
  if (ours.tree !== 'none' && ours.tree === theirs.tree) compareTrees(ours, theirs, result);
  compareTexts(ours, theirs, result);
  compareLinks(ours, theirs, result);
  comparePictures(ours, theirs, result);
  compareButtons(ours, theirs, result);
  compareBackgrounds(ours, theirs, result);
  return result;
}

/** Whether everything is where it should be (goal of the project: 2 px, nothing missing). */
export function inPlace({ off, texts, links, pictures }: Comparison): boolean {
  return off === 0 && [texts, links, pictures].every((kind) => kind.missing + kind.extra === 0);
}

function compareTrees(ours: Measured, theirs: Measured, result: Comparison): void {
  const shift = { y: 0 };
  const walk = (ourParent: string, theirParent: string) => {
    // What takes no space is not there, whatever stands in the document.
    const below = (nodes: readonly TreeNode[], parent: string) =>
      nodes.filter((node) => node.parent === parent && node.box !== undefined);
    const key = (node: TreeNode) => `${node.kind} ${node.key}`;
    const { pairs, onlyA, onlyB } = alignWithPlaces(
      below(ours.nodes, ourParent),
      below(theirs.nodes, theirParent),
      key,
    );
    for (const [nodes, what] of [
      [onlyA, 'extra'],
      [onlyB, 'missing'],
    ] as const) {
      for (const node of nodes) {
        const words = describe(node);
        const [own, their] = what === 'extra' ? [words, ''] : ['', words];
        odd(result, node.place, `${what} ${node.level}`, own, their);
        // An addition by hand may get a block of its own; that it disturbs nothing is seen by the others.
        if (what === 'extra') continue;
        result.boxes += 1;
        result.off += 1;
        result.worst = Math.max(result.worst, node.box!.height);
      }
    }
    for (const [our, their] of pairs) {
      const place = their.place + (their.level === 'block' ? ` (${their.kind})` : '');
      if (our.kind !== their.kind) odd(result, place, 'kind', our.kind, their.kind);
      compareBoxes(result, place, our.box!, their.box!, shift);
      if (our.background !== their.background) {
        result.styles += 1;
        odd(result, place, 'background', our.background, their.background);
      }
      walk(our.place, their.place);
    }
  };
  walk('', '');
}

function describe(node: TreeNode): string {
  return `${node.kind} “${node.text.slice(0, 60)}”`;
}

/** Counts a pair of boxes, and lists it unless it only moved along with what stands above it. */
function compareBoxes(
  result: Comparison,
  place: string,
  ours: Box,
  theirs: Box,
  shift: { y: number },
): void {
  const distance = edgeDistance(ours, theirs);
  const isOff = distance > TOLERANCE;
  result.boxes += 1;
  result.worst = Math.max(result.worst, distance);
  if (isOff) result.off += 1;
  const moved = ours.y - theirs.y;
  const along =
    Math.abs(moved - shift.y) <= 0.5 &&
    Math.abs(ours.x - theirs.x) <= 0.5 &&
    Math.abs(ours.width - theirs.width) <= 0.5 &&
    Math.abs(ours.height - theirs.height) <= 0.5;
  if (!along && (isOff || Math.abs(moved - shift.y) > 0.5 || ours.height !== theirs.height)) {
    if (distance > 0.5) odd(result, place, 'box', show(ours), show(theirs));
  }
  shift.y = moved;
}

function edgeDistance(a: Box, b: Box): number {
  return Math.max(
    Math.abs(a.x - b.x),
    Math.abs(a.y - b.y),
    Math.abs(a.width - b.width),
    Math.abs(a.height - b.height),
  );
}

function show({ x, y, width, height }: Box): string {
  const short = (value: number) => String(Math.round(value * 10) / 10);
  return `${short(width)} × ${short(height)} at ${short(x)}, ${short(y)}`;
}

function compareTexts(ours: Measured, theirs: Measured, result: Comparison): void {
  const key = (leaf: { text: string }) => leaf.text;
  const { pairs, onlyA, onlyB } = align(ours.texts, theirs.texts, key, key);
  // Words that are there in other pieces are not missing.
  const squeeze = (text: string) => text.replaceAll(' ', '');
  const allOurs = squeeze(ours.texts.map(key).join(''));
  const allTheirs = squeeze(theirs.texts.map(key).join(''));
  for (const leaf of onlyB) {
    const missing = !allOurs.includes(squeeze(leaf.text));
    if (missing) result.texts.missing += 1;
    odd(result, leaf.place, missing ? 'missing text' : 'text in other pieces', '', leaf.text);
  }
  for (const leaf of onlyA) {
    const extra = !allTheirs.includes(squeeze(leaf.text));
    if (extra) result.texts.extra += 1;
    odd(result, leaf.place, extra ? 'extra text' : 'text in other pieces', leaf.text, '');
  }
  const shift = { y: 0 };
  for (const [our, their] of pairs) {
    const place = `${their.place} “${their.text.slice(0, 40)}”`;
    compareBoxes(result, place, our.box, their.box, shift);
    compareStyles(result, place, our.styles, their.styles);
  }
}

function compareStyles(result: Comparison, place: string, ours: Styles, theirs: Styles): void {
  for (const [property, value] of Object.entries(theirs)) {
    const own = ours[property] ?? '';
    if (own === value || closeLengths(own, value)) continue;
    result.styles += 1;
    odd(result, place, property, own, value);
  }
}

/** Lengths that differ by no more than half a pixel. */
function closeLengths(a: string, b: string): boolean {
  const px = /^(-?[\d.]+)px$/;
  const [first, second] = [px.exec(a)?.[1], px.exec(b)?.[1]];
  return (
    first !== undefined && second !== undefined && Math.abs(Number(first) - Number(second)) <= 0.5
  );
}

function compareLinks(ours: Measured, theirs: Measured, result: Comparison): void {
  const key = (leaf: { href: string }) => leaf.href;
  const { onlyA, onlyB } = align(ours.links, theirs.links, key, key);
  result.links.missing += onlyB.length;
  result.links.extra += onlyA.length;
  for (const leaf of onlyB)
    odd(result, leaf.place, 'missing link', '', `${leaf.href} “${leaf.text}”`);
  for (const leaf of onlyA)
    odd(result, leaf.place, 'extra link', `${leaf.href} “${leaf.text}”`, '');
}

function comparePictures(ours: Measured, theirs: Measured, result: Comparison): void {
  const key = (leaf: { src: string }) => leaf.src;
  const { pairs, onlyA, onlyB } = align(ours.pictures, theirs.pictures, key, key);
  result.pictures.missing += onlyB.length;
  result.pictures.extra += onlyA.length;
  for (const leaf of onlyB) odd(result, leaf.place, 'missing picture', '', leaf.src);
  for (const leaf of onlyA) odd(result, leaf.place, 'extra picture', leaf.src, '');
  const shift = { y: 0 };
  for (const [our, their] of pairs) {
    const place = `${their.place} picture ${their.src.replace(/^.*\//, '').slice(0, 40)}`;
    compareBoxes(result, place, our.box, their.box, shift);
    compareStyles(result, place, our.styles, their.styles);
    if (our.alt !== their.alt) odd(result, place, 'alt', our.alt, their.alt);
  }
}

function compareButtons(ours: Measured, theirs: Measured, result: Comparison): void {
  const key = (leaf: { text: string }) => leaf.text;
  const { pairs, onlyA, onlyB } = align(ours.buttons, theirs.buttons, key, key);
  for (const leaf of onlyB)
    odd(result, leaf.place, 'missing painted box', '', leaf.text.slice(0, 60));
  for (const leaf of onlyA)
    odd(result, leaf.place, 'extra painted box', leaf.text.slice(0, 60), '');
  const shift = { y: 0 };
  for (const [our, their] of pairs) {
    const place = `${their.place} button “${their.text.slice(0, 40)}”`;
    compareBoxes(result, place, our.box, their.box, shift);
    compareStyles(result, place, our.styles, their.styles);
  }
}

function compareBackgrounds(ours: Measured, theirs: Measured, result: Comparison): void {
  const key = (leaf: { src: string }) => leaf.src;
  const { pairs, onlyA, onlyB } = align(ours.backgrounds, theirs.backgrounds, key, key);
  result.pictures.missing += onlyB.length;
  result.pictures.extra += onlyA.length;
  for (const leaf of onlyB) odd(result, leaf.place, 'missing background picture', '', leaf.src);
  for (const leaf of onlyA) odd(result, leaf.place, 'extra background picture', leaf.src, '');
  for (const [our, their] of pairs) {
    compareStyles(result, `${their.place} background picture`, our.styles, their.styles);
  }
}

function odd(result: Comparison, place: string, what: string, ours: string, theirs: string): void {
  result.differences.push({ place, what, ours, theirs });
}
