// Static rules for Outlook, which cannot be tested otherwise (spec 9.2, step 6): sound VML, sizes in whole px, widths as numbers.
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { asOutlook } from '../hostile-kit.ts';
import { everyBlock } from '../every-block.ts';
import { all, attribute, block, doc, example, html } from '../test-kit.ts';

const { DOMParser } = new JSDOM('').window;

/** What stands in comments that only Outlook reads, one after the other. */
const hidden = (source: string) =>
  [...source.matchAll(/<!--\[if (?:mso|vml|gte mso 9) ?\]>(.*?)<!\[endif\]-->/gs)]
    .map(([, inside]) => inside!)
    .filter((inside) => !/<\/?(?:style|xml)\b/.test(inside))
    .join('');

/** The messages of an XML parser; markup of the e-mail itself is not in there. */
function xmlErrors(markup: string): string | undefined {
  const spaces = 'xmlns:v="urn:v" xmlns:w="urn:w" xmlns:o="urn:o"';
  const parsed = new DOMParser().parseFromString(`<all ${spaces}>${markup}</all>`, 'text/xml');
  return parsed.querySelector('parsererror')?.textContent;
}

const DOCUMENTS: readonly (readonly [string, () => unknown])[] = [
  ['every block', everyBlock],
  ...['apiary-newsletter', 'harvest-booking', 'rtl-letter'].map(
    (name) => [name, () => example(name)] as const,
  ),
];

describe.each(DOCUMENTS)('%s', (_name, template) => {
  const source = html(template(), { outlookBackgrounds: true });

  test('what only Outlook reads is sound XML', () => {
    // Tables of icons and menus open in such comments and close outside of them, and the other way round.
    const shapes = hidden(source).replaceAll(/<\/?(?:table|tr|td)\b[^>]*>/g, '');
    expect(xmlErrors(shapes)).toBeUndefined();
  });

  test('each button has one shape of whole px', () => {
    const buttons = all(source).filter((element) => attribute(element, 'class') === 'button');
    const shapes = [...source.matchAll(/<v:roundrect [^>]*style="height:(\d+)px;width:(\d+)px;/g)];
    expect(shapes).toHaveLength(buttons.length);
    for (const [, height, width] of shapes) {
      expect(Number(height)).toBeGreaterThan(0);
      expect(Number(width)).toBeGreaterThan(0);
    }
  });

  test('each picture says its width as a number', () => {
    const pictures = all(asOutlook(source)).filter(({ tagName }) => tagName === 'img');
    for (const picture of pictures) {
      expect(attribute(picture, 'width')).toMatch(/^\d+(?:\.\d+)?$/);
    }
  });

  test('comments are balanced, and what Outlook skips is not in what it reads', () => {
    expect(source.split('<!--[if').length).toBe(source.split('<![endif]-->').length);
    expect(asOutlook(source)).not.toMatch(/<!--\[if|<input|class="video-preview/);
  });

  test('layout tables have no spaces between their cells', () => {
    const ours = /_block|^row|nl-container|social-table|icons-inner/;
    const tables = all(source).filter((element) => ours.test(attribute(element, 'class') ?? ''));
    for (const table of tables.filter(({ tagName }) => tagName === 'table')) {
      expect(attribute(table, 'cellspacing')).toBe('0');
      expect(attribute(table, 'cellpadding')).toMatch(/^\d+$/);
      expect(attribute(table, 'role')).toBe('presentation');
    }
  });
});

test('a video is as wide in Outlook as its paddings leave room for', () => {
  const video = block('video', {
    video: { src: 'https://youtu.be/abcdefghijk' },
    style: { 'padding-left': '40px', 'padding-right': '10px' },
  });
  expect(hidden(html(doc([video])))).toContain('width:550px;');
});
