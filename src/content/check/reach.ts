// What the web says about addresses: asked once each, a few at a time, for a bounded time (Beefree spec 3.14).

/** The answer of a site to a question for the head of an address. */
export interface Reached {
  readonly status: number;
  /** bytes that the site announces */
  readonly bytes: number | undefined;
  /** the answer came from another address */
  readonly redirected: boolean;
}

/** Asks a site. Rejects when there is no answer. */
export type Reach = (url: string, signal: AbortSignal) => Promise<Reached>;

/** Asked at the same time, at most in one check, and milliseconds for all of them together. */
const CONCURRENCY = 8;
const MAX_ADDRESSES = 200;
const TIMEOUT_MS = 20_000;

/** The answers by address. An address without one (no answer, too late, too many) is missing. */
export async function reachAll(
  addresses: Iterable<string>,
  reach: Reach,
): Promise<ReadonlyMap<string, Reached>> {
  const waiting = [...new Set(addresses)].slice(0, MAX_ADDRESSES);
  const answers = new Map<string, Reached>();
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const work = async () => {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
      if (signal.aborted) return;
      try {
        answers.set(url, await reach(url, signal));
      } catch {
        // No answer is an answer, too: the address stays without one.
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return answers;
}

/** True for whole http and https addresses without merge tags. */
export function isWeb(url: string): boolean {
  return /^https?:\/\//i.test(url) && !/\{\{|\{%|<%|\*\|/.test(url) && URL.canParse(url);
}
