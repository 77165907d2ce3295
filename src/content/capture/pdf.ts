// From an HTML document to a PDF: sheets of a paper size, or one continuous page.
import { Invalid, TooLarge } from '../../platform/errors.ts';
import type { BrowserPool } from '../../platform/browser/pool.ts';
import type { Page, Size } from '../../platform/browser/page.ts';
import { warningsOf, type Captured } from './captured.ts';
import { assertHtml, type CaptureLimits } from './limits.ts';

/** Portrait sheets in CSS pixels (96 an inch); `full` is one page as tall as its content. */
const PAPER: Readonly<Record<Exclude<PdfPageSize, 'full'>, Size>> = {
  letter: { width: 8.5 * 96, height: 11 * 96 },
  A4: { width: (210 / 25.4) * 96, height: (297 / 25.4) * 96 },
  A3: { width: (297 / 25.4) * 96, height: (420 / 25.4) * 96 },
};

export type PdfPageSize = 'letter' | 'A4' | 'A3' | 'full';
export type PdfOrientation = 'portrait' | 'landscape';

export interface PdfInput {
  html: string;
  pageSize: PdfPageSize;
  /** Has no meaning for `full`. */
  orientation: PdfOrientation;
}

/** Width of a continuous page, in CSS pixels (Beefree spec 3.2). */
const FULL_WIDTH = 900;

/** Tallest continuous page, in CSS pixels: what readers of PDF open without trouble is less. */
const MAX_FULL_HEIGHT = 100_000;

const WINDOW_HEIGHT = 1080;

/** Chromium rounds paper to dots of this size; a page must not lose its last line to that. */
const DOTS_PER_INCH = 300;

/** The caller chose size, orientation and margins; the document's own wishes do not count. */
const OUR_PAPER = '@page{margin:0!important;size:auto!important}';

const NO_BREAKS =
  '*,*::before,*::after{break-before:auto!important;break-after:auto!important;break-inside:auto!important;page:auto!important}';

/**
 * Makes a PDF of a document: backgrounds printed, no margins, styled for the screen, without scripts (Beefree spec 3.2).
 * Throws `Invalid`, `TooLarge`, and what the browser pool throws.
 */
export async function renderPdf(
  pool: BrowserPool,
  input: PdfInput,
  limits: CaptureLimits,
): Promise<Captured> {
  assertHtml(input.html, limits);
  const job = async (page: Page) => {
    const bytes = await print(page, input);
    return { bytes, warnings: await warningsOf(page) };
  };
  return pool.run(job, { deadlineMs: limits.deadlineMs });
}

async function print(page: Page, { html, pageSize, orientation }: PdfInput): Promise<Buffer> {
  if (pageSize === 'full') return printContinuous(page, html);
  const paper = sheet(PAPER[pageSize], orientation);
  await page.setContent(html, { width: Math.round(paper.width), height: Math.round(paper.height) });
  await page.addStyle(OUR_PAPER);
  return page.pdf({ paper });
}

async function printContinuous(page: Page, html: string): Promise<Buffer> {
  await page.setContent(html, { width: FULL_WIDTH, height: WINDOW_HEIGHT });
  await page.addStyle(OUR_PAPER + NO_BREAKS);
  if (MAY_FOLLOW_WINDOW.test(html)) await page.fixHeights();
  const { height } = await page.contentSize();
  if (height > MAX_FULL_HEIGHT) {
    throw new TooLarge(
      'page_too_tall',
      `A page may be ${MAX_FULL_HEIGHT} pixels tall; this one has ${height}`,
    );
  }
  const pdf = await page.pdf({ paper: { width: FULL_WIDTH, height: wholeDots(height) } });
  if (pageCount(pdf) === 1) return pdf;
  // Lines can be a little taller on paper than on the screen.
  return page.pdf({ paper: { width: FULL_WIDTH, height: wholeDots(height * 1.02 + 8) } });
}

/** Signs of heights that follow the window, which on paper is the sheet; style sheets from elsewhere may have some too. */
const MAY_FOLLOW_WINDOW = /\d[dls]?v(?:h|b|min|max)\b|<link|@import/i;

/** How many sheets Chromium made: it writes the tree of pages in plain text. */
function pageCount(pdf: Buffer): number {
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

/** Reads a page size in any case. Throws `Invalid` for another. */
export function pageSizeOf(name: string): PdfPageSize {
  const sizes: readonly PdfPageSize[] = ['letter', 'A4', 'A3', 'full'];
  const found = sizes.find((size) => size.toLowerCase() === name.toLowerCase());
  if (!found)
    throw new Invalid('bad_page_size', `The page size must be one of ${sizes.join(', ')}`);
  return found;
}

/** Reads an orientation in any case. Throws `Invalid` for another. */
export function orientationOf(name: string): PdfOrientation {
  const lower = name.toLowerCase();
  if (lower === 'portrait' || lower === 'landscape') return lower;
  throw new Invalid('bad_orientation', 'The page orientation must be portrait or landscape');
}

function sheet({ width, height }: Size, orientation: PdfOrientation): Size {
  return orientation === 'portrait' ? { width, height } : { width: height, height: width };
}

function wholeDots(pixels: number): number {
  return (Math.ceil((pixels / 96) * DOTS_PER_INCH) / DOTS_PER_INCH) * 96;
}
