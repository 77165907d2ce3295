// What every function of the backend room is given: the services, and on whose behalf it works.
import type { Blob, Blobs } from '../platform/blobs/blobs.ts';
import type { Clock } from '../platform/clock.ts';
import type { Credentials } from '../platform/credentials/credentials.ts';
import type { Sealer } from '../platform/credentials/sealing.ts';
import type { Database } from '../platform/database/database.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Limits } from '../platform/limits/limits.ts';
import type { Logger } from '../platform/log.ts';
import type { Network } from '../platform/network/public-fetch.ts';
import type { Random } from '../platform/random.ts';
import type { Tenants } from '../platform/tenants/tenants.ts';
import type { MediaPool } from './media/pool.ts';
import type { Outward } from './outward.ts';
import type { ChangeFeed } from './changes/feed.ts';
import type { Gate } from './gate.ts';
import type { Overrides } from './settings/overrides.ts';

export interface BackendContext {
  db: Database;
  clock: Clock;
  random: Random;
  credentials: Credentials;
  tenants: Tenants;
  blobs: Blobs;
  jobs: Jobs;
  log: Logger;
  /** Folder for what is neither a row nor a blob, such as exports; absolute. */
  folder: string;
  limits: BackendLimits;
  /** What the operator has fixed or hidden among the settings of all apps. */
  overrides: Overrides;
  /** Wakes those who follow changes of documents. */
  feed: ChangeFeed;
  /** Closes an app while its data are replaced. */
  gate: Gate;
  /** Seals what settings must not show. */
  sealer: Sealer;
  /** Counts what users may do only so often. */
  rates: Limits;
  /** Processes that take files apart. */
  media: MediaPool;
  /** Images that are being made in another size, by tenant, blob and size. */
  resizing: Map<string, Promise<Blob>>;
  /** How webhooks reach the outside: which hosts may be private. */
  network: Network;
  /** Mail servers, other networks, push providers. */
  outward: Outward;
}

export interface BackendLimits {
  /** How long one search may take, in milliseconds. */
  queryTimeoutMs: number;
  /** Idle minutes after which a session of a tenant without a setting of its own ends; 0: never. */
  sessionTimeoutMinutes: number;
  /** Only sessions of the same epoch count; `undefined`: all do. A new one at each start ends what was before. */
  sessionEpoch?: string | undefined;
  /** How long changes stay in the log that streams read, in hours. */
  changeHours: number;
  /** Largest file that can be uploaded, in bytes. */
  maxFileBytes: number;
  /** Largest archive that can be imported, and what may be in it unpacked, in bytes. */
  maxImportBytes: number;
  maxUnpackedBytes: number;
}

/** Someone who asks, in one tenant. */
export interface Actor {
  tenant: string;
  /** `undefined`: nobody is logged in. */
  user: { id: string; name: string } | undefined;
  /** Whose grants count: the user, the role, and every role that it inherits from. See `acl/grantees.ts`. */
  grantees: readonly string[];
  /** Administrators and back-office users read and write everything. */
  seesAll: boolean;
  administrator: boolean;
}
