// Markup that comes in halves, as display conditions do: what stands before a row is closed by what stands behind it.
import { attr } from './escape.ts';
import { commentEnd, RAW_TEXT, rawTextEnd, readTag } from './fragment.ts';
import { keptAttributes } from './policy.ts';
import { keptComment } from './kept-markup.ts';
import type { Policy } from './policy.ts';

const TAG = /<[A-Za-z/!]/;
/** What a template language computes before anybody reads HTML; a `<` in it compares. */
const COMPUTED =
  /\{\{[^{}<>]{0,500}<[^{}>]{0,500}\}\}|\{%[^{}<>]{0,500}<[^{}>]{0,500}%\}|<%[^<>]{0,500}<[^>]{0,500}%>/g;
const HANDLER = /\bon[a-z]{1,30}\s{0,9}=/i;

/**
 * The text byte for byte, without the tags and attributes that the policy does not allow; nothing is balanced. Template languages
 * stay what they are: `<% if a < b %>`, `<#if x>`, `<?php … ?>`.
 */
export function looseMarkup(html: string, policy: Policy): string {
  if (!TAG.test(html)) return html;
  let result = '';
  let last = 0;
  for (const { 0: computed, index } of html.matchAll(COMPUTED)) {
    if (HANDLER.test(computed)) continue;
    result += withoutActive(html.slice(last, index), policy) + computed;
    last = index + computed.length;
  }
  return result + withoutActive(html.slice(last), policy);
}

function withoutActive(html: string, policy: Policy): string {
  const tags = new RegExp(TAG, 'g');
  let result = '';
  let at = 0;
  for (;;) {
    tags.lastIndex = at;
    const start = tags.exec(html)?.index;
    if (start === undefined) return result + html.slice(at);
    result += html.slice(at, start);
    const next = html[start + 1]!;
    if (next === '!') {
      at = commentEnd(html, start);
      result += keptComment(html.slice(start, at));
    } else if (next === '/') {
      at = html.indexOf('>', start) + 1;
      if (at === 0) return result;
      result += endTag(html.slice(start, at), policy);
    } else {
      const tag = readTag(html, start);
      if (tag === undefined) return result;
      if (RAW_TEXT.has(tag.name)) at = rawTextEnd(html, tag.end, tag.name).to;
      else {
        at = tag.end;
        result += startTag(tag, html.slice(start, at), policy);
      }
    }
  }
}

type Tag = NonNullable<ReturnType<typeof readTag>>;

/** The tag as written when nothing of it has to go. */
function startTag({ name, attributes }: Tag, written: string, policy: Policy): string {
  const comparison = attributes.every(([, value]) => value === '');
  if (comparison && !/^[a-z][a-z0-9-]*$/.test(name)) return written;
  if (!policy.tags.has(name)) return '';
  if (comparison) return written;
  const kept = keptAttributes(name, attributes, policy);
  if (kept === undefined) return '';
  const same =
    kept.style.length === 0 &&
    kept.attributes.length === attributes.length &&
    kept.attributes.every(
      ([key, value], i) => attributes[i]![0] === key && attributes[i]![1] === value,
    );
  // A quote inside of quotes of the other kind ends nothing here, but might for a program that reads less carefully.
  if (same && !written.slice(0, -1).includes('<', 1)) return written;
  const style = kept.style.map(([key, value]) => `${key}:${value}`).join(';');
  const pairs = style === '' ? kept.attributes : [...kept.attributes, ['style', style] as const];
  return `<${name}${pairs.map(([key, value]) => ` ${key}="${attr(value)}"`).join('')}>`;
}

/** End tags of HTML, and those of template languages such as `</#if>`. */
function endTag(written: string, policy: Policy): string {
  const name = /^<\/([A-Za-z][\w-]{0,40})\s*>$/.exec(written)?.[1];
  if (name !== undefined) return policy.tags.has(name.toLowerCase()) ? written : '';
  return /^<\/[#@][\w.]{0,60}\s?>$/.test(written) ? written : '';
}
