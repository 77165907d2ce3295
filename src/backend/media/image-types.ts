// The types of images that can be made in other sizes.

/** By media type, the name of the encoder. */
export const ENCODERS = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/apng': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/tiff': 'tiff',
  'image/avif': 'avif',
} as const;

/** Whether images of this type can be resized. */
export function isResizable(mediaType: string): mediaType is keyof typeof ENCODERS {
  return Object.hasOwn(ENCODERS, mediaType);
}
