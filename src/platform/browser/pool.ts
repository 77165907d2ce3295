// The browser as a shared resource: a queue, a deadline a job, and a process that is replaced before it can go stale.
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeadlineExceeded, TooLarge, TooMany, Unavailable } from '../errors.ts';
import { fetchPublic, type Network } from '../network/public-fetch.ts';
import { findExecutables, type Executable } from './executable.ts';
import { memoryOf } from './memory.ts';
import { openPage, type Page, type PageOptions } from './page.ts';
import { startBrowser, type BrowserProcess } from './process.ts';

export interface BrowserPoolOptions {
  /** What pages may load: nothing, or public addresses that the server fetches for them. */
  network?: 'none' | 'public';
  /** The browser to use; without it an installed one, else the one from npm. */
  executablePath?: string;
  /** Folders to look for an installed browser in; PATH when not given. */
  searchPath?: string;
  /** Jobs at a time. More than the machine has cores makes all of them slower. */
  concurrency?: number;
  /** Jobs that may wait; more are refused with `TooMany`. */
  queueLimit?: number;
  /** Jobs after which a browser is replaced: memory that it loses, it loses for a while only. */
  jobsPerBrowser?: number;
  /** Idle time after which the browser is ended, in milliseconds. */
  idleMs?: number;
  /** Memory in bytes above which a process of the browser is killed, on Linux: a job of its own is that process's fault. */
  maxProcessBytes?: number;
  /** How long pictures and fonts may take after the document, in milliseconds. */
  settleMs?: number;
  /** A folder with more fonts, on Linux. */
  fontsFolder?: string;
  /** For tests: how names are resolved and addresses dialled when the network is public. */
  reach?: Network;
}

export interface BrowserPoolStats {
  running: number;
  waiting: number;
  /** Browsers started since the pool was made. */
  browsers: number;
  /** Process ids of the browsers that run now. */
  pids: number[];
}

export interface BrowserPool {
  /**
   * Runs `job` with a page of its own, in a context that is thrown away afterwards. The deadline counts from the call and
   * ends the job for good: the page is closed, and the browser killed when it does not let go. Throws `DeadlineExceeded`
   * (`render_timeout`), `Unavailable` (no browser, or it crashed), `TooLarge` (`page_memory`), `TooMany`
   * (`render_queue_full`), or what `job` threw.
   */
  run<T>(job: (page: Page) => Promise<T>, options: { deadlineMs: number }): Promise<T>;
  stats(): BrowserPoolStats;
  /** Refuses new jobs, fails the waiting ones, ends the browsers. */
  close(): Promise<void>;
}

/** One browser process with the jobs that it has. */
interface Running {
  process: BrowserProcess;
  inFlight: number;
  jobsLeft: number;
  /** One of its processes took too much memory, and was killed. */
  overMemory: boolean;
}

/** The largest picture, font or style sheet that a page may load. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** How often the memory of the browsers is looked at while there are jobs, in milliseconds. */
const LOOK_MS = 200;

/** How long a page may take to close before its browser is killed. */
const CLOSE_MS = 1000;

/** Killed on behalf of another job: this one may simply run again. */
const KILLED_FOR_OTHERS = new Unavailable(
  'browser_killed',
  'The browser was ended because of another job',
);

