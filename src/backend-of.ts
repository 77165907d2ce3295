// Opens the backend room for a configuration, for the commands; the door does the same for requests.
import { backendOptions } from './backend/baasbox/config.ts';
import type { BackendContext } from './backend/context.ts';
import { openBackend } from './backend/open.ts';
import type { Config } from './config.ts';
import type { Platform } from './platform/platform.ts';

export function openBackendOf(platform: Platform, { baasbox, publicUrl }: Config): BackendContext {
  return openBackend(platform, backendOptions(baasbox, publicUrl));
}
