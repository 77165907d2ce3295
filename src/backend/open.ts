// Opens the backend room on the platform: its context, its services and the handlers of its jobs.
import type { Platform } from '../platform/platform.ts';
import type { BackendContext, BackendLimits } from './context.ts';

/** Makes the room's context. Called once for each platform, by the server and by commands alike. */
export function openBackend(platform: Platform, limits: BackendLimits): BackendContext {
  const { db, clock, random, credentials, tenants, blobs, jobs, log, folder } = platform;
  return { db, clock, random, credentials, tenants, blobs, jobs, log, folder, limits };
}
