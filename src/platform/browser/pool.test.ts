// The pool with a real browser: isolation, deadlines, crashes, limits, and nothing left behind.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readPng } from '../../../test/support/png.ts';
import type { Page } from './page.ts';
import { createBrowserPool, type BrowserPool, type BrowserPoolOptions } from './pool.ts';

const pools: BrowserPool[] = [];

function poolWith(options: Partial<BrowserPoolOptions> = {}): BrowserPool {
  const pool = createBrowserPool(options);
  pools.push(pool);
  return pool;
}

const shared = createBrowserPool({});
const WINDOW = { width: 100, height: 100 };
const MINUTE = { deadlineMs: 60_000 };

/** Shows a page and gives the colour at its upper left corner. */
function colourOf(html: string): (page: Page) => Promise<number[]> {
  return async (page) => {
    await page.setContent(html, WINDOW);
    const shot = await page.screenshot({ clip: WINDOW, scale: 1, type: 'png' });
    return readPng(shot).pixel(10, 10);
  };
}

const filled = (colour: string) => `<!doctype html><body style="margin:0;background:${colour}">`;
const RED = [255, 0, 0];
const GREEN = [0, 128, 0];

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});
afterAll(() => shared.close());

describe('browser pool', () => {
  it('starts nothing before the first job', () => {
    expect(poolWith().stats()).toEqual({ running: 0, waiting: 0, browsers: 0, pids: [] });
  });

  it('renders, as another user and in a sandbox where the machine allows it', async () => {
    expect(await shared.run(colourOf(filled('red')), MINUTE)).toEqual(RED);
    const [pid] = shared.stats().pids;
    if (process.getuid?.() === 0 && existsSync(`/proc/${pid}/status`)) {
      expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t65534\t/m);
    }
  });

  it('gives the browser nothing of our environment', async () => {
    process.env['SKEP_TEST_SECRET'] = 'do-not-tell';
    try {
      const pool = poolWith();
      await pool.run(colourOf(filled('red')), MINUTE);
      const [pid] = pool.stats().pids;
      if (existsSync(`/proc/${pid}/environ`)) {
        expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('do-not-tell');
      }
    } finally {
      delete process.env['SKEP_TEST_SECRET'];
    }
  });

  it('runs no script, in the page or in any kind of frame', async () => {
    const script = `<script>document.body.style.background='red'</script><img src=x onerror="document.body.style.background='red'">`;
    const nested = `<body style="margin:0;background:green">${script}`;
    expect(await shared.run(colourOf(`<!doctype html>${nested}`), MINUTE)).toEqual(GREEN);
    for (const frame of [
      `<iframe srcdoc='${nested.replaceAll("'", '&#39;')}'`,
      `<iframe sandbox="allow-scripts" srcdoc='${nested.replaceAll("'", '&#39;')}'`,
      `<iframe src="data:text/html,${encodeURIComponent(nested)}"`,
      `<iframe src="javascript:'${encodeURIComponent('<body style=background:red>')}'"`,
      `<object type="text/html" data="data:text/html,${encodeURIComponent(nested)}"`,
    ]) {
      const html = `<!doctype html><body style="margin:0;background:green">${frame} style="border:0;width:100px;height:100px"></body>`;
      expect(await shared.run(colourOf(html), MINUTE)).toEqual(GREEN);
    }
  });

  it('shows what is for readers without scripts', async () => {
    const html = `<!doctype html><body style="margin:0"><noscript><div style="background:green;height:50px"></div></noscript>`;
    expect(await shared.run(colourOf(html), MINUTE)).toEqual(GREEN);
  });

  it('keeps the document when it asks to go elsewhere', async () => {
    for (const target of [
      'http://example.test/',
      'data:text/html,<body bgcolor=red>',
      'file:///etc/passwd',
    ]) {
      const html = `<!doctype html><meta http-equiv="refresh" content="0;url=${target}"><body style="margin:0;background:green">`;
      const later = async (page: Page) => {
        await page.setContent(html, WINDOW);
        await page.contentSize();
        await page.pdf({ paper: { width: 100, height: 100 } });
        return readPng(await page.screenshot({ clip: WINDOW, scale: 1, type: 'png' })).pixel(
          10,
          10,
        );
      };
      expect(await shared.run(later, MINUTE)).toEqual(GREEN);
    }
  });

  it('refuses a document that replaces itself', async () => {
    const html = `<!doctype html><meta http-equiv="refresh" content="0;url=about:blank">`;
    const job = async (page: Page) => {
      await page.setContent(html, WINDOW);
      for (;;) await page.contentSize();
    };
    await expect(shared.run(job, MINUTE)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'page_left',
    });
  });

  it('does not mix the pages of jobs that run at the same time', async () => {
    const colours = Array.from({ length: 12 }, (_, i) => [20 * i, 255 - 20 * i, i]);
    const seen = await Promise.all(
      colours.map((rgb) => shared.run(colourOf(filled(`rgb(${rgb.join(',')})`)), MINUTE)),
    );
    expect(seen).toEqual(colours);
  });

  it('ends a job at its deadline, and the next one works', async () => {
    const started = performance.now();
    const stuck = shared.run(() => new Promise(() => undefined), { deadlineMs: 200 });
    await expect(stuck).rejects.toMatchObject({ kind: 'deadline', code: 'render_timeout' });
    expect(performance.now() - started).toBeLessThan(1500);
    expect(await shared.run(colourOf(filled('red')), MINUTE)).toEqual(RED);
  });

  it('ends a page that takes too long to lay out', async () => {
    const html = `<!doctype html>${'<table><tr><td>'.repeat(400)}${'<p>x '.repeat(20_000)}`;
    const slow = shared.run(
      async (page) => {
        await page.setContent(html, WINDOW);
        for (;;) await page.pdf({ paper: { width: 20, height: 20 } });
      },
      { deadlineMs: 400 },
    );
    await expect(slow).rejects.toMatchObject({ code: 'render_timeout' });
    expect(await shared.run(colourOf(filled('red')), MINUTE)).toEqual(RED);
  });

  it('kills a browser that hangs; the other job on it is done all the same', async () => {
    const pool = poolWith({ concurrency: 2 });
    await pool.run(colourOf(filled('red')), MINUTE);
    const [pid] = pool.stats().pids;
    const [both, stopped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const hanging = pool.run(
      async (page) => {
        await both.promise;
        process.kill(-Number(pid), 'SIGSTOP');
        stopped.resolve();
        await page.contentSize();
      },
      { deadlineMs: 1000 },
    );
    const other = pool.run(async (page) => {
      both.resolve();
      await stopped.promise;
      return colourOf(filled('green'))(page);
    }, MINUTE);
    await expect(hanging).rejects.toMatchObject({ code: 'render_timeout' });
    expect(await other).toEqual(GREEN);
    expect(pool.stats()).toMatchObject({ running: 0, browsers: 2 });
    expect(alive(Number(pid))).toBe(false);
  });

  it('says so when the browser dies under a job, and starts another for the next', async () => {
    const pool = poolWith();
    await pool.run(colourOf(filled('red')), MINUTE);
    const [pid] = pool.stats().pids;
    const dying = pool.run(async (page) => {
      process.kill(-Number(pid), 'SIGKILL');
      await page.contentSize();
    }, MINUTE);
    await expect(dying).rejects.toMatchObject({ kind: 'unavailable', code: 'browser_gone' });
    expect(await pool.run(colourOf(filled('red')), MINUTE)).toEqual(RED);
    expect(pool.stats().browsers).toBe(2);
  });

  it('replaces the browser after a number of jobs', async () => {
    const pool = poolWith({ jobsPerBrowser: 3 });
    const jobs = Array.from({ length: 8 }, () => pool.run(colourOf(filled('red')), MINUTE));
    expect(await Promise.all(jobs)).toEqual(jobs.map(() => RED));
    expect(pool.stats().browsers).toBe(3);
  });

  it('lets a limited number wait', async () => {
    const pool = poolWith({ concurrency: 1, queueLimit: 1 });
    const gate = Promise.withResolvers<string>();
    const first = pool.run(() => gate.promise, MINUTE);
    const second = pool.run(async () => 'second', MINUTE);
    await expect(pool.run(async () => 'third', MINUTE)).rejects.toMatchObject({
      kind: 'too_many',
      code: 'render_queue_full',
    });
    gate.resolve('first');
    expect(await Promise.all([first, second])).toEqual(['first', 'second']);
  });

  it('counts the time in the queue', async () => {
    const pool = poolWith({ concurrency: 1 });
    const gate = Promise.withResolvers<string>();
    const first = pool.run(() => gate.promise, MINUTE);
    await expect(pool.run(async () => 'late', { deadlineMs: 100 })).rejects.toMatchObject({
      code: 'render_timeout',
    });
    expect(pool.stats().waiting).toBe(0);
    gate.resolve('first');
    expect(await first).toBe('first');
  });

  it('passes on what a job throws', async () => {
    await expect(shared.run(() => Promise.reject(new RangeError('mine')), MINUTE)).rejects.toThrow(
      'mine',
    );
  });

  it('ends an idle browser and starts it again when needed', async () => {
    const pool = poolWith({ idleMs: 1 });
    await pool.run(colourOf(filled('red')), MINUTE);
    await expect.poll(() => pool.stats().pids, { timeout: 5000 }).toEqual([]);
    expect(await pool.run(colourOf(filled('red')), MINUTE)).toEqual(RED);
  });

  it('falls back to the browser that comes with npm', async () => {
    const pool = poolWith({ searchPath: '' });
    expect(await pool.run(colourOf(`${filled('green')}<p>text`), MINUTE)).toEqual(GREEN);
    const [pid] = pool.stats().pids;
    if (existsSync(`/proc/${pid}/cmdline`)) {
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('skep-browser-');
    }
  });

  it('says so when there is no browser', async () => {
    const pool = poolWith({ executablePath: '/nonexistent/chromium' });
    await expect(pool.run(colourOf(filled('red')), MINUTE)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'no_browser',
    });
  });

  it('leaves no process and no file behind', async () => {
    const pool = poolWith();
    // Other processes have browsers of their own meanwhile.
    const own = `skep-page-${process.pid}-`;
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(own));
    const before = new Set(folders());
    const running = pool.run(() => new Promise(() => undefined), MINUTE);
    const outcome = running.catch((error: unknown) => error);
    await expect.poll(() => pool.stats().pids.length, { timeout: 10_000 }).toBe(1);
    const pids = pool.stats().pids;
    await pool.close();
    expect(await outcome).toMatchObject({ kind: 'unavailable' });
    expect(pids.filter(alive)).toEqual([]);
    expect(folders().filter((name) => !before.has(name))).toEqual([]);
    await expect(pool.run(async () => 1, MINUTE)).rejects.toMatchObject({ code: 'closing' });
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
