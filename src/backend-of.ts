// Opens the backend room for a configuration, for the commands; the door does the same for requests.
import type { BackendContext } from './backend/context.ts';
import type { Config } from './config.ts';
import type { Platform } from './platform/platform.ts';

export function openBackendOf(platform: Platform, { baasbox }: Config): BackendContext {
  const { db, clock, random, credentials, tenants } = platform;
  const { queryTimeoutMs, sessionTimeoutMinutes } = baasbox;
  const limits = { queryTimeoutMs, sessionTimeoutMinutes };
  return { db, clock, random, credentials, tenants, limits };
}
