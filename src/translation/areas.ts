// Areas: where a file is in its project, and how a locale chooses it (Beebox spec 3.2).
import { Invalid } from '../platform/errors.ts';
import { findLocale, sameLocale } from './locales.ts';
import { splitFirst, type LogicalPath } from './paths.ts';

/** `in`: sources and instructions. `out`: translations, one tree a target locale. `sandbox`: for quotations only. */
export type AreaName = 'in' | 'out' | 'sandbox';

export interface Area {
  readonly name: AreaName;
  /** The target locale as the project spells it; empty for `in` and `sandbox`. */
  readonly locale: string;
}

/** One file or directory: a path in an area. Without a path it is the whole area. */
export interface Place {
  readonly area: Area;
  readonly path: LogicalPath | undefined;
}

interface Locales {
  readonly sourceLocale: string;
  readonly targetLocales: readonly string[];
}

export const SANDBOX: Area = { name: 'sandbox', locale: '' };
export const SOURCE: Area = { name: 'in', locale: '' };

/**
 * The area that a locale names: the source locale, a target locale, or the word `sandbox` in any letter case.
 * Throws `Invalid` (`locale`) for everything else, the empty locale included.
 */
export function areaOf(project: Locales, locale: string): Area {
  if (locale.toLowerCase() === 'sandbox') return SANDBOX;
  if (sameLocale(locale, project.sourceLocale)) return SOURCE;
  const target = findLocale(locale, project.targetLocales);
  if (target !== undefined) return { name: 'out', locale: target };
  throw new Invalid('locale', 'The locale is neither a locale of this project nor the sandbox');
}

/**
 * The place that a locale and a path address when reading or deleting. With an empty locale the path starts at the root
 * of the translations: its first segment must be a target locale. Throws `Invalid` (`locale`).
 */
export function placeOf(project: Locales, locale: string, path: LogicalPath | undefined): Place {
  if (locale !== '') return { area: areaOf(project, locale), path };
  const { first, rest } = path ? splitFirst(path) : { first: '', rest: undefined };
  const target = findLocale(first, project.targetLocales);
  if (target === undefined) {
    throw new Invalid('locale', 'Without a locale, the path must start with a target locale');
  }
  return { area: { name: 'out', locale: target }, path: rest };
}
