// Full templates as simple ones: what stays, what goes.
import { describe, expect, it } from 'vitest';
import { fullToSimple } from './to-simple.ts';

describe('full to simple', () => {
  const stored = (type: string, content: object, more: object = {}) => ({
    page: {
      body: { content: { computedStyle: { linkColor: '#00f', messageWidth: '600px' } } },
      rows: [
        {
          columns: [
            {
              'grid-columns': 12,
              modules: [{ type: `mailup-bee-newsletter-modules-${type}`, descriptor: content }],
            },
          ],
        },
      ],
      ...more,
    },
  });
  const first = (template: unknown) => fullToSimple(template).rows[0]!.columns[0]!.modules[0];

  it('drops what the schema has no word for, without a sound', () => {
    for (const type of [
      'spacer',
      'social',
      'video',
      'form',
      'table',
      'merge-content',
      'carousel',
      'addon',
      'unheard-of',
    ]) {
      expect(first(stored(type, {}))).toBeUndefined();
    }
  });

  it('loses borders and round corners', () => {
    const button = {
      label: 'Go',
      style: { 'border-top': '3px solid red', 'border-radius': '20px' },
    };
    expect(JSON.stringify(first(stored('button', { button })))).not.toMatch(/border|radius/i);
  });

  it('reads legacy text as a paragraph, with the size of its wrapper', () => {
    const html =
      '<div class="txtTinyMce-wrapper" style="font-size:12px;line-height:18px" data-mce-style="x"><p style="font-size:20px;" data-mce-style="font-size:20px;">Hi <code data-bee-type="mergetag">[name]</code></p></div>';
    expect(first(stored('text', { text: { html, style: { color: '#123' } } }))).toEqual({
      type: 'paragraph',
      text: '<p style="font-size:20px">Hi [name]</p>',
      align: 'left',
      size: 12,
      color: '#123',
      'line-height': 1.5,
      'padding-top': 0,
      'padding-right': 0,
      'padding-bottom': 0,
      'padding-left': 0,
    });
  });

  it('gives models short texts: no wrapper, no placeholder, no lone paragraph', () => {
    const heading = {
      title: 'h2',
      text: '<span class="tinyMce-placeholder">Title</span>',
      style: { 'font-weight': 'bold' },
    };
    expect(first(stored('heading', { heading }))).toMatchObject({
      type: 'title',
      title: 'h2',
      text: 'Title',
      bold: true,
      size: 23,
    });
    expect(first(stored('paragraph', { paragraph: { html: '<p>Just\n this</p>' } }))).toMatchObject(
      { type: 'paragraph', text: 'Just  this' },
    );
    const label =
      '<div class="txtTinyMce-wrapper"><p style="word-break:break-word">Go <a href="x">now</a></p></div>';
    expect(first(stored('button', { button: { label, href: 'https://a.test' } }))).toMatchObject({
      text: 'Go now',
      href: 'https://a.test',
      target: '_blank',
    });
  });

  it('keeps pictures whose address is no URL in dynamicSrc', () => {
    expect(first(stored('image', { image: { src: '*|PIC|*', alt: 'A' } }))).toMatchObject({
      dynamicSrc: '*|PIC|*',
      alt: 'A',
    });
    expect(first(stored('image', { image: { src: '*|PIC|*' } }))).not.toHaveProperty('src');
  });

  it('makes space of invisible dividers', () => {
    const divider = { style: { 'border-top': '0px solid transparent', height: '20px' } };
    expect(first(stored('divider', { divider }))).toMatchObject({
      color: 'transparent',
      height: 20,
    });
  });

  it('brings rows, settings and metadata along', () => {
    const template = {
      page: {
        title: 'T',
        head: { meta: { subject: 'S', preheader: 'P', lang: 'de' } },
        body: {
          container: { style: { 'background-color': '#eee' } },
          content: { computedStyle: { messageWidth: '700px', messageBackgroundColor: '#fff' } },
        },
        rows: [
          {
            metadata: { name: 'Saved', guid: 'g' },
            locked: 1,
            container: {
              style: {
                'background-color': '#abc',
                'background-image': "url('https://a.test/b.png')",
              },
              displayCondition: { type: 'c', before: 'x', after: 'y' },
            },
            content: {
              computedStyle: {
                rowColStackOnMobile: false,
                verticalAlign: 'bottom',
                columnsSpacing: 12,
              },
              style: { 'padding-top': '99px' },
            },
            columns: [
              { 'grid-columns': 4 },
              { 'grid-columns': 8, style: { 'padding-left': '3.6px' } },
            ],
          },
        ],
      },
    };
    expect(fullToSimple(template)).toEqual({
      type: 'email',
      settings: {
        linkColor: '#0068A5',
        'background-color': '#eee',
        contentAreaBackgroundColor: '#fff',
        width: 700,
      },
      metadata: { lang: 'de', title: 'T', subject: 'S', preheader: 'P' },
      rows: [
        {
          name: 'Saved',
          locked: true,
          colStackOnMobile: false,
          'background-color': '#abc',
          'background-image': 'https://a.test/b.png',
          columnsSpacing: 12,
          'vertical-align': 'bottom',
          'display-condition': { type: 'c', label: '', description: '', before: 'x', after: 'y' },
          metadata: { name: 'Saved', guid: 'g' },
          'padding-top': 60,
          'padding-right': 0,
          'padding-bottom': 0,
          'padding-left': 0,
          columns: [
            {
              weight: 4,
              modules: [],
              'padding-top': 0,
              'padding-right': 0,
              'padding-bottom': 0,
              'padding-left': 0,
            },
            {
              weight: 8,
              modules: [],
              'padding-top': 0,
              'padding-right': 0,
              'padding-bottom': 0,
              'padding-left': 4,
            },
          ],
        },
      ],
    });
  });

  it('takes rows that are stored as text, and templates without any', () => {
    const rows = JSON.stringify([
      {
        columns: [{ modules: [{ type: 'x-modules-html', descriptor: { html: { html: 'hi' } } }] }],
      },
    ]);
    expect(first({ page: { rows } })).toEqual({ type: 'html', html: 'hi' });
    expect(fullToSimple({ page: { rows: [], body: {} } }).rows).toHaveLength(1);
  });

  it('guesses what a template is for', () => {
    const wide = { body: { content: { computedStyle: { messageWidth: '1200px' } } } };
    expect(fullToSimple({ page: { ...wide, rows: [] } }).type).toBe('page');
    expect(
      fullToSimple({ page: { ...wide, rows: [], head: { meta: { subject: 'S' } } } }).type,
    ).toBe('email');
    expect(fullToSimple(stored('form', { form: {} })).type).toBe('page');
    expect(fullToSimple(stored('html', {})).type).toBe('email');
    expect(fullToSimple(stored('html', {}), 'popup').type).toBe('popup');
  });
});
