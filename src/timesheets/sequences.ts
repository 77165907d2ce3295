// Numbers of an account: one sequence for all entities, another for time entries (Beebole spec 1.3).
import { statement } from '../platform/database/statement.ts';
import type { Sql, TimesheetTables } from './tables.ts';

export type SequenceName = 'entity' | 'entry';

/** The first person of an account has number 2 and its main company 3; 1 stays free. */
const FIRST: Record<SequenceName, number> = { entity: 2, entry: 1 };

/** Makes the sequences of a new account. */
export async function createSequences(sql: Sql, tenantId: string): Promise<void> {
  await sql
    .insertInto('time_sequences')
    .values([
      { tenant_id: tenantId, name: 'entity', next: FIRST.entity },
      { tenant_id: tenantId, name: 'entry', next: FIRST.entry },
    ])
    .execute();
}

const increment = statement<{ tenant: string; name: string }, { next: number }, TimesheetTables>(
  (sql, slot) =>
    sql
      .updateTable('time_sequences')
      .set((column) => ({ next: column('next', '+', 1) }))
      .where('tenant_id', '=', slot('tenant'))
      .where('name', '=', slot('name'))
      .returning('next'),
);

/** Takes the next number. It is never given again, not even after a deletion. */
export async function takeNumber(sql: Sql, tenantId: string, name: SequenceName): Promise<number> {
  const row = await increment.first(sql, { tenant: tenantId, name });
  if (!row) throw new TypeError('The account has lost its sequences');
  return row.next - 1;
}

/** Makes sure that no number up to `last` is given any more. */
export async function skipNumbers(
  sql: Sql,
  tenantId: string,
  name: SequenceName,
  last: number,
): Promise<void> {
  await sql
    .updateTable('time_sequences')
    .set({ next: last + 1 })
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .where('next', '<=', last)
    .execute();
}
