// All steps of the platform's own schema.
import { credentialMigrations } from './credentials/tables.ts';
import type { Migration } from './database/migrations.ts';
import { limitMigrations } from './limits/tables.ts';
import { tenantMigrations } from './tenants/tables.ts';

export const platformMigrations: readonly Migration[] = [
  ...tenantMigrations,
  ...credentialMigrations,
  ...limitMigrations,
];
