// New versions of saved rows in templates, and which rows follow one (Beefree spec 3.7, 3.8).
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { mergeRows } from './merge-rows.ts';
import { syncedRows } from './synced-rows.ts';

const font = (name: string) => ({
  name,
  fontFamily: `'${name}', Arial, sans-serif`,
  url: `https://fonts.example.test/${name}`,
});

const paragraph = (html: string, family = 'inherit') => ({
  type: 'mailup-bee-newsletter-modules-paragraph',
  descriptor: { paragraph: { html, style: { 'font-family': family } } },
});

const image = (width: unknown, type = 'image') => ({
  type: `mailup-bee-newsletter-modules-${type}`,
  descriptor: {
    image: { src: 'a.png', width: '800px' },
    computedStyle: { class: 'center', width },
    style: { 'padding-top': '10px' },
  },
});

const row = (metadata: object | undefined, modules: object[] = [], more: object = {}) => ({
  ...(metadata ? { metadata } : {}),
  columns: [{ 'grid-columns': 12, modules }],
  ...more,
});

const template = (rows: unknown[], webFonts: object[] = [], width = '600px') => ({
  page: {
    body: { webFonts, content: { computedStyle: { messageWidth: width } }, extra: [null] },
    rows,
    title: 't',
  },
  comments: { 'u-1': { content: 'nice' } },
});

const pageOf = (merged: { template: unknown }) =>
  (merged.template as ReturnType<typeof template>).page;

const merge = (rows: object[], into: object, webFonts: object[] = [], label = 'guid') =>
  mergeRows({ rows, template: into, label, webFonts } as Parameters<typeof mergeRows>[0]);

describe('rows', () => {
  it('replaces every copy, with its metadata, and keeps its uuid', () => {
    const old = row({ guid: 'a', name: 'old' }, [paragraph('old')], { uuid: 'u-1', locked: true });
    const other = row({ guid: 'b' }, [paragraph('other')], { uuid: 'u-2', custom: { x: 1 } });
    const fresh = row({ guid: 'a', name: 'new', tags: 't' }, [paragraph('new')], {
      uuid: 'u-9',
      synced: true,
      unknown: [1, null],
    });
    const into = template([old, other, null, 'x', { ...old, uuid: undefined }]);
    const result = merge([fresh], into);
    expect(pageOf(result).rows).toEqual([{ ...fresh, uuid: 'u-1' }, other, null, 'x', fresh]);
    expect(result.unmatched).toEqual([]);
    expect({ ...result.template, page: 0 }).toEqual({ ...into, page: 0 });
    expect({ ...pageOf(result), rows: 0 }).toEqual({ ...into.page, rows: 0 });
  });

  it('changes neither the template nor the rows that it is given', () => {
    const rows = [row({ guid: 'a' }, [image('300px')], { content: { style: { width: '500px' } } })];
    const into = template([row({ guid: 'a' })]);
    const before = JSON.stringify([rows, into]);
    merge(rows, into, [font('Arvo')]);
    expect(JSON.stringify([rows, into])).toBe(before);
  });

  it('tells which rows are in no place, and takes back what an earlier merge told', () => {
    const into = template([row({ guid: 'a' })]);
    const told = { ...into, page: { ...into.page, warnings: [{ msg: 'old' }] } };
    const result = merge([row({ guid: 'x' }), row({ guid: 'a' }), row({}), row(undefined)], told);
    expect(result.unmatched).toEqual(['x', null, null]);
    expect(pageOf(result)).not.toHaveProperty('warnings');
  });

  it('takes the last of two versions, and numbers for the same as their digits', () => {
    const result = merge(
      [row({ id: 7, v: 1 }), row({ id: '7', v: 2 })],
      template([row({ id: '7' }), row({ id: 7 })]),
      [],
      'id',
    );
    expect(pageOf(result).rows).toEqual([row({ id: '7', v: 2 }), row({ id: '7', v: 2 })]);
    expect(result.unmatched).toEqual([]);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length'])(
    'a label such as %s finds nothing that is not there',
    (label) => {
      const into = template([row({}), row({ guid: 'a' }), row([] as never), row('x' as never)]);
      const result = merge([row({ guid: 'a' }), row({})], into, [], label);
      expect(result.template).toEqual(into);
      expect(result.unmatched).toEqual([null, null]);
    },
  );

  it('empty identifiers and objects identify nothing', () => {
    const into = template([row({ guid: '' }), row({ guid: null }), row({ guid: {} })]);
    const result = merge([row({ guid: '' }), row({ guid: {} })], into);
    expect(result.template).toEqual(into);
    expect(result.unmatched).toEqual([null, null]);
  });

  it('does not grow without end', () => {
    const big = row({ guid: 'a' }, [paragraph('x'.repeat(1000))]);
    const into = template(Array.from({ length: 100 }, () => row({ guid: 'a' })));
    const grown = (limit: number) => () =>
      mergeRows({ rows: [big], template: into, label: 'guid' }, limit);
    expect(grown(50_000)).toThrow(/too large/);
    expect(grown(200_000)).not.toThrow();
  });

  it('merges ten thousand rows in linear time', () => {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      row({ guid: `g${i}` }, [paragraph('old')]),
    );
    const fresh = many.map((_, i) =>
      row({ guid: `g${i}` }, [paragraph(`new ${i}`, "'Arvo', serif")]),
    );
    const started = process.cpuUsage();
    const result = merge(fresh, template(many), [font('Arvo')]);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
    expect(pageOf(result).rows).toEqual(fresh);
  });
});

