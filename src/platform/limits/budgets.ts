// The arithmetic of budgets, the same for counters in memory and in the database.
import type { BudgetKey, Spent, SpendRequest } from './limits.ts';

export interface BudgetCounts {
  requests: number;
  bytes: number;
}

const DAY = 86_400_000;

/** How long counts stay after the end of their period, so that a console can show the past. */
const KEEP_MS = { day: 35 * DAY, month: 400 * DAY };

export function keepUntil({ period }: BudgetKey, endsAt: number): number {
  return endsAt + KEEP_MS[period];
}

/** What keeps a request of this size out, given the counts before it. */
export function refusal(
  { requests = 1, maxRequests, maxBytes }: SpendRequest,
  counts: BudgetCounts,
): Spent['exhausted'] {
  if (maxRequests > 0 && counts.requests + requests > maxRequests) return 'requests';
  if (maxBytes > 0 && counts.bytes >= maxBytes) return 'bytes';
  return undefined;
}

/** Builds the answer from the counts after the request was counted or refused. */
export function spent(
  { maxRequests, maxBytes }: SpendRequest,
  counts: BudgetCounts,
  { exhausted, endsAt }: { exhausted: Spent['exhausted']; endsAt: number },
): Spent {
  return {
    allowed: exhausted === undefined,
    exhausted,
    requests: meter(maxRequests, counts.requests),
    bytes: meter(maxBytes, counts.bytes),
    resetAt: endsAt,
  };
}

function meter(limit: number, used: number) {
  return { limit, used, remaining: limit > 0 ? Math.max(0, limit - used) : Infinity };
}
