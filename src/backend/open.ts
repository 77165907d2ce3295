// Opens the backend room on the platform: its context, its services and the handlers of its jobs.
import { sealerFor } from '../platform/credentials/sealing.ts';
import type { Platform } from '../platform/platform.ts';
import type { BackendContext, BackendLimits } from './context.ts';
import { openOutward, registerOutwardJobs, type OutwardOptions } from './outward.ts';
import { readOverrides, type ConfiguredSetting } from './settings/overrides.ts';

export interface BackendOptions extends BackendLimits {
  /** What the operator fixes, hides or locks among the settings of all apps, by key. */
  settings?: Readonly<Record<string, ConfiguredSetting>>;
  outward: OutwardOptions;
}

/**
 * Makes the room's context. Called once for each platform, by the server and by commands alike. Throws `Invalid`
 * (`bad_config`) for settings that do not exist or cannot have their value.
 */
export function openBackend(
  platform: Platform,
  { settings = {}, outward, ...limits }: BackendOptions,
): BackendContext {
  const { random } = platform;
  const overrides = readOverrides(settings);
  const sealer = sealerFor(platform.serverKey, 'backend-settings', random);
  const context: BackendContext = {
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
    sealer,
    rates: platform.limits,
    outward: openOutward(outward),
  };
  registerOutwardJobs(context);
  return context;
}
