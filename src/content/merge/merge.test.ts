// Merging by the published examples of the API, by the rules of the specification, and against hostile paths.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merge, type MergeLimits, type Replacement } from './merge.ts';

const realTime = () => performance.now();

/** A small template with what the published paths look for. */
function template() {
  return {
    page: {
      title: 'T',
      rows: [
        {
          metadata: { id: '', uid: '508824c4', name: 'head' },
          columns: [
            { style: { 'background-color': '#FFFFFF', color: '#ffffff', 'border-top': '0px' } },
          ],
        },
        {
          columns: [
            {
              style: { 'background-color': '#000000' },
              modules: [{ style: { color: '#FFFFFF' } }],
            },
          ],
        },
        { metadata: { id: 'b', uid: 'x', count: 3 }, locked: true, columns: [] },
      ],
    },
    comments: { c: 1 },
  };
}

async function run(
  replace: Replacement[],
  source: Record<string, unknown> = template(),
  limits?: MergeLimits,
) {
  const before = JSON.stringify(source);
  const result = await merge({ replace, source }, realTime, limits);
  expect(JSON.stringify(source)).toBe(before);
  return result as { json: ReturnType<typeof template>; warnings: typeof result.warnings };
}

/** The places that a path changes in a document, by marking them. */
async function marked(path: string, source: Record<string, unknown>): Promise<unknown> {
  const { json, warnings } = await merge({ replace: [{ path, value: 'X' }], source }, realTime);
  return warnings.length > 0 ? warnings[0]?.reason : json;
}

describe('the published examples', () => {
  it('replaces a colour in every style', async () => {
    const { json, warnings } = await run([
      { path: "$..style[?(@ == '#FFFFFF')]", value: '#89cff0' },
    ]);
    expect(warnings).toEqual([]);
    const [first, second] = json.page.rows;
    expect(first?.columns[0]).toEqual({
      style: { 'background-color': '#89cff0', color: '#ffffff', 'border-top': '0px' },
    });
    expect(second?.columns[0]).toMatchObject({ modules: [{ style: { color: '#89cff0' } }] });
  });

  it('replaces a row by an empty id and by an id', async () => {
    const row = { metadata: { id: 'new' }, columns: [] };
    const { json, warnings } = await run([
      { path: "$..rows[?(@.metadata.id=='')]", value: row },
      { path: "$..rows[?(@.metadata.uid=='x')]", value: row },
    ]);
    expect(warnings).toEqual([]);
    expect(json.page.rows).toEqual([row, template().page.rows[1], row]);
    expect(json.page.rows[0]).not.toBe(json.page.rows[2]);
  });

  it('warns of a path without a match and carries out the others', async () => {
    const { json, warnings } = await run([
      { path: "$..style[?(@ == '#123456')]", value: 'x' },
      { path: '$.page.title', value: 'New' },
    ]);
    expect(warnings).toEqual([{ path: "$..style[?(@ == '#123456')]", reason: 'no_match' }]);
    expect(json.page.title).toBe('New');
  });

  it('works on the result of the replacement before', async () => {
    const { json } = await run([
      { path: '$.page.title', value: { deep: 'a' } },
      { path: '$.page.title.deep', value: 'b' },
    ]);
    expect(json.page.title).toEqual({ deep: 'b' });
  });
});

