// The size of a picture by its header: what the browser drew is checked, not believed.
import type { Size } from '../../platform/browser/page.ts';

/** Width and height of a PNG, JPEG or WebP, or nothing for any other file. */
export function pictureSize(file: Buffer): Size | undefined {
  if (file[0] === 0xff) return jpegSize(file);
  if (file.toString('latin1', 0, 4) === 'RIFF') return webpSize(file);
  if (file.toString('latin1', 1, 4) !== 'PNG') return undefined;
  return { width: file.readUInt32BE(16), height: file.readUInt32BE(20) };
}

/** Walks the segments of a JPEG up to the start of its frame, which says the size. */
function jpegSize(file: Buffer): Size | undefined {
  for (let at = 2; at + 9 < file.length; at += 2 + file.readUInt16BE(at + 2)) {
    const marker = file[at + 1] ?? 0;
    const startOfFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (startOfFrame)
      return { width: file.readUInt16BE(at + 7), height: file.readUInt16BE(at + 5) };
  }
  return undefined;
}

/** The first chunk of a WebP: simple (`VP8 `), lossless (`VP8L`) or extended (`VP8X`). */
function webpSize(file: Buffer): Size | undefined {
  const kind = file.toString('latin1', 12, 16);
  if (kind === 'VP8 ') {
    return { width: file.readUInt16LE(26) & 0x3fff, height: file.readUInt16LE(28) & 0x3fff };
  }
  if (kind === 'VP8L') {
    const bits = file.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (kind !== 'VP8X') return undefined;
  return { width: file.readUIntLE(24, 3) + 1, height: file.readUIntLE(27, 3) + 1 };
}
