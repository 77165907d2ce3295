// What a capture gives: the file, and what its maker should know about it.
import type { Page } from '../../platform/browser/page.ts';

export interface Captured {
  bytes: Buffer;
  /** In words for people. */
  warnings: readonly string[];
}

/** What is missing in a document that a page shows: letters without a font, and what could not be loaded. */
export async function warningsOf(page: Page): Promise<string[]> {
  const scripts = await page.missingFonts();
  const missed = page.notLoaded();
  return [
    ...(scripts.length > 0 ? [`No font for ${scripts.join(', ')}`] : []),
    ...(missed > 0
      ? [
          `${missed} ${missed === 1 ? 'picture, font or style sheet was' : 'pictures, fonts or style sheets were'} not loaded`,
        ]
      : []),
  ];
}
