// The attributes that a user gave a block (spec 4.6).
import { attr } from './escape.ts';
import type { AmpMarkup } from './amp/markup.ts';
import type { Frame } from '../template/types.ts';

/** The attributes for the link or for the element itself, each with a leading space. */
export function customAttributes(block: Frame, target: 'link' | 'tag', amp?: AmpMarkup): string {
  const own = block.attributes.filter((item) => item.target === target);
  return own
    .filter(({ name, value }) => amp === undefined || amp.takesAnywhere(name, value))
    .map(({ name, value }) => ` ${name}="${attr(value)}"`)
    .join('');
}
