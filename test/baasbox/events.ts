// Reads an event stream as a browser's EventSource does, one event at a time.
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';

export interface ServerEvent {
  event: string;
  data: unknown;
  /** The last event id after this event. */
  id: string;
}

export interface EventReader {
  status: number;
  headers: IncomingMessage['headers'];
  /** The next event; `undefined` when the stream ended. Data is read as JSON. */
  next(): Promise<ServerEvent | undefined>;
  /** What the client would say in `Last-Event-ID`. */
  lastId(): string;
  /** The next event as it came. */
  nextText(): Promise<string | undefined>;
  close(): void;
}

/** Opens a stream. */
export async function openEvents(
  base: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<EventReader> {
  const sent = request(base + path, { headers, agent: false }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  const blocks = blocksOf(response);
  let lastId = '';
  const nextBlock = async () => {
    for (;;) {
      const { value, done } = await blocks.next();
      if (done) return undefined;
      lastId = field(value, 'id') ?? lastId;
      if (field(value, 'data') !== undefined) return value;
    }
  };
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    nextText: nextBlock,
    lastId: () => lastId,
    async next() {
      const block = await nextBlock();
      if (block === undefined) return undefined;
      const data = JSON.parse(field(block, 'data') ?? 'null') as unknown;
      return { event: field(block, 'event') ?? 'message', data, id: lastId };
    },
    close: () => response.destroy(),
  };
}

async function* blocksOf(response: IncomingMessage): AsyncGenerator<string, undefined> {
  let text = '';
  for await (const piece of response) {
    text += String(piece);
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 2);
    }
  }
  return undefined;
}

function field(block: string, name: string): string | undefined {
  const line = block.split('\n').find((one) => one.startsWith(`${name}: `));
  return line?.slice(name.length + 2);
}
