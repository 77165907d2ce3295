// Markup of users in e-mails: html blocks, merge content, and what they add to the head (spec 4.2, 5.10, 5.18).
import { AMP_HTML_POLICY, MAIL_HEAD_POLICY, MAIL_HTML_POLICY, type Policy } from '../policy.ts';
import { closeBlock, openBlock } from './context.ts';
import { inline } from '../rich.ts';
import { looseMarkup } from '../loose-markup.ts';
import { inPlace } from '../amp/components.ts';
import { parse } from '../fragment.ts';
import { withPairedMarks } from '../kept-markup.ts';
import type { DisplayCondition, HtmlBlock, MergeContentBlock } from '../../template/types.ts';
import type { MailContext } from './context.ts';
import type { Node } from '../fragment.ts';
import type { Writer } from '../writer.ts';

const printed = (nodes: readonly Node[], out: Writer) =>
  inline(nodes, out, { linkColor: '', mail: false });

/** Custom tags of the head: sheets, font links, comments for Outlook; no scripts (spec 4.2, 5.18). */
export function headTags(html: string, out: Writer): string {
  return withPairedMarks(printed(parse(html, MAIL_HEAD_POLICY), out));
}

/** HTML of a user as e-mails may carry it: without scripts, frames and handlers (spec 4.7). */
function cleaned(html: string, context: MailContext): string {
  return context.amp
    ? printed(inPlace(parse(html, AMP_HTML_POLICY)), context.out)
    : withPairedMarks(printed(parse(html, MAIL_HTML_POLICY), context.out));
}

/** A display condition as it is but for what could run; AMP takes its words, but no markup in it (spec 5.12). */
export function condition(
  { before, after }: DisplayCondition,
  context: MailContext,
): DisplayCondition {
  const words = (half: string) => printed(parse(half, WORDS_ONLY), context.out);
  if (context.amp) return { before: words(before), after: words(after) };
  // Marks for Outlook open in one half and close in the other.
  const whole = [before, after].map((half) =>
    looseMarkup(half, MAIL_HTML_POLICY).replaceAll('\0', ''),
  );
  const [start = '', end = ''] = withPairedMarks(whole.join('\0')).split('\0');
  return { before: start, after: end };
}

const WORDS_ONLY: Policy = { tags: new Set(), href: () => '', sheets: false };

/** `html_block`. */
export function html(block: HtmlBlock, context: MailContext): void {
  const { out } = context;
  openBlock(context, 'html', block);
  out.line(
    `<div${out.style('font-family', context.body.font, 'text-align', 'center')} align="center">`,
  );
  out.verbatim(cleaned(block.html, context));
  out.line('</div>');
  closeBlock(context);
}

/** Dynamic content of the sending system: the block's paddings around a value that is printed as it is. */
export function mergeContent(block: MergeContentBlock, context: MailContext): void {
  openBlock(context, 'merge_content', block);
  context.out.verbatim(cleaned(block.value, context));
  closeBlock(context);
}
