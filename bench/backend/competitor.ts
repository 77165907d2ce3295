// What a server of the backend measurement is, and the small tools to set one up over HTTP.
import type { Operation } from '../lib/load-client.ts';

/** A server under test. */
export interface Competitor {
  name: string;
  port: number;
  /** Process id of the server, for its memory and processor time. */
  pid: number;
  read(number: number): Operation;
  create(number: number): Operation;
  /** The first 20 documents and the number of all. */
  listWithCount: Operation;
  /** Asks once for each operation and throws when an answer is not the expected one. */
  verify(documents: number): Promise<void>;
  stop(): Promise<void>;
}

/** The line that the programs of this folder print when they listen. */
export const LISTENING = /^listening on (\d+)$/;

/** One JSON request: a POST when there is a body. Throws when the answer is not 2xx. */
export async function json(
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

/** Throws when two values differ as JSON. */
export function expectSame(what: string, got: unknown, wanted: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) {
    throw new Error(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
  }
}
