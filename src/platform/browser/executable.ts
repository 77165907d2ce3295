// Finds a Chromium: the configured one, an installed one, or the one that comes with npm.
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { unpackBundled } from './bundled.ts';

/** A program to start, and what its environment needs. */
export interface Executable {
  path: string;
  env: Record<string, string>;
}

export interface ExecutableOptions {
  /** The one to use; nothing else is tried when it is given. */
  executablePath?: string;
  /** Folders to search, separated as PATH is. */
  searchPath: string;
  /** Where the browser from npm is unpacked. */
  cacheFolder: string;
}

/** In order of preference: the headless shell is several times faster than the full browser. */
const NAMES = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'headless_shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
];

const MAC_APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Gives the browsers that may work, best first. Unpacking the bundled one takes seconds and happens only when the
 * caller asks that far. Throws when the bundled one cannot be unpacked.
 */
export async function* findExecutables(options: ExecutableOptions): AsyncGenerator<Executable> {
  if (options.executablePath) {
    yield { path: options.executablePath, env: {} };
    return;
  }
  const folders = options.searchPath
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder));
  const installed = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  if (process.platform === 'darwin') installed.push(...MAC_APPLICATIONS);
  for (const candidate of installed) {
    if (await isExecutable(candidate)) yield { path: candidate, env: {} };
  }
  if (process.platform === 'linux' && process.arch === 'x64') {
    yield await unpackBundled(options.cacheFolder);
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
