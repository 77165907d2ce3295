// The doors of the house, in the order in which they are asked who owns a path; the last one owns what is left.
import { createBaasboxDoor } from './backend/baasbox/index.ts';
import type { Config } from './config.ts';
import { createBeefreeDoor } from './content/beefree/index.ts';
import { browserOptions } from './platform/browser/options.ts';
import { createBrowserPool } from './platform/browser/pool.ts';
import type { Door } from './platform/http/door.ts';
import type { Metrics } from './platform/metrics.ts';
import type { Platform } from './platform/platform.ts';
import { createBeeboleDoor } from './timesheets/beebole/index.ts';
import { createBeeboxDoor } from './translation/beebox/index.ts';
import { VERSION } from './version.ts';

export interface Doors {
  doors: Door[];
  /** Ends what the doors hold open: the browsers. */
  close(): Promise<void>;
}

/** How long a picture of what others may change is shown, in milliseconds. */
const CHANGING_MS = 600_000;

/** Builds every door on the platform. */
export async function createDoors(
  platform: Platform,
  config: Config,
  metrics: Metrics,
): Promise<Doors> {
  const browser = createBrowserPool(browserOptions(config.render));
  metrics.gauge(
    'skep_render_jobs',
    'PDFs and pictures being made, and waiting.',
    () => ({ running: browser.stats().running, waiting: browser.stats().waiting }),
    { label: 'state' },
  );

  const doors: Door[] = [
    createBeeboleDoor(platform, config.beebole), // POST /api and /api/v2
    createBeeboxDoor(platform, config.beebox, { version: VERSION }), // /whois and the rest of /api
    await createBeefreeDoor(platform, config.beefree, {
      browser,
      renderTimeoutMs: config.render.timeoutMs,
      cache: {
        maxBytes: config.render.cacheMb * 2 ** 20,
        // What pages load from elsewhere changes without them.
        ...(config.render.network === 'public' && { keepMs: CHANGING_MS }),
      },
      publicUrl: config.publicUrl,
      network: config.render.network,
      ai: config.ai,
    }), // /v1 and /beta
    createBaasboxDoor(platform, config.baasbox, { publicUrl: config.publicUrl }), // everything else
  ];
  return { doors, close: () => browser.close() };
}
