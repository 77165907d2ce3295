// From the bytes of a template or HTML document to the bytes of one of its forms: what `skep render` makes.
import path from 'node:path';
import { renderImage, type ImageInput } from '../content/capture/image.ts';
import { orientationOf, pageSizeOf, renderPdf } from '../content/capture/pdf.ts';
import { importHtml } from '../content/import/import.ts';
import { plainText } from '../content/plain-text/plain-text.ts';
import { renderHtml, type RenderOptions, type Target } from '../content/render/render.ts';
import type { BrowserPool } from '../platform/browser/pool.ts';
import { Invalid } from '../platform/errors.ts';
import { decodeUtf8, parseJson } from '../platform/json.ts';
import { placeOfError } from './json-place.ts';

/** A form, by the names and endings that it has. */
const FORMS = {
  html: 'message',
  htm: 'message',
  message: 'message',
  page: 'page',
  popup: 'popup',
  amp: 'amp',
  text: 'text',
  plain: 'text',
  txt: 'text',
  json: 'json',
  pdf: 'pdf',
  png: 'png',
  jpg: 'jpeg',
  jpeg: 'jpeg',
  webp: 'webp',
} as const;

export type Form = (typeof FORMS)[keyof typeof FORMS];

/** The form that a word names. Throws `Invalid` for any other word. */
export function formOf(name: string): Form {
  const known = Object.entries(FORMS).find(([word]) => word === name.toLowerCase());
  if (known) return known[1];
  const names = Object.keys(FORMS).filter((word) => word !== 'htm' && word !== 'txt');
  throw new Invalid('bad_form', `There is no form "${name}". There are ${names.join(', ')}.`);
}

/** Whether a form is no text: terminals are not the place for it. */
export function isBinary(form: Form): boolean {
  return form === 'pdf' || form === 'png' || form === 'jpeg' || form === 'webp';
}

export interface OutputOptions {
  form: Form;
  /** What templates are rendered as before they become a PDF or a picture. */
  target: Target;
  render: Omit<RenderOptions, 'target'>;
  pageSize: string;
  orientation: string;
  /** Size and density of a picture. */
  look: Pick<ImageInput, 'width' | 'height' | 'density' | 'viewport' | 'transparent'>;
  /** Largest document, in characters. */
  maxHtmlLength: number;
  /** Time for a PDF or picture, in milliseconds. */
  deadlineMs: number;
  browser: () => BrowserPool;
  newId: () => string;
}

export interface Output {
  bytes: Buffer;
  warnings: readonly string[];
}

/**
 * Makes `options.form` of a file. `name` is for messages; what it ends with says what the file holds, else its first character
 * does. Throws `Invalid` with the place of an error in JSON, and what the renderers throw.
 */
export async function outputOf(
  input: Uint8Array,
  name: string,
  options: OutputOptions,
): Promise<Output> {
  const { form } = options;
  const text = decodeUtf8(input);
  const html = /^\.html?$/i.test(path.extname(name)) || /^\ufeff?\s*</.test(text);
  if (form === 'json') return imported(text, options);
  if (isBinary(form)) {
    const document = html ? { html: text, warnings: [] } : rendered(text, name, options);
    const made = await captured(document.html, options);
    return { bytes: made.bytes, warnings: [...document.warnings, ...made.warnings] };
  }
  if (html) {
    throw new Invalid('html_given', `${name} is HTML; make a PDF, a picture or json of it`);
  }
  if (form === 'text') {
    const plain = plainText(templateIn(text, name), options.render);
    return { bytes: Buffer.from(`${plain}\n`), warnings: [] };
  }
  const made = rendered(text, name, { ...options, target: form as Target });
  return { bytes: Buffer.from(made.html), warnings: made.warnings };
}

function rendered(text: string, name: string, { target, render }: OutputOptions) {
  return renderHtml(templateIn(text, name), { ...render, target });
}

function imported(html: string, { newId }: OutputOptions): Output {
  const template = importHtml(html, { id: newId });
  return { bytes: Buffer.from(`${JSON.stringify(template, null, 2)}\n`), warnings: [] };
}

function captured(html: string, options: OutputOptions): Promise<Output> {
  const { form, look, pageSize, orientation, maxHtmlLength, deadlineMs } = options;
  const limits = { maxHtmlLength, deadlineMs };
  if (form === 'png' || form === 'jpeg' || form === 'webp') {
    return renderImage(options.browser(), { ...look, html, type: form }, limits);
  }
  const input = {
    html,
    pageSize: pageSizeOf(pageSize),
    orientation: orientationOf(orientation),
  };
  return renderPdf(options.browser(), input, limits);
}

/** The JSON of a file. Throws `Invalid` with line and column of what is wrong. */
function templateIn(text: string, name: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof Invalid) || error.code !== 'json_syntax') throw error;
    const { line, column } = placeOfError(text);
    const what =
      text.trim() === '' ? 'The file is empty' : error.message.replace(/ at position \d+.*/s, '');
    throw new Invalid('json_syntax', `${name}:${line}:${column}: ${what}`);
  }
}