describe('paths', () => {
  const source = {
    a: [0, 1, 2, 3, 4],
    o: { x: 'p', 'k-b': 'q', n: null, t: true },
    rows: [{ m: { n: 1 } }, { m: { n: 5 } }, {}],
  };
  it.each([
    ['$.o.x', { ...source, o: { ...source.o, x: 'X' } }],
    [" $['o']['k-b'] ", { ...source, o: { ...source.o, 'k-b': 'X' } }],
    ['$["o"]["k-b"]', { ...source, o: { ...source.o, 'k-b': 'X' } }],
    ['$.a[1]', { ...source, a: [0, 'X', 2, 3, 4] }],
    ['$.a[-1]', { ...source, a: [0, 1, 2, 3, 'X'] }],
    ['$.a[0,2]', { ...source, a: ['X', 1, 'X', 3, 4] }],
    ['$.a[1:3]', { ...source, a: [0, 'X', 'X', 3, 4] }],
    ['$.a[::2]', { ...source, a: ['X', 1, 'X', 3, 'X'] }],
    ['$.a[-2:]', { ...source, a: [0, 1, 2, 'X', 'X'] }],
    ['$.a[3:0:-2]', { ...source, a: [0, 'X', 2, 'X', 4] }],
    ['$.a[::-1]', { ...source, a: ['X', 'X', 'X', 'X', 'X'] }],
    ['$.a[*]', { ...source, a: ['X', 'X', 'X', 'X', 'X'] }],
    ["$.o['x','t']", { ...source, o: { ...source.o, x: 'X', t: 'X' } }],
    ["$..['x','k-b']", { ...source, o: { ...source.o, x: 'X', 'k-b': 'X' } }],
    ['$.a[?(@ > 2)]', { ...source, a: [0, 1, 2, 'X', 'X'] }],
    ['$.a[?@ <= 1]', { ...source, a: ['X', 'X', 2, 3, 4] }],
    ['$.a[?(@ >= 1 && @ < 3 || @ == 4)]', { ...source, a: [0, 'X', 'X', 3, 'X'] }],
    ['$.a[?(!(@ == 2))]', { ...source, a: ['X', 'X', 2, 'X', 'X'] }],
    ['$.o[?(@ == null)]', { ...source, o: { ...source.o, n: 'X' } }],
    ['$.o[?(@ == true)]', { ...source, o: { ...source.o, t: 'X' } }],
    ["$.o[?(@ === 'p')]", { ...source, o: { ...source.o, x: 'X' } }],
    ["$.o[?(@ == 'a===b')]", 'no_match'],
    ['$.rows[?(@.m)]', { ...source, rows: ['X', 'X', {}] }],
    ['$.rows[?(@.m.n == 5)]', { ...source, rows: [{ m: { n: 1 } }, 'X', {}] }],
    ['$.rows[?(@.m.n != 5)]', { ...source, rows: ['X', { m: { n: 5 } }, 'X'] }],
    ['$.rows[?(@.m.n == $.a[1])]', { ...source, rows: ['X', { m: { n: 5 } }, {}] }],
    ['$.rows[?(length(@) == 0)]', { ...source, rows: [{ m: { n: 1 } }, { m: { n: 5 } }, 'X'] }],
    ['$.rows[?(count(@.*) == 1)]', { ...source, rows: ['X', 'X', {}] }],
    ["$.o[?(search(@, '[p-q]'))]", { ...source, o: { ...source.o, x: 'X', 'k-b': 'X' } }],
    ["$.o[?(match(@, 'q'))]", { ...source, o: { ...source.o, 'k-b': 'X' } }],
    ["$.o[?(match(@, '('))]", 'no_match'],
    ['$', 'no_match'],
    ['$.a[5]', 'no_match'],
    ['$.a.length', 'no_match'],
    ['$.a["0"]', 'no_match'],
    ['$.__proto__', 'no_match'],
    ['$.constructor.prototype', 'no_match'],
    ['$..__proto__', 'no_match'],
    ['$.o.k-b', { ...source, o: { ...source.o, 'k-b': 'X' } }],
    ['$.a[?(@.constructor.constructor("return 1")())]', 'bad_path'],
    ['$.a[(@.length-1)]', 'bad_path'],
    ['$.a[', 'bad_path'],
    ['', 'bad_path'],
    ['..', 'bad_path'],
    ["$.a[?(@ == 'x]", 'bad_path'],
    ['$.a[?process.exit(1)]', 'bad_path'],
    [`$${'.a'.repeat(500)}`, 'bad_path'],
    [`$[?${'('.repeat(40)}@${')'.repeat(40)}]`, 'bad_path'],
    [`$[?${'!'.repeat(900)}@]`, 'bad_path'],
  ])('%s', async (path, expected) => {
    expect(await marked(path, source)).toEqual(expected);
  });
});

describe('rules of replacement', () => {
  it('replaces the outer one of matches inside each other', async () => {
    const source = { a: { a: { a: 1 } }, b: [{ a: { x: { a: 2 } } }] };
    expect(await marked('$..a', source)).toEqual({ a: 'X', b: [{ a: 'X' }] });
    expect(await marked('$..*', source)).toEqual({ a: 'X', b: 'X' });
    expect(await marked("$['b','b']", source)).toEqual({ a: source.a, b: 'X' });
    expect(await marked('$..b..a', source)).toEqual({ a: source.a, b: [{ a: 'X' }] });
  });

  it('gives the source back when a path cannot be read, whatever the others did', async () => {
    const source = template();
    const { json, warnings } = await run(
      [
        { path: '$.page.title', value: 'New' },
        { path: '$.page[', value: 1 },
      ],
      source,
    );
    expect(json).toBe(source);
    expect(warnings).toEqual([{ path: '$.page[', reason: 'bad_path' }]);
  });

  it('gives the source back when a replacement takes the page away', async () => {
    const source = template();
    for (const value of ['text', null, [1]]) {
      const { json, warnings } = await run(
        [
          { path: '$.page', value },
          { path: '$.page[', value: 1 },
        ],
        source,
      );
      expect(json).toBe(source);
      expect(warnings).toEqual([{ path: '$.page', reason: 'no_page' }]);
    }
    const page = { rows: [] };
    expect((await run([{ path: '$.page', value: page }], source)).json.page).toEqual(page);
  });

  it('takes any JSON as value', async () => {
    for (const value of [null, 0, false, '', [], { a: [1, { b: null }] }]) {
      expect((await run([{ path: '$.page.title', value }])).json.page.title).toEqual(value);
    }
  });

  it('treats a member called __proto__ as a member', async () => {
    const source = JSON.parse('{"a":{"__proto__":{"x":1}}}') as Record<string, unknown>;
    const result = await marked("$.a['__proto__']", source);
    expect(JSON.stringify(result)).toBe('{"a":{"__proto__":"X"}}');
    expect(({} as { x?: number }).x).toBeUndefined();
    const poisoned = JSON.parse('{"__proto__":{"polluted":true}}') as object;
    const { json } = await merge(
      { replace: [{ path: '$.a', value: poisoned }], source: { a: 1 } },
      realTime,
    );
    expect(JSON.stringify(json)).toBe('{"a":{"__proto__":{"polluted":true}}}');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('agrees with an independent walk on any document', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })),
        async (source) => {
          const replaceStrings = (value: unknown): unknown => {
            if (value === 'x') return 'X';
            if (Array.isArray(value)) return value.map(replaceStrings);
            if (typeof value !== 'object' || value === null) return value;
            return Object.fromEntries(
              Object.entries(value).map(([k, v]) => [k, replaceStrings(v)]),
            );
          };
          const document = { ...source, k: 'x' };
          expect(await marked("$..[?(@ == 'x')]", document)).toEqual(replaceStrings(document));
        },
      ),
    );
  });
});

