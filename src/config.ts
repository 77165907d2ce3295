// The whole configuration: the ground's settings and each door's.
import Type, { type Static } from 'typebox';
import { baasboxConfig } from './backend/baasbox/config.ts';
import { aiConfig } from './content/ai/config.ts';
import { beefreeConfig } from './content/beefree/config.ts';
import { platformSettings } from './platform/platform-config.ts';
import { beeboleConfig } from './timesheets/beebole/config.ts';
import { beeboxConfig } from './translation/beebox/config.ts';

export const configSchema = Type.Object(
  {
    ...platformSettings,
    baasbox: baasboxConfig,
    beebole: beeboleConfig,
    beefree: beefreeConfig,
    beebox: beeboxConfig,
    ai: aiConfig,
  },
  { additionalProperties: false },
);

/** The effective configuration of a server. */
export type Config = Static<typeof configSchema>;
