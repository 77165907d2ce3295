// The tables of counters.
import { sql } from 'kysely';
import type { Migration } from '../database/migrations.ts';

export interface LimitTables {
  platform_limit_windows: {
    tenant_id: string;
    credential: string;
    name: string;
    /** Start of each window, in milliseconds since 1970: an array on PostgreSQL, its JSON on SQLite. */
    started: string;
    /** Requests taken from each window, in the same form. */
    taken: string;
    /** When the last of the windows ends. */
    ends_at: number;
  };
  platform_limit_budgets: {
    tenant_id: string;
    credential: string;
    budget: string;
    /** First day of the period where the budget counts: `2026-11-22` for a day, `2026-11` for a month. */
    period: string;
    requests: number;
    bytes: number;
    ends_at: number;
    /** When the row may be removed: later than its end, so that a console can show the past. */
    keep_until: number;
  };
}

export const limitMigrations: readonly Migration[] = [
  {
    name: '0012_platform_limits',
    async up({ schema }, dialect) {
      const list = dialect === 'postgres' ? sql`bigint[]` : sql`text`;
      await schema
        .createTable('platform_limit_windows')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('credential', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('started', list, (column) => column.notNull())
        .addColumn('taken', list, (column) => column.notNull())
        .addColumn('ends_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('platform_limit_windows_pk', ['tenant_id', 'credential', 'name'])
        .execute();
      await schema
        .createIndex('platform_limit_windows_end')
        .on('platform_limit_windows')
        .column('ends_at')
        .execute();
      await schema
        .createTable('platform_limit_budgets')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('credential', 'text', (column) => column.notNull())
        .addColumn('budget', 'text', (column) => column.notNull())
        .addColumn('period', 'text', (column) => column.notNull())
        .addColumn('requests', 'bigint', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('ends_at', 'bigint', (column) => column.notNull())
        .addColumn('keep_until', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('platform_limit_budgets_pk', [
          'tenant_id',
          'credential',
          'budget',
          'period',
        ])
        .execute();
      await schema
        .createIndex('platform_limit_budgets_end')
        .on('platform_limit_budgets')
        .column('keep_until')
        .execute();
    },
  },
];
