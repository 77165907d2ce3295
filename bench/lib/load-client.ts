// The load client: keep-alive connections that each send one operation after the other, in a process of its own.
import { connect, type Socket } from 'node:net';
import { quantile } from './statistics.ts';

/** Requests that are sent one after the other on a connection, and count as one operation. */
export type Operation = readonly string[];

export interface LoadJob {
  port: number;
  connections: number;
  /** Complete HTTP/1.1 requests. */
  operations: readonly Operation[];
  /** Stop after so many seconds; without it every operation is sent exactly once. */
  seconds?: number;
  /** Seconds at the start that do not count. */
  warmSeconds?: number;
}

export interface LoadResult {
  /** Operations a second. */
  rate: number;
  operations: number;
  /** Latency of an operation in milliseconds. */
  p50: number;
  p95: number;
  p99: number;
  /** Answers that were not 2xx; a run with any is no result. */
  failures: number;
  firstFailure?: string;
  /** Share of a core that this client used: near 1 means that it, not the server, was the limit. */
  clientLoad: number;
}

if (process.send) {
  process.on('message', (job: LoadJob) => {
    runLoad(job).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** Runs a job in this process. Rejects when a connection fails. */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const { seconds } = job;
  const requests = job.operations.map((steps) => steps.map((text) => Buffer.from(text)));
  const latencies: number[] = [];
  let failures = 0;
  let firstFailure: string | undefined;
  let next = 0;
  // A fixed sequence that visits operations in no order that a cache could like; the same for every competitor.
  let seed = 12_345;
  const pick = () => {
    if (seconds === undefined) return next < requests.length ? requests[next++] : undefined;
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return requests[seed % requests.length];
  };
  const sockets = await Promise.all(Array.from({ length: job.connections }, () => open(job.port)));
  const begin = performance.now();
  const counted = begin + (job.warmSeconds ?? 0) * 1000;
  const end = seconds === undefined ? Number.POSITIVE_INFINITY : counted + seconds * 1000;
  let cpu = process.cpuUsage();
  setTimeout(() => (cpu = process.cpuUsage()), counted - begin).unref();
  await Promise.all(
    sockets.map(async (socket) => {
      const exchange = exchanger(socket);
      for (let steps = pick(); steps && performance.now() < end; steps = pick()) {
        const from = performance.now();
        for (const bytes of steps) {
          const answer = await exchange(bytes);
          if (answer.status >= 200 && answer.status < 300) continue;
          failures++;
          firstFailure ??= `${answer.status} ${answer.head.slice(0, 200)}`;
        }
        const to = performance.now();
        if (to >= counted && to <= end) latencies.push(to - from);
      }
      socket.destroy();
    }),
  );
  const used = process.cpuUsage(cpu);
  const elapsed = (Math.min(performance.now(), end) - counted) / 1000;
  const sorted = Float64Array.from(latencies).sort();
  return {
    rate: sorted.length / elapsed,
    operations: sorted.length,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    failures,
    ...(firstFailure === undefined ? {} : { firstFailure }),
    clientLoad: (used.user + used.system) / 1e6 / elapsed,
  };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}

interface Answer {
  status: number;
  /** Status line and headers. */
  head: string;
}

const BREAK = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** Sends a request on the socket and resolves when its answer has arrived whole. */
function exchanger(socket: Socket): (request: Buffer) => Promise<Answer> {
  let received: Buffer = Buffer.alloc(0);
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  const fail = (error: Error) => waiting?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The server closed a connection')));
  socket.on('data', (bytes: Buffer) => {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    const answer = complete(received);
    if (!answer || !waiting) return;
    received = received.subarray(answer.size);
    const { resolve } = waiting;
    waiting = undefined;
    resolve(answer);
  });
  return (request) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      socket.write(request);
    });
}

function complete(bytes: Buffer): (Answer & { size: number }) | undefined {
  const headEnd = bytes.indexOf(BREAK);
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const status = Number(head.slice(9, 12));
  const bodyAt = headEnd + BREAK.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const size = bodyAt + Number(length);
    return bytes.length >= size ? { status, head, size } : undefined;
  }
  if (status === 204) return { status, head, size: bodyAt };
  // Chunked. One answer is outstanding at a time, so its last chunk is the end of what has arrived.
  const ended = bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
  return ended ? { status, head, size: bytes.length } : undefined;
}
