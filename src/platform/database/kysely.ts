// Puts Kysely, our SQL builder, on top of one of our connections.
import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect as KyselyDialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { Connection } from './connection.ts';

const connections = new WeakMap<object, Connection>();

/**
 * A query builder whose statements run on `connection`. Transactions are opened by `Database.write` alone,
 * so that all writes get the same durability and grouping; `kysely.transaction()` throws.
 */
export function kyselyOn<Tables>(connection: Connection): Kysely<Tables> {
  const kysely = new Kysely<Tables>({ dialect: dialectOn(connection) });
  connections.set(kysely, connection);
  return kysely;
}

/** The connection below a builder made by `kyselyOn`, for statements that were compiled before. */
export function connectionOf(kysely: object): Connection {
  const connection = connections.get(kysely);
  if (!connection) throw new TypeError('This query builder was not made by the platform');
  return connection;
}

function dialectOn(connection: Connection): KyselyDialect {
  const postgres = connection.dialect === 'postgres';
  return {
    createAdapter: () => (postgres ? new PostgresAdapter() : new SqliteAdapter()),
    createDriver: () => driverOn(connection),
    createIntrospector: (db) =>
      postgres ? new PostgresIntrospector(db) : new SqliteIntrospector(db),
    createQueryCompiler: () => (postgres ? new PostgresQueryCompiler() : new SqliteQueryCompiler()),
  };
}

function driverOn(connection: Connection): Driver {
  const kyselyConnection: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      const result = await connection.execute(query.sql, query.parameters);
      return { rows: result.rows as Row[], numAffectedRows: BigInt(result.changed) };
    },
    streamQuery() {
      throw new TypeError('Read in pages instead of streaming a statement');
    },
  };
  const refuse = () => Promise.reject(new TypeError('Open transactions with Database.write'));
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(kyselyConnection),
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
}
