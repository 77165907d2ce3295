// Tests that HTML output is valid HTML but for what mail programs need, and that Outlook and web mailers can show it
// (spec 8.3, 9.2 items 6 to 8).
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { HtmlValidate } from 'html-validate';
import { SaxesParser } from 'saxes';
import { all, ancestors, attribute, block, doc, example, style, textOf } from './test-kit.ts';
import { asOutlook } from './hostile-kit.ts';
import { everyBlock } from './every-block.ts';
import { renderHtml, type Target } from './render.ts';

/** What the validator says and we do not follow, one by one. */
const EXCEPTIONS: readonly { rule: string; message: RegExp; why: string }[] = [
  {
    rule: 'no-deprecated-attr',
    message:
      /"(?:align|background|bgcolor|border|cellpadding|cellspacing|height|valign|width)" is deprecated on <(?:table|td|th|tr|div|img)>/,
    why: 'Outlook for Windows lays out by these attributes and knows little of CSS',
  },
  {
    rule: 'attribute-allowed-values',
    message: /"height" has invalid value "auto"/,
    why: 'the hosted service writes it on pictures; Outlook would take a number for a size, everyone else ignores it',
  },
  {
    rule: 'attribute-allowed-values',
    message: /"width" has invalid value "(?:auto|\d+\.\d+)"/,
    why: 'the hosted service writes widths in parts of a pixel, and `auto` on icons of pages; browsers round or ignore them',
  },
  {
    rule: 'no-deprecated-attr',
    message: /"frameborder" is deprecated on <iframe>/,
    why: 'video players of pages, as the hosted service embeds them',
  },
  {
    rule: 'require-sri',
    message: /<link>/,
    why: 'font sheets differ by browser, so no hash fits them',
  },
  {
    rule: 'element-permitted-content',
    message: /^<style> element is not permitted as content under <div>/,
    why: 'a popup is a fragment that brings its sheet along; html blocks may, too',
  },
  {
    rule: 'input-missing-label',
    message: /<label> has no text/,
    why: 'the label of a hamburger menu is drawn by the sheet',
  },
  {
    rule: 'element-required-attributes',
    message: /^<html> is missing required "lang" attribute/,
    why: 'a page says its language where the template does',
  },
  {
    rule: 'heading-level',
    message: /./,
    why: 'levels are the choice of the author; /check tells about them',
  },
  {
    rule: 'aria-label-misuse',
    message: /./,
    why: 'attributes that an author gave to an element are kept',
  },
];

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:document'],
});

/** What is wrong with a document, with the text at the place; `used` collects the exceptions that were needed. */
async function problems(html: string, used = new Set<number>()): Promise<string[]> {
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.flatMap(({ ruleId, message, line, column }) => {
      const at = EXCEPTIONS.findIndex((one) => one.rule === ruleId && one.message.test(message));
      used.add(at);
      const text = html.split('\n')[line - 1] ?? '';
      return at >= 0
        ? []
        : [`${ruleId}: ${message} at: ${text.slice(Math.max(0, column - 60), column + 120)}`];
    }),
  );
}

const TARGETS = ['message', 'page', 'popup'] as const;
const EXAMPLES = [
  'apiary-newsletter',
  'harvest-booking',
  'open-day-page',
  'rtl-letter',
  'sign-up-popup',
];

const render = (template: unknown, target: Target, beautify = false) =>
  renderHtml(template, { target, beautify }).html;

/** A document; popups are put into one. */
function documentOf(template: unknown, target: (typeof TARGETS)[number], beautify = false): string {
  const html = render(template, target, beautify);
  return target === 'popup'
    ? `<!DOCTYPE html><html lang="en"><head><title>Host</title></head><body>${html}</body></html>`
    : html;
}

describe.each(TARGETS)('%s is valid HTML', (target) => {
  test.each(EXAMPLES)('%s', async (name) => {
    expect(await problems(documentOf(example(name), target))).toEqual([]);
    expect(await problems(documentOf(example(name), target, true))).toEqual([]);
  });

  test('every block with every option, and nothing at all', async () => {
    expect(await problems(documentOf(everyBlock(), target))).toEqual([]);
    expect(await problems(documentOf(everyBlock(), target, true))).toEqual([]);
    expect(await problems(documentOf({ page: {} }, target))).toEqual([]);
  });
});

test('an anchor stands in a document once', async () => {
  const named = (text: string) => block('heading', { heading: { text }, id: 'top' });
  const template = doc([named('a'), named('b')]);
  for (const target of TARGETS) {
    const html = documentOf(template, target);
    expect(html.split(' id="top"')).toHaveLength(2);
    expect(await problems(html)).toEqual([]);
  }
});

