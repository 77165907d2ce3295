// What a document and its picture may cost.
import { Invalid, TooLarge } from '../../platform/errors.ts';

export interface CaptureLimits {
  /** Largest document, in UTF-16 units: bytes, for all but rare letters. */
  maxHtmlLength: number;
  /** Time for one document, queueing included, in milliseconds. */
  deadlineMs: number;
}

/** Throws `Invalid` for a document without content and `TooLarge` for one that is too long. */
export function assertHtml(html: string, limits: CaptureLimits): void {
  if (html.trim() === '') throw new Invalid('html_missing', 'The HTML document is empty');
  if (html.length > limits.maxHtmlLength) {
    throw new TooLarge(
      'html_too_large',
      `The HTML document may have ${limits.maxHtmlLength} characters`,
    );
  }
}
