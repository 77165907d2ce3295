// What a request may count on when it shares a snapshot with others; a second connection stands for another process.
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makePlace, type Place } from '../../../test/support/database.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { SqliteReader } from './sqlite-reader.ts';

let place: Place;
let other: SqliteConnection;
let reader: SqliteReader;

/** Two connections of clients. */
const [mira, noor] = [{}, {}];
const FEW = 2;

beforeEach(async () => {
  place = await makePlace('sqlite');
  const file = path.join(place.folder, 'skep.db');
  other = new SqliteConnection({ file, synchronous: 'NORMAL' });
  other.raw.exec('CREATE TABLE notes (n integer)');
  reader = new SqliteReader(new SqliteConnection({ file, readonly: true }));
});

afterEach(async () => {
  reader.close();
  other.close();
  await place.remove();
});

const commit = () => other.raw.exec('INSERT INTO notes VALUES (1)');
const count = () => reader.executeSync('SELECT n FROM notes', []).rows.length;

it('gives requests that came in together one snapshot', async () => {
  reader.requestArrived(mira, FEW);
  expect(count()).toBe(0);
  await Promise.resolve();
  commit();
  reader.requestArrived(noor, FEW);
  expect(count()).toBe(0);
});

it('shows what was committed before the event loop turned', async () => {
  reader.requestArrived(mira, FEW);
  expect(count()).toBe(0);
  commit();
  await turn();
  expect(count()).toBe(1);
  await turn();
  reader.requestArrived(noor, FEW);
  commit();
  expect(count()).toBe(2);
});

it('begins a new snapshot for a second request on the same connection', () => {
  reader.requestArrived(mira, FEW);
  expect(count()).toBe(0);
  commit();
  reader.requestArrived(mira, FEW);
  expect(count()).toBe(1);
});

it('begins a new snapshot when this process has committed', () => {
  reader.requestArrived(mira, FEW);
  expect(count()).toBe(0);
  commit();
  reader.refresh();
  expect(count()).toBe(1);
});

it('does not let a read from before a request stand for it', () => {
  expect(count()).toBe(0);
  commit();
  reader.requestArrived(mira, FEW);
  expect(count()).toBe(1);
});

it('keeps a snapshot no longer than a tick when no request came in, or connections are too many', async () => {
  expect(count()).toBe(0);
  commit();
  expect(count()).toBe(0);
  await new Promise<void>((resolve) => process.nextTick(resolve));
  expect(count()).toBe(1);
  await turn();
  reader.requestArrived(mira, 5000);
  expect(count()).toBe(1);
  commit();
  await new Promise<void>((resolve) => process.nextTick(resolve));
  expect(count()).toBe(2);
});
