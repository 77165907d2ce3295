// Unpacks the Chromium that comes with npm, with its libraries and font, once per machine.
import { execFile } from 'node:child_process';
import {
  access,
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Executable } from './executable.ts';

const PACKAGE = '@sparticuz/chromium';

/**
 * Runs in a process of its own: the package unpacks to the temporary folder of its process and nowhere else, and
 * 200 MB of decompression has no place in the server. `inflate` is part of the package's interface.
 */
const UNPACK = `
const [entry, bin] = process.argv.slice(1);
const { inflate } = await import(entry);
await Promise.all(['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((name) => inflate(bin + name)));
`;

/**
 * The bundled browser below `cacheFolder`, unpacked when it is not there yet (about 3 s). Safe when several processes
 * do it at once, and when the cache folder is below a folder that others can write to: a folder of another user is
 * refused. Throws when the package is missing, the disk is full, or the folder is not ours.
 */
export async function unpackBundled(cacheFolder: string): Promise<Executable> {
  const entry = import.meta.resolve(PACKAGE);
  const root = path.resolve(path.dirname(fileURLToPath(entry)), '..');
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  await mkdir(cacheFolder, { recursive: true, mode: 0o755 });
  await assertOurs(cacheFolder);
  const home = path.join(cacheFolder, `chromium-${version}`);
  if (!(await isComplete(home))) await unpackTo(home, entry, path.join(root, 'bin', path.sep));
  return {
    path: path.join(home, 'chromium'),
    env: {
      LD_LIBRARY_PATH: path.join(home, 'al2023', 'lib'),
      FONTCONFIG_FILE: path.join(home, 'fonts.conf'),
    },
  };
}

async function unpackTo(home: string, entry: string, bin: string): Promise<void> {
  const work = await mkdtemp(`${home}-`);
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', UNPACK, entry, bin], {
      env: { TMPDIR: work },
      timeout: 120_000,
    });
    await writeFile(path.join(work, 'fonts.conf'), fontConfiguration(path.join(home, 'fonts')));
    // The browser may run as a user with fewer rights than ours, who must be able to read it.
    await chmod(work, 0o755);
    await chmod(path.join(work, 'chromium'), 0o755);
    if (!(await isComplete(home))) await rm(home, { recursive: true, force: true });
    await rename(work, home);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    // Another process was faster: its folder is as good as ours.
    if (!(await isComplete(home))) throw error;
  }
}

/** The machine's own fonts first, then the bundled one, so that there is always a letter to draw. */
function fontConfiguration(fonts: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir>${fonts}</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
}

/** The folder gets its name when all is in it, but cleaners of temporary folders may have taken something since. */
async function isComplete(home: string): Promise<boolean> {
  try {
    for (const name of ['chromium', 'al2023', 'fonts', 'fonts.conf'])
      await access(path.join(home, name));
    return true;
  } catch {
    return false;
  }
}

async function assertOurs(folder: string): Promise<void> {
  const { uid, mode } = await lstat(folder);
  const mine = process.getuid?.() ?? uid;
  if (uid !== mine || (mode & 0o022) !== 0) {
    throw new Error(`${folder} belongs to another user or can be written by others`);
  }
}
