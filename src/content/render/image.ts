// How wide an image is drawn and where, in e-mails and pages (spec 5.7).
import type { ImageBlock } from '../template/types.ts';

/** Display width in px: the stored one, else natural width or the whole column; never wider than it. */
export function displayWidth(block: ImageBlock, inner: number): number {
  const natural = block.sizing === 'autowidth' ? block.naturalWidth : undefined;
  return Math.min(block.width ?? natural ?? inner, inner);
}

/** Margins that place a block element. */
export const MARGINS = { left: '0 auto 0 0', center: '0 auto', right: '0 0 0 auto' } as const;
