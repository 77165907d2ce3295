// Reads what every row and block has: visibility, narrow-view overrides, class name, id, attributes.
import { alignment } from './text-style.ts';
import { borders, length, NO_BORDERS, NO_BOX, paddings, px } from './css.ts';
import { safeValue } from './safe-css.ts';
import { flag, isEmpty, list, object, text } from './values.ts';
import type { Attribute, Frame, Mobile, Visibility } from './types.ts';
import type { Raw } from './values.ts';

/** The four visibility flags of a `computedStyle` (spec 4.6). */
export function visibility(computed: Raw): Visibility {
  if (isEmpty(computed)) return VISIBLE;
  return {
    mobile: flag(computed['hideContentOnMobile']),
    desktop: flag(computed['hideContentOnDesktop']),
    amp: flag(computed['hideContentOnAmp']),
    html: flag(computed['hideContentOnHtml']),
  };
}

const VISIBLE: Visibility = { mobile: false, desktop: false, amp: false, html: false };

/** The narrow view is as the wide one. */
export const NO_MOBILE: Mobile = {
  padding: NO_BOX,
  borders: NO_BORDERS,
  textAlign: '',
  fontSize: undefined,
  lineHeight: '',
  height: undefined,
  width: '',
  className: '',
};

/** The narrow-view overrides of a `mobileStyle`; most have none. */
export function mobile(value: unknown): Mobile {
  const raw = object(value);
  if (isEmpty(raw)) return NO_MOBILE;
  const width = length(raw['width']);
  return {
    padding: paddings(raw),
    borders: mobileBorders(raw),
    textAlign: alignment(raw['text-align']),
    fontSize: px(raw['font-size'], undefined),
    lineHeight: safeValue(raw['line-height']),
    height: px(raw['height'], undefined),
    width: width ? `${width.value}${width.unit}` : '',
    className: text(raw['class']),
  };
}

/** Borders of the narrow view: one that the template takes away there is a border of no width. */
function mobileBorders(raw: Raw): Mobile['borders'] {
  const given = borders(raw);
  const side = (name: keyof typeof given) =>
    given[name] ??
    (raw[`border-${name}`] === undefined
      ? undefined
      : { width: 0, style: 'none', color: 'transparent' });
  return { top: side('top'), right: side('right'), bottom: side('bottom'), left: side('left') };
}

/** Class names a user gave; only characters that need no escape in HTML or in CSS. */
export function classNames(value: unknown): string {
  const names = text(value);
  if (names === '') return '';
  return names
    .split(/\s+/)
    .filter((word) => /^(?!i-amphtml-)-?[A-Za-z_][\w-]{0,60}$/.test(word))
    .slice(0, 20)
    .join(' ');
}

const ATTRIBUTE = /^[A-Za-z_:][\w:.-]{0,60}$/;
// What would change how the renderer's own element works, or what would run.
const RESERVED =
  /^(?:on.*|style|srcdoc|href|src|srcset|lowsrc|dynsrc|background|ping|action|formaction|xmlns.*|xlink:.*|id|class)$/i;

/** `customAttributes` with a usable name; event handlers and the renderer's own attributes are left out. */
export function attributes(value: unknown): readonly Attribute[] {
  const kept: Attribute[] = [];
  for (const item of list(value).slice(0, 50)) {
    const raw = object(item);
    const name = text(raw['key']) || text(raw['name']);
    if (!ATTRIBUTE.test(name) || RESERVED.test(name)) continue;
    kept.push({
      name: name.toLowerCase(),
      value: text(raw['value']),
      target: raw['target'] === 'link' ? 'link' : 'tag',
    });
  }
  return kept;
}

const NO_ATTRIBUTES: readonly Attribute[] = [];

/** The common part of a block; `descriptor.style` may hold the same in a legacy place. */
export function frame(module: Raw, descriptor: Raw): Frame {
  const style = object(descriptor['style']);
  const id = text(descriptor['id']);
  const own = text(object(module['customFields'])['className']);
  const custom = list(descriptor['customAttributes']).map(object);
  const classes = custom.filter((item) => (text(item['key']) || text(item['name'])) === 'class');
  return {
    padding: paddings(style),
    align: alignment(style['text-align']),
    id: id !== '' && /^[^\s"'<>&]{1,200}$/.test(id) ? id : '',
    className: classNames([own, ...classes.map((item) => text(item['value']))].join(' ')),
    attributes: custom.length === 0 ? NO_ATTRIBUTES : attributes(custom),
    hidden: visibility(object(descriptor['computedStyle'])),
    mobile: mobile(descriptor['mobileStyle']),
  };
}
