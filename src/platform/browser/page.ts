// One page in a context of its own: no scripts, no downloads, no address but those that are allowed; thrown away after one job.
import { Invalid, Unavailable, type DomainError } from '../errors.ts';
import type { DevTools, Fields } from './devtools.ts';
import { mayLackFonts, MISSING_FONTS } from './fonts.ts';

/** An answer for the page. */
export interface Loaded {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Fetches an address that a document names, or throws. The only way from a page to the outside. */
export type Loader = (url: string, headers: Record<string, string>) => Promise<Loaded>;

export interface PageOptions {
  /** Fetches what the page asks for; without it the page gets nothing. */
  load?: Loader;
  /** How long after the document itself its pictures and fonts may still arrive, in milliseconds. */
  settleMs: number;
}

export interface Size {
  width: number;
  height: number;
}

/** The window in which a document is laid out, in CSS pixels. */
export interface Viewport extends Size {
  /** Pixels of the screen a CSS pixel, which documents may choose their pictures by; 1 by default. */
  density?: number;
}

export interface PdfOptions {
  /** Size of a sheet in CSS pixels (96 an inch). */
  paper: Size;
}

export interface ScreenshotOptions {
  /** What to photograph from the upper left corner, in CSS pixels. */
  clip: Size;
  /** Pixels of the picture a CSS pixel. */
  scale: number;
  type: ScreenshotType;
  /** Of JPEG and WebP, 0–100. */
  quality?: number;
  /** Leave transparent what the document does not paint, instead of white; not in JPEG. */
  transparent?: boolean;
}

export type ScreenshotType = 'png' | 'jpeg' | 'webp';

/** What a job can do with its page. */
export interface Page {
  /** Shows a document and waits until it has loaded. */
  setContent(html: string, viewport: Viewport): Promise<void>;
  /** Width and height of all there is to see, in CSS pixels, whole numbers; less than the view-port when there is less. */
  contentSize(): Promise<Size>;
  /** Adds rules of our own to the document, behind all of its own. */
  addStyle(css: string): Promise<void>;
  /** Makes heights that follow the window stay what they are, since on paper the sheet becomes the window. */
  fixHeights(): Promise<void>;
  /** Unicode names of the scripts, and `Emoji` and `Symbols`, in which the document has characters that no font has. */
  missingFonts(): Promise<string[]>;
  /** How many pictures, fonts and style sheets could not be loaded so far. */
  notLoaded(): number;
  pdf(options: PdfOptions): Promise<Buffer>;
  screenshot(options: ScreenshotOptions): Promise<Buffer>;
}

/** Headers of the page's request that are passed on, and of the answer. */
const REQUEST_HEADERS = ['accept', 'accept-language', 'user-agent'];
const ANSWER_HEADERS = ['content-type', 'access-control-allow-origin', 'x-content-type-options'];

/** What one page may load: files, and bytes of all together. */
const MAX_LOADS = 500;
const MAX_LOADED_BYTES = 64 * 1024 * 1024;

const MAX_FRAMES = 32;

/** A page and what only its owner may do. */
export interface OpenPage {
  page: Page;
  /** Settles when the page broke by itself. */
  failed: Promise<DomainError>;
  /** Throws the page away with all that it stored. */
  close(): Promise<void>;
}

/** Opens a fresh context with one page. Everything it may not do is switched off before it gets a document. */
export async function openPage(devtools: DevTools, options: PageOptions): Promise<OpenPage> {
  const { browserContextId } = await devtools.send<{ browserContextId: string }>(
    'Target.createBrowserContext',
    { disposeOnDetach: true },
  );
  const [{ targetId }] = await Promise.all([
    devtools.send<{ targetId: string }>('Target.createTarget', {
      url: 'about:blank',
      browserContextId,
    }),
    devtools.send('Browser.setDownloadBehavior', { behavior: 'deny', browserContextId }),
  ]);
  const { sessionId } = await devtools.send<{ sessionId: string }>('Target.attachToTarget', {
    targetId,
    flatten: true,
  });
  const guard = new Guard(devtools, options, targetId);
  await Promise.all([
    guard.watch(sessionId),
    devtools.send('Page.enable', {}, sessionId),
    devtools.send('Emulation.setEmulatedMedia', { media: 'screen' }, sessionId),
  ]);
  const { frameTree } = await devtools.send<{ frameTree: { frame: { loaderId: string } } }>(
    'Page.getFrameTree',
    {},
    sessionId,
  );
  guard.keepDocument(sessionId, frameTree.frame.loaderId);
  return {
    page: pageOn(devtools, sessionId, targetId, guard, options),
    failed: guard.failed,
    async close() {
      guard.end();
      await devtools.send('Target.disposeBrowserContext', { browserContextId });
    },
  };
}

/** Keeps a page and its frames from doing anything but showing a document. */
class Guard {
  readonly failed: Promise<DomainError>;
  readonly #devtools: DevTools;
  readonly #options: PageOptions;
  readonly #mainFrame: string;
  readonly #sessions: string[] = [];
  readonly #loading = new Set<string>();
  #fail: (reason: DomainError) => void = () => undefined;
  #onQuiet: (() => void) | undefined;
  #loads = 0;
  #bytes = 0;
  readonly #missed = new Set<string>();

