// Tenants take turns, whatever they ask for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const all = () => true;

function filled(...items: string[]): FairQueue<string> {
  const queue = new FairQueue<string>({ perTenant: 10, total: 20 });
  for (const item of items) queue.add(item[0] as string, item);
  return queue;
}

function drain(queue: FairQueue<string>, mayRun = all as (tenant: string) => boolean): string[] {
  const taken: string[] = [];
  for (let item = queue.take(mayRun); item !== undefined; item = queue.take(mayRun))
    taken.push(item);
  return taken;
}

describe('FairQueue', () => {
  it('gives each tenant a turn, and each its items in order', () => {
    expect(drain(filled('a1', 'a2', 'a3', 'b1', 'b2', 'c1'))).toEqual([
      'a1',
      'b1',
      'c1',
      'a2',
      'b2',
      'a3',
    ]);
  });

  it('passes over tenants that may not run, and keeps their items', () => {
    const queue = filled('a1', 'b1', 'a2', 'b2');
    expect(drain(queue, (tenant) => tenant !== 'a')).toEqual(['b1', 'b2']);
    expect(queue.size).toBe(2);
    expect(drain(queue)).toEqual(['a1', 'a2']);
  });

  it('refuses above the limits, of one tenant and of all', () => {
    const queue = new FairQueue<number>({ perTenant: 2, total: 3 });
    queue.add('a', 1);
    queue.add('a', 2);
    expect(() => queue.add('a', 3)).toThrow(expect.objectContaining({ kind: 'too_many' }));
    queue.add('b', 4);
    expect(() => queue.add('c', 5)).toThrow(expect.objectContaining({ kind: 'too_many' }));
  });

  it('takes items out before their turn', () => {
    const queue = filled('a1', 'a2');
    expect(queue.remove('a', 'a1')).toBe(true);
    expect(queue.remove('a', 'a1')).toBe(false);
    expect(queue.remove('b', 'a2')).toBe(false);
    expect(drain(queue)).toEqual(['a2']);
    expect(queue.size).toBe(0);
  });

  it('never makes a tenant wait for more than one item of each other', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 }), (tenants) => {
        const queue = new FairQueue<string>({ perTenant: 100, total: 100 });
        tenants.forEach((tenant, index) => queue.add(tenant, `${tenant}${index}`));
        const order = drain(queue);
        expect([...order].sort()).toEqual(
          tenants.map((tenant, index) => `${tenant}${index}`).sort(),
        );
        for (const tenant of new Set(tenants)) {
          expect(order.findIndex((item) => item.startsWith(tenant))).toBeLessThan(4);
        }
      }),
    );
  });
});
