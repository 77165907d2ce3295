// The DevTools protocol over the browser's own pipe: commands out, answers and events in.
import type { Readable, Writable } from 'node:stream';
import { Unavailable } from '../errors.ts';

/** What a command or an event carries. */
export type Fields = Record<string, unknown>;
type Listener = (params: Fields, sessionId: string) => void;

interface Waiting {
  resolve: (result: Fields) => void;
  reject: (error: Error) => void;
}

/** A browser that sends more than this in one message is broken, or made to exhaust our memory. */
const MAX_MESSAGE_BYTES = 512 * 1024 * 1024;

const NUL = 0;

/**
 * One connection to one browser. A pipe and not a port: no other program of the machine can drive the browser, and a
 * browser whose pipe is closed, because the server died, ends by itself.
 */
export class DevTools {
  /** Settles with the reason when the connection is lost. */
  readonly closed: Promise<Unavailable>;

  readonly #out: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, Map<string, Listener>>();
  #lastId = 0;
  #lost: Unavailable | undefined;
  #onLost: (reason: Unavailable) => void = () => undefined;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(out: Writable, input: Readable) {
    this.#out = out;
    this.closed = new Promise((done) => (this.#onLost = done));
    input.on('data', (chunk: Buffer) => this.#receive(chunk));
    for (const stream of [input, out]) {
      stream.on('error', () => this.lose());
      stream.on('close', () => this.lose());
    }
  }

  /** Sends a command, to the browser or to one target. Rejects when the browser refuses it or goes away. */
  send<Result = Fields>(method: string, params: Fields = {}, sessionId?: string): Promise<Result> {
    if (this.#lost) return Promise.reject(this.#lost);
    const id = ++this.#lastId;
    const sent = new Promise<Fields>((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject }),
    );
    this.#out.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    return sent as Promise<Result>;
  }

  /** Calls `listener` for one kind of event of one session; one listener for each. */
  on(sessionId: string, event: string, listener: Listener): void {
    let events = this.#listeners.get(sessionId);
    if (!events) this.#listeners.set(sessionId, (events = new Map()));
    events.set(event, listener);
  }

  /** Forgets all listeners of a session that is over. */
  forget(sessionId: string): void {
    this.#listeners.delete(sessionId);
  }

  /** Ends the connection: everything that waits is rejected, and so is everything later. */
  lose(reason = new Unavailable('browser_gone', 'The browser ended while it was working')): void {
    if (this.#lost) return;
    this.#lost = reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
    this.#listeners.clear();
    this.#parts = [];
    this.#out.destroy();
    this.#onLost(reason);
  }

  #receive(chunk: Buffer): void {
    let start = 0;
    // A listener may end the connection between two messages of one chunk; what comes then is the rest of nothing.
    for (let end = chunk.indexOf(NUL); end >= 0 && !this.#lost; end = chunk.indexOf(NUL, start)) {
      this.#parts.push(chunk.subarray(start, end));
      const text = Buffer.concat(this.#parts).toString('utf8');
      this.#parts = [];
      this.#size = 0;
      start = end + 1;
      const message = parsed(text);
      if (message) this.#dispatch(message);
      else this.lose();
    }
    if (this.#lost) return;
    if (start < chunk.length) this.#parts.push(chunk.subarray(start));
    this.#size += chunk.length - start;
    if (this.#size > MAX_MESSAGE_BYTES) this.lose();
  }

  #dispatch(message: Message): void {
    if (message.id === undefined) {
      const sessionId = message.sessionId ?? '';
      this.#listeners.get(sessionId)?.get(message.method ?? '')?.(message.params ?? {}, sessionId);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error) {
      waiting?.reject(
        new Unavailable('browser_refused', `The browser refused: ${message.error.message}`),
      );
    } else {
      waiting?.resolve(message.result ?? {});
    }
  }
}

/** A browser that is killed while it writes may leave half a message. */
function parsed(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return undefined;
  }
}

interface Message {
  id?: number;
  method?: string;
  params?: Fields;
  result?: Fields;
  error?: { message: string };
  sessionId?: string;
}
