// Tests that a template means the same after the way to HTML and back.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { example } from '../render/test-kit.ts';
import { importHtml } from './import.ts';
import { readTemplate } from '../template/read.ts';
import { renderHtml } from '../render/render.ts';
import { templates } from '../../../test/support/templates.ts';

function ids() {
  let count = 0;
  return { id: () => `id-${(count += 1)}` };
}

const html = (template: unknown) =>
  renderHtml(template, { target: 'message', beautify: true, preheaderFiller: false }).html;

const back = (source: string) => importHtml(source, ids());

describe('a template on the way to HTML and back', () => {
  test('renders to the same bytes, whatever its blocks', () => {
    fc.assert(
      fc.property(templates, (template) => {
        const once = html(template);
        expect(html(back(once))).toBe(once);
      }),
      { numRuns: 60 },
    );
  });

  test.each(['apiary-newsletter', 'harvest-booking', 'rtl-letter', 'sign-up-popup'])(
    'example %s renders to the same bytes',
    (name) => {
      const once = html(example(name));
      expect(html(back(once))).toBe(once);
    },
  );

  test('has the same rows, columns and kinds of blocks, also out of minified HTML', () => {
    const given = example('apiary-newsletter');
    const small = renderHtml(given, { target: 'message' }).html;
    const shape = (template: unknown) =>
      readTemplate(template).rows.map((row) => ({
        stack: row.stack,
        reverse: row.reverse,
        hidden: row.hidden,
        condition: row.condition,
        columns: row.columns.map(({ grid, padding, blocks: inside, mobile }) => ({
          grid,
          padding: Object.values(padding).map((side) => side ?? 0),
          mobile: Object.values(mobile.padding),
          blocks: inside.map(({ kind, hidden, id }) => ({ kind, hidden, id })),
        })),
      }));
    expect(shape(back(small))).toEqual(shape(given));
  });

  test('gives the same template for the same ids', () => {
    const once = html(example('apiary-newsletter'));
    expect(back(once)).toEqual(back(once));
    const uuids = [...JSON.stringify(back(once)).matchAll(/"uuid":"([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(uuids).size).toBe(uuids.length);
  });
});
