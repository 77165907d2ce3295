// Bytes of text in an alphabet that nobody has told us.
import { isUtf8 } from 'node:buffer';

export interface Decoded {
  text: string;
  /** Name of the encoding, such as `UTF-8`. */
  charset: string;
}

/**
 * Decodes text: by its byte-order mark, else as UTF-8 if it is that, else by `declared` (what the text says of itself), else
 * as the alphabet of Western Windows. Malformed bytes become replacement characters.
 */
export function decodeText(bytes: Buffer, declared?: string): Decoded {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decode(bytes, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decode(bytes, 'utf-16be');
  if (isUtf8(bytes)) return decode(bytes, 'utf-8');
  try {
    if (declared !== undefined) return decode(bytes, declared);
  } catch {
    // An encoding that does not exist.
  }
  return decode(bytes, 'windows-1252');
}

function decode(bytes: Buffer, encoding: string): Decoded {
  const decoder = new TextDecoder(encoding);
  return { text: decoder.decode(bytes), charset: decoder.encoding.toUpperCase() };
}
