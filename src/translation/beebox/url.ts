// URLs of this protocol: which are ours, and how their many spellings become one (Beebox spec 2.9).

/** `/api/` and something behind it, or `/whois`, with any number of slashes and in any letter case. */
const OURS = /^\/+(?:api\/+(?=[^/?#])|whois(?=\/*(?:[?#]|$)))/i;

/** Paths that look like ours and belong to Beebole. */
const BEEBOLE = /^\/api\/v2\/?$/;

/**
 * Collapses repeated slashes in the path and lowers its letters, so that `//API/Connect` finds `/api/connect`. The query
 * stays as it is. URLs of other doors come back unchanged, at the cost of one anchored look.
 */
export function rewriteBeeboxUrl(url: string): string {
  if (!OURS.test(url)) return url;
  const end = url.search(/[?#]/);
  const path = (end < 0 ? url : url.slice(0, end)).replaceAll(/\/{2,}/g, '/').toLowerCase();
  if (BEEBOLE.test(path)) return url;
  return end < 0 ? path : path + url.slice(end);
}

/** Whether a path, after `rewriteBeeboxUrl`, is one that this protocol answers, if only to say that there is no such method. */
export function ownsPath(path: string): boolean {
  return OURS.test(path) && !BEEBOLE.test(path);
}
