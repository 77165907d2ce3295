// PDFs and pictures over HTTP, as known clients ask for them (Beefree spec 3.2, 3.3, 7).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { readPng } from '../support/png.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, type ContentDoor } from './door.ts';

const PAGE =
  '<!doctype html><style>body{margin:0}</style><div style="height:2000px;background:#f00"></div>';
const DAY_MS = 24 * 3_600_000;

interface PdfAnswer {
  statusCode: number;
  body: {
    url: string;
    filename: string;
    page_size: string;
    page_orientation: string;
    content_type: string;
  };
}

const posting =
  (path: string, body: unknown) =>
  ({ key }: ContentDoor) => ({
    method: 'POST',
    path,
    body,
    headers: { authorization: `Bearer ${key}` },
  });

const bad = (name: string, path: string, body: object, json: object): Scenario<ContentDoor> => ({
  name,
  request: posting(path, body),
  expect: { status: 400, json, headers: { 'content-type': /^application\/json/ } },
});

const message = (pattern: string) => ({ message: expect.stringContaining(pattern) as string });
const details = (pattern: string) => ({ details: expect.stringContaining(pattern) as string });

const refusals: Scenario<ContentDoor>[] = [
  bad('a PDF of nothing', '/v1/message/pdf', {}, { code: 2200, ...message("data['html']") }),
  bad('a PDF of an empty document', '/v1/page/pdf', { html: '' }, { code: 2200 }),
  bad('a PDF of white space', '/v1/page/pdf', { html: ' \n' }, details('empty')),
  bad('a PDF of a number', '/v1/page/pdf', { html: 7 }, message("data['html']")),
  bad(
    'an unknown size of paper',
    '/v1/message/pdf',
    { html: PAGE, page_size: 'A5' },
    details('page size'),
  ),
  bad(
    'an unknown orientation',
    '/v1/message/pdf',
    { html: PAGE, page_orientation: 'up' },
    details('orientation'),
  ),
  bad(
    'another type than PDF',
    '/v1/message/pdf',
    { html: PAGE, file_type: 'docx' },
    message('file_type'),
  ),
  bad(
    'a picture of nothing',
    '/v1/message/image',
    { width: 10 },
    { code: 2200, ...message("data['html']") },
  ),
  bad(
    'a picture without a width',
    '/v1/message/image',
    { html: PAGE },
    { code: 2200, ...message("data['width']") },
  ),
  bad(
    'an unknown type of picture',
    '/v1/message/image',
    { html: PAGE, width: 10, file_type: 'gif' },
    message('file_type'),
  ),
  ...[0, -1, 4097, 1.5, 'wide', true, {}].map((width) =>
    bad(
      `a picture ${JSON.stringify(width)} wide`,
      '/v1/page/image',
      { html: PAGE, width },
      { message: expect.any(String) as string },
    ),
  ),
  ...[0, 20_001, '1e3'].map((height) =>
    bad(
      `a picture ${JSON.stringify(height)} high`,
      '/v1/page/image',
      { html: PAGE, width: 10, height },
      { message: expect.any(String) as string },
    ),
  ),
];

const pictures: Scenario<ContentDoor>[] = (
  [
    ['width and height', { width: 215, height: 125, file_type: 'png' }, [215, 125]],
    ['a width alone', { width: 512, file_type: 'png' }, [512, 1000]],
    ['a size, as text', { size: '256', file_type: 'PNG' }, [256, 500]],
    ['a size, as a number', { size: 256 }, [256, 500]],
    ['a width as text', { width: '128', height: '9999' }, [128, 250]],
    ['a width and a size', { width: 128, size: 256 }, [128, 250]],
  ] as const
).map(([name, options, size]) => ({
  name: `a picture by ${name}`,
  request: posting('/v1/message/image', { html: PAGE, ...options }),
  expect: { status: 200, headers: { 'content-type': 'image/png' } },
  after: ({ bytes }) => {
    const picture = readPng(bytes);
    expect([picture.width, picture.height]).toEqual(size);
    expect(picture.pixel(1, 1)).toEqual([255, 0, 0]);
  },
}));

const photographs: Scenario<ContentDoor>[] = ['jpg', 'JPEG'].map((type) => ({
  name: `a picture of type ${type}, by the other name of the resource`,
  request: posting('/v1/page/images', { html: PAGE, width: 100, file_type: type }),
  expect: { status: 200, headers: { 'content-type': 'image/jpeg' } },
  after: ({ bytes }) => expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff])),
}));

