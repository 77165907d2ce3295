// All steps of the platform's own schema.
import { blobsMigration } from './blobs/tables.ts';
import { credentialMigrations } from './credentials/tables.ts';
import type { Migration } from './database/migrations.ts';
import { jobsMigration } from './jobs/tables.ts';
import { limitMigrations } from './limits/tables.ts';
import { metaMigration } from './server-key.ts';
import { tenantMigrations } from './tenants/tables.ts';

export const platformMigrations: readonly Migration[] = [
  metaMigration,
  ...tenantMigrations,
  ...credentialMigrations,
  ...limitMigrations,
  blobsMigration,
  jobsMigration,
];
