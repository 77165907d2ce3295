// Headers of multipart forms and their parts, as real clients write them (RFC 7578, and curl, browsers and SDKs beside it).
import { isUtf8 } from 'node:buffer';
import { Invalid } from '../../platform/errors.ts';

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/g;

/** Longest name of a field or file, in characters. */
const MAX_NAME = 255;

export interface PartHeader {
  /** Name of the form field, without quotes that were sent as a part of it. */
  field: string;
  /** Without folders; `undefined` when the part is a text. */
  fileName: string | undefined;
}

/** The error for a form that is not well formed. */
export function malformed(problem: string): Invalid {
  return new Invalid('multipart', `The multipart form cannot be read: ${problem}`);
}

/**
 * The boundary that a content type names. Throws `Invalid` (`multipart`) when it names none, or one that cannot stand in
 * a line. More characters than RFC 2046 lists are taken: hand-written Android uploads have asterisks for theirs.
 */
export function boundaryOf(contentType: string): string {
  const boundary = parametersOf(contentType).get('boundary') ?? '';
  if (boundary === '') throw malformed('its content type names no boundary');
  if (boundary.length > 70 || !/^[ -~]+$/.test(boundary)) {
    throw malformed('its boundary is not valid');
  }
  return boundary;
}

/**
 * Reads the header of a part; `header` has lower-case names and Latin-1 values. Throws `Invalid` (`multipart`) when the
 * header is too long, nests another form, or does not say which field it is.
 */
export function readPartHeader(
  header: Readonly<Record<string, readonly string[]>>,
  maxBytes: number,
  maxLines: number,
): PartHeader {
  const lines = Object.entries(header).flatMap(([name, values]) =>
    values.map((value) => name.length + value.length + 4),
  );
  const bytes = lines.reduce((sum, length) => sum + length, 0);
  // What is longer was cut off at its end before it came here.
  if (lines.length > maxLines || bytes >= maxBytes)
    throw malformed('the header of a part is too long');
  if (/^multipart\//i.test(header['content-type']?.[0] ?? '')) {
    throw malformed('it has a form inside of a part');
  }
  const encoding = header['content-transfer-encoding']?.[0]?.trim().toLowerCase();
  if (encoding !== undefined && !/^(7bit|8bit|binary)$/.test(encoding)) {
    throw malformed(`its transfer encoding ${encoding.slice(0, 30)} is not known`);
  }
  const disposition = header['content-disposition']?.[0] ?? '';
  if (!/^form-data\s*;/i.test(disposition))
    throw malformed('a part does not say which field it is');
  const parameters = parametersOf(disposition);
  const field = unquoted(parameters.get('name') ?? '');
  if (field === '') throw malformed('a part does not say which field it is');
  const fileName = baseName(
    extended(parameters.get('filename*')) ?? parameters.get('filename') ?? '',
  );
  if (field.length > MAX_NAME || fileName.length > MAX_NAME) throw malformed('a name is too long');
  return { field, fileName: fileName === '' ? undefined : fileName };
}

/** The parameters of a header by lower-case name; the first of each counts. One pass over the text. */
function parametersOf(header: string): Map<string, string> {
  const parameters = new Map<string, string>();
  let at = header.indexOf(';');
  while (at >= 0 && at < header.length) {
    const equals = header.indexOf('=', at + 1);
    if (equals < 0) break;
    const name = header
      .slice(at + 1, equals)
      .trim()
      .toLowerCase();
    const start =
      equals + 1 + (/^[ \t]*/.exec(header.slice(equals + 1, equals + 20))?.[0].length ?? 0);
    const { value, end } = header[start] === '"' ? quoted(header, start) : bare(header, start);
    if (!parameters.has(name)) parameters.set(name, decode(value));
    at = header.indexOf(';', end);
  }
  return parameters;
}

function bare(header: string, start: number): { value: string; end: number } {
  const semicolon = header.indexOf(';', start);
  const end = semicolon < 0 ? header.length : semicolon;
  return { value: header.slice(start, end).trim(), end };
}

/** Only an escaped quote is an escape: old browsers send backslashes as they are. */
function quoted(header: string, start: number): { value: string; end: number } {
  // `""name""`: old samples for curl quote twice.
  const twice = header.startsWith('""', start) && /[^;\s]/.test(header[start + 2] ?? ';');
  let at = start + (twice ? 2 : 1);
  let value = '';
  while (at < header.length && header[at] !== '"') {
    if (header[at] === '\\' && header[at + 1] === '"') at++;
    value += header[at++];
  }
  return { value, end: at + 1 };
}

/** Browsers write quotes and line breaks of names as escapes. */
function decode(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  const text = isUtf8(bytes) ? bytes.toString('utf8') : value;
  return text.replaceAll('%22', '"').replaceAll(/%0D|%0A/gi, ' ');
}

/** The form of RFC 5987: `UTF-8''na%C3%AFve.txt`. */
function extended(value: string | undefined): string | undefined {
  const match = /^utf-8'[^']*'(.*)$/i.exec(value ?? '');
  if (!match) return undefined;
  try {
    return decodeURIComponent(match[1] as string);
  } catch {
    return undefined;
  }
}

function unquoted(name: string): string {
  return name.length > 1 && name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1) : name;
}

function baseName(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const clean = base.toWellFormed().replaceAll(CONTROL, '_').trim();
  return clean === '.' || clean === '..' ? '' : clean;
}
