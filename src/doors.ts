// The doors of the house, in the order in which they are asked who owns a path; the last one owns what is left.
import { createBaasboxDoor } from './backend/baasbox/index.ts';
import type { Config } from './config.ts';
import type { Door } from './platform/http/door.ts';
import type { Metrics } from './platform/metrics.ts';
import type { Platform } from './platform/platform.ts';
import { createBeeboleDoor } from './timesheets/beebole/index.ts';
import { createBeeboxDoor } from './translation/beebox/index.ts';
import { VERSION } from './version.ts';

export interface Doors {
  doors: Door[];
  /** Ends what the doors hold open (browsers, say). */
  close(): Promise<void>;
}

/** Builds every door on the platform. */
export async function createDoors(
  platform: Platform,
  config: Config,
  metrics: Metrics,
): Promise<Doors> {
  void metrics;
  // Each door's maker adds its own here, as `createXxxDoor(platform, config.xxx)` from its index.ts:
  // Beebole (owns POST /api and /api/v2), Beebox (/whois and the rest of /api), Beefree (/v1, /beta), then BaasBox (all else).
  const doors: Door[] = [
    createBeeboleDoor(platform, config.beebole),
    createBeeboxDoor(platform, config.beebox, { version: VERSION }),
    createBaasboxDoor(platform, config.baasbox),
  ];
  return { doors, close: () => Promise.resolve() };
}
