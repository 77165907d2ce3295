// Opens the backend room on the platform: its context, its services and the handlers of its jobs.
import { sealerFor } from '../platform/credentials/sealing.ts';
import type { Platform } from '../platform/platform.ts';
import { ChangeFeed } from './changes/feed.ts';
import type { BackendContext, BackendLimits } from './context.ts';
import { registerTextJob } from './files/text.ts';
import { registerIndexJobs } from './indexes/indexes.ts';
import { MediaPool } from './media/pool.ts';
import { openOutward, registerOutwardJobs, type OutwardOptions } from './outward.ts';
import { Gate } from './gate.ts';
import { registerExportJob } from './transfer/export.ts';
import { readOverrides, type ConfiguredSetting } from './settings/overrides.ts';
import { registerUpkeep } from './upkeep.ts';
import { registerDeliveries } from './webhooks/deliver.ts';

export interface BackendOptions extends BackendLimits {
  /** What the operator fixes, hides or locks among the settings of all apps, by key. */
  settings?: Readonly<Record<string, ConfiguredSetting>>;
  outward: OutwardOptions;
  /** Hosts with port that webhooks may reach though they are not public. */
  trustedHosts?: readonly string[];
}

/**
 * Makes the room's context, for the server and for commands alike. Throws `Invalid`
 * (`bad_config`) for settings that do not exist or cannot have their value.
 */
export function openBackend(
  platform: Platform,
  { settings = {}, outward, trustedHosts: trusted = [], ...limits }: BackendOptions,
): BackendContext {
  const { random } = platform;
  const overrides = readOverrides(settings);
  const sealer = sealerFor(platform.serverKey, 'backend-settings', random);
  return {
    db: platform.db,
    clock: platform.clock,
    random,
    credentials: platform.credentials,
    tenants: platform.tenants,
    blobs: platform.blobs,
    jobs: platform.jobs,
    log: platform.log,
    folder: platform.folder,
    limits,
    overrides,
    gate: new Gate(),
    feed: new ChangeFeed(platform.db, platform.log),
    sealer,
    rates: platform.limits,
    media: new MediaPool(),
    resizing: new Map(),
    network: { trusted },
    outward: openOutward(outward, platform.clock),
  };
}

/** The context of a server, which also does the room's jobs. Once for each platform. */
export function serveBackend(platform: Platform, options: BackendOptions): BackendContext {
  const context = openBackend(platform, options);
  registerOutwardJobs(context);
  registerExportJob(context);
  registerDeliveries(context);
  registerUpkeep(context);
  registerIndexJobs(context);
  registerTextJob(context);
  return context;
}
