// Which declarations an element gets: its own style, the sheets, and what they change in the narrow view.
import { classes, attr, descendants, isElement, textOf } from './dom.ts';
import { declarations } from './declarations.ts';
import { IMPORT_LIMITS } from './limits.ts';
import { withoutComments } from '../template/safe-css.ts';
import type { Declaration, Style } from './declarations.ts';
import { parseTests } from './selector-tests.ts';
import type { Dom, Element } from './dom.ts';
import type { Test } from './selector-tests.ts';

/** One step of a selector: `td.pad`, and whether it is the parent or any ancestor of the step after it. */
interface Compound {
  readonly tag: string;
  readonly id: string;
  readonly classes: readonly string[];
  /** attributes, positions among siblings, and what an element must not be */
  readonly tests: readonly Test[];
  readonly child: boolean;
}

type View = 'wide' | 'narrow' | 'hover' | 'focus';

interface Rule {
  /** the last step first */
  readonly steps: readonly Compound[];
  readonly declarations: readonly Declaration[];
  readonly view: View;
  readonly specificity: number;
}

const NONE: Style = new Map();

/** The styles of one document. */
export class Styles {
  private readonly rules = new Map<string, Rule[]>();
  /** widths of the window at which something changes: the largest of the narrower views */
  readonly breaks: number[] = [];
  private readonly known = new WeakMap<Element, Style>();
  private count = 0;
  private matches = 0;

  constructor(dom: Dom) {
    let css = '';
    for (const element of descendants(dom.document)) {
      if (element.tagName === 'style' && css.length < IMPORT_LIMITS.css)
        css += `\n${textOf(element)}`;
    }
    this.read(
      withoutComments(css.slice(0, IMPORT_LIMITS.css).replaceAll(/<!--|-->/g, '')),
      'wide',
      0,
    );
  }

  /** What the element looks like on a desktop, as far as its own declarations say. */
  own(element: Element): Style {
    const before = this.known.get(element);
    if (before !== undefined) return before;
    const style = cascade(this.matching(element, 'wide'), declarations(attr(element, 'style')));
    this.known.set(element, style);
    return style;
  }

  /** What a narrow view changes. */
  narrow(element: Element | undefined): Style {
    return element === undefined ? NONE : cascade(this.matching(element, 'narrow'), []);
  }

  /** What a pointer over the element changes. */
  hover(element: Element | undefined): Style {
    return element === undefined ? NONE : cascade(this.matching(element, 'hover'), []);
  }

  /** What an element looks like while it has the focus of the keyboard. */
  focus(element: Element): Style {
    return cascade(this.matching(element, 'focus'), []);
  }

  /**
   * What a sheet says about elements of one name inside another one, whether there are any or not; of those inside
   * each other when `depth` is above 1.
   */
  inside(element: Element, tag: string, depth = 1): Style {
    const rules = (this.rules.get(tag) ?? []).filter(({ steps, view }) => {
      const inner = steps.slice(0, depth);
      const plain = (step: Compound) =>
        step.tag === tag && step.classes.length === 0 && step.id === '';
      if (view !== 'wide' || inner.length < depth || !inner.every((step) => plain(step)))
        return false;
      if (steps.length === depth) return true;
      for (let up: Element | null = element; up !== null; up = parentOf(up)) {
        if (this.fits(steps, depth, up)) return true;
        if (inner.at(-1)!.child) return false;
      }
      return false;
    });
    return cascade(
      rules.toSorted((a, b) => a.specificity - b.specificity),
      [],
    );
  }

  /** The colour of links that no other rule means: of `a`, or of `a` below one class. */
  linkColor(container: string | undefined): string | undefined {
    let color: string | undefined;
    for (const { steps, view, declarations: given } of this.rules.get('a') ?? []) {
      const [link, above] = steps;
      const plain = link!.tests.length === 0 && link!.classes.length === 0;
      const named = above?.tag === '' && above.classes.length === 1 && above.classes[0];
      if (view !== 'wide' || !plain || steps.length > 2 || (named || undefined) !== container)
        continue;
      color = given.findLast(({ name }) => name === 'color')?.value ?? color;
    }
    return color;
  }

  private read(css: string, view: View, depth: number): void {
    let at = 0;
    while (at < css.length && this.count < IMPORT_LIMITS.rules) {
      const open = css.indexOf('{', at);
      if (open === -1) return;
      const between = css.slice(at, open);
      // What has no block of its own, such as an import, ends before.
      const head = between.slice(between.lastIndexOf(';') + 1).trim();
      this.count += 1;
      const end = closing(css, open);
      const inside = css.slice(open + 1, end);
      at = end + 1;
      if (!head.startsWith('@')) this.add(head, inside, view);
      else if (
        /^@media/i.test(head) &&
        depth < 3 &&
        !/\bprint\b|prefers-|-ms-|orientation|webkit/i.test(head)
      ) {
        const limit = /(max|min)-(?:device-)?width\s*:\s*(\d{2,5})(?:\.\d{1,4})?px/i.exec(head);
        if (limit) this.breaks.push(Number(limit[2]) - (limit[1]!.toLowerCase() === 'min' ? 1 : 0));
        this.read(inside, /max-(?:device-)?width/i.test(head) ? 'narrow' : view, depth + 1);
      }
    }
  }

