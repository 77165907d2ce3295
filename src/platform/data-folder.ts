// The data folder: made at the first start, and held by one server at a time.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Conflict } from './errors.ts';

export interface DataFolder {
  /** Absolute path. */
  path: string;
  /** Lets another server have the folder. The system does it by itself when this process dies. */
  release(): void;
}

/** Makes the folder if it is missing, readable by its owner only. */
export async function makeDataFolder(folder: string): Promise<string> {
  const absolute = path.resolve(folder);
  await mkdir(absolute, { recursive: true, mode: 0o700 });
  return absolute;
}

/**
 * Takes the folder for this server. The lock is SQLite's own file lock on a small file: unlike a pid file it cannot be
 * left behind by a crash. Throws `Conflict` (`data_folder_in_use`) when another server has it.
 */
export async function holdDataFolder(folder: string): Promise<DataFolder> {
  const absolute = await makeDataFolder(folder);
  const pidFile = path.join(absolute, 'skep.pid');
  const lock = new Sqlite(path.join(absolute, 'skep.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    const pid = await readFile(pidFile, 'utf8').catch(() => '');
    const who = /^\d+$/.test(pid.trim()) ? ` (process ${pid.trim()})` : '';
    throw new Conflict(
      'data_folder_in_use',
      `Another Skep${who} is using the data folder ${absolute}. Stop it, or give this one another --data-dir.`,
    );
  }
  await writeFile(pidFile, `${process.pid}\n`);
  return { path: absolute, release: () => lock.close() };
}
