// The package's `skep/render`: templates to HTML and HTML to templates, in any JavaScript runtime, without a server. Its types stand
// here in full, because `bin/library.js` makes the package's declarations from this file alone.
import { importHtml as lift } from '../content/import/import.ts';
import { plainText as textOf } from '../content/plain-text/plain-text.ts';
import { renderHtml } from '../content/render/render.ts';
import { Invalid } from '../platform/errors.ts';

/** What a template becomes: an e-mail, a landing page, a fragment for a popup, or an AMP e-mail. */
export type Target = 'message' | 'page' | 'popup' | 'amp';

const TARGETS: readonly string[] = ['message', 'page', 'popup', 'amp'] satisfies Target[];

/** How to render; everything has a default. */
export interface RenderOptions {
  /** What to make; `message` by default. */
  readonly target?: Target | undefined;
  /** A language for which the template has translations, such as `it-IT`; its main language by default. */
  readonly language?: string | undefined;
  /** Indents the HTML for people; by default it is minified. */
  readonly beautify?: boolean | undefined;
  /** How class names of pages and popups begin; `bee` by default. A letter, then letters, digits, `-` or `_`, 31 at most. */
  readonly pagePrefix?: string | undefined;
  /** Invisible characters after the preheader, so that the preview in an inbox ends there; on by default. */
  readonly preheaderFiller?: boolean | undefined;
  /** Draws background pictures of rows in Outlook, too; off by default. */
  readonly outlookBackgrounds?: boolean | undefined;
  /** Gives e-mails a dark form of their colours; off by default. */
  readonly darkMode?: boolean | undefined;
  /** Moves pictures: the start of an address, and what takes its place. */
  readonly assetRewrite?: Readonly<Record<string, string>> | undefined;
}

/** A rendered template. */
export interface Rendered {
  readonly html: string;
  /** What was repaired or left out, for people; 50 entries at most. */
  readonly warnings: readonly string[];
}

/** What `render` and `importHtml` throw for input that they cannot use. */
export interface RenderError extends Error {
  /** `invalid`: not a template, not HTML, a bad option. `too_large`: more than a limit allows. */
  readonly kind: 'invalid' | 'too_large';
  /** A stable word for programs, such as `page_missing`. */
  readonly code: string;
}

/** How to import; everything has a default. */
export interface ImportOptions {
  /** Makes the names of rows, columns and blocks, which must differ; random UUIDs by default. */
  readonly id?: (() => string) | undefined;
}

/** A template as the editor loads and saves it. */
export interface ImportedTemplate {
  readonly page: Readonly<Record<string, unknown>>;
  readonly comments: Readonly<Record<string, unknown>>;
}

/**
 * Renders a template: an object with a `page`, as the editor saves it, or its JSON as text. The same input gives the same bytes.
 * Whatever is missing below `page` takes its default. Throws `RenderError`: `page_missing` without a `page`, `json` for text
 * that is not JSON, `bad_target`, `template_too_large`.
 */
export function render(template: unknown, options: RenderOptions = {}): Rendered {
  const { target = 'message', ...others } = options;
  if (!TARGETS.includes(target)) {
    throw new Invalid('bad_target', `The target must be one of ${TARGETS.join(', ')}`);
  }
  return renderHtml(template, { target, ...others });
}

/** How to make plain text. */
export interface PlainTextOptions {
  /** A language for which the template has translations; its main language by default. */
  readonly language?: string | undefined;
}

/** The words of a template, with links as `[text](address)`, for programs that show no HTML. Throws as `render` does. */
export function plainText(template: unknown, options: PlainTextOptions = {}): string {
  return textOf(template, options);
}

/**
 * Turns the HTML of an e-mail into a template. What the hosted service or Skep made is lifted back; any other HTML is taken apart
 * as well as can be. Runs and loads nothing of the document. Throws `RenderError` without HTML and beyond the limits.
 */
export function importHtml(html: string, options: ImportOptions = {}): ImportedTemplate {
  const id = options.id ?? (() => crypto.randomUUID());
  return lift(html, { id }) as unknown as ImportedTemplate;
}

/** Whether something that was thrown is about the input, and not a defect. */
export function isRenderError(error: unknown): error is RenderError {
  if (!(error instanceof Error)) return false;
  const { kind, code } = error as Partial<RenderError>;
  return typeof code === 'string' && (kind === 'invalid' || kind === 'too_large');
}
