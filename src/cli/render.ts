// `skep render`: one template or HTML document becomes HTML, text, a PDF or a picture, without a server.
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Config } from '../config.ts';
import { renderSettings } from '../content/beefree/render-settings.ts';
import { browserOptions } from '../platform/browser/options.ts';
import { createBrowserPool, type BrowserPool } from '../platform/browser/pool.ts';
import { Invalid, TooLarge } from '../platform/errors.ts';
import type { Arguments } from './arguments.ts';
import type { Command } from './command.ts';
import { explain } from './explain.ts';
import { formOf, isBinary, outputOf, type OutputOptions } from './render-output.ts';
import { versionsOf } from './watch.ts';

export const command: Command = {
  usage: 'render FILE [--to FORM] [--out FILE]',
  summary: 'Turns a template or HTML into HTML, text, PDF or a picture; needs no server.',
  options: {
    to: {
      type: 'string',
      help: 'html (e-mail), page, popup, amp, text, pdf, png, jpg, webp; json: a template from HTML. Default: as --out ends, else html.',
    },
    out: { type: 'string', help: 'File to write. Default: standard output.' },
    watch: { type: 'boolean', help: 'Write again whenever the file changes, until Ctrl-C.' },
    target: { type: 'string', help: 'What a PDF or picture shows: message (default) or page.' },
    language: { type: 'string', help: 'Language of a stored translation, such as it-IT.' },
    beautify: { type: 'boolean', help: 'Indent HTML instead of minifying it.' },
    'page-size': { type: 'string', help: 'Of a PDF: full (default), letter, A4 or A3.' },
    orientation: { type: 'string', help: 'Of a PDF: portrait (default) or landscape.' },
    width: { type: 'string', help: 'Of a picture, in pixels. Default: 1024.' },
    height: { type: 'string', help: 'Where a picture is cut, in pixels. Default: not at all.' },
    scale: { type: 'string', help: 'Pixels of a picture for one of its width, 1 to 3.' },
    viewport: {
      type: 'string',
      help: 'Width of the window that a picture shows, in pixels. Default: 1024.',
    },
    transparent: { type: 'boolean', help: 'No white behind a PNG or WebP.' },
  },
  settings: [
    'render-',
    'beefree-page-',
    'beefree-preheader',
    'beefree-outlook',
    'beefree-dark',
    'beefree-asset',
  ],
  async run(args) {
    const file = inputOf(args);
    const out = args.options['out'] as string | undefined;
    let pool: BrowserPool | undefined;
    const browser = () => (pool ??= createBrowserPool(browserOptions(args.config.render)));
    const options = outputOptions(args, browser);
    if (out === undefined && isBinary(options.form) && process.stdout.isTTY) {
      throw new Invalid('bad_arguments', 'This is no text for a terminal. Say where with --out.');
    }
    const stop = new AbortController();
    const end = () => {
      stop.abort();
      void pool?.close();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
    try {
      if (args.options['watch'] !== true) {
        await convert(file, out, options);
        return;
      }
      if (file === '-' || out === undefined) {
        throw new Invalid('bad_arguments', '--watch needs a file to read, and --out');
      }
      // A file that is not there from the start is a mistake, and not one that is being written.
      await stat(file);
      await watch(file, out, options, stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      process.exitCode = 130;
    } finally {
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      await pool?.close();
    }
  },
};

async function watch(
  file: string,
  out: string,
  options: OutputOptions & Hints,
  signal: AbortSignal,
): Promise<void> {
  console.error(`skep: watching ${file}; Ctrl-C ends`);
  for await (const _ of versionsOf(file, signal)) {
    const begin = performance.now();
    try {
      const bytes = await convert(file, out, options);
      const ms = Math.round(performance.now() - begin);
      console.error(`skep: wrote ${out} (${bytes} bytes, ${ms} ms)`);
    } catch (error) {
      // The next version may be better.
      if (!signal.aborted) console.error(`skep: ${explain(error)}`);
    }
  }
}

/** One conversion from file to file. Gives how many bytes were written. */
async function convert(
  file: string,
  out: string | undefined,
  options: OutputOptions & Hints,
): Promise<number> {
  const input = file === '-' ? await buffer(process.stdin) : await readFile(file);
  if (input.length > options.maxHtmlLength) {
    throw new TooLarge('file_too_large', `A file may have ${options.maxHtmlLength} bytes`);
  }
  const name = file === '-' ? 'standard input' : file;
  const { bytes, warnings } = await outputOf(input, name, options);
  for (const warning of warnings)
    console.error(`skep: warning: ${warning}${options.hint(warning)}`);
  if (out === undefined) await print(bytes);
  else await write(out, bytes);
  return bytes.length;
}

function print(bytes: Buffer): Promise<void> {
  return new Promise((done, fail) => {
    // Whoever reads may have enough before the end.
    process.stdout.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' ? done() : fail(error),
    );
    process.stdout.write(bytes, () => done());
  });
}

/** Writes a file that is whole or not there: programs that show it may read at any moment. */
async function write(file: string, bytes: Buffer): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  // Devices and pipes are written to, not replaced.
  if (there && !there.isFile()) return writeFile(file, bytes);
  const next = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  try {
    await writeFile(next, bytes);
    await rename(next, file);
  } catch (error) {
    await rm(next, { force: true });
    // The file that was asked for is the one to name.
    throw error instanceof Error && 'path' in error ? Object.assign(error, { path: file }) : error;
  }
}