  constructor(devtools: DevTools, options: PageOptions, mainFrame: string) {
    this.#devtools = devtools;
    this.#options = options;
    this.#mainFrame = mainFrame;
    this.failed = new Promise((done) => (this.#fail = done));
  }

  /** Sets up one session: the page's own, or that of a frame that the browser put into another process. */
  async watch(sessionId: string): Promise<void> {
    if (this.#sessions.length >= MAX_FRAMES) {
      this.#fail(new Unavailable('page_crashed', 'The page has too many frames'));
      return;
    }
    this.#sessions.push(sessionId);
    const on = (event: string, listener: (params: Fields) => void) =>
      this.#devtools.on(sessionId, event, listener);
    const send = (method: string, params: Fields = {}) =>
      this.#devtools.send(method, params, sessionId);

    on('Fetch.requestPaused', (params) => {
      // Refused when the page is gone by now.
      void this.#answerRequest(sessionId, params).catch(() => undefined);
    });
    on('Inspector.targetCrashed', () =>
      this.#fail(new Unavailable('page_crashed', 'The page crashed while it was rendered')),
    );
    on('Target.attachedToTarget', (params) => {
      const child = String(params['sessionId']);
      void this.watch(child)
        .then(() => this.#devtools.send('Runtime.runIfWaitingForDebugger', {}, child))
        .catch(() => undefined);
    });
    on('Network.requestWillBeSent', ({ requestId }) => this.#loading.add(String(requestId)));
    for (const event of ['Network.loadingFinished', 'Network.loadingFailed']) {
      on(event, ({ requestId }) => {
        this.#loading.delete(String(requestId));
        if (this.#loading.size === 0) this.#onQuiet?.();
      });
    }
    await Promise.all([
      send('Emulation.setScriptExecutionDisabled', { value: true }),
      send('Network.enable'),
      send('Network.emulateNetworkConditions', {
        offline: true,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: -1,
      }),
      send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      send('Target.setAutoAttach', {
        autoAttach: true,
        waitForDebuggerOnStart: true,
        flatten: true,
      }),
    ]);
  }

  /** The page keeps the document that it has now: a refresh to `about:` asks nobody and would replace it. */
  keepDocument(sessionId: string, loaderId: string): void {
    this.#devtools.on(sessionId, 'Page.frameNavigated', (params) => {
      const frame = params['frame'] as { id: string; loaderId: string };
      if (frame.id !== this.#mainFrame || frame.loaderId === loaderId) return;
      this.#fail(pageLeft());
    });
  }

  /** Resolves when nothing has been loading for a moment, or when `ms` have passed. */
  async quiet(ms: number): Promise<void> {
    const deadline = performance.now() + ms;
    for (let left = ms; this.#loading.size > 0 && left > 0; left = deadline - performance.now()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onQuiet = resolve;
      const timer = setTimeout(resolve, left);
      await promise;
      clearTimeout(timer);
    }
    this.#onQuiet = undefined;
  }

  /** How many addresses the page did not get. */
  get missed(): number {
    return this.#missed.size;
  }

  end(): void {
    for (const sessionId of this.#sessions) this.#devtools.forget(sessionId);
  }

  /** Every request of the page ends here: with what was fetched for it, or with an error. */
  async #answerRequest(sessionId: string, params: Fields): Promise<void> {
    const { requestId } = params;
    const { url, method, headers } = params['request'] as {
      url: string;
      method: string;
      headers: Record<string, string>;
    };
    // The document was given to the page: it may not go elsewhere, and frames are of no use without scripts.
    const frame = params['resourceType'] === 'Document';
    const { load } = this.#options;
    const answer =
      load && !frame && method === 'GET' && this.#loads++ < MAX_LOADS
        ? await load(url, pick(headers, REQUEST_HEADERS)).catch(() => undefined)
        : undefined;
    this.#bytes += answer?.body.length ?? 0;
    if (!frame && (!answer || answer.status >= 400)) this.#missed.add(url);
    if (!answer || this.#bytes > MAX_LOADED_BYTES) {
      const errorReason = frame ? 'Aborted' : 'AddressUnreachable';
      await this.#devtools.send('Fetch.failRequest', { requestId, errorReason }, sessionId);
      return;
    }
    const responseHeaders = Object.entries(pick(answer.headers, ANSWER_HEADERS)).map(
      ([name, value]) => ({ name, value }),
    );
    await this.#devtools.send(
      'Fetch.fulfillRequest',
      {
        requestId,
        responseCode: answer.status,
        responseHeaders,
        body: answer.body.toString('base64'),
      },
      sessionId,
    );
  }
}

function pageLeft(): Invalid {
  return new Invalid('page_left', 'The document sends its reader to another address');
}

/** The named headers that are there, by lower-case name. */
function pick(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value !== undefined && names.includes(name.toLowerCase())
        ? [[name.toLowerCase(), String(value)]]
        : [],
    ),
  );
}

/**
 * Height of what there is to see. Where the document is shorter than the window, browsers report the window; then the
 * lowest edge of the root element counts, or in quirks mode, where that is stretched too, of the content of the body.
 */
const MEASURE = `(() => {
  const root = document.documentElement, body = document.body;
  const scrolled = document.scrollingElement ?? root;
  const width = Math.max(scrolled.scrollWidth, innerWidth);
  if (!body || scrolled.scrollHeight > innerHeight) return { width, height: scrolled.scrollHeight };
  const range = document.createRange();
  range.selectNodeContents(body);
  let height = range.getBoundingClientRect().bottom;
  if (document.compatMode === 'BackCompat') {
    // Margins at the end of the body collapse with its own: a box behind the content shows how much there is.
    const behind = body.appendChild(document.createElement('div'));
    behind.style.cssText = 'all:initial!important;display:flow-root!important;clear:both!important;height:0!important';
    const style = getComputedStyle(body);
    const edge = parseFloat(style.paddingBottom) + parseFloat(style.borderBottomWidth);
    height = Math.max(height + parseFloat(style.marginBottom), behind.getBoundingClientRect().bottom) + edge;
    behind.remove();
  } else height = Math.max(height, root.getBoundingClientRect().bottom);
  return { width, height: Math.min(Math.ceil(height), innerHeight) };
})()`;

/** Writes heights that depend on the window (`100vh`) into the elements as the pixels that they are now. */
const FIX_HEIGHTS = `(() => {
  for (const element of document.querySelectorAll('*')) {
    const style = element.computedStyleMap();
    for (const property of ['height', 'min-height', 'max-height']) {
      const value = style.get(property);
      if (value instanceof CSSUnitValue && value.unit === 'px' && value.value > 0) {
        element.style?.setProperty(property, value.value + 'px', 'important');
      }
    }
  }
})()`;

/** Lays the document out, so that its fonts are asked for, and waits for them. */
const FONTS = `(document.documentElement.getBoundingClientRect(), document.fonts.ready.then(() => true))`;

function pageOn(
  devtools: DevTools,
  sessionId: string,
  frameId: string,
  guard: Guard,
  { settleMs }: PageOptions,
): Page {
  const send = <Result = Fields>(method: string, params: Fields = {}) =>
    devtools.send<Result>(method, params, sessionId);
  /** Runs an expression of ours; the document itself never ran a script that could have changed its meaning. */
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result } = await send<{ result: { value: unknown } }>('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    }).catch((error: unknown) => {
      // The answer to a question may come before the news that there is another document.
      throw error instanceof Error && error.message.includes('navigated') ? pageLeft() : error;
    });
    return result.value;
  };

  let density = 1;
  let fontsMayLack = false;

  return {
    async setContent(html, viewport) {
      const { width, height } = viewport;
      density = viewport.density ?? 1;
      fontsMayLack = mayLackFonts(html);
      const loaded = new Promise<void>((done) =>
        devtools.on(sessionId, 'Page.loadEventFired', () => done()),
      );
      await Promise.all([
        send('Emulation.setDeviceMetricsOverride', {
          width,
          height,
          deviceScaleFactor: density,
          mobile: false,
        }),
        send('Page.setDocumentContent', { frameId, html }),
      ]);
      await within(settleMs, loaded);
      await within(settleMs, evaluate(FONTS));
      await guard.quiet(settleMs);
    },

    async contentSize() {
      const { width, height } = (await evaluate(MEASURE)) as Size;
      return { width: Math.max(1, width), height: Math.max(1, height) };
    },

    async addStyle(css) {
      await evaluate(`document.documentElement.append(
        Object.assign(document.createElement('style'), { textContent: ${JSON.stringify(css)} }))`);
    },

    async fixHeights() {
      await evaluate(FIX_HEIGHTS);
    },

    async missingFonts() {
      return fontsMayLack ? ((await evaluate(MISSING_FONTS)) as string[]) : [];
    },

    notLoaded: () => guard.missed,

    async pdf({ paper }) {
      const { data } = await send<{ data: string }>('Page.printToPDF', {
        paperWidth: paper.width / 96,
        paperHeight: paper.height / 96,
        marginTop: 0,
        marginBottom: 0,
        marginLeft: 0,
        marginRight: 0,
        printBackground: true,
      });
      return Buffer.from(data, 'base64');
    },

    async screenshot({ clip, scale, type, quality, transparent = false }) {
      if (transparent) {
        const color = { r: 0, g: 0, b: 0, a: 0 };
        await send('Emulation.setDefaultBackgroundColorOverride', { color });
      }
      const { data } = await send<{ data: string }>('Page.captureScreenshot', {
        format: type,
        ...(quality !== undefined && { quality }),
        clip: { x: 0, y: 0, ...clip, scale: scale / density },
        captureBeyondViewport: true,
      });
      return Buffer.from(data, 'base64');
    },
  };
}

/** Waits for `work`, but not longer than `ms`. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((done) => (timer = setTimeout(done, ms)))]);
  clearTimeout(timer);
}