  private add(head: string, inside: string, view: View): void {
    const parsed = declarations(inside);
    if (parsed.length === 0) return;
    // A link that was not visited is one with a target.
    for (const selector of head.replaceAll(/:link\b/gi, '[href]').split(',')) {
      this.count += 1;
      if (this.count > IMPORT_LIMITS.rules) return;
      const state = /:(hover|focus)\s*$/.exec(selector);
      const steps = parseSelector(state ? selector.slice(0, state.index) : selector);
      if (steps === undefined) continue;
      const [last] = steps;
      const key = last!.id
        ? `#${last!.id}`
        : last!.classes.length > 0
          ? `.${last!.classes.at(-1)}`
          : last!.tag;
      const specificity = steps.reduce(
        (sum, step) =>
          sum +
          (step.id ? 10_000 : 0) +
          100 * (step.classes.length + step.tests.length) +
          (step.tag && step.tag !== '*' ? 1 : 0),
        0,
      );
      const rule: Rule = {
        steps,
        declarations: parsed,
        view: (state?.[1] as 'hover' | 'focus' | undefined) ?? view,
        specificity,
      };
      const same = this.rules.get(key);
      if (same) same.push(rule);
      else this.rules.set(key, [rule]);
    }
  }

  private matching(element: Element, view: View): readonly Rule[] {
    const keys = [
      '*',
      element.tagName,
      `#${attr(element, 'id')}`,
      ...classes(element).map((name) => `.${name}`),
    ];
    const found: Rule[] = [];
    for (const key of new Set(keys)) {
      for (const rule of this.rules.get(key) ?? []) {
        if (rule.view !== view) continue;
        if (this.matches > IMPORT_LIMITS.matches) return found;
        if (this.fits(rule.steps, 0, element)) found.push(rule);
      }
    }
    // A stable sort keeps the order of the sheet among rules of one key.
    return found.toSorted((a, b) => a.specificity - b.specificity);
  }

  private fits(steps: readonly Compound[], index: number, element: Element): boolean {
    this.matches += 1;
    if (this.matches > IMPORT_LIMITS.matches || !isCompound(steps[index]!, element)) return false;
    const next = steps[index + 1];
    if (next === undefined) return true;
    for (let up = element.parentNode; up !== null && isElement(up); up = up.parentNode) {
      if (this.fits(steps, index + 1, up)) return true;
      if (next.child) return false;
    }
    return false;
  }
}

const parentOf = (element: Element): Element | null =>
  element.parentNode && isElement(element.parentNode) ? element.parentNode : null;

/** Where the block that opens at `open` ends; at the end of the text when it never does. */
function closing(css: string, open: number): number {
  let depth = 0;
  const brace = /[{}]/g;
  brace.lastIndex = open;
  for (let match = brace.exec(css); match; match = brace.exec(css)) {
    depth += match[0] === '{' ? 1 : -1;
    if (depth === 0) return match.index;
  }
  return css.length;
}

const COMPOUND = /^(\*|[a-z][a-z0-9]*)?((?:[.#][\w-]+)*)([[:].*)?$/i;

/** The steps from the last to the first; undefined for what no e-mail decides by. */
function parseSelector(selector: string): readonly Compound[] | undefined {
  const parts = selector.replaceAll('>', ' > ').trim().split(/\s+/);
  if (parts.length > 30) return undefined;
  const steps: Compound[] = [];
  let child = false;
  for (const part of parts.toReversed()) {
    if (part === '>') {
      child = true;
      continue;
    }
    const match = COMPOUND.exec(part);
    if (!match || part === '') return undefined;
    const names = match[2]!.match(/[.#][\w-]+/g) ?? [];
    const tests = parseTests(match[3] ?? '');
    if (tests === undefined) return undefined;
    steps.push({
      tag: (match[1] ?? '').toLowerCase(),
      id: names.find((name) => name.startsWith('#'))?.slice(1) ?? '',
      classes: names.filter((name) => name.startsWith('.')).map((name) => name.slice(1)),
      tests,
      child,
    });
    child = false;
  }
  return steps.length === 0 ? undefined : steps;
}

function isCompound(step: Compound, element: Element): boolean {
  if (step.tag !== '' && step.tag !== '*' && step.tag !== element.tagName) return false;
  if (step.id !== '' && attr(element, 'id') !== step.id) return false;
  if (step.classes.length > 0) {
    const names = classes(element);
    if (!step.classes.every((name) => names.includes(name))) return false;
  }
  return step.tests.every((test) => test(element));
}

/** Weak to strong: rules, the style attribute, important rules, important declarations of the attribute. */
function cascade(rules: readonly Rule[], inline: readonly Declaration[]): Style {
  const all = [...rules.flatMap((rule) => rule.declarations), ...inline];
  const style = new Map<string, string>();
  for (const important of [false, true]) {
    for (const entry of all) {
      if (entry.important !== important) continue;
      // The last one stands last: a later shorthand may change what an earlier one said.
      style.delete(entry.name);
      style.set(entry.name, entry.value);
    }
  }
  return style;
}
