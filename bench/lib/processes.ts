// Child processes of a measurement: pinned to a core, ended by their id, watched for memory.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';

/** The core for the server under test, and the one for what asks it. */
export const SERVER_CORE = 0;
export const CLIENT_CORE = 1;

const canPin =
  availableParallelism() >= 2 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** Whether programs are really pinned: needs two cores and `taskset`. */
export const pinned = canPin;

export interface Started {
  process: ChildProcess;
  /** The line that told that the program is ready. */
  line: string;
  /** Milliseconds from the start of the process to that line. */
  readyMs: number;
  stop(): Promise<void>;
}

export interface StartOptions {
  args: readonly string[];
  cwd: string;
  env?: Record<string, string | undefined>;
  /** Core to run on; without it the system chooses. */
  core?: number;
  /** The first line of stdout that matches means that the program is ready. */
  ready: RegExp;
  timeoutMs?: number;
}

/** Starts `node ARGS` and waits for its ready line. Throws with the program's stderr when it ends before. */
export async function start(options: StartOptions): Promise<Started> {
  const [command, args] = nodeCommand(options.args, options.core);
  const begin = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!options.ready.test(line)) continue;
      const readyMs = performance.now() - begin;
      child.stdout.resume();
      return { process: child, line, readyMs, stop: () => stop(child) };
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`node ${options.args.join(' ')} did not become ready:\n${errors}`);
}

/** Runs `node ARGS` to its end and gives what it printed. Throws when it fails. */
export async function run(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  const child = spawn(process.execPath, [...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}:\n${errors}`);
  return out;
}

/** The command line for a node program on a core. */
export function nodeCommand(args: readonly string[], core?: number): [string, string[]] {
  return canPin && core !== undefined
    ? ['taskset', ['-c', String(core), process.execPath, ...args]]
    : [process.execPath, [...args]];
}

/** Ends a program politely, and after ten seconds for good. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exit;
  clearTimeout(timer);
}

/** Resident memory of a process and all below it, in megabytes (10⁶ bytes), or NaN where there is no /proc. */
export function residentMegabytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    return children(pid).reduce((sum, child) => sum + residentMegabytes(child), own / 1e6);
  } catch {
    return Number.NaN;
  }
}

/** Processor time that a process and all below it have used so far, in milliseconds, or NaN where there is no /proc. */
export function processorMs(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return children(pid).reduce((sum, child) => sum + processorMs(child), ticks * 10);
  } catch {
    return Number.NaN;
  }
}

function children(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const list = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim();
    return list === '' ? [] : list.split(' ').map(Number);
  });
}
