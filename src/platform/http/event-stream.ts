// Event streams (`text/event-stream`, HTML standard 9.2): events as they happen, with heartbeats, bounds and a tidy end.
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';

export interface StreamEvent {
  /** What a client says in `Last-Event-ID` to go on after this event. Without line breaks. */
  id?: string;
  /** Name of the event; `message` when it is left out. */
  event?: string;
  /** Any text; a client gets it back as it was. */
  data: string;
}

export interface EventStreamsOptions {
  /** Silence after which a comment shows that the connection lives, in milliseconds; below the usual 60 s of proxies. */
  heartbeatMs?: number;
  /** Bytes that may wait for a client that does not read; then the stream ends. */
  maxPending?: number;
}

const HEARTBEAT_MS = 15_000;
const MAX_PENDING = 4 * 1024 * 1024;

/** Headers of an answer that is an event stream; the last one keeps proxies from holding events back. */
export const EVENT_STREAM_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

/** The open streams of a server: they end when it stops, because they would hold it up for ever. */
export class EventStreams {
  readonly #open = new Map<EventStream, string>();
  readonly #options: Required<EventStreamsOptions>;

  /** Streams end before `app` waits for its running requests. */
  constructor(app: FastifyInstance, options: EventStreamsOptions = {}) {
    const { heartbeatMs = HEARTBEAT_MS, maxPending = MAX_PENDING } = options;
    this.#options = { heartbeatMs, maxPending };
    app.addHook('preClose', (done) => {
      for (const stream of this.#open.keys()) stream.end();
      done();
    });
  }

  /** How many clients are listening. */
  get size(): number {
    return this.#open.size;
  }

  /** How many of them one holder has. */
  heldBy(holder: string): number {
    return [...this.#open.values()].filter((own) => own === holder).length;
  }

  /**
   * A new stream for a holder, to be sent as the answer's body. It is destroyed when the client goes away: listen to
   * `close`.
   */
  open(holder = ''): EventStream {
    const stream = new EventStream(this.#options);
    this.#open.set(stream, holder);
    stream.once('close', () => this.#open.delete(stream));
    return stream;
  }
}

/** One client's stream. */
export class EventStream extends Readable {
  readonly #maxPending: number;
  readonly #heartbeat: NodeJS.Timeout;
  #ended = false;
  #drained: (() => void) | undefined;

  constructor({ heartbeatMs, maxPending }: Required<EventStreamsOptions>) {
    super();
    this.#maxPending = maxPending;
    this.#heartbeat = setInterval(() => this.#write(':\n\n'), heartbeatMs);
    this.#heartbeat.unref();
  }

  /** Whether events can still be sent. */
  get isOpen(): boolean {
    return !this.#ended && !this.destroyed;
  }

  /** Sends an event. False when the client is slow: wait for `drained` before the next one. */
  send({ id, event, data }: StreamEvent): boolean {
    const head = `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}`;
    const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
    this.#heartbeat.refresh();
    return this.#write(`${head}${lines.join('')}\n`);
  }

  /** How long a client waits before it connects again, in milliseconds. */
  retryAfter(ms: number): void {
    this.#write(`retry: ${ms}\n\n`);
  }

  /** Tells the client how far it is, without an event: that is what it says when it comes back. */
  mark(id: string): void {
    this.#write(`id: ${id}\n\n`);
  }

  /** Resolves when the client has taken what was sent, or is gone. */
  drained(): Promise<void> {
    if (!this.isOpen || this.readableLength < this.readableHighWaterMark) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  /** Ends the stream after what was sent. */
  end(): void {
    if (!this.isOpen) return;
    this.#ended = true;
    this.#stop();
    this.push(null);
  }

  #write(text: string): boolean {
    if (!this.isOpen) return false;
    if (this.readableLength > this.#maxPending) {
      this.destroy();
      return false;
    }
    return this.push(text);
  }

  #stop(): void {
    clearInterval(this.#heartbeat);
    this.#drained?.();
    this.#drained = undefined;
  }

  override _read(): void {
    this.#drained?.();
    this.#drained = undefined;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#stop();
    callback(error);
  }
}