test('every exception is needed', async () => {
  const used = new Set<number>();
  const odd = doc([
    block('image', { image: { src: 'https://a.test/x.png' }, computedStyle: { width: '33.5px' } }),
    block('heading', { heading: { title: 'h4', text: 'x' } }),
  ]);
  for (const template of [everyBlock(), odd]) {
    for (const target of TARGETS) await problems(documentOf(template, target), used);
  }
  expect(EXCEPTIONS.filter((_one, i) => !used.has(i)).map(({ why }) => why)).toEqual([]);
});

const NAMES =
  'a b big br center code div em font h2 hr i li ol p pre section small span strong sub sup u ul'.split(
    ' ',
  );
const markup: fc.Arbitrary<string> = fc.letrec<{ nodes: string; node: string }>((tie) => ({
  nodes: fc.array(tie('node'), { maxLength: 4 }).map((parts) => parts.join('')),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('text', ' ', '&amp;', '{{x}}', '&nbsp;'),
    fc.tuple(fc.constantFrom(...NAMES), tie('nodes'), fc.boolean()).map(([name, inner, closed]) => {
      const start = name === 'a' ? '<a href="https://a.test">' : `<${name}>`;
      return `${start}${inner}${closed && !/^[bh]r$/.test(name) ? `</${name}>` : ''}`;
    }),
  ),
})).nodes;

