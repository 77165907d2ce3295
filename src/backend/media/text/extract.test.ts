// Text of files of every kind that has some, and hostile ones.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { docx, pdf, zip } from '../../../../test/support/files.ts';
import { extractText, hasText } from './extract.ts';
import { MAX_TEXT } from './extracted.ts';
import { OFFICE_TYPES } from './office-types.ts';

const of = (mediaType: string, content: string | Buffer) =>
  extractText(mediaType, Buffer.from(content));

describe('text of plain files', () => {
  it.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from('naïve 日本'), 'naïve 日本'],
    ['UTF-8', Buffer.from('\ufeffnaïve'), 'naïve'],
    ['UTF-16LE', Buffer.from('\ufeffnaïve', 'utf16le'), 'naïve'],
    ['UTF-16BE', Buffer.from('\ufeffnaïve', 'utf16le').swap16(), 'naïve'],
    ['WINDOWS-1252', Buffer.from('na\xefve \x80', 'latin1'), 'naïve €'],
  ])('in %s', async (charset, bytes, text) => {
    expect(await extractText('text/plain', bytes)).toEqual({
      text,
      metadata: { 'Content-Encoding': charset },
    });
  });

  it('stays as it is, up to a million characters', async () => {
    expect((await of('text/csv', 'a,  b\n\n\n\n1,\t2')).text).toBe('a,  b\n\n\n\n1,\t2');
    expect((await of('text/plain', 'x'.repeat(MAX_TEXT + 5))).text).toHaveLength(MAX_TEXT);
  });
});

describe('text of pages', () => {
  it('is what people read', async () => {
    const page = `<!doctype html><html><head><title> Tea &amp; more </title><style>p{}</style>
      <meta name="Description" content="All teas"></head>
      <body><h1>Te<b>as</b></h1><script>alert(1)</script><p>Green
      tea</p><ul><li>one<li>two</ul><!-- not this --><svg><text>no</text></svg></body></html>`;
    const { text, metadata } = await of('text/html', page);
    expect(text.split(/\n+/).map((line) => line.trim())).toEqual([
      'Teas',
      'Green tea',
      'one',
      'two',
    ]);
    expect(metadata).toMatchObject({ title: 'Tea & more', description: 'All teas' });
  });

  it('is read in the alphabet that the page names', async () => {
    const page = Buffer.from('<meta charset="iso-8859-5"><p>\xb0\xd1\xd2', 'latin1');
    expect((await extractText('text/html', page)).text).toBe('Абв');
  });

  it('of pages that nest without end is found', async () => {
    const page = `${'<div>'.repeat(20_000)}deep`;
    expect((await of('text/html', page)).text).toBe('deep');
  });
});

describe('text of documents', () => {
  it('is found in PDF', async () => {
    const { text, metadata } = await extractText('application/pdf', pdf('Green tea 3 Euro'));
    expect(text).toBe('Green tea 3 Euro');
    expect(metadata).toMatchObject({ title: 'A menu', Author: 'mira', xmpTPg_NPages: '1' });
  });

  it('is found in Word', async () => {
    const { text, metadata } = await extractText(
      OFFICE_TYPES.docx,
      await docx(['Dear &amp; Co', 'Tea']),
    );
    expect(text).toBe('Dear & Co\nTea');
    expect(metadata).toEqual({ title: 'A letter', Author: 'mira' });
  });

  it('is found in Excel, PowerPoint and OpenDocument', async () => {
    const sheet = await zip({
      'xl/sharedStrings.xml':
        '<sst><si><t>Tea</t></si><si><r><t>Co</t></r><r><t>ffee</t></r></si></sst>',
      'xl/worksheets/sheet1.xml':
        '<worksheet><row><c t="inlineStr"><is><t>inline</t></is></c><c><v>12</v></c></row></worksheet>',
    });
    expect((await extractText(OFFICE_TYPES.xlsx, sheet)).text).toBe('Tea\nCoffee\n\ninline');
    const slide = (text: string) =>
      `<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:sld>`;
    const slides = await zip({
      'ppt/slides/slide10.xml': slide('ten'),
      'ppt/slides/slide2.xml': slide('two'),
    });
    expect((await extractText(OFFICE_TYPES.pptx, slides)).text).toBe('two\n\nten');
    const content = `<office:document-content xmlns:office="o" xmlns:text="t"><text:h>Head</text:h><text:p>a<text:s/><text:span>b</text:span></text:p></office:document-content>`;
    const meta =
      '<m:document-meta xmlns:m="m" xmlns:dc="d"><dc:title>T</dc:title></m:document-meta>';
    for (const type of [OFFICE_TYPES.odt, OFFICE_TYPES.ods, OFFICE_TYPES.odp]) {
      const bytes = await zip({ 'content.xml': content, 'meta.xml': meta });
      expect(await extractText(type, bytes)).toEqual({
        text: 'Head\na b',
        metadata: { title: 'T' },
      });
    }
  });

  it('is found in RTF', async () => {
    const rtf = String.raw`{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator X;}\f0 Caf\'e9 \u8364? \{x\}\par {\b bold}\line end\bin3 }}}}`;
    expect((await of('application/rtf', rtf)).text).toBe('Café € {x}\nbold\nend');
  });
});

