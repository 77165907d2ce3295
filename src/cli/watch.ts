// Waits for the versions of a file, however editors write it: in place, or as another file that takes its name.
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** How often the file is looked at, in milliseconds. Events of the system miss network drives and replaced files. */
const EVERY_MS = 150;

/**
 * Yields once for the file as it is and again after every change, until the signal. A missing or empty file is one that is being
 * written.
 */
export async function* versionsOf(file: string, signal: AbortSignal): AsyncGenerator<void> {
  let seen = '';
  while (!signal.aborted) {
    // Before the file is read: a change in between is seen the next time.
    const now = await stamp(file);
    if (now !== '' && now !== seen) {
      seen = now;
      yield;
    }
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function stamp(file: string): Promise<string> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await stat(file, { bigint: true });
    return size === 0n ? '' : `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
  } catch {
    return '';
  }
}
