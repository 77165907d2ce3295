// Makes a small TrueType font in which some characters are black squares, for tests that cannot know which fonts a machine has.

const EM = 1000;

/** A font file. `family` is its name; every character of `characters` is a square that fills its line. */
export function squareFont(family: string, characters: string): Buffer {
  const codes = [...new Set(characters)]
    .map((char) => char.codePointAt(0) as number)
    .sort((a, b) => a - b);
  const [missing, square] = [box(100, 0, 400, 700), box(0, -200, EM, 800)];
  const tables: Record<string, Buffer> = {
    'OS/2': os2(codes),
    cmap: cmap(codes),
    glyf: Buffer.concat([missing, square]),
    head: head(),
    hhea: words(1, 0, 800, -200, 0, EM, 0, 0, EM, 1, 0, 0, 0, 0, 0, 0, 0, 2),
    hmtx: words(EM, 100, EM, 0),
    loca: words(0, missing.length / 2, (missing.length + square.length) / 2),
    maxp: words(1, 0, 2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
    name: names(family),
    post: Buffer.concat([words(3, 0, 0, 0, -100, 50), Buffer.alloc(20)]),
  };
  const entries = Object.entries(tables);
  let at = 12 + 16 * entries.length;
  const directory = entries.map(([tag, table]) => {
    const entry = Buffer.alloc(16);
    entry.write(tag, 'latin1');
    entry.writeUInt32BE(sum(table), 4);
    entry.writeUInt32BE(at, 8);
    entry.writeUInt32BE(table.length, 12);
    at += padded(table).length;
    return entry;
  });
  const font = Buffer.concat([
    words(1, 0, entries.length, 128, 3, entries.length * 16 - 128),
    ...directory,
    ...Object.values(tables).map(padded),
  ]);
  const adjustment = (0xb1b0afba - sum(font)) >>> 0;
  font.writeUInt32BE(
    adjustment,
    directory[entries.findIndex(([tag]) => tag === 'head')]!.readUInt32BE(8) + 8,
  );
  return font;
}

/** 16-bit words, big end first. */
function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) buffer.writeUInt16BE(value & 0xffff, i * 2);
  return buffer;
}

function longs(...values: number[]): Buffer {
  return words(...values.flatMap((value) => [value >>> 16, value & 0xffff]));
}

function padded(table: Buffer): Buffer {
  return Buffer.concat([table, Buffer.alloc(-table.length & 3)]);
}

function sum(table: Buffer): number {
  const whole = padded(table);
  let total = 0;
  for (let at = 0; at < whole.length; at += 4) total = (total + whole.readUInt32BE(at)) >>> 0;
  return total;
}

/** One contour of four corners. */
function box(left: number, bottom: number, right: number, top: number): Buffer {
  const outline = words(1, left, bottom, right, top, 3, 0);
  const flags = Buffer.alloc(4, 1);
  const x = words(left, 0, right - left, 0);
  const y = words(bottom, top - bottom, 0, bottom - top);
  return padded(Buffer.concat([outline, flags, x, y]));
}

function cmap(codes: number[]): Buffer {
  const groups = codes.map((code) => longs(code, code, 1));
  const table = Buffer.concat([
    words(12, 0),
    longs(16 + 12 * groups.length, 0, groups.length),
    ...groups,
  ]);
  return Buffer.concat([words(0, 1, 3, 10), longs(12), table]);
}

function head(): Buffer {
  return Buffer.concat([
    longs(0x00010000, 0x00010000, 0, 0x5f0f3cf5),
    words(0, EM),
    Buffer.alloc(16),
    words(0, -200, EM, 800, 0, 8, 2, 0, 0),
  ]);
}

function os2(codes: number[]): Buffer {
  const last = Math.min(codes.at(-1) ?? 0, 0xffff);
  return Buffer.concat([
    words(4, EM, 400, 5, 0, 500, 500, 0, 0, 500, 500, 0, 0, 50, 250, 0),
    Buffer.alloc(10),
    Buffer.alloc(16),
    Buffer.from('TEST'),
    words(64, Math.min(codes[0] ?? 0, 0xffff), last, 800, -200, 0, 800, 200),
    Buffer.alloc(8),
    words(500, 700, 0, 32, 1),
  ]);
}

function names(family: string): Buffer {
  const values: [number, string][] = [
    [1, family],
    [2, 'Regular'],
    [3, family],
    [4, family],
    [6, family.replaceAll(' ', '')],
  ];
  const texts = values.map(([, text]) => Buffer.from(text, 'utf16le').swap16());
  let at = 0;
  const records = values.map(([id], i) => {
    const { length } = texts[i] as Buffer;
    const record = words(3, 1, 0x409, id, length, at);
    at += length;
    return record;
  });
  return Buffer.concat([words(0, records.length, 6 + 12 * records.length), ...records, ...texts]);
}
