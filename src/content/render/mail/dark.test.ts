// Tests of the optional dark form: off by default, colours only, readable text, both markings.
import { parse, wcagContrast } from 'culori';
import { describe, expect, test } from 'vitest';
import { block, doc, html } from '../test-kit.ts';
import { darkBackground, lightText } from './dark-colors.ts';
import { everyBlock } from '../every-block.ts';

const paragraph = (text: string, color = '#222222') =>
  block('paragraph', { paragraph: { html: `<p>${text}</p>`, style: { color } } });
const dark = (template: unknown, beautify = false) => html(template, { darkMode: true, beautify });

/** The declarations that follow a selector inside the dark query. */
const rulesOf = (source: string) => {
  const query = /@media \(prefers-color-scheme:dark\)\{(.*?\})\n?\}/s.exec(source)?.[1] ?? '';
  return query.replaceAll('\n', '');
};

test('is off by default', () => {
  expect(html(everyBlock())).not.toMatch(/color-scheme|data-ogs/);
});

test('announces itself, and changes nothing but rules', () => {
  const off = html(everyBlock());
  const on = dark(everyBlock());
  expect(on).toContain('<meta name="color-scheme" content="light dark">');
  expect(on).toContain('<meta name="supported-color-schemes" content="light dark">');
  expect(on.slice(on.indexOf('<body'))).toBe(off.slice(off.indexOf('<body')));
  const declarations = rulesOf(on).matchAll(/[{;]([a-z-]+):/g);
  expect(new Set([...declarations].map(([, name]) => name))).toEqual(
    new Set(['background-color', 'color']),
  );
});

test('light areas turn dark, and the text on them light', () => {
  const source = dark(doc([paragraph('x')]));
  const rules = rulesOf(source);
  expect(rules).toMatch(/\.body,\.nl-container\{background-color:#[12]\w{5}!important\}/);
  expect(rules).toMatch(/\.row-1 \.column-1 \.block-1 td\.pad>div\{color:#[c-f]\w{5}!important\}/);
  expect(source).toMatch(/\[data-ogsb\] \.body,\[data-ogsb\] \.nl-container\{background-color/);
  expect(source).toMatch(/\[data-ogsc\] \.row-1 \.column-1 \.block-1 td\.pad>div\{color/);
});

test('an area that is dark already keeps its text', () => {
  const column = { style: { 'background-color': '#101820' } };
  const rules = rulesOf(dark(doc([paragraph('x', '#667788')], {}, column)));
  expect(rules).not.toContain('td.pad>div');
  expect(rules).not.toContain('.column-1{');
});

test('a picture stays, and so does the text on it', () => {
  const style = { 'background-image': "url('https://a.test/x.png')", 'background-color': '#fff' };
  const rules = rulesOf(dark(doc([paragraph('x')], { content: { style } })));
  expect(rules).not.toContain('.row-content{background');
  expect(rules).not.toContain('td.pad>div');
});

test('a filled button stays, the outline of one without a fill turns light', () => {
  const style = {
    color: '#003366',
    'background-color': '#ffcc00',
    'border-top': '1px solid #003366',
  };
  const filled = block('button', { button: { label: 'x', style } });
  const outline = block('button', {
    button: { label: 'x', style: { ...style, 'background-color': 'transparent' } },
  });
  const rules = rulesOf(dark(doc([filled, outline])));
  expect(rules).not.toContain('.block-1 .button');
  expect(rules).toMatch(/\.block-2 \.button,?[^{]*\{color:/);
  expect(rules).toMatch(/\.block-2 \.button\{border-top-color:/);
});

test.each([false, true])(
  'colours inside of texts are found as they were printed (indented: %s)',
  (beautify) => {
    const source = dark(
      doc([
        paragraph(
          '<span style="font-size:9px; color: #333333">a</span><b style="color:#000">b</b>',
        ),
      ]),
      beautify,
    );
    const selectors = [...source.matchAll(/\[style(\^|\*)="([^"]*)"\]/g)];
    expect(selectors.length).toBeGreaterThan(3);
    const styles = [...source.matchAll(/ style="([^"]*)"/g)].map(([, style]) => style!);
    for (const color of ['#333', '#000']) {
      const found = selectors.filter(([, , part]) => part!.includes(color));
      const hits = found.filter(([, kind, part]) =>
        styles.some((style) => (kind === '^' ? style.startsWith(part!) : style.includes(part!))),
      );
      expect(hits).not.toEqual([]);
    }
  },
);

describe('colours', () => {
  const light = ['#ffffff', '#f2f2f2', '#dddddd', '#fffff0', 'white', 'rgb(230, 240, 250)'];
  const texts = ['#000000', '#333333', '#555', '#0068A5', '#aa0000', 'rebeccapurple', '#777777'];

  test.each(light.flatMap((area) => texts.map((text) => [area, text])))(
    'on %s, %s is easy to read',
    (area, text) => {
      const [below, above] = [darkBackground(area), lightText(text)];
      expect(wcagContrast(parse(below)!, parse(above)!)).toBeGreaterThan(7);
    },
  );

  test.each([
    '#000',
    '#123456',
    '#e01253',
    '#ffcc00',
    'transparent',
    'rgba(255,255,255,0)',
    'junk',
  ])('a background of %s stays', (area) => expect(darkBackground(area)).toBe(''));

  test.each(['#ffffff', '#cccccc', 'transparent', 'inherit'])('text of %s stays', (text) => {
    expect(lightText(text)).toBe('');
  });
});