/** Makes a pool. Nothing is started or loaded before the first job. */
export function createBrowserPool(options: BrowserPoolOptions): BrowserPool {
  const {
    concurrency = 2,
    queueLimit = 100,
    jobsPerBrowser = 100,
    idleMs = 300_000,
    maxProcessBytes = Infinity,
    settleMs = 5000,
    network = 'none',
  } = options;
  const pageOptions: PageOptions = {
    settleMs,
    ...(network === 'public' && {
      load: (url, headers) =>
        fetchPublic(url, {
          ...options.reach,
          headers,
          maxBytes: MAX_FILE_BYTES,
          timeoutMs: settleMs,
        }),
    }),
  };
  const { fontsFolder } = options;
  const start = (executable: Executable) =>
    startBrowser(executable, fontsFolder === undefined ? {} : { fontsFolder });
  const browsers = new Set<Running>();
  const queue: { start: () => void; refuse: (reason: Error) => void }[] = [];
  let current: Promise<Running> | undefined;
  let works: Executable | undefined;
  let running = 0;
  let started = 0;
  let closed = false;
  let idle: NodeJS.Timeout | undefined;
  let looking: NodeJS.Timeout | undefined;

  /** While there are jobs, kills what takes too much memory. The job that it worked for fails; its browser is replaced. */
  function watchMemory(): void {
    if (looking || maxProcessBytes === Infinity) return;
    looking = setInterval(() => {
      for (const browser of browsers) {
        for (const { pid, bytes } of memoryOf(browser.process.pid)) {
          if (bytes > maxProcessBytes) killOne(browser, pid);
        }
      }
    }, LOOK_MS);
    looking.unref();
  }

  function killOne(browser: Running, pid: number): void {
    browser.overMemory = true;
    browser.jobsLeft = 0;
    if (pid === browser.process.pid) return void end(browser);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }

  function stopWatching(): void {
    clearInterval(looking);
    looking = undefined;
  }

  /** Starts a browser; the first that works is remembered. */
  async function launch(): Promise<Running> {
    const process = await startKnown();
    const browser = { process, inFlight: 0, jobsLeft: jobsPerBrowser, overMemory: false };
    started++;
    browsers.add(browser);
    void process.devtools.closed.then(() => end(browser));
    return browser;
  }

  async function startKnown(): Promise<BrowserProcess> {
    try {
      if (works) return await start(works);
    } catch {
      // It worked before: perhaps it was removed or replaced. Look again.
      works = undefined;
    }
    return startAny();
  }

  async function startAny(): Promise<BrowserProcess> {
    let failure: unknown;
    const { executablePath } = options;
    try {
      for await (const executable of findExecutables({
        ...(executablePath !== undefined && { executablePath }),
        searchPath: options.searchPath ?? process.env['PATH'] ?? '',
        cacheFolder: path.join(tmpdir(), `skep-browser-${process.getuid?.() ?? 0}`),
      })) {
        try {
          const browser = await start(executable);
          works = executable;
          return browser;
        } catch (error) {
          failure = error;
        }
      }
    } catch (error) {
      failure = error;
    }
    throw new Unavailable(
      'no_browser',
      'No browser that works was found; PDFs and pictures need Chromium',
      {},
      { cause: failure },
    );
  }

  /** A browser with a place for one more job. */
  async function acquire(): Promise<Running> {
    clearTimeout(idle);
    for (;;) {
      const starting = (current ??= launch());
      const browser = await starting.catch((error: unknown) => {
        if (current === starting) current = undefined;
        throw error;
      });
      if (browsers.has(browser) && browser.jobsLeft > 0) {
        browser.jobsLeft--;
        browser.inFlight++;
        if (browser.jobsLeft === 0) current = undefined;
        return browser;
      }
      if (current === starting) current = undefined;
    }
  }

  function release(browser: Running): void {
    browser.inFlight--;
    if (browser.inFlight === 0 && browser.jobsLeft === 0) void end(browser);
  }

  async function end(browser: Running, reason?: Unavailable): Promise<void> {
    browsers.delete(browser);
    if (reason) browser.process.devtools.lose(reason);
    await browser.process.kill();
  }

  async function endAll(): Promise<void> {
    const starting = current;
    current = undefined;
    await starting?.catch(() => undefined);
    await Promise.all([...browsers].map((browser) => end(browser)));
  }

  /** Waits for a turn; rejects at the deadline, or when too many wait already. */
  function turn(deadline: AbortSignal): Promise<void> {
    if (closed) throw new Unavailable('closing', 'The server is stopping');
    if (running < concurrency) {
      running++;
      return Promise.resolve();
    }
    if (queue.length >= queueLimit) {
      throw new TooMany('render_queue_full', 'Too many PDFs and pictures are waiting');
    }
    return new Promise((resolve, reject) => {
      const waiting = {
        start: () => {
          deadline.removeEventListener('abort', late);
          resolve();
        },
        refuse: (reason: Error) => {
          deadline.removeEventListener('abort', late);
          reject(reason);
        },
      };
      const late = () => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(timedOut());
      };
      deadline.addEventListener('abort', late);
      queue.push(waiting);
    });
  }

  function next(): void {
    const waiting = queue.shift();
    if (waiting) waiting.start();
    else running--;
    if (running > 0) return;
    stopWatching();
    clearTimeout(idle);
    idle = setTimeout(() => void endAll(), idleMs);
    idle.unref();
  }

  /** One attempt: page, job, and the page gone whatever happened. */
  async function attempt<T>(job: (page: Page) => Promise<T>, deadline: AbortSignal): Promise<T> {
    const browser = await orAbort(acquire(), deadline, release);
    const { devtools } = browser.process;
    const opening = openPage(devtools, pageOptions);
    try {
      const open = await orAbort(opening, deadline);
      const broke = open.failed.then((reason) => Promise.reject(reason));
      broke.catch(() => undefined);
      return await orAbort(Promise.race([job(open.page), broke]), deadline);
    } catch (error) {
      if (!browser.overMemory || !(error instanceof Unavailable)) throw error;
      throw new TooLarge('page_memory', 'The page needs more memory than one may have');
    } finally {
      const gone = await Promise.race([
        opening
          .then((open) => open.close())
          .then(
            () => true,
            () => !browsers.has(browser),
          ),
        after(CLOSE_MS).then(() => false),
      ]);
      if (!gone) void end(browser, KILLED_FOR_OTHERS);
      release(browser);
    }
  }

  return {
    async run(job, { deadlineMs }) {
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(), deadlineMs);
      try {
        await turn(deadline.signal);
        watchMemory();
        try {
          return await attempt(job, deadline.signal).catch((error: unknown) => {
            if (error !== KILLED_FOR_OTHERS || closed) throw error;
            return attempt(job, deadline.signal);
          });
        } finally {
          next();
        }
      } finally {
        clearTimeout(timer);
      }
    },

    stats: () => ({
      running,
      waiting: queue.length,
      browsers: started,
      pids: [...browsers].map((browser) => browser.process.pid),
    }),

    async close() {
      closed = true;
      clearTimeout(idle);
      stopWatching();
      for (const waiting of queue.splice(0)) {
        waiting.refuse(new Unavailable('closing', 'The server is stopping'));
      }
      await endAll();
    },
  };
}

/** `work`, unless the signal comes first. What arrives too late is given to `discard`. */
async function orAbort<T>(
  work: Promise<T>,
  signal: AbortSignal,
  discard?: (late: T) => void,
): Promise<T> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(timedOut());
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } catch (error) {
    if (signal.aborted) work.then(discard, () => undefined);
    throw error;
  } finally {
    if (abort) signal.removeEventListener('abort', abort);
  }
}

function after(ms: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, ms).unref();
  });
}

function timedOut(): DeadlineExceeded {
  return new DeadlineExceeded('render_timeout', 'The page took too long to render');
}
