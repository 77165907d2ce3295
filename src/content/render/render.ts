// The entry point of the renderers: any template JSON in, HTML for one of four targets out (spec 3.1, 5).
import { amp } from './mail/amp.ts';
import { message } from './mail/message.ts';
import { page, popup } from './page/page.ts';
import { readTemplate } from '../template/read.ts';
import type { AssetRewrite } from '../template/assets.ts';
import type { Template } from '../template/types.ts';

export type Target = 'message' | 'page' | 'popup' | 'amp';

export interface RenderOptions {
  readonly target: Target;
  /** picks translations; '' or absent means the main language */
  readonly language?: string | undefined;
  /** indented for people; the default is minified */
  readonly beautify?: boolean | undefined;
  /** start of the class names of pages and popups, `bee` by default (spec 5.15) */
  readonly pagePrefix?: string | undefined;
  /** invisible characters after the preheader, so that inbox previews end there; on by default (spec 5.2) */
  readonly preheaderFiller?: boolean | undefined;
  /** background pictures of rows as VML, for Outlook; off by default (spec 5.14) */
  readonly outlookBackgrounds?: boolean | undefined;
  /** e-mails bring a dark form of their colours; off by default */
  readonly darkMode?: boolean | undefined;
  /** moves pictures: the start of an address becomes another one */
  readonly assetRewrite?: AssetRewrite | undefined;
}

interface Rendered {
  readonly html: string;
  /** what was repaired or left out, at most 50 entries */
  readonly warnings: readonly string[];
}

/**
 * Renders a template. The same input gives the same bytes. Throws `Invalid` (`page_missing`) without a
 * `page` and `TooLarge` beyond the reader's limits; everything below `page` has a default (spec 4.10).
 */
export function renderHtml(template: unknown, options: RenderOptions): Rendered {
  const read = readTemplate(template, options.language, options.assetRewrite);
  const warnings = [...read.warnings];
  return { html: write(read, options, warnings), warnings };
}

function write(template: Template, options: RenderOptions, warnings: string[]): string {
  const pretty = options.beautify === true;
  const prefix = /^[A-Za-z][\w-]{0,30}$/.test(options.pagePrefix ?? '')
    ? options.pagePrefix!
    : 'bee';
  switch (options.target) {
    case 'message':
      return message(template, warnings, {
        pretty,
        filler: options.preheaderFiller ?? true,
        outlookBackgrounds: options.outlookBackgrounds === true,
        dark: options.darkMode === true,
      });
    case 'amp':
      return amp(template, pretty, warnings);
    case 'page':
      return page(template, pretty, prefix);
    case 'popup':
      return popup(template, pretty, prefix);
  }
}
