// Width and height of an image, read from its first bytes without decoding it.

export interface Dimensions {
  width: number;
  height: number;
}

/** The size of a PNG, GIF, JPEG, WebP or BMP image; `undefined` for others, and when the bytes do not reach so far. */
export function imageDimensions(head: Buffer): Dimensions | undefined {
  try {
    const found = read(head);
    return found && found.width > 0 && found.height > 0 ? found : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function read(head: Buffer): Dimensions | undefined {
  const text = (start: number, end: number) => head.toString('latin1', start, end);
  if (text(0, 8) === '\u0089PNG\r\n\u001a\n' && text(12, 16) === 'IHDR') {
    return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
  }
  if (/^GIF8[79]a$/.test(text(0, 6))) {
    return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
  }
  if (text(0, 2) === 'BM' && head.length > 26) {
    return { width: head.readInt32LE(18), height: Math.abs(head.readInt32LE(22)) };
  }
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return webp(head, text(12, 16));
  if (head.length > 3 && head.readUInt16BE(0) === 0xffd8) return jpeg(head);
  return undefined;
}

function webp(head: Buffer, kind: string): Dimensions | undefined {
  if (kind === 'VP8X') {
    return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
  }
  if (kind === 'VP8L') {
    const bits = head.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind === 'VP8 ') {
    return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
  }
  return undefined;
}

/** Steps over the segments up to the one that starts a frame. */
function jpeg(head: Buffer): Dimensions | undefined {
  for (let at = 2; at + 9 < head.length;) {
    if (head[at] !== 0xff) return undefined;
    const marker = head[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: head.readUInt16BE(at + 5), width: head.readUInt16BE(at + 7) };
    const length = head.readUInt16BE(at + 2);
    if (length < 2) return undefined;
    at += 2 + length;
  }
  return undefined;
}
