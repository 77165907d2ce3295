// The ground, opened: everything that the rooms stand on, in one object.
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { Blobs } from './blobs/blobs.ts';
import { FilesystemStore } from './blobs/filesystem-store.ts';
import { systemClock, type Clock } from './clock.ts';
import { Credentials, type CredentialsOptions } from './credentials/credentials.ts';
import type { Database } from './database/database.ts';
import { migrate, type Migration } from './database/migrations.ts';
import { openDatabase } from './database/open.ts';
import { makeDataFolder } from './data-folder.ts';
import { Unavailable } from './errors.ts';
import { Jobs } from './jobs/jobs.ts';
import type { Limits } from './limits/limits.ts';
import { openLimits } from './limits/open.ts';
import { createLogger, type Logger } from './log.ts';
import { platformMigrations } from './migrations.ts';
import type { PlatformConfig } from './platform-config.ts';
import { systemRandom, type Random } from './random.ts';
import { checkServerKey, loadServerKey } from './server-key.ts';
import { Tenants } from './tenants/tenants.ts';

export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Absolute path of the data folder. */
  readonly folder: string;
  readonly serverKey: Buffer;
  readonly db: Database;
  readonly tenants: Tenants;
  readonly credentials: Credentials;
  readonly limits: Limits;
  readonly blobs: Blobs;
  readonly jobs: Jobs;
  /** What `/readyz` asks: each throws when its part does not work. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
  /** Stops the jobs, writes what is only in memory, closes the database. */
  close(): Promise<void>;
}

export interface PlatformOptions {
  config: PlatformConfig;
  /** The rooms' migrations. */
  migrations: readonly Migration[];
  clock?: Clock;
  random?: Random;
  log?: Logger;
  /** What a password hash costs, and how often uses of tokens are written; for tests. */
  credentials?: Pick<CredentialsOptions, 'cost' | 'flushEveryMs'>;
}

/** Below this many free bytes in the data folder the server says that it is not ready. */
const MIN_FREE_BYTES = 64 * 1024 * 1024;

/** Opens the database, brings it up to date, and builds the services on it. Throws what an operator has to mend. */
export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  const { config } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom(clock);
  const log = options.log ?? createLogger({ level: config.log.level, format: config.log.format });
  const onError = (error: unknown) => log.error({ err: error }, 'background work failed');

  const folder = await makeDataFolder(config.dataDir);
  const serverKey = await loadServerKey(folder, config.serverKey, random);
  const db = await openDatabase({
    url: config.databaseUrl,
    file: path.join(folder, 'skep.db'),
    synchronous: config.sqlite.synchronous,
    onError,
  });
  try {
    const ran = await migrate(db, [...platformMigrations, ...options.migrations], clock);
    if (ran.length > 0) log.info({ steps: ran.length }, 'database schema is up to date');
    await checkServerKey(db, serverKey);
  } catch (error) {
    await db.close();
    throw error;
  }

  const tenants = new Tenants(db, { clock, random });
  const credentials = new Credentials(db, {
    clock,
    random,
    serverKey,
    onError,
    ...options.credentials,
  });
  const limits = await openLimits(db, { clock, onError });
  const store = new FilesystemStore({ folder: path.join(folder, 'blobs'), clock, random });
  const blobs = new Blobs({ db, store, clock, random });
  const jobs = new Jobs({ db, clock, random, log });
  await housekeeping(jobs, { credentials, limits, blobs });

  return {
    clock,
    random,
    log,
    folder,
    serverKey,
    db,
    tenants,
    credentials,
    limits,
    blobs,
    jobs,
    checks: { database: () => db.ping(), disk: () => checkDisk(folder) },
    async close() {
      await jobs.stop();
      await limits.close();
      await credentials.close();
      await db.close();
    },
  };
}

/** What must be tidied now and then, as jobs of no tenant, so that one process of many does it. */
async function housekeeping(
  jobs: Jobs,
  parts: { credentials: Credentials; limits: Limits; blobs: Blobs },
): Promise<void> {
  const sweep = async () => {
    await parts.credentials.sweep();
    await parts.limits.sweep();
    await parts.blobs.sweep();
  };
  // Looking through all stored files takes its time.
  jobs.register('platform.sweep', sweep, { timeoutMs: 3_600_000 });
  await jobs.schedule({
    tenantId: '',
    name: 'platform.sweep',
    kind: 'platform.sweep',
    cron: '17 * * * *',
  });
}

async function checkDisk(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < MIN_FREE_BYTES) {
    throw new Unavailable('disk_full', 'The disk of the data folder is nearly full');
  }
}