describe('limits', () => {
  const wide = {
    rows: Array.from({ length: 20_000 }, (_, i) => ({ i, s: 'aaaaaaaaaaaaaaaaaaaaaaaaaaa' })),
  };

  it.each([
    '$..[?(@..i)]',
    '$..[?($..i)]',
    `$.rows[${Array.from({ length: 200 }, () => '*').join(',')}]`,
    `$..[?(@.s && ${Array.from({ length: 25 }, () => 'search(@.s,"(a*)*b")').join(' && ')})]`,
    '$..[?(count($..*) > 1)]',
  ])('ends %s after a bounded amount of work', async (path) => {
    const started = performance.now();
    const { json, warnings } = await run([{ path, value: 1 }], wide);
    expect(warnings).toEqual([{ path, reason: 'too_costly' }]);
    expect(json).toBe(wide);
    expect(performance.now() - started).toBeLessThan(2500);
  });

  it.each([
    '(a+)+$',
    '(a|a)*b',
    '((((a*)*)*)*)*b',
    '(a{1,50}){1,50}b',
    `${'a?'.repeat(60)}${'a'.repeat(60)}`,
  ])('matches the catastrophic pattern %s in linear time', async (pattern) => {
    const subject = { s: 'a'.repeat(5000) };
    const started = performance.now();
    await merge(
      {
        replace: [{ path: `$[?(search(@, '${pattern}'))]`, value: 1 }],
        source: subject,
      },
      realTime,
    );
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it('changes a limited number of places', async () => {
    const { warnings } = await run([{ path: '$.rows[*].i', value: 1 }], wide);
    expect(warnings).toEqual([{ path: '$.rows[*].i', reason: 'too_costly' }]);
    const half = { rows: wide.rows.slice(0, 10_000) };
    expect((await run([{ path: '$.rows[*].i', value: 1 }], half)).warnings).toEqual([]);
  });

  it('lets the template grow only so far', async () => {
    const value = 'x'.repeat(100_000);
    const { warnings } = await run([{ path: '$.rows[0:1000].i', value }], wide);
    expect(warnings).toMatchObject([{ reason: 'too_costly' }]);
    const doubling = Array.from({ length: 40 }, () => ({
      path: "$..[?(@ == 'x')]",
      value: ['x', 'x'],
    }));
    expect((await run(doubling, { a: 'x' })).warnings.length).toBeGreaterThan(0);
  });

  it('lets the template nest only so deep', async () => {
    const deeper = Array.from({ length: 200 }, () => ({ path: '$..x', value: { y: { x: 1 } } }));
    const steps = deeper.map(({ value }, i) => ({
      path: `$..[?(@.x == 1)].x`,
      value: i % 2 ? value : { x: 1 },
    }));
    const { warnings, json } = await run(steps, { a: { x: 1 } });
    expect(warnings).toContainEqual({ path: '$..[?(@.x == 1)].x', reason: 'too_costly' });
    expect(json).toEqual({ a: { x: 1 } });
  });

  it('takes a limited number of replacements and a limited time', async () => {
    const many = Array.from({ length: 1001 }, () => ({ path: '$.a', value: 1 }));
    await expect(merge({ replace: many, source: {} }, realTime)).rejects.toMatchObject({
      code: 'too_many_replacements',
    });
    let clock = 0;
    const limits: MergeLimits = {
      replacements: 9,
      steps: 1_000_000,
      deadlineMs: 2000,
      matches: 10_000,
      growth: 1000,
      depth: 9,
    };
    const { warnings } = await merge(
      { replace: [{ path: '$..q', value: 1 }], source: wide },
      () => (clock += 500),
      limits,
    );
    expect(warnings).toEqual([{ path: '$..q', reason: 'too_costly' }]);
  });
});
