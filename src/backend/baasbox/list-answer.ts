// Lists of any length: short ones are answered whole, long ones are sent as they are read (BaasBox spec 3.1).
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { JSON_TYPE, type Answer, type RawAnswer } from './envelope.ts';
import type { ActorCall } from './route.ts';

/** Characters up to which a list is held, and sent with its length. */
const BUFFERED = 1024 * 1024;

/** A list as JSON texts of its items, some at a time. */
interface List {
  batches: AsyncIterable<readonly string[]>;
  /** Known after the last batch; `undefined` for lists that were not asked for by page. */
  more: () => boolean | undefined;
}

/**
 * The answer with a list. `find` is given a signal that ends its work when the client goes away. What it throws before
 * the first megabyte is complete is answered as any failure; what fails later cuts the connection, because half a list
 * must not look like one.
 */
export async function listAnswer(
  { request, query }: ActorCall,
  find: (signal: AbortSignal) => Promise<List>,
): Promise<Answer | RawAnswer> {
  const client = watch(request);
  try {
    const { batches, more } = await find(client.signal);
    const rest = batches[Symbol.asyncIterator]();
    const texts: string[] = [];
    for (let size = 0; size < BUFFERED;) {
      const next = await rest.next();
      if (next.done) {
        client.leave();
        return { data: `[${texts.join(',')}]`, more: more() };
      }
      for (const text of next.value) {
        texts.push(text);
        size += text.length;
      }
    }
    const callId = query.first('call_id');
    const id = callId ? `"call_id":${JSON.stringify(callId)},` : '';
    const stream = Readable.from(
      written(`{"result":"ok",${id}"data":[`, texts, rest, more, client.leave),
      // Strings count as what they are: a few batches at most wait for the client.
      { objectMode: false },
    );
    return { headers: { 'content-type': JSON_TYPE }, raw: stream };
  } catch (error) {
    client.leave();
    throw error;
  }
}

async function* written(
  head: string,
  first: readonly string[],
  rest: AsyncIterator<readonly string[]>,
  more: List['more'],
  finish: () => void,
): AsyncGenerator<string> {
  try {
    yield head + first.join(',');
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      if (next.value.length > 0) yield `,${next.value.join(',')}`;
    }
    const known = more();
    yield `]${known === undefined ? '' : `,"more":${known}`},"http_code":200}`;
  } finally {
    finish();
    // Whoever reads no further is not read for.
    await rest.return?.();
  }
}

/** A signal that is given when the client's connection ends, until `leave`. */
function watch({ raw: { socket } }: FastifyRequest): { signal: AbortSignal; leave: () => void } {
  const gone = new AbortController();
  const abort = () => gone.abort();
  socket.once('close', abort);
  return { signal: gone.signal, leave: () => socket.off('close', abort) };
}
