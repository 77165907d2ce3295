// The load client as a child process on a core of its own, and the requests it sends.
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadResult } from './load-client.ts';
import { CLIENT_CORE } from './processes.ts';
import { Worker } from './worker.ts';

export class LoadClient {
  readonly #worker = new Worker<LoadJob, LoadResult>(
    fileURLToPath(new URL('load-client.ts', import.meta.url)),
    [],
    CLIENT_CORE,
  );

  /** Runs one job. Throws when any answer was not 2xx: a server that refuses is not fast. */
  async run(job: LoadJob): Promise<LoadResult> {
    const result = await this.#worker.run(job);
    if (result.failures > 0) {
      throw new Error(`${result.failures} requests failed; the first with ${result.firstFailure}`);
    }
    return result;
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }
}

/** The bytes of a request on a kept-alive connection. */
export function httpRequest(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const all: Record<string, string> = {
    host: 'localhost',
    ...headers,
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${text}`;
}
