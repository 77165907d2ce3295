// What Skep adds to PDFs and pictures: thumbnails, density, transparency, templates in place of HTML, warnings, remembered results.
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pictureSize } from '../../src/content/capture/picture-size.ts';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

const PAGE =
  '<!doctype html><style>body{margin:0}</style><div style="width:512px;height:2000px;background:#f00"></div>';
/** Egyptian hieroglyphs for which no machine has letters. */
const RARE = '\u{13500}\u{13600}';

const posting =
  (path: string, body: unknown) =>
  ({ key }: ContentDoor) => ({
    method: 'POST',
    path,
    body,
    headers: { authorization: `Bearer ${key}` },
  });

function picture(
  name: string,
  path: string,
  body: object,
  type: string,
  size: [number, number],
): Scenario<ContentDoor> {
  return {
    name,
    request: posting(path, body),
    expect: {
      status: 200,
      headers: { 'content-type': `image/${type}`, 'x-render-warnings': undefined },
    },
    after: ({ bytes }) => expect(pictureSize(bytes)).toEqual({ width: size[0], height: size[1] }),
  };
}

const html = PAGE;
const made: Scenario<ContentDoor>[] = [
  picture('a thumbnail', '/v1/message/thumbnail', { html }, 'jpeg', [300, 400]),
  picture(
    'a thumbnail of a size and type',
    '/v1/page/thumbnail',
    { html, width: 120, height: '90', file_type: 'webp', scale: 2 },
    'webp',
    [240, 180],
  ),
  picture('a thumbnail of a template', '/v1/message/thumbnail', template(), 'jpeg', [300, 400]),
  picture(
    'a dense picture',
    '/v1/message/image',
    { html, width: 215, height: 125, scale: 2 },
    'png',
    [430, 250],
  ),
  picture(
    'a picture with a scale as text',
    '/v1/message/image',
    { html, width: 100, scale: '1.5', file_type: 'jpg' },
    'jpeg',
    [150, 293],
  ),
  picture(
    'a picture as on a phone',
    '/v1/page/images',
    { html, width: 64, viewport: 'mobile' },
    'png',
    [64, 400],
  ),
  picture(
    'a picture of a window of its own width',
    '/v1/page/image',
    { html, width: 64, viewport: 512, file_type: 'webp' },
    'webp',
    [64, 250],
  ),
];

const refused: Scenario<ContentDoor>[] = [
  ['a scale of 4', 'image', { html, width: 9, scale: 4 }, { code: 2000 }],
  ['a scale that is no number', 'image', { html, width: 9, scale: 'big' }, { code: 2200 }],
  [
    'a transparent JPEG',
    'image',
    { html, width: 9, transparent: true, file_type: 'jpg' },
    { code: 2000 },
  ],
  ['an unknown window', 'image', { html, width: 9, viewport: 'tablet' }, { code: 2200 }],
  ['a window of no width', 'image', { html, width: 9, viewport: 10 }, { code: 2000 }],
  ['a thumbnail of nothing', 'thumbnail', {}, { code: 2200 }],
  ['a thumbnail that is too wide', 'thumbnail', { html, width: 9999 }, { code: 2000 }],
  ['a template that is none', 'image', { page: 7, width: 9 }, { code: 2200 }],
  ['a template that is none, wrapped', 'pdf', { json: { page: [] } }, { code: 2200 }],
].map(([name, resource, body, json]) => ({
  name: name as string,
  request: posting(`/v1/message/${resource as string}`, body),
  expect: { status: 400, json, headers: { 'content-type': /^application\/json/ } },
}));

