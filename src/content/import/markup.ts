// Markup of users that a template may hold: without scripts, frames and handlers (spec 4.7, 5.18).
import { headTags } from '../render/mail/custom-html.ts';
import { Writer } from '../render/writer.ts';

/** Markup for html blocks and custom head tags, cleaned as e-mails print it. */
export function safeMarkup(html: string): string {
  return headTags(html, new Writer(true)).trim();
}
