// Starts Skep from this clone as an operator would, and asks it for its demo credentials.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, SERVER_CORE, start, type Started } from './processes.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const READY = /^skep listening on http:\/\/\S+:(\d+)$/;

/** What `skep demo --json` prints: how to reach each door. */
export interface Demo {
  baasbox: {
    appcode: string;
    admin: { username: string; password: string };
    user: { username: string; password: string };
    collection: string;
  };
  beefree: { apiKey: string };
}

export interface Skep extends Started {
  port: number;
  demo: Demo;
}

export interface ServeOptions {
  /** Arguments for node itself, such as `--cpu-prof`. */
  nodeArgs?: readonly string[];
  /** Whether to hold the server to its core. */
  pin?: boolean;
}

/** Brings the bundle up to date with the sources, as it is after `npm ci`. */
export async function bundleSkep(): Promise<void> {
  await run(['bin/bundle.js'], ROOT);
}

/** A new data folder below the system's temporary one. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'skep-bench-'));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Starts `skep serve` on the data folder and a free port, on the server's core unless told otherwise. */
export function serve(
  dataDir: string,
  settings: Record<string, string> = {},
  { nodeArgs = [], pin = true }: ServeOptions = {},
): Promise<Started & { port: number }> {
  return start({
    // As `npm start` does.
    args: [
      '--min-semi-space-size=16',
      ...nodeArgs,
      'bin/skep.js',
      'serve',
      '--port',
      '0',
      '--data-dir',
      dataDir,
    ],
    cwd: ROOT,
    env: { NODE_ENV: 'production', ...settings },
    ...(pin ? { core: SERVER_CORE } : {}),
    ready: READY,
  }).then((started) => ({ ...started, port: Number(READY.exec(started.line)?.[1]) }));
}

/** Fills the data folder with the demo tenant, then serves it. */
export async function serveDemo(
  dataDir: string,
  settings: Record<string, string> = {},
  options: ServeOptions = {},
): Promise<Skep> {
  const printed = await run(['bin/skep.js', 'demo', '--json', '--data-dir', dataDir], ROOT);
  const demo = JSON.parse(printed) as Demo;
  return { ...(await serve(dataDir, settings, options)), demo };
}
