// Markup of users in AMP e-mails: the elements and attributes that AMP takes, others renamed or taken off (spec 5.17).
import { attr, text } from '../escape.ts';
import { modern } from '../old-markup.ts';
import { words } from '../words.ts';
import { linkAddress, pictureAddress, type Address } from './addresses.ts';
import { component, layoutOf } from './components.ts';
import type { Element } from '../fragment.ts';

const TAGS = words(
  'a abbr b bdo br cite code del dfn em i ins kbd mark q s samp small span strong sub sup time u var wbr address blockquote dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section ul article aside button caption col colgroup fieldset footer form header input label legend main nav optgroup option select summary table tbody td template tfoot th thead tr',
);

const GLOBAL = words('class dir id lang role tabindex title hidden translate');
const ARIA = words(
  'activedescendant atomic autocomplete busy checked controls current describedby disabled dropeffect expanded flowto grabbed haspopup hidden invalid label labelledby level live modal multiline multiselectable orientation owns posinset pressed readonly relevant required selected setsize sort valuemax valuemin valuenow valuetext',
);
const OWN: Readonly<Record<string, ReadonlySet<string>>> = {
  a: words('border href hreflang rel target'),
  blockquote: words('align'),
  button: words('name value type'),
  col: words('span'),
  colgroup: words('span'),
  del: words('datetime'),
  div: words('align'),
  fieldset: words('disabled name'),
  form: words('method autocomplete novalidate'),
  h1: words('align'),
  h2: words('align'),
  h3: words('align'),
  h4: words('align'),
  h5: words('align'),
  h6: words('align'),
  input: words(
    'disabled maxlength name placeholder readonly required size type value checked min max',
  ),
  ins: words('datetime'),
  label: words('for'),
  li: words('value'),
  ol: words('start'),
  optgroup: words('disabled label'),
  option: words('disabled label selected value'),
  p: words('align'),
  select: words('disabled multiple name required size'),
  table: words('align bgcolor border cellpadding cellspacing width'),
  td: words('align bgcolor colspan headers height rowspan valign width'),
  th: words('abbr align bgcolor colspan headers height rowspan scope valign width'),
  time: words('datetime'),
  tr: words('align bgcolor height valign'),
};
const BINDINGS = words('class hidden text aria-label');
const REL = words('noopener noreferrer nofollow external author help license next prev search tag');
const NAMES = words('id name for');
const NUMBERS = words('start span colspan rowspan size maxlength');
/** Names that scripts of the page use themselves: `AMP`, `__proto__`, `childNodes`. */
const RESERVED = /^(?:amp|i-amphtml-.*|_.*|\$.*|[a-z]*[A-Z][A-Za-z]*)$/;

/** Collects what one AMP e-mail needs and what its author should know, and fits markup into it. */
export class AmpMarkup {
  /** scripts of components in use */
  readonly components = new Set<string>();
  private readonly warnings: string[];

  constructor(warnings: string[]) {
    this.warnings = warnings;
  }

  /** A link target, or '' when AMP takes none like it. */
  href(url: string): string {
    return this.told(linkAddress(url));
  }

  /** A picture address over https, or ''. */
  src(url: string): string {
    return this.told(pictureAddress(url));
  }

  private told({ url, warning }: Address): string {
    if (warning !== undefined) this.warn(warning);
    return url;
  }

  /** Remembers something left out; the list stays short, and says nothing twice. */
  warn(warning: string): void {
    if (this.warnings.length < 50 && !this.warnings.includes(warning)) this.warnings.push(warning);
  }

  /**
   * `amp-img` of a known size. Without a usable address its text takes its place, as programs without pictures do.
   * `more` are attributes with a space in front.
   */
  image(src: string, alt: string, width: number, height: number, more: string): string {
    const url = this.src(src);
    if (url === '') return text(alt);
    return `<amp-img src="${attr(url)}" alt="${attr(alt)}" width="${side(width)}" height="${side(height)}"${more}></amp-img>`;
  }

  /** Whether AMP takes the attribute on any element. */
  takesAnywhere(name: string, value: string): boolean {
    return isGlobal(name, value);
  }

  /**
   * An element of a user as AMP takes it; a string is ready markup in its place, undefined leaves the content alone.
   */
  element(old: Element): Element | string | undefined {
    const given = modern(old.tag === 'bdi' ? { ...old, tag: 'span' } : old);
    const { tag } = given;
    if (tag === 'img') return this.picture(given);
    if (tag.startsWith('amp-')) return this.component(given);
    if (!TAGS.has(tag)) return undefined;
    const attributes: (readonly [string, string])[] = [];
    for (const [name, value] of given.attributes) {
      if (name === 'href' && tag === 'a') {
        const url = this.href(value);
        if (url !== '') attributes.push([name, url]);
      } else if (name === 'target' && tag === 'a') {
        attributes.push([name, '_blank']);
      } else if (name === 'action-xhr' && tag === 'form') {
        const url = this.src(value);
        if (url !== '') attributes.push([name, url]);
      } else if (name === 'rel' && tag === 'a') {
        const kept = value.split(/\s+/).filter((word) => REL.has(word.toLowerCase()));
        if (kept.length > 0) attributes.push([name, kept.join(' ')]);
      } else if (this.takes(tag, name, value)) {
        attributes.push([name, name === 'expanded' ? '' : value]);
      }
    }
    if (tag === 'template') {
      this.components.add('amp-mustache');
      attributes.push(['type', 'amp-mustache']);
    } else if (tag === 'form') {
      // A form that can't be sent is not worth its look.
      if (!attributes.some(([name]) => name === 'action-xhr')) return undefined;
      this.components.add('amp-form');
    }
    return { ...given, attributes };
  }

