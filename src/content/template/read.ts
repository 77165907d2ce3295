// Turns any stored template JSON into the strict model (spec 4.10); the one way into the renderers.
import { assetMover } from './assets.ts';
import { countMarkup, LIMITS, localized } from './context.ts';
import { Invalid, TooLarge } from '../../platform/errors.ts';
import { list, object, text } from './values.ts';
import { readBody } from './body.ts';
import { isMainLanguage } from './translations.ts';
import { readRow } from './rows.ts';
import type { AssetRewrite } from './assets.ts';
import type { Head, Template } from './types.ts';
import type { ReadContext } from './context.ts';
import type { Raw } from './values.ts';

/** What the hosted service draws for a document that says nothing (spec 5.15). */
const DEFAULT_ROW = {
  columns: [{ 'grid-columns': 12, style: { 'padding-top': '5px', 'padding-bottom': '5px' } }],
};

/**
 * Finds the `page` object in `{page}`, `{json: {page}}` or `{template: {page}}`; a JSON string in any of
 * these places is parsed, because stored designs are often encoded twice (spec 4.10, step 1).
 * Throws `Invalid` (`page_missing`) when there is none, `Invalid` (`json`) when a string is not JSON.
 */
export function findPage(input: unknown): Raw {
  const root = object(parsed(input));
  for (const holder of [root, object(parsed(root['json'])), object(parsed(root['template']))]) {
    const page = parsed(holder['page']);
    if (typeof page === 'object' && page !== null && !Array.isArray(page)) return page as Raw;
  }
  throw new Invalid('page_missing', "required key not provided @ data['page']", {
    pointer: '/page',
  });
}

/** The rows of a page as stored; they may be text, as the page may. Throws `Invalid` (`json`) when that is not JSON. */
export function rawRows(page: Raw): readonly unknown[] {
  return list(parsed(page['rows']));
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value)) return value;
  try {
    const once: unknown = JSON.parse(value);
    return typeof once === 'string' && /^\s*\{/.test(once) ? (JSON.parse(once) as unknown) : once;
  } catch {
    throw new Invalid('json', 'A template given as text must be JSON.');
  }
}

/**
 * Reads a template. `language` picks translations (spec 4.9), '' reads the main language; `assets` moves pictures. Anything
 * missing below `page` takes its default. Throws `Invalid` without a `page`, `TooLarge` beyond the reader's limits.
 */
export function readTemplate(input: unknown, language = '', assets?: AssetRewrite): Template {
  const page = findPage(input);
  const moved = assetMover(assets);
  const context: ReadContext = {
    body: readBody(page, moved),
    moved,
    language:
      LANGUAGE.test(language) && !isMainLanguage(language, mainLanguage(page)) ? language : '',
    warnings: [],
    translated: false,
    blocks: 0,
    characters: 0,
    tags: 0,
    ids: new Set(),
  };
  const nothing = page['rows'] === undefined && page['body'] === undefined;
  const entries = nothing ? [DEFAULT_ROW] : rawRows(page);
  if (entries.length > LIMITS.rows) {
    throw new TooLarge('template_too_large', `A template may hold ${LIMITS.rows} rows.`);
  }
  const rows = entries.map((row) => readRow(row, context));
  const head = readHead(page, context);
  return { head, body: context.body, rows, warnings: context.warnings };
}

const LANGUAGE = /^[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,3}$/;

/** The language that a template with translations is written in. */
function mainLanguage(page: Raw): string {
  return text(page['language']) || text(object(page['language'])['value']);
}

/** Title, description, subject, preheader, language, icons, custom tags (spec 4.2). */
function readHead(page: Raw, context: ReadContext): Head {
  const head = object(page['head']);
  const meta = localized(object(head['meta']), context);
  const main = text(meta['lang']) || mainLanguage(page);
  const chosen = context.translated ? context.language : main;
  const customTags = text(head['customTags']).slice(0, LIMITS.text);
  countMarkup(context, customTags);
  return {
    title: text(meta['title']) || text(page['title']),
    description: text(meta['description']) || text(page['description']),
    subject: text(meta['subject']),
    preheader: text(meta['preheader']),
    lang: LANGUAGE.test(chosen) ? chosen.replaceAll('_', '-') : '',
    customTags,
    favicons: list(meta['favicon'])
      .slice(0, 20)
      .map(object)
      .map((icon) => ({
        handle: text(icon['handle']),
        url: context.moved(text(icon['url']).trim()),
      }))
      .filter((icon) => icon.url !== ''),
  };
}
