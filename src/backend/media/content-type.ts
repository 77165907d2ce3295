// What a file is: its bytes decide, its name helps where bytes say little; what a client claims does not count (BaasBox spec 5.7).
import { isUtf8 } from 'node:buffer';
import { OFFICE_TYPES } from './text/office-types.ts';

/** The type of files of which nothing is known. */
export const UNKNOWN_TYPE = 'application/octet-stream';

/** Formats that are ZIP archives inside: without looking into the archive only the name tells them apart. */
const ZIPPED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...OFFICE_TYPES,
    epub: 'application/epub+zip',
    jar: 'application/java-archive',
    apk: 'application/vnd.android.package-archive',
  }),
);

/** The same for the container of old office files. */
const COMPOUND: ReadonlyMap<string, string> = new Map(
  Object.entries({
    doc: 'application/msword',
    xls: 'application/vnd.ms-excel',
    ppt: 'application/vnd.ms-powerpoint',
    msg: 'application/vnd.ms-outlook',
  }),
);

/** Formats that are text, which has no signature. */
const TEXT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    txt: 'text/plain',
    text: 'text/plain',
    log: 'text/plain',
    ini: 'text/plain',
    conf: 'text/plain',
    htm: 'text/html',
    html: 'text/html',
    xhtml: 'application/xhtml+xml',
    css: 'text/css',
    csv: 'text/csv',
    tsv: 'text/tab-separated-values',
    md: 'text/markdown',
    markdown: 'text/markdown',
    js: 'text/javascript',
    mjs: 'text/javascript',
    ts: 'text/x-typescript',
    json: 'application/json',
    geojson: 'application/geo+json',
    webmanifest: 'application/manifest+json',
    xml: 'application/xml',
    svg: 'image/svg+xml',
    rss: 'application/rss+xml',
    atom: 'application/atom+xml',
    gpx: 'application/gpx+xml',
    kml: 'application/vnd.google-earth.kml+xml',
    yaml: 'application/yaml',
    yml: 'application/yaml',
    ics: 'text/calendar',
    vcf: 'text/vcard',
    vtt: 'text/vtt',
    srt: 'application/x-subrip',
    tex: 'application/x-tex',
    sh: 'application/x-sh',
    py: 'text/x-python',
    java: 'text/x-java-source',
    c: 'text/x-csrc',
    h: 'text/x-chdr',
    sql: 'application/sql',
    eml: 'message/rfc822',
  }),
);

/** Types of text that is XML, whatever else it is. */
const XML = /[/+]xml$/;

/**
 * The media type of a file, in lower case and without parameters. `head` is its beginning; `complete` says that it is
 * all of it.
 */
export async function contentTypeOf(
  head: Buffer,
  fileName: string,
  complete: boolean,
): Promise<string> {
  const extension = /\.([a-z0-9]{1,12})$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
  const detected = await signature(head);
  if (detected === 'application/zip') return ZIPPED.get(extension) ?? detected;
  if (detected === 'application/x-cfb') return COMPOUND.get(extension) ?? detected;
  if (detected !== undefined && !XML.test(detected)) return detected;
  if (!isText(head, complete)) return UNKNOWN_TYPE;
  const named = TEXT.get(extension) ?? 'text/plain';
  // Many kinds of text may begin with a tag; what says no more than that it is text is what its bytes say.
  return named === 'text/plain' ? (markupType(head) ?? named) : named;
}

async function signature(head: Buffer): Promise<string | undefined> {
  if (head.length === 0) return undefined;
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  return found?.mime.split(';', 1)[0];
}

/** Text in UTF-8, in UTF-16 with its mark, or in some 8-bit alphabet: without the bytes that texts do not have. */
function isText(head: Buffer, complete: boolean): boolean {
  if (head.length === 0) return true;
  const mark = head.length > 1 ? head.readUInt16BE(0) : 0;
  if (mark === 0xfffe || mark === 0xfeff) return true;
  if (head.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b))) {
    return false;
  }
  // The beginning may end within a character.
  if (isUtf8(head) || (!complete && [1, 2, 3].some((cut) => isUtf8(head.subarray(0, -cut))))) {
    return true;
  }
  const high = head.reduce((sum, byte) => sum + (byte > 0x7f ? 1 : 0), 0);
  return high * 2 < head.length;
}

function markupType(head: Buffer): string | undefined {
  const start = head.toString('latin1', 0, 1024).replace(/^(\u00ef\u00bb\u00bf)?\s+/, '');
  const clean = start.startsWith('\u00ef\u00bb\u00bf') ? start.slice(3) : start;
  if (
    /^<(?:!doctype html|html|head|body|script|iframe|table|title|style|div|br|p|a|h1)[\s>]/i.test(
      clean,
    )
  ) {
    return 'text/html';
  }
  if (/^<(?:!doctype svg|svg)[\s>]/i.test(clean)) return 'image/svg+xml';
  if (!clean.startsWith('<?xml')) return undefined;
  if (/<svg[\s>]/i.test(clean)) return 'image/svg+xml';
  return /<(?:!doctype )?html[\s>]/i.test(clean) ? 'application/xhtml+xml' : 'application/xml';
}
