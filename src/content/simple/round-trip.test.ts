// Simple templates become full ones and come back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../render/render.ts';
import { simpleTemplate, type SimpleTemplate } from './schema.ts';
import { simpleToFull } from './to-full.ts';
import { fullToSimple } from './to-simple.ts';
import { violations } from './violations.ts';

const full = (template: unknown) => simpleToFull(template, { id: () => 'id' });

const words = fc.constantFrom(
  'Hello',
  '',
  ' two  words ',
  'a\nb',
  '<b>bold</b> & more',
  '{{name}}',
  '<p>one</p><p>two</p>',
  '<ul><li>x</li></ul>',
  '<li>x</li>',
  'a < b',
  '&amp; &lt;',
  '<p style="color:red">red</p>',
  '<a href="{{u}}">link</a>',
  '<span class="tinyMce-placeholder">old</span>',
  '<div class="txtTinyMce-wrapper"><p>wrapped</p></div>',
);
const label = words.filter((text) => !text.includes('<a '));
const colour = fc.constantFrom(
  '#fff',
  'red',
  'transparent',
  'rgba(0, 0, 0, 0.5)',
  'var(--x',
  '',
  '#123456',
);
const padding = fc.integer({ min: 0, max: 60 });
const paddings = {
  'padding-top': padding,
  'padding-right': padding,
  'padding-bottom': padding,
  'padding-left': padding,
};
const common = { locked: fc.boolean(), customFields: fc.constantFrom({}, { className: 'x' }) };
const target = fc.constantFrom('_blank', '_self', '_top');
const url = fc.constantFrom('https://a.test/x?a=1&b=2', '{{url}}', 'mailto:a@b.test');
const partial = (type: string, model: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ type: fc.constant(type), ...model }, { requiredKeys: ['type'] });
const text = {
  text: words,
  size: fc.integer({ min: 1, max: 80 }),
  bold: fc.boolean(),
  italic: fc.boolean(),
  underline: fc.boolean(),
  color: colour,
  linkColor: colour,
  'letter-spacing': fc.integer({ min: -99, max: 99 }),
  'line-height': fc.constantFrom(0.5, 1, 1.25, 1.33333, 3),
  direction: fc.constantFrom('ltr', 'rtl'),
  align: fc.constantFrom('left', 'center', 'right'),
  ...paddings,
  ...common,
};
const module = fc.oneof(
  partial('title', { ...text, title: fc.constantFrom('h1', 'h2', 'h3', 'h4', 'h5', 'h6') }),
  partial('paragraph', text),
  partial('list', { ...text, tag: fc.constantFrom('ul', 'ol') }),
  partial('button', {
    text: label,
    href: url,
    target,
    align: fc.constantFrom('left', 'right'),
    size: fc.integer({ min: 1, max: 60 }),
    color: colour,
    'background-color': colour,
    contentPaddingLeft: padding,
    contentPaddingTop: padding,
    'border-radius': padding,
    'border-width': fc.integer({ min: 0, max: 30 }),
    'border-color': colour,
    hoverColor: colour,
    hoverBackgroundColor: colour,
    ...paddings,
    ...common,
  }),
  partial('divider', {
    color: colour,
    height: fc.integer({ min: 1, max: 30 }),
    width: fc.integer({ min: 1, max: 100 }),
    ...paddings,
    ...common,
  }),
  partial('image', {
    src: url,
    dynamicSrc: fc.constantFrom('', '*|X|*'),
    alt: fc.constantFrom('', 'a "b"'),
    href: url,
    target,
    ...paddings,
    ...common,
  }),
  partial('icons', {
    icons: fc.array(
      fc.record({
        image: url,
        textPosition: fc.constantFrom('left', 'top'),
        width: fc.constantFrom('24', '24px', 30),
        height: fc.constantFrom(12, '24px'),
        text: fc.constantFrom('', 'label'),
      }),
      { maxLength: 3 },
    ),
    customAttributes: fc.array(
      fc.record({
        key: fc.constant('data-a'),
        name: fc.constant('data-a'),
        target: fc.constant('link'),
        value: words,
      }),
      { maxLength: 2 },
    ),
    ...paddings,
    ...common,
  }),
  partial('menu', {
    items: fc.array(
      fc.record(
        {
          text: fc.constantFrom('', 'Home'),
          link: fc.record(
            { href: url, title: fc.constantFrom('', 't'), target },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 3 },
    ),
    ...paddings,
    ...common,
  }),
  partial('html', { html: words, ...common }),
);
const simple = fc.record(
  {
    type: fc.constantFrom('email' as const, 'page' as const, 'popup' as const),
    rows: fc.array(
      fc.record(
        {
          name: fc.constantFrom('a', 'Hero row'),
          columns: fc.array(
            fc.record(
              {
                weight: fc.integer({ min: 1, max: 12 }),
                modules: fc.array(module, { maxLength: 3 }),
                'background-color': colour,
                'border-width': fc.integer({ min: 0, max: 30 }),
                ...paddings,
              },
              { requiredKeys: ['weight', 'modules'] },
            ),
            { minLength: 1, maxLength: 4 },
          ),
          locked: fc.boolean(),
          colStackOnMobile: fc.boolean(),
          'background-color': colour,
          contentAreaBackgroundColor: colour,
          'background-image': fc.constantFrom('https://a.test/b.png', '{{bg}}', 'none', ''),
          columnsSpacing: fc.integer({ min: 0, max: 99 }),
          columnsBorderRadius: padding,
          'border-radius': padding,
          'vertical-align': fc.constantFrom('top', 'middle'),
          'display-condition': fc.constantFrom({ type: 't' }, { type: 't', before: 'b' }),
          metadata: fc.constantFrom({}, { guid: 1 }),
          ...paddings,
        },
        { requiredKeys: ['name', 'columns'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    settings: fc.record(
      {
        linkColor: colour,
        'background-color': colour,
        contentAreaBackgroundColor: colour,
        width: fc.integer({ min: 320, max: 1440 }),
      },
      { requiredKeys: [] },
    ),
    metadata: fc.record(
      { lang: fc.constantFrom('en', 'ar', ''), subject: words, preheader: words, title: words },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['rows'] },
);

/** Everything that happens to the values: sanitizers, roundings, defaults. */
const again = (template: unknown, type: SimpleTemplate['type']) =>
  fullToSimple(full(template), type);

describe('there and back', () => {
  it('valid simple templates stay valid, and settle after one round', () => {
    fc.assert(
      fc.property(simple, (template) => {
        const { type } = template;
        expect(violations(simpleTemplate, template)).toEqual([]);
        const once = again(template, type);
        expect(violations(simpleTemplate, once)).toEqual([]);
        expect(again(once, type)).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });

  it('what one round keeps renders the same', () => {
    const visible = (template: unknown) =>
      renderHtml(template, { target: 'message' }).html.replaceAll(/\s+/g, ' ');
    fc.assert(
      fc.property(simple, (template) => {
        const once = full(again(template, 'email'));
        expect(visible(full(fullToSimple(once, 'email')))).toBe(visible(once));
      }),
      { numRuns: 100 },
    );
  });

  it('turns any JSON with a page into a valid simple template', () => {
    const leaf = fc.constantFrom<unknown>(
      '',
      'x',
      '10px',
      'url(a)',
      'http://a.test',
      5,
      -1,
      1e9,
      true,
      null,
      '<p>a</p>',
      'a\nb',
      '100%',
      '__x',
    );
    const name = fc.constantFrom(
      'rows',
      'columns',
      'modules',
      'descriptor',
      'style',
      'computedStyle',
      'padding-top',
      'image',
      'src',
      'heading',
      'text',
      'html',
      'iconsList',
      'icons',
      'menuItemsList',
      'items',
      'link',
      'href',
      'width',
      'grid-columns',
      'customFields',
      'metadata',
      'name',
      'displayCondition',
      'before',
      'container',
      'content',
    );
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(name, tie('node'), { maxKeys: 4 }),
      ),
    }));
    const kinds = [
      'heading',
      'paragraph',
      'text',
      'list',
      'button',
      'divider',
      'image',
      'icons',
      'menu',
      'html',
      'video',
      'nothing',
    ];
    const stored = fc.record({
      type: fc.constantFrom(...kinds).map((kind) => `mailup-bee-newsletter-modules-${kind}`),
      locked: leaf,
      descriptor: fc.record(
        Object.fromEntries(
          [...kinds, 'style', 'iconsList', 'menuItemsList', 'computedStyle'].map((kind) => [
            kind,
            node,
          ]),
        ),
        { requiredKeys: [] },
      ),
    });
    const page = fc.record({
      rows: fc.array(
        fc.record({
          columns: fc.array(
            fc.record({ 'grid-columns': leaf, modules: fc.array(stored, { maxLength: 3 }) }),
            { maxLength: 14 },
          ),
          content: node,
          container: node,
        }),
        { maxLength: 3 },
      ),
      body: node,
      head: node,
      title: leaf,
    });
    fc.assert(
      fc.property(fc.oneof(page, fc.dictionary(name, node)), (any) => {
        const result = fullToSimple({ page: any });
        expect(violations(simpleTemplate, result)).toEqual([]);
        expect(again(result, result.type)).toEqual(again(again(result, result.type), result.type));
      }),
      { numRuns: 500 },
    );
  });
});