describe('widths', () => {
  const made = (width: unknown, modules: object[]) =>
    row({ guid: 'a' }, modules, { content: { style: { width, color: '#000' } } });
  const widths = (from: unknown, to: string, ...given: object[]) => {
    const result = merge([made(from, given)], template([row({ guid: 'a' })], [], to));
    return (pageOf(result).rows[0] as ReturnType<typeof row>).columns[0]!.modules.map(
      (module) => (module as ReturnType<typeof image>).descriptor.computedStyle.width,
    );
  };

  it('follow the width of the template, in the way they are written', () => {
    const given = [
      image('300px'),
      image(150),
      image('371.25000000000006px'),
      image('100%'),
      image('auto'),
    ];
    expect(widths('500px', '600px', ...given)).toEqual(['360px', 180, '445.5px', '100%', 'auto']);
    expect(widths(700, '350px', image('300px', 'gif'), image('300px', 'video'))).toEqual([
      '150px',
      '150px',
    ]);
  });

  it('stay when the widths are the same, or not known', () => {
    expect(widths('600px', '600px', image('300px'))).toEqual(['300px']);
    expect(widths(undefined, '600px', image('300px'))).toEqual(['300px']);
    expect(widths('0px', '600px', image('300px'))).toEqual(['300px']);
    expect(widths('500px', 'junk', image('300px'))).toEqual(['300px']);
  });

  it('other blocks, natural sizes and padding stay', () => {
    const given = [
      { ...image('300px'), type: 'mailup-bee-newsletter-modules-button' },
      image('300px'),
    ];
    const result = merge([made('500px', given)], template([row({ guid: 'a' })], [], '1000px'));
    const merged = pageOf(result).rows[0] as ReturnType<typeof row>;
    expect(merged.columns[0]!.modules).toEqual([given[0], image('600px')]);
  });

  it('are not changed twice when a merged row is saved and merged again', () => {
    const once = merge([made('500px', [image('300px')])], template([row({ guid: 'a' })]));
    const saved = pageOf(once).rows[0] as object;
    expect(pageOf(merge([saved], template([row({ guid: 'a' })]))).rows).toEqual([saved]);
  });
});

