// The AMP components that html blocks may use: their attributes, layouts and what must stand inside (spec 5.17).
import { words } from '../words.ts';
import type { Element, Node } from '../fragment.ts';

interface Component {
  readonly scripts: readonly string[];
  /** `src` for an address over https, `flag` for those that count by being there */
  readonly attributes: Readonly<Record<string, RegExp | 'src' | 'flag'>>;
  /** attributes without which it does nothing */
  readonly needs: readonly string[];
  readonly layouts: ReadonlySet<string>;
}

const ANY = /^[^]{0,1000}$/;
const FLAG = 'flag';
const NUMBER = /^\d{1,9}$/;
const MOST = 'responsive fixed fixed-height fill flex-item intrinsic nodisplay';

function define(
  scripts: string,
  layouts: string,
  attributes: Component['attributes'],
  ...needs: string[]
): Component {
  return {
    scripts: scripts === '' ? [] : scripts.split(' '),
    attributes,
    needs,
    layouts: new Set(layouts.split(' ')),
  };
}

const PICTURE = {
  src: 'src',
  alt: ANY,
  attribution: ANY,
  noloading: FLAG,
  placeholder: FLAG,
  fallback: FLAG,
} as const;

const COMPONENTS: ReadonlyMap<string, Component> = new Map([
  ['amp-img', define('', MOST, PICTURE, 'src')],
  ['amp-anim', define('amp-anim', MOST.replace(' intrinsic', ''), PICTURE, 'src')],
  [
    'amp-carousel',
    define('amp-carousel', MOST, {
      type: /^(?:slides|carousel)$/,
      autoplay: /^\d{0,9}$/,
      delay: NUMBER,
      controls: FLAG,
      loop: FLAG,
      slide: NUMBER,
    }),
  ],
  [
    'amp-accordion',
    define('amp-accordion', 'container', { animate: FLAG, 'expand-single-section': FLAG }),
  ],
  [
    'amp-fit-text',
    define('amp-fit-text', MOST, { 'min-font-size': NUMBER, 'max-font-size': NUMBER }),
  ],
  [
    'amp-timeago',
    define(
      'amp-timeago',
      'responsive fixed fixed-height',
      {
        datetime: /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/,
        locale: /^[A-Za-z]{2}(?:[-_][A-Za-z]{2,4})?$/,
        cutoff: NUMBER,
      },
      'datetime',
    ),
  ],
  [
    'amp-selector',
    define('amp-selector', 'container responsive fixed fixed-height fill', {
      name: /^[a-z]{1,20}[-_\d][\w-]{0,60}$/,
      multiple: FLAG,
      disabled: FLAG,
    }),
  ],
  [
    'amp-list',
    define(
      'amp-list',
      'responsive fixed fixed-height fill flex-item container nodisplay',
      { src: 'src', items: /^[\w.]{1,100}$/, 'max-items': NUMBER, 'single-item': FLAG },
      'src',
    ),
  ],
  ['amp-state', define('amp-bind', 'nodisplay container', {})],
]);

/** A component by its name; undefined for those that html blocks may not use. */
export function component(tag: string): Component | undefined {
  return COMPONENTS.get(tag);
}

/** The attributes of a layout that the component can have; undefined when it says too little. */
export function layoutOf(
  { tag, attributes }: Element,
  layouts: ReadonlySet<string>,
): readonly (readonly [string, string])[] | undefined {
  if (tag === 'amp-state') return [];
  const value = (name: string) => attributes.find(([key]) => key === name)?.[1] ?? '';
  const size = (name: string) => /^\s*(\d{1,5}(?:\.\d{1,4})?)(?:px)?\s*$/.exec(value(name))?.[1];
  const [width, height] = [size('width'), size('height')];
  const wanted = value('layout').trim().toLowerCase();
  const known = wanted !== '' && layouts.has(wanted);
  if (known && /^(?:fill|flex-item|nodisplay|container)$/.test(wanted)) return [['layout', wanted]];
  if (width !== undefined && height !== undefined && wanted !== 'fixed-height') {
    const layout = known ? wanted : layouts.has('fixed') ? 'fixed' : 'container';
    return layout === 'container'
      ? [['layout', layout]]
      : [
          ['width', width],
          ['height', height],
          ['layout', layout],
        ];
  }
  if (height !== undefined && layouts.has('fixed-height')) {
    return [
      ['height', height],
      ['layout', 'fixed-height'],
    ];
  }
  return layouts.has('container') ? [['layout', 'container']] : undefined;
}