function inputOf({ words, options }: Arguments): string {
  const [file, ...more] = words;
  if (file === undefined || more.length > 0) {
    throw new Invalid('bad_arguments', `Usage: skep ${command.usage}; - is standard input`);
  }
  const { out } = options;
  if (typeof out === 'string' && path.resolve(out) === path.resolve(file)) {
    throw new Invalid('bad_arguments', 'The file that is read cannot be the one that is written');
  }
  return file;
}

interface Hints {
  /** What to do about a warning, or nothing. */
  hint: (warning: string) => string;
}

function outputOptions(args: Arguments, browser: () => BrowserPool): OutputOptions & Hints {
  const { config } = args;
  const options = args.options as Record<string, string | undefined>;
  const { target = 'message', out } = options;
  if (target !== 'message' && target !== 'page') {
    throw new Invalid('bad_arguments', 'The target of a PDF or picture is message or page');
  }
  const ending = out === undefined ? '' : path.extname(out).slice(1);
  return {
    form: formOf(options['to'] ?? (ending || 'html')),
    target,
    render: {
      ...renderSettings(config.beefree),
      language: options['language'] ?? '',
      beautify: args.options['beautify'] === true,
    },
    pageSize: options['page-size'] ?? 'full',
    orientation: options['orientation'] ?? 'portrait',
    look: lookOf(args),
    ...limitsOf(config),
    browser,
    newId: randomUUID,
    hint: (warning) =>
      config.render.network === 'none' && warning.endsWith(' not loaded')
        ? '; --render-network public loads what is on the web'
        : '',
  };
}

function lookOf({ options }: Arguments): OutputOptions['look'] {
  const number = (name: string): number | undefined => {
    const text = options[name];
    if (typeof text !== 'string') return undefined;
    if (!/^\d+(?:\.\d+)?$/.test(text)) {
      throw new Invalid('bad_arguments', `--${name} takes a number`);
    }
    return Number(text);
  };
  const [height, density, viewport] = [number('height'), number('scale'), number('viewport')];
  return {
    width: number('width') ?? 1024,
    ...(height === undefined ? {} : { height }),
    ...(density === undefined ? {} : { density }),
    ...(viewport === undefined ? {} : { viewport }),
    ...(options['transparent'] === true ? { transparent: true } : {}),
  };
}

function limitsOf({ beefree, render }: Config) {
  return { maxHtmlLength: beefree.bodyLimitBytes, deadlineMs: render.timeoutMs };
}
