// Images among files: other sizes, kept and removed with the original, and images that want to do harm (BaasBox spec 5.7).
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileTables } from '../../src/backend/files/tables.ts';
import { BACKOFFICE } from '../../src/backend/roles/roles.ts';
import type { BlobTables } from '../../src/platform/blobs/tables.ts';
import { onBothEngines } from '../support/database.ts';
import { form, hollowPng } from '../support/files.ts';
import { startServer, type TestServer, type TestUser } from './server.ts';

onBothEngines('images', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let office: TestUser;
  beforeAll(async () => {
    server = await startServer(engine);
    mira = await server.user('mira');
    office = await server.user('office', BACKOFFICE);
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const picture = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: { r: 20, g: 120, b: 60 } } });
  const upload = async (content: Buffer | string, fileName: string): Promise<string> => {
    const { body, type } = form([{ name: 'file', fileName, content }]);
    const headers = { 'X-BB-SESSION': mira.token, 'content-type': type };
    const response = await server.send({ method: 'POST', path: '/file', headers, body });
    expect(response.status).toBe(201);
    return response.json<{ data: { id: string } }>().data.id;
  };
  const get = (id: string, query: string, user: TestUser = mira) =>
    user.send('GET', `/file/${id}?${query}`);
  const stored = async () => {
    const { db } = server.platform;
    const blobs = await db.tables<BlobTables>().selectFrom('platform_blobs').select('id').execute();
    const sizes = await db
      .tables<FileTables>()
      .selectFrom('backend_resized_images')
      .select('size')
      .execute();
    return { blobs: blobs.length, sizes: sizes.map(({ size }) => size).sort() };
  };

  describe('in other sizes', () => {
    it.each(['jpeg', 'png', 'gif', 'webp'] as const)('stay %s', async (format) => {
      const id = await upload(await picture(400, 200).toFormat(format).toBuffer(), `a.b.${format}`);
      const half = await get(id, 'resize=50%25&download=true');
      expect(half.status).toBe(200);
      expect(half.headers).toMatchObject({
        'content-type': `image/${format}`,
        'content-length': String(half.bytes.length),
        'content-disposition': `attachment; filename="a.b_50%25.${format}"`,
      });
      expect(await sharp(half.bytes).metadata()).toMatchObject({ format, width: 200, height: 100 });
      const fit = await get(id, 'sizeId=3&download=true');
      expect(fit.headers['content-disposition']).toContain(`"a.b_3.${format}"`);
      expect(await sharp(fit.bytes).metadata()).toMatchObject({ width: 80, height: 40 });
    });

    it('go by number before text, and numbers start at 0', async () => {
      const id = await upload(await picture(400, 200).png().toBuffer(), 'a.png');
      const sizes = await Promise.all(
        ['sizeId=0', 'sizeId=0&resize=75%25', 'resize=%3C%3D80px', 'resize=&sizeId='].map(
          async (query) => (await sharp((await get(id, query)).bytes).metadata()).width,
        ),
      );
      expect(sizes).toEqual([100, 100, 80, 400]);
    });

    it('are free for administrators and the back office, well-formed ones', async () => {
      const id = await upload(await picture(40, 20).png().toBuffer(), 'a.png');
      for (const query of [
        'resize=30px-10px',
        'resize=30-10',
        'resize=10%25',
        'resize=33%25-7px',
      ]) {
        expect((await get(id, query)).status).toBe(400);
        for (const user of [server.admin, office]) {
          expect((await get(id, query, user)).status).toBe(200);
        }
      }
      for (const query of [
        'resize=0%25',
        'resize=x',
        'resize=50',
        'resize=-1px',
        'sizeId=4',
        'sizeId=x',
        'resize=99999px-1px',
      ]) {
        for (const user of [mira, server.admin]) {
          const refused = await get(id, query, user);
          expect(refused.status).toBe(400);
          expect(refused.json()).toMatchObject({ result: 'error' });
        }
      }
    });

    it('are refused for what is no image, and for what the caller may not read', async () => {
      for (const [content, name] of [
        ['text', 'a.txt'],
        ['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'a.svg'],
        ['\u0089PNG\r\n\u001a\n and nothing more', 'a.png'],
        [
          Buffer.concat([Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'), Buffer.alloc(99)]),
          'b.png',
        ],
      ] as const) {
        const id = await upload(content, name);
        expect((await get(id, 'resize=50%25')).status).toBe(400);
        expect((await get(id, '')).status).toBe(200);
      }
      const id = await upload(await picture(4, 4).png().toBuffer(), 'a.png');
      const bob = await server.user(`bob-${engine}`);
      expect((await get(id, 'resize=50%25', bob)).status).toBe(404);
    });

    it('are refused with 503 when the image is too big', async () => {
      const id = await upload(hollowPng(50_000, 50_000), 'bomb.png');
      expect((await mira.send('GET', `/file/details/${id}`)).json()).toMatchObject({
        data: { metadata: { width: '50000', height: '50000' } },
      });
      const refused = await get(id, 'resize=25%25');
      expect(refused.status).toBe(503);
      expect(refused.json()).toMatchObject({ result: 'error', http_code: 503 });
      const small = await upload(await picture(4, 4).png().toBuffer(), 'a.png');
      expect((await get(small, 'resize=10000px-10000px', server.admin)).status).toBe(503);
    });
  });

  describe('that were made once', () => {
    it('are kept, also when many ask at once', async () => {
      const before = await stored();
      const id = await upload(await picture(401, 203).png().toBuffer(), 'kept.png');
      const asked = await Promise.all(
        Array.from({ length: 12 }, (_, index) => get(id, index % 2 ? 'resize=50%25' : 'sizeId=1')),
      );
      expect(new Set(asked.map((response) => response.status))).toEqual(new Set([200]));
      expect(new Set(asked.map((response) => response.headers.etag)).size).toBe(1);
      const after = await stored();
      expect(after.blobs - before.blobs).toBe(2);
      const etag = String(asked[0]?.headers.etag);
      const again = await server.send({
        path: `/file/${id}?resize=50%25`,
        headers: { 'X-BB-SESSION': mira.token, 'if-none-match': etag },
      });
      expect(again.status).toBe(304);
      expect((await get(id, '')).headers.etag).not.toBe(etag);

      expect((await mira.send('DELETE', `/file/${id}`)).status).toBe(200);
      expect(await stored()).toEqual(before);
      expect((await get(id, 'resize=50%25')).status).toBe(404);
    });

    it('are bounded in number', async () => {
      const id = await upload(await picture(40, 40).png().toBuffer(), 'many.png');
      const before = await stored();
      for (let side = 1; side <= 26; side++) {
        server.advance(1);
        expect((await get(id, `resize=${side}px-${side}px`, server.admin)).status).toBe(200);
      }
      expect((await stored()).blobs - before.blobs).toBe(24);
      // One that was dropped is made anew.
      expect((await get(id, 'resize=1px-1px', server.admin)).status).toBe(200);
      expect((await stored()).blobs - before.blobs).toBe(24);
      await mira.send('DELETE', `/file/${id}`);
      expect((await stored()).sizes).toEqual(before.sizes);
    });

    it('leave nothing when the original is deleted meanwhile', async () => {
      const before = await stored();
      const bytes = await picture(1500, 1500).png().toBuffer();
      for (let round = 0; round < 4; round++) {
        const id = await upload(bytes, 'race.png');
        const [resized, deleted] = await Promise.all([
          get(id, 'resize=75%25'),
          mira.send('DELETE', `/file/${id}`),
        ]);
        expect([200, 404, 400]).toContain(resized.status);
        expect(deleted.status).toBe(200);
      }
      expect(await stored()).toEqual(before);
    });
  });

  it('keep their frames', async () => {
    const frames = await Promise.all(
      ['red', 'lime'].map((background) =>
        sharp({ create: { width: 40, height: 20, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const id = await upload(
      await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
      'moving.gif',
    );
    const half = await get(id, 'resize=50%25');
    expect(await sharp(half.bytes, { animated: true }).metadata()).toMatchObject({
      format: 'gif',
      pages: 2,
      width: 20,
      pageHeight: 10,
    });
  });
});
