// A child process that does one job after the other: it is sent a job, and answers with a result or an error.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { pinned, stop } from './processes.ts';

export class Worker<Job extends object, Result> {
  readonly #child: ChildProcess;

  /** Starts `program` (an absolute path), on a core when one is given. */
  constructor(program: string, args: readonly string[], core?: number) {
    const pin = { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath] };
    this.#child = fork(program, [...args], pinned && core !== undefined ? pin : {});
  }

  /** Runs one job. Rejects when the program reports an error or ends. */
  async run(job: Job): Promise<Result> {
    const ended = new AbortController();
    const answer = once(this.#child, 'message', ended) as Promise<
      [{ result?: Result; error?: string }]
    >;
    this.#child.once('exit', () => ended.abort(new Error('The program ended')));
    this.#child.send(job);
    const [{ result, error }] = await answer;
    if (result === undefined) throw new Error(error);
    return result;
  }

  stop(): Promise<void> {
    return stop(this.#child);
  }
}
