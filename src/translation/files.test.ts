// Files by area and path, on both engines.
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openRoom, type Room } from '../../test/beebox/room.ts';
import { makePlace, onBothEngines, type Place } from '../../test/support/database.ts';
import { SANDBOX, SOURCE, type Area } from './areas.ts';
import { resolvePath } from './paths.ts';
import type { Project } from './projects.ts';
import type { TranslationTables } from './tables.ts';

const FRENCH: Area = { name: 'out', locale: 'fr' };
const BRAZILIAN: Area = { name: 'out', locale: 'pt-BR' };
const MIB = 1024 * 1024;

onBothEngines('files', (engine) => {
  let place: Place;
  let room: Room;
  let project: Project;

  beforeAll(async () => {
    place = await makePlace(engine);
    room = await openRoom(place);
  });

  beforeEach(async () => {
    project = await room.project(await room.tenant());
  });

  afterAll(async () => {
    await room.close();
    await place.remove();
  });

  const put = (area: Area, name: string, content: string | Buffer, maxBytes = MIB) =>
    room.files.put(project, area, resolvePath('', name), Buffer.from(content), { maxBytes });
  const get = async (area: Area, name: string) => {
    const { file, stream } = await room.files.open(project, area, resolvePath('', name));
    return { ...file, content: await buffer(stream) };
  };
  const text = async (area: Area, name: string) => (await get(area, name)).content.toString();
  const remove = (area: Area, name: string) =>
    room.files.remove(project, area, resolvePath('', name));
  const removeDirectory = (area: Area, name: string) =>
    room.files.removeDirectory(project, area, name ? resolvePath('', name) : undefined);
  const missing = expect.objectContaining({ kind: 'not_found', code: 'file_not_found' }) as Error;

  it('gives back the bytes, size, version and time', async () => {
    const content = randomBytes(300_000);
    await put(SOURCE, 'shop\\page-7.xml', content);
    const file = await get(SOURCE, 'shop/page-7.xml');
    expect(file.content.equals(content)).toBe(true);
    expect(file).toMatchObject({
      path: 'shop\\page-7.xml',
      size: 300_000,
      version: 1,
      modifiedAt: room.time.now(),
    });
  });

  it('keeps an empty file', async () => {
    await put(SOURCE, 'empty.xml', '');
    expect(await get(SOURCE, 'empty.xml')).toMatchObject({ size: 0, content: Buffer.alloc(0) });
  });

  it('keeps areas and locales apart', async () => {
    await put(SOURCE, 'a.xml', 'source');
    await put(FRENCH, 'a.xml', 'français');
    await put(SANDBOX, 'a.xml', 'sand');
    expect(await text(SOURCE, 'a.xml')).toBe('source');
    expect(await text(FRENCH, 'a.xml')).toBe('français');
    expect(await text(SANDBOX, 'a.xml')).toBe('sand');
    await expect(get(BRAZILIAN, 'a.xml')).rejects.toThrow(missing);
  });

  it('keeps projects and tenants apart', async () => {
    await put(SOURCE, 'a.xml', 'mine');
    const other = await room.project(await room.tenant('Other'));
    await expect(room.files.open(other, SOURCE, resolvePath('', 'a.xml'))).rejects.toThrow(missing);
    expect(await room.files.removeDirectory(other, SOURCE, undefined)).toBe(0);
    expect(await text(SOURCE, 'a.xml')).toBe('mine');
  });

  it('replaces in any letter case, counts versions and keeps the first spelling', async () => {
    await put(SOURCE, 'Shop/Page.XML', 'one');
    room.time.advance(1000);
    await put(SOURCE, 'shop/page.xml', 'two');
    expect(await get(SOURCE, 'SHOP/PAGE.xml')).toMatchObject({
      path: 'Shop\\Page.XML',
      version: 2,
      modifiedAt: room.time.now(),
      content: Buffer.from('two'),
    });
    expect(await room.blobs.usage(project.tenant)).toMatchObject({ blobs: 1, bytes: 3 });
  });

  it('takes names of all scripts and lengths', async () => {
    const names = ['grün straße.xml', '日本語/ページ.xliff', '100%+&=#.xml', '語'.repeat(1024)];
    for (const name of names) await put(SOURCE, name, name);
    for (const name of names) expect(await text(SOURCE, name)).toBe(name);
    await put(SOURCE, 'gru\u0308n straße.xml', 'the other form');
    expect(await text(SOURCE, 'grün straße.xml')).toBe('the other form');
  });

  it('keeps the old content when an upload is too large or breaks off', async () => {
    await put(SOURCE, 'a.xml', 'old');
    await expect(put(SOURCE, 'a.xml', Buffer.alloc(2000), 1024)).rejects.toMatchObject({
      kind: 'too_large',
      code: 'blob_too_large',
    });
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('connection lost');
      })(),
    );
    await expect(
      room.files.put(project, SOURCE, resolvePath('', 'a.xml'), broken, { maxBytes: MIB }),
    ).rejects.toThrow('connection lost');
    expect(await get(SOURCE, 'a.xml')).toMatchObject({ version: 1, content: Buffer.from('old') });
  });

  it('lets the last of many uploads of one path win, whole', async () => {
    const contents = Array.from({ length: 12 }, (_, n) => randomBytes(1000 + n));
    await Promise.all(contents.map((content) => put(SOURCE, 'a.xml', content)));
    const file = await get(SOURCE, 'a.xml');
    expect(file.version).toBe(12);
    const sums = contents.map((content) => createHash('sha256').update(content).digest('hex'));
    expect(sums).toContain(createHash('sha256').update(file.content).digest('hex'));
    expect(await room.blobs.usage(project.tenant)).toMatchObject({ blobs: 1, bytes: file.size });
  });

  it('removes a file once and frees its content', async () => {
    for (const area of [SOURCE, FRENCH, SANDBOX]) {
      await put(area, 'a.xml', 'content');
      expect(await remove(area, 'A.XML')).toBe(true);
      expect(await remove(area, 'a.xml')).toBe(false);
      await expect(get(area, 'a.xml')).rejects.toThrow(missing);
    }
    expect(await room.blobs.usage(project.tenant)).toMatchObject({ blobs: 0, bytes: 0 });
  });

  it('remembers that a source is gone, and takes the new spelling when it comes back', async () => {
    await put(SOURCE, 'Page.xml', 'one');
    await remove(SOURCE, 'page.xml');
    const row = () =>
      room.db
        .tables<TranslationTables>()
        .selectFrom('tr_files')
        .selectAll()
        .where('project_key', '=', project.key)
        .execute();
    expect(await row()).toMatchObject([{ path: 'Page.xml', blob_id: null, version: 2 }]);
    await put(SOURCE, 'PAGE.xml', 'two');
    expect(await row()).toMatchObject([{ path: 'PAGE.xml', version: 3 }]);
    expect(await text(SOURCE, 'page.xml')).toBe('two');
  });

  it('removes what is below a directory and nothing else', async () => {
    const names = [
      'shop',
      'shop\\a',
      'Shop\\spring\\b',
      'shop2\\c',
      'x\\shop\\d',
      'shöp\\e',
      'sh_p\\f',
    ];
    for (const area of [SOURCE, SANDBOX, FRENCH]) {
      for (const name of names) await put(area, name, name);
    }
    expect(await removeDirectory(SOURCE, 'SHOP/')).toBe(2);
    expect(await removeDirectory(SOURCE, 'shop')).toBe(0);
    await expect(get(SOURCE, 'shop\\a')).rejects.toThrow(missing);
    for (const name of ['shop', 'shop2\\c', 'x\\shop\\d', 'shöp\\e', 'sh_p\\f']) {
      expect(await text(SOURCE, name)).toBe(name);
    }
    expect(await removeDirectory(SOURCE, 'shöp')).toBe(1);
    expect(await removeDirectory(SOURCE, 'sh%')).toBe(0);
    expect(await text(FRENCH, 'shop\\a')).toBe('shop\\a');
    expect(await removeDirectory(SANDBOX, '')).toBe(names.length);
    expect(await removeDirectory(SANDBOX, '')).toBe(0);
  });

  it('counts characters outside the basic plane as one', async () => {
    await put(SANDBOX, '𠮷野家\\menu.xml', 'menu');
    await put(SANDBOX, '𠮷野家x', 'x');
    expect(await removeDirectory(SANDBOX, '𠮷野家')).toBe(1);
    expect(await text(SANDBOX, '𠮷野家x')).toBe('x');
  });

  it('empties a large sandbox in pieces', async () => {
    const upload = (n: number) => put(SANDBOX, `dir\\${n}.xml`, `content ${n % 7}`);
    for (let n = 0; n < 250; n += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, at) => upload(n + at)));
    }
    expect(await removeDirectory(SANDBOX, '')).toBe(250);
    expect(await room.blobs.usage(project.tenant)).toMatchObject({ blobs: 0, bytes: 0 });
  });
});
