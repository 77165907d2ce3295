// The crash run is only worth something if its bookkeeping notices what a crash can do.
import { expect, it } from 'vitest';
import { ABSENT, Ledger } from './ledger.ts';

function written(...keys: string[]): Ledger {
  const ledger = new Ledger();
  for (const key of keys) {
    ledger.attempt(key, `${key}1`);
    ledger.acknowledge(key, `${key}1`);
  }
  return ledger;
}

it('accepts what was answered, and nothing else', () => {
  const ledger = written('a', 'b');
  expect(
    ledger.settle(
      'row',
      new Map([
        ['a', 'a1'],
        ['b', 'b1'],
      ]),
    ),
  ).toBe(2);
  expect(ledger.violations).toEqual([]);
});

it('notices a lost write, a stale one, a torn one and a stranger', () => {
  const ledger = written('lost', 'stale', 'torn');
  ledger.attempt('stale', 'stale2');
  ledger.acknowledge('stale', 'stale2');
  ledger.settle(
    'row',
    new Map([
      ['stale', 'stale1'],
      ['torn', 'tor'],
      ['stranger', 'x'],
    ]),
  );
  expect(ledger.violations).toEqual([
    'row stranger: nobody wrote it',
    'row lost: absent instead of lost1',
    'row stale: stale1 instead of stale2',
    'row torn: tor instead of torn1',
  ]);
});

it('accepts both outcomes of a write without an answer, and holds on to the one that was found', () => {
  const ledger = written('a');
  ledger.attempt('a', 'a2');
  expect(ledger.certain('a')).toBeUndefined();
  ledger.settle('row', new Map([['a', 'a2']]));
  expect(ledger.certain('a')).toBe('a2');
  ledger.settle('row', new Map([['a', 'a1']]));
  expect(ledger.violations).toEqual(['row a: a1 instead of a2']);
});

it('notices a deleted entry that comes back', () => {
  const ledger = written('a');
  ledger.attempt('a', ABSENT);
  ledger.acknowledge('a', ABSENT);
  ledger.settle('row', new Map([['a', 'a1']]));
  expect(ledger.violations).toEqual(['row a: a1 instead of absent']);
  ledger.settle('row', new Map());
  ledger.settle('row', new Map([['a', 'a1']]));
  expect(ledger.violations).toContain('row a: nobody wrote it');
});
