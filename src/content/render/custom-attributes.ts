// The attributes that a user gave a block (spec 4.6).
import { attr } from './escape.ts';
import type { Frame } from '../template/types.ts';

/** The attributes for the link or for the element itself, each with a leading space. */
export function customAttributes(block: Frame, target: 'link' | 'tag'): string {
  return block.attributes
    .filter((item) => item.target === target)
    .map(({ name, value }) => ` ${name}="${attr(value)}"`)
    .join('');
}
