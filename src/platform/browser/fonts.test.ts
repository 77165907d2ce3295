// Which scripts have no letters, and fonts of the operator that give them some. The characters are of scripts for which no machine
// has fonts by chance.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { squareFont } from '../../../test/support/font.ts';
import { readPng } from '../../../test/support/png.ts';
import type { Page } from './page.ts';
import { createBrowserPool, type BrowserPool } from './pool.ts';

/** Egyptian hieroglyphs that came late: even the large collections of fonts do not have them. */
const RARE = '\u{13500}\u{13600}';
const WINDOW = { width: 200, height: 100 };
const MINUTE = { deadlineMs: 60_000 };

let folder: string;
let bare: BrowserPool;
let furnished: BrowserPool;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skep fonts & <more>-'));
  await chmod(folder, 0o755);
  await writeFile(path.join(folder, 'squares.ttf'), squareFont('Skep Squares', `${RARE}漢न🐝ع`));
  bare = createBrowserPool({});
  furnished = createBrowserPool({ fontsFolder: folder });
});
afterAll(async () => {
  await Promise.all([bare.close(), furnished.close()]);
  await rm(folder, { recursive: true });
});

const missingIn = (html: string) => async (page: Page) => {
  await page.setContent(`<!doctype html>${html}`, WINDOW);
  return page.missingFonts();
};

describe('missing fonts', () => {
  it('are none for what every browser can draw', async () => {
    const html = '<p>Grüße, Ω, Жук – “quoted” • 5&nbsp;€ ™ &copy; &#8203;&#847;';
    expect(await bare.run(missingIn(html), MINUTE)).toEqual([]);
  });

  it('are found in the text that is shown, however it is written', async () => {
    for (const text of [RARE, '&#x13500;', '&#79104;', `<b>a<i>${RARE}</i></b>`]) {
      expect(await bare.run(missingIn(`<p>x ${text}</p>`), MINUTE)).toEqual(['Symbols']);
    }
  });

  it('are not those of hidden text, comments, addresses and styles', async () => {
    const html = `<!-- ${RARE} --><style>p{--x:'${RARE}'}</style><p title="${RARE}">x</p><p hidden>${RARE}</p><a href="http://a.example/${RARE}">y</a><div style="display:none">${RARE}</div>`;
    expect(await bare.run(missingIn(html), MINUTE)).toEqual([]);
  });

  it('have names by their script', async () => {
    const samples = { Han: '漢字', Devanagari: 'नमस्ते', Emoji: '🐝', Arabic: 'عسل', Thai: 'ผึ้ง' };
    const all = await bare.run(missingIn(`<p>${Object.values(samples).join(' ')}`), MINUTE);
    for (const script of all) expect(Object.keys(samples)).toContain(script);
    // One by one it is the same, and in a mix of fonts, too.
    for (const [script, text] of Object.entries(samples)) {
      const html = `<p style="font-family:Arial,serif"><b>${text}</b> and latin`;
      const found = await bare.run(missingIn(html), MINUTE);
      expect(found).toEqual(all.includes(script) ? [script] : []);
    }
  });

  it('are no longer missing when the document brings its font', async () => {
    const font = squareFont('Own', RARE).toString('base64');
    const html = `<style>@font-face{font-family:own;src:url(data:font/ttf;base64,${font})}p{font-family:own}</style><p>${RARE}`;
    expect(await bare.run(missingIn(html), MINUTE)).toEqual([]);
  });

  it('are looked for in bounded time in a text of every character', async () => {
    const chars = Array.from({ length: 70_000 }, (_, i) => String.fromCodePoint(0x3400 + i));
    const text = chars.filter((char) => !/[\ud800-\udfff]/u.test(char)).join('');
    const look = async (page: Page) => {
      await page.setContent(`<!doctype html><p>${text}`, WINDOW);
      const started = performance.now();
      return { found: await page.missingFonts(), ms: performance.now() - started };
    };
    const { found, ms } = await bare.run(look, MINUTE);
    expect(found.length).toBeLessThan(40);
    expect(ms).toBeLessThan(5000);
  });
});

describe.runIf(process.platform === 'linux')('the folder with fonts', () => {
  it('gives letters to scripts that had none', async () => {
    const html = `<p>${RARE} 漢 न 🐝 ع x`;
    expect(await furnished.run(missingIn(html), MINUTE)).toEqual([]);
  });

  it('is used in pictures', async () => {
    const draw = async (page: Page) => {
      const html = `<!doctype html><body style="margin:0;font:80px/100px sans-serif">${RARE}`;
      await page.setContent(html, WINDOW);
      return readPng(await page.screenshot({ clip: WINDOW, scale: 1, type: 'png' }));
    };
    expect((await furnished.run(draw, MINUTE)).pixel(40, 50)).toEqual([0, 0, 0]);
    expect((await bare.run(draw, MINUTE)).pixel(40, 50)).toEqual([255, 255, 255]);
  });
});
