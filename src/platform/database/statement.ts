// Statements that are compiled once and run often: the hot paths.
import type { Compilable, Kysely } from 'kysely';
import type { Connection, Dialect, Result } from './connection.ts';
import type { Database } from './database.ts';
import { connectionOf, kyselyOn } from './kysely.ts';

/** Stands for a value that is given at each run. Its type is `never`, which fits every column. */
export type Slot = (name: string) => never;

class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

interface Compiled {
  sql: string;
  /** One entry a bound value: the name of a slot, or a value that is always the same. */
  parameters: readonly unknown[];
}

/** A `Kysely<…>` of any tables, as `Database.write` hands it to its function. */
export type Transaction = Pick<Kysely<unknown>, 'isTransaction'>;

/** A statement with named slots. Runs on the database (reads) or inside a transaction. */
export interface Statement<Parameters, Row> {
  all(on: Database | Transaction, parameters: Parameters): Promise<Row[]>;
  first(on: Database | Transaction, parameters: Parameters): Promise<Row | undefined>;
  /** Runs a statement that writes and gives the number of rows it changed. */
  run(on: Transaction, parameters: Parameters): Promise<number>;
}

/**
 * Makes a statement from a Kysely query, compiled at its first use on each engine (Kysely's compilation costs more than
 * a point read). `build` gets the builder, the slots and the dialect:
 * `statement<{ id: string }, Row>((db: Kysely<Tables>, slot) => db.selectFrom('t').selectAll().where('id', '=', slot('id')))`.
 * Every value that changes from run to run must be a slot; slots are bound values, never text.
 */
export function statement<Parameters extends object, Row, Tables = never>(
  build: (db: Kysely<Tables>, slot: Slot, dialect: Dialect) => Compilable<Row>,
): Statement<Parameters, Row> {
  const compiled: Partial<Record<Dialect, Compiled>> = {};

  const compile = (connection: Connection): Compiled => {
    const slot: Slot = (name) => new Placeholder(name) as never;
    const query = build(kyselyOn<Tables>(connection), slot, connection.dialect).compile();
    return (compiled[connection.dialect] = { sql: query.sql, parameters: query.parameters });
  };

  const execute = (on: object, parameters: Parameters): Result | Promise<Result> => {
    const connection = isDatabase(on) ? on.connection : connectionOf(on);
    const { sql, parameters: slots } = compiled[connection.dialect] ?? compile(connection);
    const values = slots.map((slot) =>
      slot instanceof Placeholder ? (parameters as Record<string, unknown>)[slot.name] : slot,
    );
    return connection.executeSync?.(sql, values) ?? connection.execute(sql, values);
  };

  // Waiting for what is there already would cost a turn of the queue of promises.
  return {
    async all(on, parameters) {
      const result = execute(on, parameters);
      return (result instanceof Promise ? await result : result).rows as Row[];
    },
    async first(on, parameters) {
      const result = execute(on, parameters);
      return (result instanceof Promise ? await result : result).rows[0] as Row | undefined;
    },
    async run(on, parameters) {
      const result = execute(on, parameters);
      return (result instanceof Promise ? await result : result).changed;
    },
  };
}

function isDatabase(on: object): on is Database {
  return 'connection' in on && 'scan' in on;
}
