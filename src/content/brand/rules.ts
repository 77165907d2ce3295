// Reads brand styles into rules: which blocks and rows, and what to write there (Beefree spec 3.9).
import { COLUMN, GENERAL, KINDS, ROW } from './fields.ts';
import { unfit, Unfit } from './values.ts';
import { object } from '../template/values.ts';
import type { Fields, Kind, Path } from './fields.ts';
import type { Raw } from '../template/values.ts';
import type { Check } from './values.ts';

export interface Edit {
  readonly path: Path;
  readonly value: unknown;
}

/** What one entry of the styles asks for. */
export interface Rule {
  /** words of a class that a block or row must have */
  readonly classes: readonly string[];
  readonly edits: readonly Edit[];
  /** characters of what is written at each place */
  readonly size: number;
}

export interface BlockRule extends Rule {
  readonly types: readonly string[];
  /** of headings, when only one level is meant */
  readonly level: string | undefined;
}

export interface RowRule extends Rule {
  readonly columnEdits: readonly Edit[];
}

/** Rules in the order in which they count: the last one wins. */
export interface Rules {
  readonly body: readonly Edit[];
  readonly rows: readonly RowRule[];
  readonly blocks: readonly BlockRule[];
}

/** Entries that one kind may have. */
const ENTRIES = 100;

/**
 * Reads the styles of a request; names that mean nothing here are ignored, such as those for the narrow view. Throws
 * `Invalid` (`style_value`, with the path) for a value that is not allowed.
 */
export function readRules(styles: Raw): Rules {
  const blocks: BlockRule[] = [];
  for (const [name, kind] of KINDS) {
    const level = /^h[1-6]$/.test(name) ? name : undefined;
    for (const part of entries(styles, name)) {
      const edits = editsOf(part, kind);
      const { types } = kind;
      blocks.push({ classes: classesOf(part), edits, size: sizeOf(edits), types, level });
    }
  }
  const rows = entries(styles, 'row').map((part) => {
    const edits = editsOf(part, ROW);
    const columnEdits = mainParts(part).flatMap((main) => read(main, COLUMN));
    const size = sizeOf([...edits, ...columnEdits]);
    return { classes: classesOf(part), edits, columnEdits, size };
  });
  const body = entries(styles, 'general')
    .flatMap((part) => mainParts(part))
    .flatMap((part) => read(part, GENERAL));
  return { body, rows, blocks };
}

/** A piece of the styles and where it stands. */
interface Part {
  readonly raw: Raw;
  readonly path: Path;
}

/** The entries of one kind, one or several; those for all blocks come before those for a class. */
function entries(styles: Raw, name: string): Part[] {
  const given = Object.hasOwn(styles, name) ? styles[name] : undefined;
  if (given === undefined || given === null) return [];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length > ENTRIES) throw unfit(`expected at most ${ENTRIES} entries`, [name]);
  const parts = list.map((entry, at): Part => {
    const path = Array.isArray(given) ? [name, String(at)] : [name];
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      throw unfit('expected a dictionary', path);
    }
    return { raw: object(entry), path };
  });
  const forAll = parts.filter((part) => classesOf(part).length === 0);
  return [...forAll, ...parts.filter((part) => classesOf(part).length > 0)];
}

function classesOf({ raw, path }: Part): string[] {
  const given = raw['className'];
  if (given === undefined || given === null) return [];
  if (typeof given !== 'string' || given.length > 200) {
    throw unfit('expected a name', [...path, 'className']);
  }
  return given.split(/\s+/).filter((word) => word !== '');
}

function editsOf(part: Part, { main, groups }: Pick<Kind, 'main' | 'groups'>): Edit[] {
  // Options of the block first: of two alignments the one of the text counts.
  const grouped = Object.entries(groups).flatMap(([name, fields]) =>
    inner(part, name).flatMap((group) => read(group, fields)),
  );
  return [...grouped, ...mainParts(part).flatMap((piece) => read(piece, main))];
}

/** The main fields stand in the entry itself or in its styles, which menus call `style`, too. */
function mainParts(part: Part): Part[] {
  return [part, ...inner(part, 'style'), ...inner(part, 'styles')];
}

function inner({ raw, path }: Part, name: string): Part[] {
  const given = Object.hasOwn(raw, name) ? raw[name] : undefined;
  // An empty object of PHP is an empty list.
  if (given === undefined || given === null || (Array.isArray(given) && given.length === 0))
    return [];
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw unfit('expected a dictionary', [...path, name]);
  }
  return [{ raw: object(given), path: [...path, name] }];
}

function read({ raw, path }: Part, fields: Fields): Edit[] {
  const edits: Edit[] = [];
  for (const [key, given] of Object.entries(raw)) {
    const name = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined || given === undefined || given === null) continue;
    const value = checked(field.check, given, [...path, key]);
    if (value !== undefined) edits.push(...field.to.map((to) => ({ path: to, value })));
  }
  return edits;
}

function checked(check: Check, given: unknown, path: Path): unknown {
  try {
    return check(given);
  } catch (error) {
    throw error instanceof Unfit ? unfit(error.message, path) : error;
  }
}

function sizeOf(edits: readonly Edit[]): number {
  return edits.reduce((size, { value }) => size + JSON.stringify(value).length, 0);
}
