// What a step of a selector asks besides tag, id and classes: attributes, places among siblings, and `:not()`.
import { attr, elementsIn, hasClass } from './dom.ts';
import type { Element } from './dom.ts';

/** True for the elements that a part of a selector means. */
export type Test = (element: Element) => boolean;

// One part each; an operator other than `=` decides nothing in the sheets that the importer reads.
const PARTS =
  /\[([a-z][\w-]*)(?:=(["']?)([^"'\]]*)\2)?\]|:(first-child|last-child|first-of-type|last-of-type|nth-child\((?:even|odd)\))|:not\(([^()]*)\)/giy;

/** The tests that a string such as `[type=radio]:not(:last-child)` stands for; undefined for anything else. */
export function parseTests(source: string): readonly Test[] | undefined {
  const tests: Test[] = [];
  PARTS.lastIndex = 0;
  let at = 0;
  while (at < source.length) {
    const match = PARTS.exec(source);
    if (match === null || tests.length >= 10) return undefined;
    const [, name, , value, place, negated] = match;
    const test =
      name === undefined
        ? negated === undefined
          ? PLACES[place!.toLowerCase()]
          : not(negated.trim())
        : attribute(name.toLowerCase(), value);
    if (test === undefined) return undefined;
    tests.push(test);
    at = PARTS.lastIndex;
  }
  return tests;
}

function attribute(name: string, value: string | undefined): Test {
  return (element) =>
    element.attrs.some(
      (entry) => entry.name === name && (value === undefined || entry.value === value),
    );
}

function not(inner: string): Test | undefined {
  const word = /^([.#]?)([\w-]+)$/.exec(inner);
  if (word?.[1] === '.') return (element) => !hasClass(element, word[2]!);
  if (word?.[1] === '#') return (element) => attr(element, 'id') !== word[2];
  if (word) return (element) => element.tagName !== word[2]!.toLowerCase();
  const place = PLACES[inner.slice(1).toLowerCase()];
  if (inner.startsWith(':')) return place && ((element) => !place(element));
  const parts = /^\[([a-z][\w-]*)(?:=(["']?)([^"'\]]*)\2)?\]$/i.exec(inner);
  if (!parts) return undefined;
  const test = attribute(parts[1]!.toLowerCase(), parts[3]);
  return (element) => !test(element);
}

/** Where an element stands among those beside it. */
interface Place {
  readonly index: number;
  readonly last: boolean;
  readonly firstOfType: boolean;
  readonly lastOfType: boolean;
}

// Worked out once for all children of a parent: a look at the neighbours of each would take their number squared.
const known = new WeakMap<Element, Place>();

function placeOf(element: Element): Place {
  const before = known.get(element);
  if (before !== undefined) return before;
  const all = element.parentNode ? elementsIn(element.parentNode) : [element];
  const first = new Map<string, Element>();
  const last = new Map<string, Element>();
  for (const one of all) {
    if (!first.has(one.tagName)) first.set(one.tagName, one);
    last.set(one.tagName, one);
  }
  for (const [index, one] of all.entries()) {
    known.set(one, {
      index,
      last: index === all.length - 1,
      firstOfType: first.get(one.tagName) === one,
      lastOfType: last.get(one.tagName) === one,
    });
  }
  return known.get(element)!;
}

const PLACES: Readonly<Record<string, Test>> = {
  'first-child': (element) => placeOf(element).index === 0,
  'last-child': (element) => placeOf(element).last,
  'first-of-type': (element) => placeOf(element).firstOfType,
  'last-of-type': (element) => placeOf(element).lastOfType,
  'nth-child(even)': (element) => placeOf(element).index % 2 === 1,
  'nth-child(odd)': (element) => placeOf(element).index % 2 === 0,
};
