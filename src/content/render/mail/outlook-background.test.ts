// Tests of background pictures as VML: off by default, one shape a row, sound XML, nothing for other programs.
import { describe, expect, test } from 'vitest';
import { block, doc, html } from '../test-kit.ts';

const PICTURE = "url('https://a.test/x.png?a=1&b=2')";
const row = (container: object, content: object = {}) =>
  doc([block('paragraph', { paragraph: { html: '<p>x</p>' } })], {
    container: { style: container },
    content: { style: content },
  });
const image = (more: object = {}) => ({ 'background-image': PICTURE, ...more });
const vml = (template: unknown) => html(template, { outlookBackgrounds: true });

/** What only Outlook reads. */
const hidden = (source: string) =>
  [...source.matchAll(/<!--\[if gte mso 9\]>(.*?)<!\[endif\]-->/gs)].map(([, inside]) => inside!);

test('is off by default, and nothing without a picture', () => {
  expect(html(row(image()))).not.toContain('v:rect');
  expect(vml(row({ 'background-color': 'red' }))).not.toContain('v:rect');
});

test('other programs see the same as without', () => {
  const template = row(image(), image());
  const plain = (source: string) =>
    source.replaceAll(/<!--\[if gte mso 9\]>.*?<!\[endif\]-->/gs, '').replaceAll('\n', ' ');
  expect(plain(vml(template))).toBe(plain(html(template)));
});

test('the picture of a strip fills a rectangle around the content', () => {
  const source = vml(
    row(image({ 'background-color': '#ddeeff', 'background-repeat': 'no-repeat' })),
  );
  const [open, close, ...others] = hidden(source);
  expect(others).toEqual([]);
  expect(open).toMatch(/^<v:rect [^>]*style="width:600px;mso-width-percent:1000;">/);
  expect(open).toContain(
    '<v:fill type="frame" src="https://a.test/x.png?a=1&amp;b=2" color="#ddeeff"/>',
  );
  expect(open).toMatch(/<v:textbox inset="0,0,0,0" style="mso-fit-shape-to-text:true">$/);
  expect(close).toBe('</v:textbox></v:rect>');
  expect(source.indexOf(open!)).toBeLessThan(source.indexOf('class="row-content'));
  expect(source.indexOf(close!)).toBeGreaterThan(source.indexOf('>x<'));
});

test('the picture of the content area counts before the one of the strip', () => {
  const content = { 'background-image': 'https://a.test/y.png', 'background-repeat': 'repeat' };
  const [open] = hidden(vml(row(image(), content)));
  expect(open).toContain('<v:fill type="tile" src="https://a.test/y.png"/>');
  expect(open).toMatch(/^<table align="center"[^>]* width="600"><tr><td><v:rect/);
  expect(open!.match(/v:rect/g)).toHaveLength(1);
});

describe('how the picture lies', () => {
  test.each([
    [{ 'background-repeat': 'repeat' }, 'type="tile"'],
    [{ 'background-repeat': 'no-repeat' }, 'type="frame"'],
    [{ 'background-repeat': 'no-repeat', 'background-size': 'cover' }, 'aspect="atleast"'],
  ])('%j gives %s', (style, expected) => {
    expect(hidden(vml(row(image(style))))[0]).toContain(expected);
  });
});

test('no other shape stands in such a row: buttons are plain links, videos their picture', () => {
  const modules = [
    block('button', { button: { label: 'x', href: 'https://a.test/b' } }),
    block('video', { video: { src: 'https://youtu.be/abcdefghijk', title: 'A & B' } }),
  ];
  const source = vml(doc(modules, { container: { style: image() } }));
  expect(source.match(/<v:(?!rect|fill|textbox)\w+/g)).toBeNull();
  expect(source).toMatch(/<a\s+href="https:\/\/a\.test\/b"[^>]*><span\s+class="button"/);
  expect(source).toMatch(
    /<!--\[if vml\]><a\s+href="https:\/\/youtu\.be\/abcdefghijk"><img\s[^>]* width="600" height="337" border="0" alt="A &amp; B"><\/a><!\[endif\]-->/,
  );
  expect(vml(doc(modules))).toContain('v:roundrect');
});

test('an address cannot leave the comment', () => {
  const source = vml(row({ 'background-image': 'https://a.test/--><b>"<![endif]-->.png' }));
  expect(source).not.toContain('<b>');
  expect(source.match(/<!\[endif\]-->/g)).toHaveLength(source.match(/<!--\[if/g)!.length);
});
