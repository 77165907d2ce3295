// The bound on password hashes.
import { expect, it } from 'vitest';
import { HashQueue } from './hash-queue.ts';

/** Work that ends when told to. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { promise, resolve, reject };
}

const settled = () => new Promise(setImmediate);

it('runs so many at a time and the others in order', async () => {
  const queue = new HashQueue({ running: 2, waiting: 10 });
  const works = [held(), held(), held(), held()];
  const started: number[] = [];
  const runs = works.map(({ promise }, index) =>
    queue.run(() => {
      started.push(index);
      return promise;
    }),
  );
  await settled();
  expect(started).toEqual([0, 1]);
  works[1]?.resolve('b');
  await settled();
  expect(started).toEqual([0, 1, 2]);
  works[0]?.resolve('a');
  works[2]?.resolve('c');
  works[3]?.resolve('d');
  expect(await Promise.all(runs)).toEqual(['a', 'b', 'c', 'd']);
});

it('refuses when too many are waiting, and serves again when they are done', async () => {
  const queue = new HashQueue({ running: 2, waiting: 3 });
  const work = held();
  const runs = Array.from({ length: 5 }, () => queue.run(() => work.promise));
  await expect(queue.run(() => work.promise)).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'password_queue_full',
  });
  work.resolve('done');
  expect(await Promise.all(runs)).toHaveLength(5);
  expect(await queue.run(async () => 'again')).toBe('again');
});

it('frees the place of work that fails', async () => {
  const queue = new HashQueue({ running: 1, waiting: 5 });
  const runs = [1, 2, 3].map((n) => queue.run(() => Promise.reject(new Error(`no ${n}`))));
  const outcomes = await Promise.allSettled(runs);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(await queue.run(async () => 'fine')).toBe('fine');
});
