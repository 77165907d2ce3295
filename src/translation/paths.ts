// Logical paths of files inside an area: how they are joined, checked and compared (Beebox spec 3.2).
import { Invalid } from '../platform/errors.ts';

/** A path that passed `resolvePath`. */
export interface LogicalPath {
  /** As the client wrote it, with `\` between the segments. */
  readonly display: string;
  /** The same for all spellings of one path: Unicode form C, lower case. Paths are equal when their keys are. */
  readonly key: string;
}

/** Characters (UTF-16 code units) of a whole path. */
const MAX_PATH = 1024;

/** What no segment may hold: control characters and what Windows forbids in names. `\` and `/` are separators. */
const FORBIDDEN = /[\p{Cc}<>:"|?*]/u;

/**
 * Joins `folder` and `name`, which are taken literally: `/` counts as `\`, repeated separators as one, and those at
 * the ends are dropped. Throws `Invalid` (`path`) when nothing is left, for network paths (`\\server`), drive letters,
 * segments `.` and `..` (also with spaces around them, which some systems drop), forbidden or broken characters, and
 * paths over 1024 characters. Names that only Windows reserves (`con`, `nul`) are ordinary names: no file has them on disk.
 */
export function resolvePath(folder: string, name: string): LogicalPath {
  if (isNetworkPath(folder) || isNetworkPath(name)) throw bad('Absolute paths are not allowed');
  return checked(`${folder}\\${name}`);
}

/** Like `resolvePath`, for a path that may be empty: then the answer is nothing. */
export function resolveOptionalPath(folder: string, name: string): LogicalPath | undefined {
  return /[^\\/]/.test(folder + name) || isNetworkPath(folder) || isNetworkPath(name)
    ? resolvePath(folder, name)
    : undefined;
}

/** Takes the first segment off. The rest is missing when there was only one. */
export function splitFirst(path: LogicalPath): { first: string; rest: LogicalPath | undefined } {
  const end = path.display.indexOf('\\');
  if (end < 0) return { first: path.display, rest: undefined };
  return { first: path.display.slice(0, end), rest: checked(path.display.slice(end + 1)) };
}

function checked(text: string): LogicalPath {
  const segments = text.split(/[\\/]/).filter((segment) => segment !== '');
  const display = segments.join('\\');
  if (display === '') throw bad('A path is needed');
  if (display.length > MAX_PATH) throw bad(`A path has at most ${MAX_PATH} characters`);
  if (FORBIDDEN.test(display)) throw bad('The path has a character that names may not have');
  if (!display.isWellFormed()) throw bad('The path is not valid Unicode');
  if (segments.some((segment) => /^\s*\.{1,2}\s*$/u.test(segment))) {
    throw bad('The path may not have . and .. in it');
  }
  return { display, key: foldPath(display) };
}

/**
 * The key of a path. Letters are folded one by one without regard to language, as file systems do: `ß` is not `ss`, and
 * the Turkish dotless `ı` stays apart from `i`, so that two names are one only when they look it.
 */
function foldPath(display: string): string {
  let folded = '';
  for (const character of display.normalize('NFC')) folded += foldCharacter(character);
  return folded.normalize('NFC');
}

function foldCharacter(character: string): string {
  if (character === 'ς') return 'σ';
  const lower = character.toLowerCase();
  // A letter whose lower case is two characters (İ) is only itself.
  return lower.length === character.length ? lower : character;
}

function isNetworkPath(text: string): boolean {
  return /^[\\/]{2}/.test(text);
}

function bad(message: string): Invalid {
  return new Invalid('path', message);
}
