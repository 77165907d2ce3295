// Multipart forms as clients and attackers send them, cut at every byte.
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StagedContent } from '../../platform/blobs/blobs.ts';
import { TooLarge } from '../../platform/errors.ts';
import { isMultipart, readMultipart, type MultipartForm } from './multipart.ts';

const TYPE = 'multipart/form-data; boundary=cut';

/** A blob store in memory that counts what was not taken back. */
function memory() {
  const kept = new Map<string, Buffer>();
  let count = 0;
  return {
    kept,
    async stage(tenantId: string, source: unknown, { maxBytes }: { maxBytes: number }) {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of source as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > maxBytes) throw new TooLarge('blob_too_large', 'too large');
        chunks.push(Buffer.from(chunk));
      }
      const bytes = Buffer.concat(chunks);
      const staged: StagedContent = {
        tenantId,
        key: `k${count++}`,
        hash: createHash('sha256').update(bytes).digest('hex'),
        size,
        stagedAt: 0,
      };
      kept.set(staged.key, bytes);
      return staged;
    },
    async discard({ key }: StagedContent) {
      kept.delete(key);
    },
  };
}

type Store = ReturnType<typeof memory>;

function read(
  store: Store,
  chunks: readonly (string | Buffer)[],
  type = TYPE,
): Promise<MultipartForm> {
  const raw = Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
  ) as unknown as IncomingMessage;
  return readMultipart(
    { raw, headers: { 'content-type': type } },
    { blobs: store, tenant: 't1', maxFileBytes: 1000 },
  );
}

const part = (headers: string, body: string) => `--cut\r\n${headers}\r\n\r\n${body}\r\n`;
const field = (name: string, body: string) =>
  part(`Content-Disposition: form-data; name="${name}"`, body);
const file = (body: string, name = 'file', fileName = 'a.txt') =>
  part(`Content-Disposition: form-data; name="${name}"; filename="${fileName}"`, body);
const END = '--cut--\r\n';

