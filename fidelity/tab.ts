// One tab of the browser: shows a document whose pictures are placeholders, measures it and photographs it at any width.
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findExecutables } from '../src/platform/browser/executable.ts';
import { startBrowser, type BrowserProcess } from '../src/platform/browser/process.ts';
import type { Fields } from '../src/platform/browser/devtools.ts';
import { measure, settle } from './in-page.ts';
import { placeholder, type PictureSizes } from './placeholders.ts';
import type { Measured } from './measured.ts';

export interface View {
  readonly measured: Measured;
  readonly png: Buffer;
}

export interface Tab {
  /** Shows a document and gives what is seen at each width, in CSS pixels. */
  views(html: string, sizes: PictureSizes, options: ViewOptions): Promise<View[]>;
}

export interface ViewOptions {
  readonly widths: readonly number[];
  /** rules of ours behind those of the document */
  readonly css?: string;
}

/** An address of no host, so that relative addresses of pictures have something to lean on. */
const HOST = 'http://document.invalid/';
const WINDOW_HEIGHT = 1000;
const LOAD_MS = 15_000;
/** More than this no browser photographs at once. */
const MAX_SHOT = 16_000;

/** Starts the browser that the server would use. Throws when there is none. */
export async function openBrowser(): Promise<BrowserProcess> {
  let failure: unknown;
  for await (const executable of findExecutables({
    searchPath: process.env['PATH'] ?? '',
    cacheFolder: path.join(tmpdir(), `skep-browser-${process.getuid?.() ?? 0}`),
  })) {
    try {
      return await startBrowser(executable);
    } catch (error) {
      failure = error;
    }
  }
  throw new Error('No Chromium was found', { cause: failure });
}

/** Opens a tab. It reaches no network: every request is answered here. */
export async function openTab({ devtools }: BrowserProcess): Promise<Tab> {
  const { targetId } = await devtools.send<{ targetId: string }>('Target.createTarget', {
    url: 'about:blank',
  });
  const { sessionId } = await devtools.send<{ sessionId: string }>('Target.attachToTarget', {
    targetId,
    flatten: true,
  });
  const send = <Result = Fields>(method: string, params: Fields = {}) =>
    devtools.send<Result>(method, params, sessionId);
  let html = '';
  let sizes: PictureSizes = new Map();
  let loaded = () => {};

  devtools.on(sessionId, 'Page.loadEventFired', () => loaded());
  devtools.on(sessionId, 'Fetch.requestPaused', (params) => {
    const { url } = params['request'] as { url: string };
    const answer = answerTo(url, String(params['resourceType']), html, sizes);
    const { requestId } = params;
    void (
      answer
        ? send('Fetch.fulfillRequest', {
            requestId,
            responseCode: 200,
            responseHeaders: [
              { name: 'content-type', value: answer.type },
              { name: 'cache-control', value: 'no-store' },
            ],
            body: answer.body.toString('base64'),
          })
        : send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
    ).catch(() => undefined);
  });
  await Promise.all([
    send('Page.enable'),
    send('Network.enable'),
    send('Network.setCacheDisabled', { cacheDisabled: true }),
    send('Emulation.setScriptExecutionDisabled', { value: true }),
    send('Emulation.setEmulatedMedia', {
      media: 'screen',
      features: [{ name: 'prefers-color-scheme', value: 'light' }],
    }),
    send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
  ]);

  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = await send<{ result: { value: unknown }; exceptionDetails?: unknown }>(
      'Runtime.evaluate',
      { expression, returnByValue: true, awaitPromise: true },
    );
    if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails));
    return answer.result.value;
  };
  const resize = (width: number) =>
    send('Emulation.setDeviceMetricsOverride', {
      width,
      height: WINDOW_HEIGHT,
      deviceScaleFactor: 1,
      mobile: false,
    });

  return {
    async views(document, pictures, { widths, css }) {
      html = document;
      sizes = pictures;
      await resize(widths[0] ?? 600);
      const ready = new Promise<void>((done) => (loaded = done));
      await send('Page.navigate', { url: HOST });
      await within(LOAD_MS, ready);
      await evaluate(`(${settle.toString()})()`);
      if (css !== undefined) {
        await evaluate(`document.documentElement.append(Object.assign(
          document.createElement('style'), { textContent: ${JSON.stringify(css)} }))`);
      }
      const views: View[] = [];
      for (const width of widths) {
        await resize(width);
        const measured = (await evaluate(`(${measure.toString()})()`)) as Measured;
        const height = Math.min(Math.max(1, measured.height), MAX_SHOT);
        const { data } = await send<{ data: string }>('Page.captureScreenshot', {
          format: 'png',
          optimizeForSpeed: true,
          clip: { x: 0, y: 0, width, height, scale: 1 },
          captureBeyondViewport: true,
        });
        views.push({ measured, png: Buffer.from(data, 'base64') });
      }
      return views;
    },
  };
}

function answerTo(
  url: string,
  resourceType: string,
  html: string,
  sizes: PictureSizes,
): { type: string; body: Buffer } | undefined {
  if (url === HOST) return { type: 'text/html; charset=utf-8', body: Buffer.from(html) };
  if (resourceType === 'Document') {
    return { type: 'text/html', body: Buffer.from('<body style="background:#999">') };
  }
  if (resourceType !== 'Image') return undefined;
  const name = url.startsWith(HOST) ? url.slice(HOST.length) : url;
  const size = sizes.get(url) ?? sizes.get(name) ?? sizes.get(decoded(name));
  return { type: 'image/svg+xml', body: placeholder(name, size) };
}

/** The browser writes addresses its own way; documents may have braces and blanks in them. */
function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((done) => (timer = setTimeout(done, ms)))]);
  clearTimeout(timer);
}
