// A child process that does one job after the other: it is sent a job, and answers with a result or an error.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { pinned, stop } from './processes.ts';

export class Worker<Job extends object, Result> {
  readonly #child: ChildProcess;
  readonly #ended = new AbortController();

  /** Starts `program` (an absolute path), on a core when one is given. */
  constructor(program: string, args: readonly string[], core?: number) {
    const pin = { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath] };
    this.#child = fork(program, [...args], pinned && core !== undefined ? pin : {});
    this.#child.once('exit', () => this.#ended.abort(new Error('The program ended')));
  }

  /** Runs one job. Rejects when the program reports an error or ends. */
  async run(job: Job): Promise<Result> {
    const answer = once(this.#child, 'message', this.#ended) as Promise<
      [{ result?: Result; error?: string }]
    >;
    this.#child.send(job);
    const [{ result, error }] = await answer;
    if (result === undefined) throw new Error(error);
    return result;
  }

  stop(): Promise<void> {
    return stop(this.#child);
  }
}