  private takes(tag: string, name: string, value: string): boolean {
    if (name === 'href' || name === 'target' || name === 'rel') return false;
    if (isGlobal(name, value)) return true;
    if (isBinding(name) || name === 'on' || name === 'option' || name === 'expanded') {
      return this.interacts(tag, name);
    }
    if (/^submit-(?:success|error)$|^submitting$/.test(name)) return tag === 'div';
    if (OWN[tag]?.has(name) !== true) return false;
    if (NAMES.has(name)) return isName(value);
    if (NUMBERS.has(name) || (name === 'value' && tag === 'li')) return /^\d{1,5}$/.test(value);
    if (name === 'border' && tag === 'table') return /^[01]$/.test(value);
    if (name === 'type' && tag === 'input')
      return !/^(?:password|file|image|)$/i.test(value.trim());
    if (name === 'method') return /^(?:get|post)$/i.test(value);
    return true;
  }

  /** Bindings and actions of whole html blocks; the pass over components has marked the ones that fit. */
  private interacts(tag: string, name: string): boolean {
    if (isBinding(name)) {
      this.components.add('amp-bind');
      return true;
    }
    return name === 'on' ? tag === 'button' || tag === 'a' : true;
  }

  private component(given: Element): Element | string | undefined {
    const known = component(given.tag);
    if (!known) return undefined;
    const layout = layoutOf(given, known.layouts);
    if (layout === undefined) {
      this.warn(`AMP needs a width and a height on <${given.tag}>`);
      return undefined;
    }
    const attributes: (readonly [string, string])[] = [...layout];
    let complete = true;
    for (const [name, rule] of Object.entries(known.attributes)) {
      const value = given.attributes.find(([key]) => key === name)?.[1];
      const fit = value === undefined ? undefined : this.fitting(value, rule);
      if (fit !== undefined) attributes.push([name, fit]);
      else if (known.needs.includes(name)) complete = false;
    }
    if (!complete) {
      this.warn(`AMP needs ${known.needs.join(' and ')} on <${given.tag}>`);
      return undefined;
    }
    for (const [name, value] of given.attributes) {
      if (isGlobal(name, value) || name === 'option') attributes.push([name, value]);
    }
    if (given.tag === 'amp-state' && !attributes.some(([name]) => name === 'id')) return '';
    for (const script of known.scripts) this.components.add(script);
    return { ...given, attributes, style: [] };
  }

  /** A value that follows the rule of its attribute, or undefined. */
  private fitting(value: string, rule: RegExp | 'src' | 'flag'): string | undefined {
    if (rule === 'flag') return '';
    if (rule === 'src') return this.src(value) || undefined;
    return rule.test(value) ? value : undefined;
  }

  /** A plain picture: AMP wants its size, and 16:9 is the guess where nothing says it (spec 5.17). */
  private picture(given: Element): string {
    const value = (name: string) => given.attributes.find(([key]) => key === name)?.[1] ?? '';
    const styled = (name: string) => given.style.findLast(([key]) => key === name)?.[1] ?? '';
    const [width, height] = [
      px(value('width')) || px(styled('width')),
      px(value('height')) || px(styled('height')),
    ];
    const [w, h] = [width || (height * 16) / 9 || 320, height || (width * 9) / 16 || 180];
    const fit = width > 0 && height > 0 ? '' : ' class="fit"';
    return this.image(value('src'), value('alt'), w, h, `${fit} layout="intrinsic"`);
  }
}

const side = (px: number) => Math.max(1, Math.round(px));

/** px of a number or a length in px; 0 for anything else. */
function px(value: string): number {
  return Number(/^\s*(\d{1,4}(?:\.\d{1,9})?)(?:px)?\s*$/.exec(value)?.[1] ?? 0);
}

function isBinding(name: string): boolean {
  return name.startsWith('[') && name.endsWith(']') && BINDINGS.has(name.slice(1, -1));
}

function isName(value: string): boolean {
  return /^[A-Za-z][\w.:-]{0,100}$/.test(value) && !RESERVED.test(value);
}

function isGlobal(name: string, value: string): boolean {
  if (name === 'id') return isName(value);
  if (name === 'class') return !/i-amphtml-/i.test(value);
  if (name === 'hidden') return value === '';
  if (name.startsWith('aria-')) return ARIA.has(name.slice(5));
  return GLOBAL.has(name) || /^data-[a-z][\w-]{0,60}$/.test(name);
}