/** Elements that a selector offers as choices. */
const CHOICES = words('amp-img div img li p span');

const isElement = (node: Node): node is Element => typeof node === 'object' && 'tag' in node;
const isBlank = (node: Node) => typeof node === 'string' && node.trim() === '';
const attribute = (element: Element, name: string) =>
  element.attributes.find(([key]) => key === name);
const without = (element: Element, ...names: readonly string[]): Element => ({
  ...element,
  attributes: element.attributes.filter(([name]) => !names.includes(name)),
});

interface Place {
  readonly parent: string;
  readonly selector: boolean;
  readonly template: boolean;
  readonly form: boolean;
}

const TOP: Place = { parent: '', selector: false, template: false, form: false };

/**
 * Takes off what stands in the wrong place: options outside a selector, sections that are no heading and body, templates
 * and forms inside others. The content stays.
 */
export function inPlace(nodes: readonly Node[], place: Place = TOP): Node[] {
  return nodes.flatMap((node): Node[] => {
    if (!isElement(node)) return [node];
    const { tag } = node;
    if (tag === 'amp-accordion') return accordion(node, place);
    if (tag === 'amp-state') return state(node, place);
    const twice =
      (tag === 'amp-selector' && place.selector) ||
      (tag === 'template' && (place.template || attribute(node, 'type')?.[1] !== 'amp-mustache')) ||
      (tag === 'form' && (place.form || attribute(node, 'action-xhr') === undefined)) ||
      (tag === 'summary' && place.parent !== 'details');
    if (twice) return inPlace(node.children, place);
    const inside = {
      parent: tag,
      selector: place.selector || tag === 'amp-selector',
      template: place.template || tag === 'template',
      form: place.form || tag === 'form',
    };
    const loose = [
      ...(place.selector && CHOICES.has(tag) ? [] : ['option']),
      'expanded',
      ...(place.form ? [] : ['submit-success', 'submit-error', 'submitting']),
    ];
    return [{ ...without(node, ...loose), children: inPlace(node.children, inside) }];
  });
}

/** Sections of a heading and one element; anything else inside goes behind the accordion. */
function accordion(node: Element, place: Place): Node[] {
  const sections: Node[] = [];
  const rest: Node[] = [];
  for (const child of node.children) {
    if (isElement(child) && child.tag === 'section') {
      const parts = child.children.filter((part) => !isBlank(part));
      const [head, body] = parts;
      if (
        parts.length === 2 &&
        isElement(head!) &&
        isElement(body!) &&
        /^(?:h[1-6]|header)$/.test(head.tag)
      ) {
        sections.push({
          ...without(child, 'option'),
          children: [...inPlace([head], place), ...wrapped(inPlace([body], place))],
        });
        continue;
      }
    }
    if (!isBlank(child)) rest.push(child);
  }
  const kept: Node[] = sections.length > 0 ? [{ ...node, children: sections }] : [];
  return [...kept, ...inPlace(rest, place)];
}

/** The data under its name; anything else inside goes behind it. */
function state(node: Element, place: Place): Node[] {
  const isData = (child: Node) => typeof child === 'object' && 'raw' in child;
  const data = node.children.filter((child) => isData(child));
  const rest = inPlace(
    node.children.filter((child) => !isData(child)),
    place,
  );
  return data.length === 1 && attribute(node, 'id') !== undefined
    ? [{ ...node, children: data }, ...rest]
    : rest;
}

/** One element, whatever became of the given one. */
function wrapped(nodes: readonly Node[]): Node[] {
  return [{ tag: 'div', attributes: [], style: [], children: [...nodes] }];
}
