// HTTP for the crash run: one kept-alive connection a client, and a clear word on what became of each request.
import { Agent, request } from 'node:http';

export interface Answer {
  status: number;
  text: string;
}

/** How long an answer may take before the run gives up: longer than any outage that the run makes, in milliseconds. */
const PATIENCE_MS = 30_000;

export interface Exchange {
  method: string;
  path: string;
  headers?: Record<string, string>;
  /** Text and bytes are sent as they are, anything else as JSON. */
  body?: unknown;
}

/** One connection to the server. A request that gets no whole answer gives undefined: nobody knows what became of it. */
export class Client {
  readonly #base: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(base: string) {
    this.#base = new URL(base);
  }

  send({ method, path, headers = {}, body }: Exchange): Promise<Answer | undefined> {
    const raw = typeof body === 'string' || Buffer.isBuffer(body);
    const bytes = body === undefined ? undefined : Buffer.from(raw ? body : JSON.stringify(body));
    return new Promise((settle) => {
      // Whatever becomes of the connection, this ends; and the run does not while it waits.
      const timer = setTimeout(() => sent.destroy(), PATIENCE_MS);
      const resolve = (answer: Answer | undefined) => {
        clearTimeout(timer);
        settle(answer);
      };
      const sent = request(
        {
          host: this.#base.hostname,
          port: this.#base.port,
          agent: this.#agent,
          method,
          path,
          headers: {
            ...headers,
            ...(bytes === undefined ? {} : { 'content-length': bytes.length }),
            ...(bytes === undefined || raw ? {} : { 'content-type': 'application/json' }),
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
          response.on('error', () => resolve(undefined));
        },
      );
      sent.on('error', () => resolve(undefined));
      sent.on('close', () => resolve(undefined));
      sent.end(bytes);
    });
  }

  /** Sends until an answer is no failure of the server, for what must work once the server is back. */
  async must(exchange: Exchange): Promise<Answer> {
    const answer = await this.send(exchange);
    if (answer && answer.status >= 200 && answer.status < 300) return answer;
    const what = answer ? `${answer.status} ${answer.text.slice(0, 300)}` : 'nothing';
    throw new Error(`${exchange.method} ${exchange.path} was answered with ${what}`);
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Whether a write took effect: yes, unknown (no answer, or the server failed), or why it was refused. */
export function outcome(answer: Answer | undefined): 'stored' | 'unknown' | { refused: string } {
  if (!answer || answer.status >= 500) return 'unknown';
  if (answer.status >= 200 && answer.status < 300) return 'stored';
  return { refused: `${answer.status} ${answer.text.slice(0, 300)}` };
}
