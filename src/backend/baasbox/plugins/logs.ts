// Logs as event streams: what plugins say, and what the app is asked (BaasBox spec 5.16).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EVENT_STREAM_HEADERS } from '../../../platform/http/event-stream.ts';
import { safeUrl } from '../../../platform/log.ts';
import type { Actor, BackendContext } from '../../context.ts';
import type { Journal, JournalEntry } from '../../plugins/journal.ts';
import { formatDate } from '../../query/dates.ts';
import type { RawAnswer } from '../envelope.ts';
import { Failure } from '../failure.ts';
import { streamRoute, type Route, type StreamCall } from '../route.ts';

const MAX_LISTENERS = 20;
/** How often an open stream proves that its caller may still listen. */
const RENEW_MS = 30_000;
/** How long a client waits before it connects again, in milliseconds. */
const RETRY_MS = 2000;

export function logRoutes(journal: Journal): Route[] {
  return [
    streamRoute('/admin/plugin/logs', { level: 'admin' }, (call) =>
      follow(call, journal, (entry) => entry.topic === 'plugins'),
    ),
    streamRoute('/admin/log', { level: 'admin' }, (call) => follow(call, journal, () => true)),
  ];
}

async function follow(
  call: StreamCall,
  journal: Journal,
  wanted: (entry: JournalEntry) => boolean,
): Promise<RawAnswer> {
  const { streams, actor } = call;
  const { tenant, user } = actor;
  if (journal.listeners(tenant) >= MAX_LISTENERS) {
    throw new Failure(429, `At most ${MAX_LISTENERS} streams show the log of one app`);
  }
  const stream = streams.open(`${tenant} ${user?.id ?? ''} log`);
  const send = (entry: JournalEntry) => {
    if (wanted(entry)) stream.send({ data: dataOf(entry) });
  };
  // Said at once, so that the client knows that it is connected.
  stream.retryAfter(RETRY_MS);
  for (const entry of journal.recent(tenant)) send(entry);
  const stop = journal.listen(tenant, send);
  const renewing = setInterval(() => {
    call.renew().catch(() => stream.end());
  }, RENEW_MS);
  renewing.unref();
  stream.once('close', () => {
    stop();
    clearInterval(renewing);
  });
  return { headers: EVENT_STREAM_HEADERS, raw: stream };
}

function dataOf({ at, topic, fields }: JournalEntry): string {
  return JSON.stringify({ date: formatDate(at), type: topic, ...fields });
}

/** Notes the requests of apps whose log somebody looks at. */
export class RequestLog {
  readonly #journal: Journal;
  readonly #context: BackendContext;
  readonly #callers = new WeakMap<FastifyRequest, Actor>();

  constructor(context: BackendContext, journal: Journal) {
    this.#context = context;
    this.#journal = journal;
  }

  identified(request: FastifyRequest, actor: Actor): void {
    if (this.#journal.isWatched(actor.tenant)) this.#callers.set(request, actor);
  }

  answered(request: FastifyRequest, reply: FastifyReply): void {
    const caller = this.#callers.get(request);
    if (!caller) return;
    this.#journal.add(caller.tenant, {
      at: this.#context.clock.now(),
      topic: 'requests',
      fields: {
        method: request.method,
        url: safeUrl(request.originalUrl),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        user: caller.user?.name ?? '',
        requestId: request.id,
      },
    });
  }
}
