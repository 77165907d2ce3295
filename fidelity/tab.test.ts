import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTab, type Tab } from './tab.ts';
import { pictureSizes } from './placeholders.ts';
import { sizeOf } from './pictures.ts';
import type { BrowserProcess } from '../src/platform/browser/process.ts';

let browser: BrowserProcess;
let tab: Tab;
beforeAll(async () => {
  browser = await openBrowser();
  tab = await openTab(browser);
});
afterAll(() => browser.kill());

const MAIL = `<!DOCTYPE html><html><head><style>*{box-sizing:border-box}body{margin:0}
@media (max-width:500px){.wide{display:none}}</style><script>document.title = 'ran'</script></head><body>
<div style="display:none">preheader</div><div style="max-height:0;overflow:hidden">hidden <b>words</b></div>
<table class="nl-container" width="100%" cellpadding="0" cellspacing="0"><tr><td>
<table class="row row-1" width="100%" cellpadding="0" cellspacing="0" style="background-color:#eee"><tr><td>
<table class="row-content" width="100%" cellpadding="0" cellspacing="0"><tr><td class="column column-1">
<table class="heading_block block-1 wide" cellpadding="0" cellspacing="0"><tr><td class="pad"><h1 style="margin:0;font:700 20px/30px Arial;color:#ff0000">Fresh <i>honey</i></h1></td></tr></table>
<table class="image_block block-2" cellpadding="0" cellspacing="0"><tr><td class="pad"><a href="{{link}}"><img src="jars.png" width="100" alt="Jars" style="display:block;width:100px;height:auto"></a></td></tr></table>
</td></tr></table></td></tr></table></td></tr></table></body></html>`;

test('measures what can be seen at each width, with pictures of the stated size', async () => {
  const sizes = pictureSizes({ src: 'jars.png', width: '400px', height: '200px' }, []);
  const [narrow, wide] = await tab.views(MAIL, sizes, { widths: [400, 800] });
  const boxes = (view: typeof wide) =>
    Object.fromEntries(view!.measured.nodes.map(({ place, box }) => [place, box]));

  expect(boxes(narrow)['row 1 / column 1 / block 1']).toBeUndefined();
  expect(boxes(narrow)['row 1']).toEqual({ x: 0, y: 0, width: 400, height: 50 });
  expect(boxes(wide)['row 1']).toEqual({ x: 0, y: 0, width: 800, height: 80 });
  expect(boxes(wide)['row 1 / column 1 / block 2']).toMatchObject({ y: 30, height: 50 });

  const { tree, texts, links, pictures, height } = wide!.measured;
  expect({ tree, height }).toEqual({ tree: 'message', height: 80 });
  expect(texts.map(({ text, place }) => [text, place])).toEqual([
    ['Fresh', 'row 1 / column 1 / block 1'],
    ['honey', 'row 1 / column 1 / block 1'],
  ]);
  expect(texts[1]!.styles).toMatchObject({
    color: 'rgb(255, 0, 0)',
    'font-size': '20px',
    'font-weight': '700',
    'font-style': 'italic',
    'line-height': '30px',
    background: 'rgb(238, 238, 238)',
  });
  expect(links).toMatchObject([{ href: '{{link}}', box: { width: 100 } }]);
  expect(pictures).toMatchObject([{ src: 'jars.png', alt: 'Jars', box: { height: 50 } }]);
  expect(await sizeOf(wide!.png)).toEqual({ width: 800, height: 80 });
});

test('runs no script of the document, and tells no network of it', async () => {
  const html = `<!DOCTYPE html><body><p id="p">still</p><script>p.textContent = 'changed'</script><noscript>instead</noscript>
<link rel="stylesheet" href="https://fonts.example.test/a.css"><iframe src="https://frame.example.test/"></iframe></body>`;
  const [view] = await tab.views(html, new Map(), { widths: [600] });
  expect(view!.measured.texts.map(({ text }) => text)).toEqual(['still']);
});
