// Which addresses AMP e-mails may hold: whole ones, or merge tags that the sender turns into whole ones (spec 5.17).
import { decode } from '../../template/urls.ts';

/** An address as it may be printed, '' for none, and what the author should know of it. */
export interface Address {
  readonly url: string;
  readonly warning?: string;
}

/** Merge tags of the usual systems, at the start of an address or anywhere in it. */
const MERGE = /^(?:\{|\[|%|\*\||<%|\$|#\{|@\{|##)|\{\{|\{%|\*\||<%|\$\{/;
/** What AMP itself reads in an address. */
const REFUSED = /__amp_source_origin/i;
const HOST = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}._-]{0,250}[\p{L}\p{N}.])?|\[[\da-f:.]{2,45}\])$/iu;

const shown = (url: string) => JSON.stringify(url.slice(0, 100));

/** Whether an address names a host that needs nothing resolved. */
export function hasHost(url: string): boolean {
  const parsed = URL.parse(decode(url));
  return parsed !== null && HOST.test(parsed.hostname) && parsed.username === '';
}

function address(given: string, schemes: RegExp): Address {
  const url = given.trim();
  if (url === '' || REFUSED.test(url)) return { url: '' };
  const merged = MERGE.test(decode(url));
  if (/\{\{|\}\}/.test(decode(url)) || (merged && !/^[a-z][a-z\d+.-]*:/i.test(url))) {
    return { url, warning: `AMP accepts ${shown(url)} only after its merge tags are resolved` };
  }
  if (/^https?:\/\//i.test(url) && schemes.test(url) && (merged || hasHost(url))) return { url };
  if (/^(?:mailto|tel):/i.test(url) && schemes.test(url)) return { url };
  return { url: '', warning: `AMP accepts no address like ${shown(url)}` };
}

/** A link target: http, https, mailto, tel. An address without a scheme of its own takes https. */
export function linkAddress(url: string): Address {
  return address(secured(url, /^\/\//, 'https://'), /^(?:https?|mailto|tel):/i);
}

/** The address of a picture or of data: AMP loads over https only, so http becomes https. */
export function pictureAddress(url: string): Address {
  return address(secured(url, /^(?:http:)?\/\//i, 'https://'), /^https:/i);
}

function secured(url: string, start: RegExp, scheme: string): string {
  return url.trim().replace(start, scheme);
}
