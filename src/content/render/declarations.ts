// Prints declarations in the minified form, and remembers what it printed: the styles of a document differ little.
import { attr, needsEscape } from './escape.ts';

/** CSS pairs in a row: name, value, name, value … Missing and empty values leave the pair out. */
export type Pairs = readonly (string | undefined)[];

/** Steps that are remembered; then the tree starts over. */
const STEPS = 5000;
/** Longer values are rare and seldom come twice. */
const LONGEST = 100;

/** One step of a tree that has a branch for each declaration: the way from its root to here is one style. */
class Step {
  /** the declarations on the way, minified */
  readonly css: string;
  private readonly plain: boolean;
  private attribute: string | undefined;
  /** Where the last visitor went, which is where most go, and where all went. */
  private name = '';
  private value = '';
  private last: Step | undefined;
  private branches: Map<string, Map<string, Step>> | undefined;

  constructor(css: string, plain: boolean) {
    this.css = css;
    this.plain = plain;
  }

  /** The step after one more declaration. */
  to(name: string, value: string): Step {
    if (this.last !== undefined && this.name === name && this.value === value) return this.last;
    const known = this.branches?.get(name)?.get(value);
    const next = known ?? this.branch(name, value);
    if (value.length <= LONGEST) {
      this.name = name;
      this.value = value;
      this.last = next;
    }
    return next;
  }

  /** The style attribute with a leading space, or '' without declarations. */
  get style(): string {
    if (this.css === '') return '';
    return (this.attribute ??= ` style="${this.plain ? this.css : attr(this.css)}"`);
  }

  private branch(name: string, value: string): Step {
    const declaration = `${name}:${shortValue(value)}`;
    const css = this.css === '' ? declaration : `${this.css};${declaration}`;
    const next = new Step(css, this.plain && !needsEscape(value));
    if (value.length > LONGEST) return next;
    steps += 1;
    this.branches ??= new Map();
    const values = this.branches.get(name);
    if (values) values.set(value, next);
    else this.branches.set(name, new Map([[value, next]]));
    return next;
  }
}

let root = new Step('', true);
let steps = 0;

function walk(pairs: Pairs): Step {
  if (steps > STEPS) {
    root = new Step('', true);
    steps = 0;
  }
  let at = root;
  for (let i = 0; i < pairs.length; i += 2) {
    const value = pairs[i + 1];
    if (value !== undefined && value !== '') at = at.to(pairs[i]!, value);
  }
  return at;
}

/** The declarations on one line without spaces: `margin:0;color:#333`. */
export function minified(pairs: Pairs): string {
  return walk(pairs).css;
}

/** The same as a style attribute with a leading space, or '' when nothing is set. */
export function styleAttribute(pairs: Pairs): string {
  return walk(pairs).style;
}

/** Shortens what CSS lets be shorter: `0px`, `0pt`, `#aabbcc`. */
function shortValue(value: string): string {
  const result = value.replaceAll(/(^|[\s,])0(?:px|pt)(?=$|[\s),])/g, '$10');
  return result.includes('url(')
    ? result
    : result.replaceAll(/#([\da-f])\1([\da-f])\2([\da-f])\3(?![\da-f])/gi, '#$1$2$3');
}
