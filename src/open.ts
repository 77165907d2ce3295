// Opens the ground with the schema of all rooms: for the server and for the commands.
import { backendMigrations } from './backend/tables.ts';
import type { Config } from './config.ts';
import { contentMigrations } from './content/migrations.ts';
import { openPlatform, type Platform, type PlatformOptions } from './platform/platform.ts';
import { timesheetsMigrations } from './timesheets/migrations.ts';
import { translationMigrations } from './translation/migrations.ts';

export interface OpenOptions extends Omit<PlatformOptions, 'config' | 'migrations'> {
  config: Config;
}

/** Opens the platform with every room's migrations. */
export function openSkep(options: OpenOptions): Promise<Platform> {
  return openPlatform({
    ...options,
    migrations: [
      ...backendMigrations,
      ...timesheetsMigrations,
      ...contentMigrations,
      ...translationMigrations,
    ],
  });
}