test('texts of any markup nest as HTML allows', async () => {
  await fc.assert(
    fc.asyncProperty(markup, fc.constantFrom('message', 'page'), async (html, target) => {
      // Bare items belong to list blocks only.
      const text = `<p>a</p>${html}`;
      const cells = [{ cells: [{ html: text }, { html: 'b' }] }];
      const template = doc([
        block('heading', { heading: { text: html } }),
        block('paragraph', { paragraph: { html: `<div>${html}</div>` } }),
        block('text', { text: { html: `<div class="txtTinyMce-wrapper">${text}</div>` } }),
        block('table', { table: { content: { rows: cells } } }),
      ]);
      const found = await problems(documentOf(template, target));
      // An item right after the wrapper of a text block has no list around it.
      expect(found.filter((line) => !/<li> element/.test(line))).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 60_000);

describe.each([...TARGETS, 'amp'] as const)('%s', (target) => {
  const documents = [everyBlock(), ...EXAMPLES.map(example)].flatMap((template) => [
    render(template, target),
    render(template, target, true),
  ]);

  test('holds no leftovers of editors, and nothing that was never set', () => {
    for (const html of documents) {
      expect(
        /undefined|NaN|\[object|data-(?:mce|bee)-|tinyMce-placeholder|txtTinyMce/.exec(html),
      ).toBeNull();
      const inherited = all(html).flatMap((element) => {
        const own = style(element);
        return [own['font-family'], own['font'], own['color']].filter(
          (value) => value === 'inherit',
        );
      });
      // The hosted service lets buttons of pages inherit, where every browser has the sheet.
      if (target === 'message' || target === 'amp') expect(inherited).toEqual([]);
    }
  });

  test('fits mail transports and Gmail', () => {
    for (const html of documents) {
      expect(Math.max(...html.split('\n').map((line) => line.length))).toBeLessThan(998);
    }
    for (const name of EXAMPLES) {
      expect(Buffer.byteLength(render(example(name), target))).toBeLessThan(102_400);
    }
  });
});

/** Problems with conditional comments: each opens once, closes once, and holds no other. */
function unbalanced(html: string): string[] {
  const found: string[] = [];
  let open = '';
  for (const [mark] of html.matchAll(/<!--\[if [^\]]*\]>(?:<!-->)?|(?:<!--)?<!\[endif\]-->/g)) {
    const starts = mark.startsWith('<!--[if');
    const revealed = starts ? mark.endsWith('<!-->') : mark.startsWith('<!--');
    if (starts) {
      if (open !== '') found.push(`${mark} inside ${open}`);
      open = mark;
    } else {
      if (open === '' || open.endsWith('<!-->') !== revealed) found.push(`${mark} after ${open}`);
      open = '';
    }
  }
  return open === '' ? found : [...found, `${open} stays open`];
}

describe('Outlook', () => {
  const messages = [everyBlock(), ...EXAMPLES.map(example)].flatMap((template) =>
    [false, true].flatMap((beautify) =>
      [false, true].map(
        (outlookBackgrounds) =>
          renderHtml(template, { target: 'message', beautify, outlookBackgrounds }).html,
      ),
    ),
  );

  test('conditional comments are balanced', () => {
    for (const html of messages) expect(unbalanced(html)).toEqual([]);
    expect(unbalanced('<!--[if mso]><p><!--[if mso]><![endif]-->')).toHaveLength(1);
  });

  test('VML is XML', () => {
    for (const html of messages) {
      const tags = asOutlook(html).match(/<\/?[vow]:(?:[^">]|"[^"]*")*>/g) ?? [];
      const errors: string[] = [];
      const parser = new SaxesParser({ xmlns: true });
      parser.on('error', ({ message }) => errors.push(message));
      parser.write(`<x xmlns:v="v" xmlns:o="o" xmlns:w="w">${tags.join('')}</x>`).close();
      expect(errors).toEqual([]);
      expect(tags.length).toBeGreaterThan(0);
    }
  });

  test('every button has one shape, of whole pixels', () => {
    const plain = render(everyBlock(), 'message');
    const shapes = [
      ...asOutlook(plain).matchAll(/<v:roundrect[^>]*style="height:(\d+)px;width:(\d+)px;/g),
    ];
    const buttons = all(plain).filter((element) => attribute(element, 'class') === 'button');
    expect(shapes.length).toBe(buttons.length);
    expect(asOutlook(plain).split('<v:roundrect').length - 1).toBe(buttons.length);
    for (const [, height, width] of shapes)
      expect(Math.min(Number(height), Number(width))).toBeGreaterThan(0);
  });

  test('sizes are said in attributes, and no layout hangs on what it does not know', () => {
    for (const html of messages) {
      const seen = all(asOutlook(html));
      for (const img of seen.filter(({ tagName }) => tagName === 'img')) {
        expect(attribute(img, 'width')).toMatch(/^\d+(?:\.\d+)?$/);
      }
      for (const element of seen.filter(({ tagName }) => tagName === 'div' || tagName === 'p')) {
        const own = style(element);
        // Paddings of boxes are lost; the cell around has them.
        expect(Object.keys(own).filter((name) => name.startsWith('padding'))).toEqual([]);
        // Where a box is narrower than its cell, what is inside says its own width.
        if (own['max-width'] !== undefined && own['max-width'] !== '0') {
          const inside = all(asOutlook(html)).filter((child) => child.tagName === 'img');
          expect(inside.length).toBeGreaterThan(0);
        }
      }
    }
  });
});

describe('mail programs', () => {
  const html = render(everyBlock(), 'message');
  const withoutSheets = (text: string) => text.replaceAll(/<style\b[^>]*>[^]*?<\/style>/g, '');
  const prefixed = (text: string) =>
    text.replaceAll(
      / class="([^"]*)"/g,
      (_whole, names: string) => ` class="${names.replaceAll(/\S+/g, 'x_$&')}"`,
    );
  /** Gmail drops a sheet over 8 KB, and attributes that it does not know. */
  const gmail = (text: string) =>
    text
      .replaceAll(/<style\b[^>]*>([^]*?)<\/style>/g, (whole, css: string) =>
        css.length > 8192 ? '' : whole,
      )
      .replaceAll(/ (?:data-[\w-]+|aria-[\w-]+|id|xmlns:\w)="[^"]*"/g, '');

  const filters = { 'without any sheet': withoutSheets, 'Outlook.com': prefixed, Gmail: gmail };
  const names = (element: ReturnType<typeof all>[number]) =>
    (attribute(element, 'class') ?? '').split(' ').map((name) => name.replace(/^x_/, ''));

  test.each(Object.entries(filters))(
    '%s: what is hidden on the desktop stays hidden',
    (_name, filter) => {
      const seen = all(filter(html));
      const hidden = seen.filter((element) => names(element).includes('desktop_hide'));
      expect(hidden.length).toBeGreaterThan(0);
      const inside = seen.filter(
        (element) =>
          element.tagName === 'table' &&
          ancestors(element).some((chain) =>
            chain.replaceAll('x_', '').split(' ').includes('desktop_hide'),
          ),
      );
      expect(inside.length).toBeGreaterThan(0);
      for (const element of [...hidden, ...inside]) {
        expect(style(element)).toMatchObject({
          display: 'none',
          'max-height': '0',
          overflow: 'hidden',
          'mso-hide': 'all',
        });
      }
    },
  );

  test.each(Object.entries(filters))(
    '%s: text keeps its words, size, colour and font',
    (_name, filter) => {
      const [before, after] = [all(html), all(filter(html))];
      const find = (elements: typeof before, kind: string) =>
        elements
          .filter((element) => names(element).includes(kind))
          .map((element) => textOf(element).trim());
      for (const kind of [
        'heading_block',
        'paragraph_block',
        'list_block',
        'text_block',
        'table_block',
        'button',
        'menu-links',
      ]) {
        expect(find(after, kind)).toEqual(find(before, kind));
        expect(find(after, kind).length).toBeGreaterThan(0);
      }
      const heading = after.find(({ tagName }) => tagName === 'h2')!;
      expect(style(heading)).toMatchObject({
        color: '#842',
        'font-size': '28px',
        'font-family': expect.stringMatching(/\w/) as string,
      });
      const button = after.find((element) => names(element).includes('button'))!;
      expect(style(button)).toMatchObject({
        'background-color': '#0a66c2',
        color: '#fff',
        display: 'inline-block',
      });
    },
  );
});