describe('a multipart form', () => {
  it('gives texts, and the first file with its first bytes', async () => {
    const store = memory();
    const form = await read(store, [
      field('attachedData', '{"a":"ü"}') + file('hello') + file('second', 'other') + END,
    ]);
    expect([...form.fields]).toEqual([['attachedData', '{"a":"ü"}']]);
    expect(form.file).toMatchObject({ field: 'file', name: 'a.txt' });
    expect(form.file?.head.toString()).toBe('hello');
    expect([...store.kept.values()].map(String)).toEqual(['hello']);
  });

  it.each([
    [
      'a part with a JSON type and no file name is a text',
      'Content-Disposition: form-data; name="acl"\r\nContent-Type: application/json;charset=UTF-8',
    ],
    [
      'a binary type alone makes no file',
      'Content-Disposition: form-data; name="acl"\r\nContent-Type: application/octet-stream',
    ],
    ['quotes around the name are stripped', 'Content-Disposition: form-data; name="\\"acl\\""'],
    ['quotes as escapes are stripped', 'Content-Disposition: form-data; name="%22acl%22"'],
    ['doubled quotes are stripped', 'Content-Disposition: form-data; name=""acl""'],
    ['a name without quotes', 'content-disposition: form-data; name=acl'],
    ['an empty file name is none', 'Content-Disposition: form-data; name="acl"; filename=""'],
  ])('%s', async (_, headers) => {
    const store = memory();
    const form = await read(store, [part(headers, '{"x":1}') + END]);
    expect(form.fields.get('acl')).toBe('{"x":1}');
    expect(form.file).toBeUndefined();
    expect(store.kept.size).toBe(0);
  });

  it.each([
    ['filename="../../etc/passwd"', 'passwd'],
    ['filename="C:\\dir\\menu.pdf"', 'menu.pdf'],
    ['filename="a\\"b.txt"', 'a"b.txt'],
    ['filename="a%22b.txt"', 'a"b.txt'],
    ['filename="naïve 日本.txt"', 'naïve 日本.txt'],
    ['filename="x"; filename*=UTF-8\'\'%E6%97%A5.txt', '日.txt'],
    ['filename="tab\there"', 'tab_here'],
    ['filename="semi;colon.txt"', 'semi;colon.txt'],
  ])('reads the file name of %s', async (parameter, name) => {
    const form = await read(memory(), [
      part(`Content-Disposition: form-data; name="file"; ${parameter}`, 'x') + END,
    ]);
    expect(form.file?.name).toBe(name);
  });

  it('takes asterisks for a boundary, as hand-written Android uploads do', async () => {
    const bytes = (field('a', '**') + file('x\r\n--**') + END).replaceAll('--cut', '--*****');
    const form = await read(memory(), [bytes], 'multipart/form-data;boundary=*****');
    expect([...form.fields]).toEqual([['a', '**']]);
    expect(form.file?.content.size).toBe(7);
  });

  it('takes an empty file, an empty text, a preamble and an epilogue', async () => {
    const form = await read(memory(), [
      `preamble\r\n${field('empty', '')}${file('')}${END}`,
      'epilogue that nobody reads',
    ]);
    expect(form.fields.get('empty')).toBe('');
    expect(form.file?.content.size).toBe(0);
  });

  it('gives a form without parts as one without content', async () => {
    expect(await read(memory(), [END])).toEqual({ fields: new Map(), file: undefined });
  });

  it('keeps the first value of a field that is sent twice', async () => {
    const form = await read(memory(), [field('a', '1') + field('a', '2') + END]);
    expect(form.fields.get('a')).toBe('1');
  });

  it('reads the same however the network cuts it', async () => {
    const bytes = Buffer.from(
      field('a', 'x--cut\r-') + file('x\r\n--cu\r\n-') + field('b', 'ü') + END,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 12 }), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        const store = memory();
        const form = await read(store, chunks);
        expect([...form.fields]).toEqual([
          ['a', 'x--cut\r-'],
          ['b', 'ü'],
        ]);
        expect([...store.kept.values()].map(String)).toEqual(['x\r\n--cu\r\n-']);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a broken form', () => {
  const long = 'x'.repeat(9000);
  it.each<[string, (string | Buffer)[], string?]>([
    ['no boundary', [file('x') + END], 'multipart/form-data'],
    ['an empty boundary', [file('x') + END], 'multipart/form-data; boundary='],
    ['a boundary of odd bytes', [file('x') + END], 'multipart/form-data; boundary="a\0b"'],
    ['another boundary', [file('x') + END], 'multipart/form-data; boundary=other'],
    ['nothing at all', ['']],
    ['no multipart at all', ['{"file":"x"}']],
    ['an end in the middle of the file', [file('hello').slice(0, -4)]],
    ['an end in the middle of a text', [file('hello') + field('acl', '{"read"').slice(0, -3)]],
    ['an end in the middle of a header', [file('hello') + '--cut\r\nContent-Disp']],
    ['no last boundary', [file('hello')]],
    ['a header without an end', [`--cut\r\nContent-Disposition: form-data; name="x"\r\n${END}`]],
    ['a part without a disposition', [part('Content-Type: text/plain', 'x') + END]],
    ['a part without a name', [part('Content-Disposition: form-data', 'x') + END]],
    ['an attachment', [part('Content-Disposition: attachment; name="x"', 'x') + END]],
    [
      'a form in a form',
      [
        part(
          'Content-Disposition: form-data; name="x"\r\nContent-Type: multipart/mixed; boundary=in',
          '--in--',
        ) + END,
      ],
    ],
    [
      'a file in base64',
      [
        part(
          'Content-Disposition: form-data; name="x"; filename="y"\r\nContent-Transfer-Encoding: base64',
          'eA==',
        ) + END,
      ],
    ],
    [
      'a header of 9 KB',
      [part(`Content-Disposition: form-data; name="x"\r\nX-Long: ${long}`, 'x') + END],
    ],
    [
      'a header of 100 lines',
      [
        part(`Content-Disposition: form-data; name="x"\r\n${'X-A: b\r\n'.repeat(100)}X-C: d`, 'x') +
          END,
      ],
    ],
    ['a field name of 300 characters', [field('n'.repeat(300), 'x') + END]],
    ['a file name of 300 characters', [file('x', 'file', 'n'.repeat(300)) + END]],
    ['10 000 parts', [file('kept?') + field('a', 'b').repeat(10_000) + END]],
    ['10 000 files', [file('x').repeat(10_000) + END]],
  ])('with %s is refused, and nothing stays behind', async (_, chunks, type) => {
    const store = memory();
    await expect(read(store, chunks, type)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'multipart',
    });
    expect(store.kept.size).toBe(0);
  });

  it.each([
    ['a file', file('x'.repeat(1001)), 'blob_too_large'],
    ['a text', file('kept?') + field('a', 'x'.repeat(1_100_000)), 'multipart'],
    ['texts together', field('a', 'x'.repeat(1_000_000)).repeat(3), 'multipart'],
    ['a header without end', `--cut\r\n${'x'.repeat(5_000_000)}`, 'multipart'],
  ])('that is too large because of %s is refused', async (_, body, code) => {
    const store = memory();
    await expect(read(store, [body, END])).rejects.toMatchObject({ kind: 'too_large', code });
    expect(store.kept.size).toBe(0);
  });

  it('of a client that goes away leaves nothing', async () => {
    const store = memory();
    const raw = new PassThrough();
    raw.write(file('complete') + file('cut').slice(0, -3));
    setImmediate(() => raw.destroy(new Error('aborted')));
    await expect(
      readMultipart(
        { raw: raw as unknown as IncomingMessage, headers: { 'content-type': TYPE } },
        { blobs: store, tenant: 't1', maxFileBytes: 1000 },
      ),
    ).rejects.toMatchObject({ kind: 'invalid', code: 'multipart' });
    expect(store.kept.size).toBe(0);
  });

  it('when the storage fails is read to its end, so that the client sees the failure', async () => {
    const store = { ...memory(), stage: () => Promise.reject(new Error('disk full')) };
    const raw = Readable.from([
      Buffer.from(file('x')),
      ...Array.from({ length: 50 }, () => Buffer.alloc(10)),
    ]);
    await expect(
      readMultipart(
        { raw: raw as unknown as IncomingMessage, headers: { 'content-type': TYPE } },
        { blobs: store, tenant: 't1', maxFileBytes: 1000 },
      ),
    ).rejects.toThrow('disk full');
    expect(raw.readableEnded).toBe(true);
  });

  it('of any bytes is refused or read, and never kept when refused', async () => {
    const token = fc.constantFrom(
      '--cut',
      '--',
      '\r\n',
      '\r\n\r\n',
      'Content-Disposition: form-data; name="a"',
      '; filename="b"',
      '"',
      'x',
      ':',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(token, { maxLength: 30 }), async (tokens) => {
        const store = memory();
        const outcome = await read(store, [tokens.join('')]).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome).toMatchObject({ code: 'multipart' });
          expect(store.kept.size).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });
});

it('knows multipart forms by their type', () => {
  const is = (type: string) => isMultipart({ headers: { 'content-type': type } });
  expect(is('Multipart/Form-Data; boundary=x')).toBe(true);
  expect(is('multipart/form-data')).toBe(true);
  expect(is('multipart/form-datax')).toBe(false);
  expect(is('application/json')).toBe(false);
});