describe('web fonts', () => {
  const fonts = (rows: object[], into: object, pool: object[]) =>
    pageOf(merge(rows, into, pool)).body.webFonts;
  const into = template([row({ guid: 'a' })], [font('Alegreya')]);

  it('are added when a row uses them and they are missing', () => {
    const rows = [
      row({ guid: 'a' }, [
        paragraph('a', "'Alegreya', 'Trebuchet MS', sans-serif"),
        paragraph('b', "'Arvo', 'Courier New', monospace"),
      ]),
    ];
    expect(fonts(rows, into, [font('Arvo'), font('Alegreya'), font('Chivo')])).toEqual([
      font('Alegreya'),
      font('Arvo'),
    ]);
  });

  test.each([
    `<span style="font-family: 'Arvo', serif">x</span>`,
    `<span style="color:red;font-family:Arvo">x</span>`,
    `<span style="font-family:&quot;Arvo&quot;,serif">x</span>`,
    `<span style='font-family: "Arvo", serif'>x</span>`,
    `<font face="Arvo">x</font>`,
  ])('are found in %s', (html) => {
    expect(fonts([row({ guid: 'a' }, [paragraph(html)])], into, [font('Arvo')])).toHaveLength(2);
  });

  test.each([
    ['the word alone', paragraph('Arvo, font family')],
    ['a fallback of a font that is loaded', paragraph('x', "'Alegreya', 'Arvo'")],
    ['a part of another name', paragraph('x', "'Arvo Display', serif")],
  ])('%s does not count', (_name, module) => {
    expect(fonts([row({ guid: 'a' }, [module])], into, [font('Arvo')])).toHaveLength(1);
  });

  it('count also for rows that were in the template before: the list makes up for what is missing', () => {
    const holding = template([row({ guid: 'b' }, [paragraph('x', 'Arvo')])]);
    expect(fonts([row({ guid: 'a' })], holding, [font('Arvo'), font('Chivo')])).toEqual([
      font('Arvo'),
    ]);
  });

  it('of a row that is in no place are not added, nor those without an address', () => {
    const lost = row({ guid: 'x' }, [paragraph('x', 'Arvo')]);
    expect(fonts([lost], into, [font('Arvo')])).toEqual([font('Alegreya')]);
    const here = row({ guid: 'a' }, [paragraph('x', 'Arvo')]);
    expect(fonts([here], into, [{ ...font('Arvo'), url: 'javascript:1' }])).toHaveLength(1);
    expect(fonts([here], into, [{ name: 'Arvo' }, {}])).toHaveLength(1);
  });

  it('are known under all spellings, and in both places', () => {
    const here = row({ guid: 'a' }, [paragraph('x', 'Arvo, serif')]);
    const elsewhere = {
      page: {
        rows: [row({ guid: 'a' })],
        webFonts: [{ fontName: 'Arvo', family: 'Arvo', url: 'x' }],
      },
    };
    expect(merge([here], elsewhere, [font('Arvo')]).template).not.toHaveProperty('page.body');
    const empty = { page: { rows: [row({ guid: 'a' })] } };
    expect(
      fonts([here], empty, [{ fontName: 'Arvo', family: "'Arvo'", url: 'https://f.test' }]),
    ).toHaveLength(1);
  });
});

describe('for all templates', () => {
  const id = fc.constantFrom('a', 'b', 'c', '', 'constructor');
  const modules = fc.array(
    fc.oneof(
      fc.integer({ min: 1, max: 900 }).map((width) => image(`${width}px`)),
      fc.constantFrom('Arvo', 'Lato', 'inherit').map((family) => paragraph('x', family)),
    ),
    { maxLength: 3 },
  );
  const someRow = fc
    .tuple(id, modules, fc.constantFrom('500px', '600px'), fc.option(fc.uuid(), { nil: undefined }))
    .map(([guid, inside, width, uuid]) =>
      row({ guid }, inside, { content: { style: { width } }, uuid }),
    );
  const anything = fc.jsonValue({ maxDepth: 3 });
  const given = fc.record({
    rows: fc.array(fc.oneof(someRow, fc.dictionary(fc.string(), anything)), { maxLength: 5 }),
    into: fc.array(fc.oneof(someRow, anything), { maxLength: 5 }).map((rows) => template(rows)),
  });

  it('merging again changes nothing', () => {
    fc.assert(
      fc.property(given, ({ rows, into }) => {
        const pool = [font('Arvo'), font('Lato')];
        const once = merge(rows, into, pool);
        expect(merge(rows, once.template, pool)).toEqual(once);
      }),
    );
  });

  it('nothing but the copies changes', () => {
    fc.assert(
      fc.property(given, ({ rows, into }) => {
        const merged = pageOf(merge(rows, into)).rows;
        const ids = new Set(
          rows.map((one) => (one as { metadata?: { guid?: string } } | null)?.metadata?.guid),
        );
        into.page.rows.forEach((old, at) => {
          const guid = (old as { metadata?: { guid?: string } } | null)?.metadata?.guid;
          if (guid === undefined || guid === '' || !ids.has(guid)) expect(merged[at]).toBe(old);
        });
        expect(merged).toHaveLength(into.page.rows.length);
      }),
    );
  });
});

describe('synced rows', () => {
  it('are listed with their places', () => {
    const rows = [
      row({ guid: 'a' }, [], { synced: true }),
      row({ guid: 'b' }, [], { synced: false }),
      null,
      row({ guid: 7 }, [], { synced: 1 }),
      row({ name: 'x' }, [], { synced: '1' }),
      row(undefined, [], { synced: true }),
      row({ guid: 'c' }),
    ];
    expect(syncedRows(template(rows), 'guid')).toEqual([
      { rowIdentifier: 'a', rowIndex: 0 },
      { rowIdentifier: 7, rowIndex: 3 },
      { rowIdentifier: null, rowIndex: 4 },
      { rowIdentifier: null, rowIndex: 5 },
    ]);
    expect(syncedRows(template([row({ a: 1 }, [], { synced: true })]), 'constructor')).toEqual([
      { rowIdentifier: null, rowIndex: 0 },
    ]);
    expect(syncedRows({ page: {} }, 'guid')).toEqual([]);
  });
});
