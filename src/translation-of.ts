// Opens the translation room for a configuration: the server and the commands must agree on its options.
import type { Config } from './config.ts';
import type { Platform } from './platform/platform.ts';
import { openTranslation, type Translation } from './translation/translation.ts';

export function openTranslationOf(platform: Platform, { beebox }: Config): Translation {
  return openTranslation(platform, {
    sessionIdleMs: beebox.sessionTimeoutMinutes * 60_000,
    simulateBusy: beebox.simulateBusy,
  });
}
