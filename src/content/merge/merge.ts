// Replaces parts of a template that JSONPath names (Beefree spec 3.4).
import { setImmediate } from 'node:timers/promises';
import { DomainError, Invalid, TooLarge } from '../../platform/errors.ts';
import { Budget } from './budget.ts';
import { parsePath } from './path.ts';
import { select, type Place } from './select.ts';

export interface Replacement {
  path: string;
  /** Any JSON; each match gets a copy of its own. */
  value: unknown;
}

export interface MergeInput {
  replace: readonly Replacement[];
  source: Readonly<Record<string, unknown>>;
}

/** What went wrong with one path. */
export interface MergeWarning {
  path: string;
  reason: 'no_match' | 'bad_path' | 'too_costly' | 'no_page';
}

export interface Merged {
  /** The changed template; the source itself when a path was bad or too costly, or took the page away. */
  json: Readonly<Record<string, unknown>>;
  warnings: MergeWarning[];
}

export interface MergeLimits {
  /** Replacements in one request. */
  replacements: number;
  /** Steps for one path: about one a node that is looked at. */
  steps: number;
  /** Time for all paths, in milliseconds. */
  deadlineMs: number;
  /** Places that one path may change. */
  matches: number;
  /** Characters of JSON that all replacements together may add. */
  growth: number;
  /** How deep the result may nest. */
  depth: number;
}

const LIMITS: MergeLimits = {
  replacements: 1000,
  steps: 1_000_000,
  deadlineMs: 2000,
  matches: 10_000,
  growth: 20_000_000,
  depth: 100,
};

/**
 * Carries out the replacements in order, each on the result of the one before. All matches of a path are collected
 * first; of two that lie inside each other only the outer one is replaced; the root is never replaced. A path without a
 * match is a warning; one that cannot be read, costs too much, or leaves something else where the page was, gives the
 * source back unchanged. The source is not modified. `now` gives milliseconds of a clock that only goes forward. Throws `Invalid` (`too_many_replacements`).
 */
export async function merge(
  { replace, source }: MergeInput,
  now: () => number,
  limits: MergeLimits = LIMITS,
): Promise<Merged> {
  if (replace.length > limits.replacements) {
    throw new Invalid('too_many_replacements', `There may be ${limits.replacements} replacements`);
  }
  const json = structuredClone(source);
  const warnings: MergeWarning[] = [];
  const until = now() + limits.deadlineMs;
  let growth = limits.growth;
  let failed = false;
  for (const { path, value } of replace) {
    try {
      const budget = new Budget(limits.steps, now, until - now());
      const places = outermost(select(parsePath(path), json, budget), limits.matches);
      if (places.length === 0) warnings.push({ path, reason: 'no_match' });
      growth -= places.length * sizeOf(value, budget);
      if (growth < 0)
        throw new TooLarge('merge_too_large', 'The replacements make the template too large');
      for (const place of places) assign(place, value, limits.depth);
      if (!isPage(json['page']) && isPage(source['page'])) {
        warnings.push({ path, reason: 'no_page' });
        failed = true;
        break;
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      warnings.push({ path, reason: error.kind === 'invalid' ? 'bad_path' : 'too_costly' });
      failed = true;
    }
    // Other requests get their turn between two paths.
    await setImmediate();
  }
  return { json: failed ? source : json, warnings };
}

function isPage(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without the root, without places that were named twice, and without those inside others. */
function outermost(places: readonly Place[], limit: number): Place[] {
  const named = new Map<unknown, Set<string | number>>();
  const isNamed = ({ parent, key }: Place) => named.get(parent?.value)?.has(key) ?? false;
  const distinct = places.filter((place) => {
    if (!place.parent || isNamed(place)) return false;
    const keys = named.get(place.parent.value) ?? new Set();
    named.set(place.parent.value, keys.add(place.key));
    return true;
  });
  if (distinct.length > limit)
    throw new TooLarge('too_many_matches', `A path may match ${limit} places`);
  return distinct.filter((place) => {
    for (let above = place.parent; above?.parent; above = above.parent) {
      if (isNamed(above)) return false;
    }
    return true;
  });
}

function assign(place: Place, value: unknown, maxDepth: number): void {
  let depth = 0;
  for (let above = place.parent; above; above = above.parent) depth++;
  // Defined, not set: a member called __proto__ is a member like any other.
  Object.defineProperty(place.parent?.value, place.key, {
    value: copy(value, maxDepth - depth),
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth <= 0)
    throw new TooLarge('merge_too_deep', 'The replacements make the template nest too deep');
  return Array.isArray(value)
    ? value.map((item) => copy(item, depth - 1))
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item, depth - 1)]));
}

/** About the length of the value as JSON. */
function sizeOf(value: unknown, budget: Budget): number {
  budget.spend();
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 5;
  let size = 2;
  for (const [key, item] of Object.entries(value)) size += key.length + 4 + sizeOf(item, budget);
  return size;
}
