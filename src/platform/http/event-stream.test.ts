// Event streams over a real connection: what is sent, what a slow or vanished client does, and how a server stops.
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import {
  EVENT_STREAM_HEADERS,
  EventStreams,
  type EventStream,
  type EventStreamsOptions,
} from './event-stream.ts';

let app: FastifyInstance;
afterEach(() => app.close());

async function start(options?: EventStreamsOptions) {
  app = Fastify();
  const streams = new EventStreams(app, options);
  const opened: EventStream[] = [];
  app.get('/', (_request, reply) => {
    const stream = streams.open();
    opened.push(stream);
    stream.send({ data: 'hello' });
    return reply.headers(EVENT_STREAM_HEADERS).send(stream);
  });
  const base = await app.listen({ host: '127.0.0.1', port: 0 });
  return { base, streams, opened };
}

async function connect(base: string): Promise<IncomingMessage> {
  const [response] = (await once(request(base).end(), 'response')) as [IncomingMessage];
  return response.setEncoding('utf8');
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of response) text += String(piece);
  return text;
}

describe('an event stream', () => {
  it('carries events with names, ids and texts of several lines', async () => {
    const { base, opened } = await start();
    const response = await connect(base);
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    opened[0]?.send({ id: '0-1', event: 'create', data: 'one\ntwo\r\nthree' });
    opened[0]?.retryAfter(2000);
    opened[0]?.end();
    expect(await textOf(response)).toBe(
      'data: hello\n\nid: 0-1\nevent: create\ndata: one\ndata: two\ndata: three\n\nretry: 2000\n\n',
    );
  });

  it('shows in silence that it lives', async () => {
    const { base } = await start({ heartbeatMs: 5 });
    const response = await connect(base);
    let text = '';
    for await (const piece of response) {
      text += String(piece);
      if (text.includes('\n\n:\n\n')) break;
    }
    expect(text).toMatch(/^data: hello\n\n(?::\n\n)+$/);
  });

  it('closes when the client goes away', async () => {
    const { base, opened, streams } = await start();
    const response = await connect(base);
    expect(streams.size).toBe(1);
    const stream = opened[0] as EventStream;
    const closed = once(stream, 'close');
    response.destroy();
    await closed;
    expect(streams.size).toBe(0);
    expect(stream.isOpen).toBe(false);
    expect(stream.send({ data: 'late' })).toBe(false);
    await stream.drained();
  });

  it('ends for a client that does not read', async () => {
    const { base, opened } = await start({ maxPending: 100_000 });
    const response = await connect(base);
    response.pause();
    const stream = opened[0] as EventStream;
    const closed = once(stream, 'close');
    for (let sent = 0; sent < 10_000 && stream.isOpen; sent++) {
      stream.send({ data: 'x'.repeat(10_000) });
    }
    await closed;
    expect(stream.isOpen).toBe(false);
    response.destroy();
  });

  it('ends when the server stops, which does not wait for it', async () => {
    const { base } = await start();
    const response = await connect(base);
    const text = textOf(response);
    await app.close();
    expect(await text).toBe('data: hello\n\n');
  });
});
