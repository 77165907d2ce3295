// How the clients of all networks ask: failures in the same words, refusals told from breakdowns by the status.
import { askProvider, jsonAnswer, type ProviderRequest } from '../../platform/network/provider.ts';
import { failed, refused } from './network.ts';

export type Answer = Readonly<Record<string, unknown>>;

/** Asks and gives the JSON object of a 2xx answer. Throws `social_token` for a 4xx, `social_provider` for anything else. */
export async function ask(network: string, url: URL, request: ProviderRequest): Promise<Answer> {
  const answer = await askProvider(url, request).catch((cause: unknown) => {
    throw failed(network, cause);
  });
  if (answer.status >= 200 && answer.status < 300) return jsonAnswer(answer);
  // Too many requests are not the fault of this token.
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) throw refused(network);
  throw failed(network, new Error(`status ${answer.status}`));
}

/** A URL with a query. The base may have a path. */
export function urlOf(base: string, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(base.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** A form body with its headers. */
export function form(fields: Readonly<Record<string, string>>) {
  return {
    method: 'POST' as const,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  };
}
