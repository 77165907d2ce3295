// Long lists wait for who reads them, and end when nobody does.
import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { listAnswer } from './list-answer.ts';
import { QueryString } from './query-string.ts';
import type { ActorCall } from './route.ts';

const ITEM = JSON.stringify('x'.repeat(100_000));

function list(count: number) {
  const read = { batches: 0, ended: false };
  async function* batches() {
    try {
      for (; read.batches < count; read.batches++) yield [ITEM];
    } finally {
      read.ended = true;
    }
  }
  const socket = new EventEmitter();
  const call = {
    request: { raw: { socket } },
    query: new QueryString('/x'),
  } as unknown as ActorCall;
  return { read, socket, call, found: { batches: batches(), more: () => undefined } };
}

it('reads no more than a few batches ahead of the client', async () => {
  const { read, call, found } = list(1000);
  const answer = await listAnswer(call, () => Promise.resolve(found));
  const stream = ('raw' in answer ? answer.raw : undefined) as Readable;
  stream.read(0);
  for (let index = 0; index < 50; index++) await turn();
  expect(read.batches).toBeLessThan(20);
  stream.destroy();
  for (let index = 0; index < 5; index++) await turn();
  expect(read).toMatchObject({ ended: true });
});

it('tells the search that the client has gone, until the list is complete', async () => {
  const short = list(2);
  let signal: AbortSignal | undefined;
  const answer = await listAnswer(short.call, (given) => {
    signal = given;
    return Promise.resolve(short.found);
  });
  expect(answer).toMatchObject({ data: `[${ITEM},${ITEM}]` });
  short.socket.emit('close');
  expect(signal?.aborted).toBe(false);

  const long = list(1000);
  await listAnswer(long.call, (given) => {
    signal = given;
    return Promise.resolve(long.found);
  });
  long.socket.emit('close');
  expect(signal?.aborted).toBe(true);
});

it('leaves nothing behind after a failure', async () => {
  const { socket, call } = list(1);
  await expect(listAnswer(call, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(socket.listenerCount('close')).toBe(0);
});