onBothEngines('PDFs and pictures', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor(engine, {
      settings: { 'beefree-requests-per-second': '0', 'beefree-requests-per-minute': '0' },
    });
  });
  afterAll(() => door.close());

  describe('refuse', () => {
    runScenarios(
      refusals,
      () => door.app.url,
      () => door,
    );
  });
  describe('make', () => {
    runScenarios(
      [...pictures, ...photographs],
      () => door.app.url,
      () => door,
    );
  });

  async function pdf(options: object = {}, collection = 'message'): Promise<PdfAnswer> {
    const response = await door.post(`/v1/${collection}/pdf`, { html: PAGE, ...options });
    expect({ status: response.status, text: response.status === 200 ? '' : response.text }).toEqual(
      { status: 200, text: '' },
    );
    return response.json<PdfAnswer>();
  }
  const fetch = (url: string, method = 'GET') =>
    door.app.send({ method, path: new URL(url).pathname });

  it('give a link with all that clients read, also at the top level', async () => {
    const answer = await pdf({ page_size: 'full', page_orientation: 'portrait', file_type: 'pdf' });
    const { url, filename } = answer.body;
    expect(filename).toMatch(/^[A-Za-z0-9]{10}\.pdf$/);
    expect(url).toBe(`${door.app.url}/v1/files/${filename}`);
    const fields = {
      url,
      filename,
      page_size: 'full',
      page_orientation: 'portrait',
      content_type: 'application/pdf',
    };
    expect(answer).toEqual({ statusCode: 200, body: fields, ...fields });
  });

  it('echo what was asked for, and the defaults', async () => {
    expect((await pdf({ page_size: 'Full', file_type: 'PDF' }, 'page')).body).toMatchObject({
      page_size: 'Full',
      page_orientation: 'landscape',
    });
    expect((await pdf({ page_size: 'a4', page_orientation: 'Portrait' })).body).toMatchObject({
      page_size: 'a4',
      page_orientation: 'Portrait',
    });
    expect((await pdf()).body).toMatchObject({
      page_size: 'letter',
      page_orientation: 'landscape',
    });
  });

  it.each([
    [{ page_size: 'full' }, 900, 2000, 1],
    [{ page_size: 'A4', page_orientation: 'portrait' }, 794, 1123, 2],
    [{}, 1056, 816, 3],
  ])('%o is a PDF of that size', async (options, width, height, pages) => {
    const { bytes } = await fetch((await pdf(options)).body.url);
    const boxes = [...bytes.toString('latin1').matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)];
    expect(boxes).toHaveLength(pages);
    expect(Math.abs(Number(boxes[0]?.[1]) / 0.75 - width)).toBeLessThan(1.5);
    expect(Math.abs(Number(boxes[0]?.[2]) / 0.75 - height)).toBeLessThan(1.5);
  });

  it('can be fetched without a key for a day, and are gone afterwards', async () => {
    const { url } = (await pdf()).body;
    const fresh = await fetch(url);
    expect([fresh.status, fresh.headers['content-type']]).toEqual([200, 'application/pdf']);
    expect(fresh.text.startsWith('%PDF-')).toBe(true);
    expect(fresh.headers['content-length']).toBe(String(fresh.bytes.length));
    const head = await fetch(url, 'HEAD');
    expect([head.status, head.bytes.length, head.headers['content-length']]).toEqual([
      200,
      0,
      String(fresh.bytes.length),
    ]);

    door.app.clock.advance(DAY_MS - 1000);
    expect((await fetch(url)).status).toBe(200);
    door.app.clock.advance(1000);
    const gone = await fetch(url);
    expect([gone.status, gone.json()]).toEqual([
      404,
      { code: 4040, message: 'Not Found', details: expect.any(String) as string },
    ]);
  });

  it('survive a restart of the server', async () => {
    const { url } = (await pdf()).body;
    await door.app.restart();
    expect((await fetch(url)).status).toBe(200);
  });

  it.each([
    '/v1/files/AAAAAAAAAA.pdf',
    '/v1/files/..%2f..%2fetc%2fpasswd',
    '/v1/files/x',
    '/v1/files/%00.pdf',
    '/v1/files/',
    "/v1/files/'--.pdf",
  ])('%s is not a file', async (path) => {
    const response = await door.app.send({ path });
    expect([response.status, response.json()]).toMatchObject([404, { code: 4040 }]);
  });

  it('load nothing from this machine', async () => {
    const seen: string[] = [];
    const html = `<!doctype html><img src="${door.app.url}/healthz"><iframe src="${door.app.url}/v1/x"></iframe><style>@import "${door.app.url}/y";</style>`;
    const before = door.app.logged.length;
    expect((await door.post('/v1/message/pdf', { html, page_size: 'full' })).status).toBe(200);
    expect((await door.post('/v1/message/image', { html, width: 100 })).status).toBe(200);
    seen.push(...door.app.logged.slice(before));
    expect(seen.join('')).not.toMatch(/healthz|\/y\b/);
  });
});

onBothEngines('links to PDFs', (engine) => {
  it('are built on the public URL, and the flat fields can be switched off', async () => {
    const door = await openDoor(engine, {
      settings: {
        'public-url': 'https://skep.example/base/',
        'beefree-pdf-flat-fields': 'false',
        'beefree-pdf-hours': '1',
      },
    });
    try {
      const answer = (await door.post('/v1/message/pdf', { html: PAGE })).json<PdfAnswer>();
      expect(Object.keys(answer)).toEqual(['statusCode', 'body']);
      expect(answer.body.url).toBe(`https://skep.example/base/v1/files/${answer.body.filename}`);
      door.app.clock.advance(3_600_000);
      expect((await door.app.send({ path: `/v1/files/${answer.body.filename}` })).status).toBe(404);
    } finally {
      await door.close();
    }
  });

  it('say so when there is no browser', async () => {
    const door = await openDoor(engine, {
      settings: { 'render-browser-path': '/nonexistent/chromium' },
    });
    try {
      const response = await door.post('/v1/message/pdf', { html: PAGE });
      expect([response.status, response.json()]).toMatchObject([
        503,
        { code: 3000, message: expect.any(String) as string },
      ]);
      expect(response.text).not.toContain('/nonexistent');
    } finally {
      await door.close();
    }
  });
});
