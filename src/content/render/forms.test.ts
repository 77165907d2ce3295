// Tests in a browser that the indented and the minified form of a document look the same, in all widths (spec 5.13).
import { afterAll, describe, expect, test } from 'vitest';
import { createBrowserPool } from '../../platform/browser/pool.ts';
import { everyBlock } from './every-block.ts';
import { example } from './test-kit.ts';
import { renderHtml } from './render.ts';
import type { Target } from './render.ts';

const pool = createBrowserPool({ concurrency: 1 });
afterAll(() => pool.close());

/** The document with pictures of the sizes that their addresses tell; players draw themselves at their own pace. */
const withPictures = (html: string) =>
  html
    .replaceAll(/<(\/?)(?:video|iframe)/g, '<$1div')
    .replaceAll(/https:\/\/img\.example\.test\/(\d+)x(\d+)\.png/g, (_url, width, height) => {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><path fill="#8ac" d="M0 0h${width}v${height}z"/></svg>`;
      return `data:image/svg+xml,${encodeURIComponent(svg)}`;
    });

function shots(html: string): Promise<readonly Buffer[]> {
  const job = pool.run(
    async (page) => {
      const taken: Buffer[] = [];
      for (const width of [320, 600, 1200]) {
        await page.setContent(withPictures(html), { width, height: 800 });
        const { height } = await page.contentSize();
        taken.push(await page.screenshot({ clip: { width, height }, scale: 1, type: 'png' }));
      }
      return taken;
    },
    { deadlineMs: 30_000 },
  );
  return job;
}

const DOCUMENTS: readonly (readonly [string, () => unknown])[] = [
  ['every block', everyBlock],
  ['apiary-newsletter', () => example('apiary-newsletter')],
  ['rtl-letter', () => example('rtl-letter')],
];

describe.each(['message', 'page', 'popup'] as const satisfies readonly Target[])('%s', (target) => {
  test.each(DOCUMENTS)('%s', async (_name, template) => {
    const [minified, indented] = [false, true].map((beautify) =>
      renderHtml(template(), { target, beautify }),
    );
    const [small, large] = [await shots(minified!.html), await shots(indented!.html)];
    for (const [i, picture] of small.entries())
      expect(picture.equals(large[i]!), `${i}`).toBe(true);
  });
});