onBothEngines('captures', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor(engine, {
      settings: { 'beefree-requests-per-second': '0', 'beefree-requests-per-minute': '0' },
    });
  });
  afterAll(() => door.close());
  const post = (path: string, body: object) => door.post(`/v1/message/${path}`, body);

  describe('make', () => {
    runScenarios(
      made,
      () => door.app.url,
      () => door,
    );
  });
  describe('refuse', () => {
    runScenarios(
      refused,
      () => door.app.url,
      () => door,
    );
  });

  it('render a template in place of HTML, for the collection in the URL', async () => {
    const { page } = template();
    const rendered = (await post('html', { page })).text;
    const options = { width: 400, file_type: 'png' };
    const expected = (await post('image', { html: rendered, ...options })).bytes;
    for (const body of [{ page }, { json: { page } }, { template: { page } }]) {
      expect((await post('image', { ...body, ...options })).bytes).toEqual(expected);
    }
    const pdf = await post('pdf', { page, page_size: 'full' });
    expect([pdf.status, pdf.json()]).toMatchObject([200, { body: { page_size: 'full' } }]);
  });

  it('leave the background out when a picture is to be transparent', async () => {
    const { bytes } = await post('image', { html, width: 64, height: 8, transparent: true });
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(4);
    expect([data[3], data[63 * 4 + 3]]).toEqual([255, 0]);
  });

  it('say what had no font and what was not loaded', async () => {
    const lacking = `<!doctype html><p>${RARE}<img src="https://pictures.example/a.png">`;
    const wanted = 'No font for Symbols; 1 picture, font or style sheet was not loaded';
    for (const [path, body] of [
      ['image', { html: lacking, width: 100 }],
      ['thumbnail', { html: lacking }],
      ['pdf', { html: lacking, page_size: 'full' }],
    ] as const) {
      for (let time = 0; time < 2; time++) {
        const { status, headers } = await post(path, body);
        expect([status, headers['x-render-warnings']]).toEqual([200, wanted]);
        expect(headers['access-control-expose-headers']).toContain('X-Render-Warnings');
      }
    }
  });

  it('are the same bytes for the same input, with a new link to each PDF', async () => {
    const paper = { html: `${PAGE}<p>the same</p>`, page_size: 'A4' };
    const links: string[] = [];
    const files: Buffer[] = [];
    for (let time = 0; time < 3; time++) {
      const { url } = (await post('pdf', paper)).json<{ body: { url: string } }>().body;
      links.push(url);
      files.push((await door.app.send({ path: new URL(url).pathname })).bytes);
    }
    expect(new Set(links).size).toBe(3);
    expect(files[1]).toEqual(files[0]);
    expect(files[2]).toEqual(files[0]);
  });
});

onBothEngines('a server that remembers nothing', (engine) => {
  it('makes every picture again', async () => {
    const door = await openDoor(engine, { settings: { 'render-cache-mb': '0' } });
    try {
      const shot = async () => (await door.post('/v1/message/image', { html, width: 50 })).bytes;
      expect(await shot()).toEqual(await shot());
    } finally {
      await door.close();
    }
  });
});

onBothEngines('documents that want too much', (engine) => {
  it('get a clear answer in time, and the next request works', { timeout: 60_000 }, async () => {
    const settings = { 'render-timeout-ms': '2000', 'render-memory-mb': '8192' };
    const door = await openDoor(engine, { settings });
    try {
      const cells = `<tr>${'<td>x</td>'.repeat(1000)}`;
      for (const [name, wanted, document] of [
        ['endless', [500, 4600], `<!doctype html><table>${cells.repeat(600)}</table>`],
        ['too deep', [500, 4600], `<!doctype html>${'<table><tr><td>'.repeat(3000)}`],
        ['too tall', [413, 4130], '<!doctype html><div style="height:200000px">x</div>'],
      ] as const) {
        const started = performance.now();
        const body = { html: document, page_size: 'full' };
        const response = await door.post('/v1/message/pdf', body);
        const { code, ...error } = response.json<{ code: number; details: string }>();
        expect([name, response.status, code]).toEqual([name, ...wanted]);
        expect(Object.keys(error)).toEqual(['message', 'details']);
        expect(performance.now() - started).toBeLessThan(10_000);
        expect((await door.post('/v1/message/thumbnail', { html: '<p>next' })).status).toBe(200);
      }
    } finally {
      await door.close();
    }
  });
});
