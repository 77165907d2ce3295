// Gives templates and rows the styles of a brand (Beefree spec 3.9).
import { TooLarge } from '../../platform/errors.ts';
import { findPage, rawRows } from '../template/read.ts';
import { list, object, text } from '../template/values.ts';
import { aligned, rooms, sized, widthOr500 } from './pictures.ts';
import { readRules } from './rules.ts';
import { valueAt, withValue } from './edit.ts';
import { withEffects } from './effects.ts';
import type { Edit, Rule, Rules } from './rules.ts';
import type { Raw } from '../template/values.ts';

export interface Branded {
  /** Shares with the one that was given what did not change. */
  readonly json: Raw;
  /** False when the styles are for nothing that it holds. */
  readonly applied: boolean;
}

/** Characters that styles may write, one place with another: a label can go into thousands of buttons. */
const GROWTH = 20_000_000;

/**
 * Applies brand styles to `{page: …}`. Members that nothing is known of stay as they are. Throws `Invalid`
 * (`page_missing`, or `style_value` with the path of a value that is not allowed) and `TooLarge` (`brand_too_large`).
 */
export function brandTemplate(template: Raw, styles: Raw, growth = GROWTH): Branded {
  const page = findPage(template);
  const width = widthOr500(valueAt(page, ['body', 'content', 'computedStyle', 'messageWidth']));
  const branding = new Branding(readRules(styles), growth);
  let fresh = branding.body(page);
  const rows = rawRows(page).map((row) => branding.row(row, width));
  if (Array.isArray(page['rows']) || rows.length > 0) fresh = { ...fresh, rows };
  return { json: { ...template, page: fresh }, applied: branding.applied };
}

/**
 * Applies brand styles to rows; styles of the page as a whole mean nothing to them. `applied` is for all of them
 * together. Throws as `brandTemplate`.
 */
export function brandRows(
  rows: readonly Raw[],
  styles: Raw,
  growth = GROWTH,
): { readonly rows: readonly Raw[]; readonly applied: boolean } {
  const branding = new Branding(readRules(styles), growth);
  const fresh = rows.map((row) => {
    const width = widthOr500(valueAt(row, ['content', 'style', 'width']));
    return object(branding.row(row, width));
  });
  return { rows: fresh, applied: branding.applied };
}

/** One application of rules: what it changed so far, and whether anything was there to change. */
class Branding {
  readonly #rules: Rules;
  #growth: number;
  applied = false;

  constructor(rules: Rules, growth: number) {
    this.#rules = rules;
    this.#growth = growth;
  }

  body(page: Raw): Raw {
    const edits = this.#rules.body;
    if (edits.length === 0) return page;
    this.applied = true;
    return edits.reduce((raw, { path, value }) => withValue(raw, ['body', ...path], value), page);
  }

  /** `width` is that of the row in px. */
  row(given: unknown, width: number): unknown {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
    let row = object(given);
    const words = wordsOf(valueAt(row, ['customFields', 'className']));
    for (const rule of this.#rules.rows) {
      if (!rule.classes.every((word) => words.includes(word))) continue;
      this.#count(rule, rule.edits.length + rule.columnEdits.length);
      row = written(row, rule.edits);
      if (rule.columnEdits.length > 0 && Array.isArray(row['columns'])) {
        const columns = list(row['columns']).map((column) =>
          written(object(column), rule.columnEdits),
        );
        row = { ...row, columns };
      }
    }
    if (!Array.isArray(row['columns'])) return row;
    const room = rooms(row, width);
    const columns = list(row['columns']).map((column, at) => this.#column(column, room[at] ?? 0));
    return { ...row, columns };
  }

  #column(given: unknown, room: number): unknown {
    const { modules } = object(given);
    if (!Array.isArray(modules)) return given;
    return { ...object(given), modules: modules.map((module) => this.#block(module, room)) };
  }

  #block(stored: unknown, room: number): unknown {
    const module = object(stored);
    const type = text(module['type']).replace(/^.*modules?-/, '');
    const before = object(module['descriptor']);
    let descriptor = before;
    let words: readonly string[] | undefined;
    const given = new Set<string>();
    for (const rule of this.#rules.blocks) {
      if (!rule.types.includes(type)) continue;
      if (rule.level !== undefined && rule.level !== levelOf(descriptor)) continue;
      words ??= classesOf(module);
      if (!rule.classes.every((word) => words?.includes(word))) continue;
      this.#count(rule, rule.edits.length);
      for (const edit of rule.edits) {
        descriptor = blockEdited(descriptor, edit, room);
        given.add(edit.path.join('.'));
      }
    }
    return descriptor === before
      ? stored
      : { ...module, descriptor: withEffects(type, before, descriptor, given) };
  }

  #count({ size }: Rule, edits: number): void {
    if (edits === 0) return;
    this.applied = true;
    this.#growth -= size;
    if (this.#growth < 0) {
      throw new TooLarge('brand_too_large', 'The styles make the template too large');
    }
  }
}

function written(raw: Raw, edits: readonly Edit[]): Raw {
  return edits.reduce((result, { path, value }) => withValue(result, path, value), raw);
}

/** Pictures have their place among the words of a class, and their width in px with words of its own. */
function blockEdited(descriptor: Raw, { path, value }: Edit, room: number): Raw {
  if (path[0] === 'computedStyle' && path[1] === 'class') return aligned(descriptor, String(value));
  if (path[0] === 'computedStyle' && path[1] === 'width')
    return sized(descriptor, String(value), room);
  return withValue(descriptor, path, value);
}

function levelOf(descriptor: Raw): string {
  const level = text(valueAt(descriptor, ['heading', 'title'])).toLowerCase();
  return /^h[1-6]$/.test(level) ? level : 'h1';
}

/** The words of the classes that a user gave a block, in either of the two places for them. */
function classesOf(module: Raw): string[] {
  const custom = list(object(module['descriptor'])['customAttributes'])
    .map(object)
    .filter((item) => (text(item['key']) || text(item['name'])) === 'class');
  const own = wordsOf(valueAt(module, ['customFields', 'className']));
  return [...own, ...custom.flatMap((item) => wordsOf(item['value']))];
}

function wordsOf(value: unknown): string[] {
  return text(value)
    .split(/\s+/)
    .filter((word) => word !== '');
}
