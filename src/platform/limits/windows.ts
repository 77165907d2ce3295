// The arithmetic of windows, the same for counters in memory and in the database.
import type { Taken, Window, WindowState } from './limits.ts';

/** When each window started and how many requests were taken from it since, in the order of the windows. */
export interface WindowCounts {
  started: number[];
  taken: number[];
}

/** Clocks of processes may differ by this much before they count in windows of their own. */
const SKEW_MS = 10_000;

/** How far in the future a window may have started and still count: another process's clock may be ahead. */
export function toleranceOf({ ms }: Window): number {
  return Math.max(ms, SKEW_MS);
}

/** Windows that limit anything. */
export function limited(windows: readonly Window[]): Window[] {
  return windows.filter((window) => window.max > 0);
}

/** The counts as they are at `now`: a window that has ended is empty and starts with the next request. */
export function countsAt(
  counts: WindowCounts | undefined,
  windows: readonly Window[],
  now: number,
): WindowCounts {
  const current: WindowCounts = { started: [], taken: [] };
  windows.forEach((window, index) => {
    const started = counts?.started[index] ?? -Infinity;
    const live = now < started + window.ms && now > started - toleranceOf(window);
    current.started.push(live ? started : now);
    current.taken.push(live ? (counts?.taken[index] ?? 0) : 0);
  });
  return current;
}

/** Builds the answer from the counts after the request was taken or refused. */
export function answer(
  all: readonly Window[],
  counts: WindowCounts | undefined,
  { now, allowed }: { now: number; allowed: boolean },
): Taken {
  const counted = limited(all);
  const windows = all.map((window): WindowState => {
    const { name, max, ms } = window;
    const index = counted.indexOf(window);
    if (index < 0) return { name, limit: 0, remaining: Infinity, resetAt: now + ms };
    return {
      name,
      limit: max,
      remaining: Math.max(0, max - (counts?.taken[index] ?? 0)),
      resetAt: (counts?.started[index] ?? now) + ms,
    };
  });
  const used = allowed ? [] : windows.filter((window) => window.remaining === 0);
  const exhausted = used.toSorted((a, b) => b.resetAt - a.resetAt)[0];
  return { allowed, exhausted, windows };
}

/** When the last window ends, for the sweep. */
export function endOf(counts: WindowCounts, windows: readonly Window[]): number {
  return Math.max(...windows.map(({ ms }, index) => (counts.started[index] ?? 0) + ms));
}
