// A template for pages becomes one for e-mails (Beefree spec 3.12).
import { safeMarkup } from '../import/markup.ts';
import { youtubeId } from '../template/blocks/pictures.ts';
import { countMarkup } from '../template/context.ts';
import { findPage, rawRows } from '../template/read.ts';
import { object, text, type Raw } from '../template/values.ts';
import { bodyOfWidth, COMMON_WIDTH, contentWidth, rowOfWidth } from './page-width.ts';
import { changedRows, isKind, isObject } from './walk.ts';

/**
 * The page of a template, for e-mails: at most 900 pixels wide, without forms and video backgrounds; embedded videos show
 * their picture, and html blocks are cleaned unless `sanitize` is false. Links, translations, hosted videos and everything
 * else stay. Takes what `readTemplate` takes and throws as it does: `Invalid` without a page, `TooLarge` when there is too much to clean.
 */
export function pageToEmail(template: unknown, { sanitize }: { readonly sanitize: boolean }): Raw {
  const page = findPage(template);
  const seen = { characters: 0, tags: 0 };
  const wide = (contentWidth(page) ?? 0) > COMMON_WIDTH;
  return {
    ...page,
    ...(wide ? { body: bodyOfWidth(page, COMMON_WIDTH) } : {}),
    rows: changedRows(rawRows(page), {
      row: (row) => withoutVideo(wide ? rowOfWidth(row, COMMON_WIDTH) : row),
      module: (module) => {
        if (isKind(module, 'form')) return undefined;
        if (isKind(module, 'video')) return withDescriptor(module, 'video', thumbnail);
        return sanitize && isKind(module, 'html')
          ? withDescriptor(module, 'html', (html) => sanitized(html, seen))
          : module;
      },
    }),
  };
}

/** Where rows keep a video differs between editors; its members are always named so. */
function withoutVideo(row: Raw): Raw {
  const clean = (value: unknown): unknown => {
    if (!isObject(value)) return value;
    const kept = Object.entries(value).filter(([name]) => !/video/i.test(name));
    return Object.fromEntries(
      kept.map(([name, inner]) => [name, STYLES.has(name) ? clean(inner) : inner]),
    );
  };
  return {
    ...row,
    ...(isObject(row['container']) ? { container: clean(row['container']) } : {}),
    ...(isObject(row['content']) ? { content: clean(row['content']) } : {}),
  };
}

const STYLES = new Set(['style', 'computedStyle', 'mobileStyle']);

function withDescriptor(module: Raw, name: string, change: (content: Raw) => Raw): Raw {
  const descriptor = object(module['descriptor']);
  if (!isObject(descriptor[name])) return module;
  return { ...module, descriptor: { ...descriptor, [name]: change(descriptor[name]) } };
}

/** Embedded players become a picture that links to the video; hosted files stay (spec 3.12). */
function thumbnail(video: Raw): Raw {
  if (video['mode'] !== 'embedded') return video;
  const id = youtubeId(text(video['src']).trim());
  const known = id === '' ? '' : `https://img.youtube.com/vi/${id}/maxresdefault.jpg`;
  const thumbSrc = text(video['thumbSrc']) || known;
  return { ...video, mode: 'thumbnail', ...(thumbSrc === '' ? {} : { thumbSrc }) };
}

function sanitized(html: Raw, seen: Parameters<typeof countMarkup>[0]): Raw {
  const clean = (fields: Raw): Raw => {
    if (typeof fields['html'] !== 'string') return fields;
    countMarkup(seen, fields['html']);
    return { ...fields, html: safeMarkup(fields['html']) };
  };
  if (!isObject(html['translations'])) return clean(html);
  const translations = Object.entries(html['translations']).map(([language, fields]) => [
    language,
    isObject(fields) ? clean(fields) : fields,
  ]);
  return { ...clean(html), translations: Object.fromEntries(translations) };
}
