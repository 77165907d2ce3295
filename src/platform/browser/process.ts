// Starts one browser process with as few rights as the machine allows, and ends it for good.
import { spawn, type ChildProcess } from 'node:child_process';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { Unavailable } from '../errors.ts';
import { DevTools } from './devtools.ts';
import type { Executable } from './executable.ts';

/** A running browser. */
export interface BrowserProcess {
  readonly devtools: DevTools;
  readonly pid: number;
  /** Ends the browser and its children at once, and removes its files. Resolves when they are gone. */
  kill(): Promise<void>;
}

/** How much the operating system holds the browser in. */
interface Rights {
  /** Another user than ours, when we may choose one. */
  uid?: number;
  sandbox: boolean;
}

const START_TIMEOUT_MS = 15_000;

/** The user without rights of most systems. */
const NOBODY = 65_534;

const FLAGS = [
  '--headless',
  '--remote-debugging-pipe',
  '--no-startup-window',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-service-autorun',
  '--no-pings',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--disable-breakpad',
  '--disable-crash-reporter',
  '--disable-domain-reliability',
  '--disable-client-side-phishing-detection',
  '--disable-notifications',
  '--disable-quic',
  '--dns-prefetch-disable',
  '--disable-features=MediaRouter,OptimizationHints,Translate,NetworkPrediction,DialMediaRouteProvider,PaintHolding',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
  '--hide-scrollbars',
  '--mute-audio',
  '--password-store=basic',
  '--use-mock-keychain',
  '--metrics-recording-only',
  '--js-flags=--max-old-space-size=512',
];

export interface BrowserOptions {
  /** A folder with fonts of the operator, which the browser has besides those of the machine. Linux only. */
  fontsFolder?: string;
}

/**
 * Starts `executable` and waits until it answers. Tries the kernel's sandbox under a user without rights first (when we
 * are root), then with fewer walls where the machine forbids those. The browser has no network. Throws `Unavailable` when the browser does not start.
 */
export async function startBrowser(
  executable: Executable,
  options: BrowserOptions = {},
): Promise<BrowserProcess> {
  let failure: unknown;
  for (const rights of possibleRights()) {
    try {
      return await start(executable, rights, options);
    } catch (error) {
      failure = error;
    }
  }
  throw new Unavailable(
    'browser_not_started',
    'The browser does not start',
    {},
    { cause: failure },
  );
}

function possibleRights(): Rights[] {
  const root = process.getuid?.() === 0;
  return root
    ? [{ uid: NOBODY, sandbox: true }, { uid: NOBODY, sandbox: false }, { sandbox: false }]
    : [{ sandbox: true }, { sandbox: false }];
}

async function start(
  executable: Executable,
  rights: Rights,
  { fontsFolder }: BrowserOptions,
): Promise<BrowserProcess> {
  const home = await mkdtemp(path.join(tmpdir(), `skep-page-${process.pid}-`));
  try {
    if (rights.uid !== undefined) await chown(home, rights.uid, rights.uid);
    const fonts = fontsFolder === undefined ? {} : await moreFonts(home, fontsFolder, executable);
    const child = spawn(executable.path, flags(home, rights), {
      // A group of its own, so that one signal reaches all its children; nothing of our environment, which has secrets.
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: home,
        TMPDIR: home,
        LANG: 'en_US.UTF-8',
        ...executable.env,
        ...fonts,
      },
      cwd: home,
      ...(rights.uid !== undefined && { uid: rights.uid, gid: rights.uid }),
    });
    return await ready(child, home);
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

/** Has the library that finds fonts look into one more folder, before all others. */
async function moreFonts(
  home: string,
  folder: string,
  { env }: Executable,
): Promise<Record<string, string>> {
  const file = path.join(home, 'fonts.conf');
  const others = env['FONTCONFIG_FILE'] ?? '/etc/fonts/fonts.conf';
  await writeFile(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${escapeXml(path.resolve(folder))}</dir>
  <include ignore_missing="yes">${escapeXml(others)}</include>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`,
    { mode: 0o644 },
  );
  return { FONTCONFIG_FILE: file };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function flags(home: string, rights: Rights): string[] {
  return [
    ...FLAGS,
    `--user-data-dir=${home}`,
    ...(rights.sandbox ? [] : ['--no-sandbox']),
    // No name and no address resolves, and the way out leads to such a name: the browser itself contacts nobody, not
    // even to preconnect. What a page may load, the server fetches for it.
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--proxy-server=http://nowhere.invalid:1',
    '--proxy-bypass-list=<-loopback>',
  ];
}

async function ready(child: ChildProcess, home: string): Promise<BrowserProcess> {
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', () => done());
  });
  const killGroup = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  };
  process.once('exit', killGroup);
  const devtools = new DevTools(child.stdio[3] as Writable, child.stdio[4] as Readable);
  let removed: Promise<void> | undefined;
  const kill = () =>
    (removed ??= (async () => {
      killGroup();
      await ended;
      // Children that outlived the first signal for a moment belong to the same group.
      killGroup();
      process.off('exit', killGroup);
      devtools.lose();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    })());
  void ended.then(kill);

  const timer = setTimeout(() => devtools.lose(), START_TIMEOUT_MS);
  try {
    await devtools.send('Browser.getVersion');
    return { devtools, pid: child.pid ?? 0, kill };
  } catch (error) {
    await kill();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
