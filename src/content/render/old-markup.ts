// Elements of old HTML that texts still hold, in today's words: the same look, in markup that validates (spec 8.3).
type Pairs = readonly (readonly [string, string])[];

const SIZES = ['', 'x-small', 'small', 'medium', 'large', 'x-large', 'xx-large', 'xxx-large'];

interface Modern {
  readonly tag: string;
  readonly style?: Pairs;
  readonly attributes?: Pairs;
}

const NEW: Readonly<Record<string, Modern>> = {
  acronym: { tag: 'abbr' },
  big: { tag: 'span', style: [['font-size', 'larger']] },
  // Unlike `text-align` the attribute places tables and pictures, too.
  center: { tag: 'div', attributes: [['align', 'center']] },
  font: { tag: 'span' },
  strike: { tag: 's' },
  tt: { tag: 'code' },
};

/** An element of old HTML as a newer one; every other one as it is. */
export function modern<E extends { tag: string; attributes: Pairs; style: Pairs }>(element: E): E {
  const known = Object.hasOwn(NEW, element.tag) ? NEW[element.tag] : undefined;
  if (!known) return element;
  const own = element.tag === 'font' ? fontLook(element.attributes) : [];
  const attributes = element.tag === 'font' ? withoutFont(element.attributes) : element.attributes;
  return {
    ...element,
    tag: known.tag,
    attributes: [...attributes, ...(known.attributes ?? [])],
    style: [...(known.style ?? []), ...own, ...element.style],
  };
}

const withoutFont = (attributes: Pairs) =>
  attributes.filter(([name]) => !/^(?:color|face|size)$/.test(name));

function fontLook(attributes: Pairs): Pairs {
  const value = (name: string) => attributes.find(([key]) => key === name)?.[1].trim() ?? '';
  const [color, face, size] = [value('color'), value('face'), value('size')];
  const look: (readonly [string, string])[] = [];
  // A colour without its mark is one, too.
  if (/^[\da-f]{6}$/i.test(color)) look.push(['color', `#${color}`]);
  else if (/^(?:#[\da-f]{3,8}|[a-z]{1,30})$/i.test(color)) look.push(['color', color]);
  if (/^[\w ,'-]{1,200}$/.test(face)) look.push(['font-family', face]);
  const step = /^[+-]\d$/.test(size) ? 3 + Number(size) : Number(size);
  const named = /^[+-]?\d$/.test(size) ? SIZES[Math.min(7, Math.max(1, step))] : '';
  if (named) look.push(['font-size', named]);
  return look;
}