describe('hostile documents', () => {
  it('that use names of JavaScript are read like others', async () => {
    const page = '<meta name="constructor" content="x"><p>tea';
    expect(await of('text/html', page)).toEqual({
      text: 'tea',
      metadata: { 'Content-Encoding': 'UTF-8' },
    });
    expect((await of('application/rtf', String.raw`{\rtf1 a\constructor b}`)).text).toBe('ab');
    const named = await zip({
      'docProps/core.xml': '<toString>x</toString>',
      'word/document.xml': '<constructor><w:t xmlns:w="w">tea</w:t></constructor>',
    });
    expect(await extractText(OFFICE_TYPES.docx, named)).toEqual({ text: 'tea', metadata: {} });
  });

  it('that inflate without measure are refused', async () => {
    const bomb = await zip({
      'word/document.xml': Buffer.concat([
        Buffer.from('<w:document xmlns:w="w">'),
        Buffer.alloc(80 * 1024 * 1024, ' '),
      ]),
    });
    expect(bomb.length).toBeLessThan(200_000);
    await expect(extractText(OFFICE_TYPES.docx, bomb)).rejects.toThrow(/more than can be read/);
  });

  it('that declare entities are refused', async () => {
    const document = (xml: string) => zip({ 'word/document.xml': xml });
    const laughs =
      '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w:t xmlns:w="w">&b;</w:t>';
    const outside =
      '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:t xmlns:w="w">&a;</w:t>';
    for (const xml of [laughs, outside, '<!DOCTYPE x SYSTEM "http://x.test/x.dtd"><w:t/>']) {
      await expect(extractText(OFFICE_TYPES.docx, await document(xml))).rejects.toThrow(
        /document type/,
      );
    }
  });

  it('that nest without end are refused', async () => {
    const xml = `<w:p xmlns:w="w">${'<w:p>'.repeat(5000)}`;
    await expect(
      extractText(OFFICE_TYPES.docx, await zip({ 'word/document.xml': xml })),
    ).rejects.toThrow(/too deep/);
  });

  it('with more entries than any document has are refused', async () => {
    const many = await docx(['x']);
    // The number of entries in the end of the archive's directory.
    const end = many.lastIndexOf('PK\u0005\u0006');
    many.writeUInt16LE(10_001, end + 8);
    many.writeUInt16LE(10_001, end + 10);
    await expect(extractText(OFFICE_TYPES.docx, many)).rejects.toThrow(/too many entries/);
  });

  it('of any bytes are read or refused', async () => {
    const good = await docx(['one', 'two']);
    const types = [
      'text/html',
      'application/rtf',
      'application/pdf',
      ...Object.values(OFFICE_TYPES),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...types),
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => {
            const damaged = Buffer.from(good);
            damaged[at] = byte;
            return damaged;
          }),
        ),
        async (type, bytes) => {
          const outcome = await extractText(type, Buffer.from(bytes)).catch(() => undefined);
          if (outcome) expect(outcome.text.length).toBeLessThanOrEqual(MAX_TEXT);
        },
      ),
      { numRuns: 150 },
    );
  });
});

it('knows which types have text', () => {
  for (const type of [
    'text/plain',
    'text/html',
    'application/json',
    'application/pdf',
    'image/svg+xml',
    OFFICE_TYPES.odp,
  ]) {
    expect(hasText(type)).toBe(true);
  }
  for (const type of ['image/png', 'application/zip', 'application/octet-stream', 'video/mp4']) {
    expect(hasText(type)).toBe(false);
  }
});
