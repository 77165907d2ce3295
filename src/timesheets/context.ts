// What every operation of the timesheet needs to know: where, when, for whom.
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import type { Account, Person } from './model.ts';
import type { Sql, TimesheetTables } from './tables.ts';

/** An account at work. Administration that needs no person (console, command line) uses this. */
export interface AccountContext {
  db: Database;
  clock: Clock;
  account: Account;
}

/** A person of the account acts; their rights apply. */
export interface PersonContext extends AccountContext {
  actor: Person;
}

/** The database for reading. */
export function reading(context: { db: Database }): Sql {
  return context.db.tables<TimesheetTables>();
}

/** Runs `fn` as one durable transaction. */
export function writing<T>(context: { db: Database }, fn: (sql: Sql) => Promise<T>): Promise<T> {
  return context.db.write<TimesheetTables, T>(fn);
}
