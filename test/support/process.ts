// The real program as a child process, for tests of starting, stopping and the command line.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../bin/skep.js', import.meta.url));

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(args: string[], env: Record<string, string>, program = CLI): ChildProcess {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SKEP_')),
  );
  return spawn(process.execPath, [program, ...args], {
    env: { ...clean, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function collect(child: ChildProcess): Omit<Finished, 'code'> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return output;
}

/** Runs a command to its end. */
export async function skep(args: string[], env: Record<string, string> = {}): Promise<Finished> {
  const child = start(args, env);
  const output = collect(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

export interface Server {
  /** From the ready line. */
  url: string;
  child: ChildProcess;
  /** All that it printed so far. */
  output: Omit<Finished, 'code'>;
  /** Milliseconds from the start of the process to its ready line. */
  readyMs: number;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `skep serve` on a free port and waits for its ready line. Rejects with its output when it ends before. */
export async function serve(
  args: string[],
  env: Record<string, string> = {},
  program = CLI,
): Promise<Server> {
  const started = performance.now();
  const child = start(['serve', '--port', '0', ...args], env, program);
  const output = collect(child);
  const url = await new Promise<string>((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${output.stderr}`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const match = /^skep listening on (http:\/\/\S+)$/.exec(line);
      if (match) resolve(match[1] as string);
    });
  });
  const readyMs = performance.now() - started;
  return {
    url,
    child,
    output,
    readyMs,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      const [code] = (await once(child, 'close')) as [number | null];
      return code;
    },
  };
}
