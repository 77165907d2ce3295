// Tests of markup in halves: template languages and unbalanced tags stay, what could run goes.
import { describe, expect, test } from 'vitest';
import { looseMarkup } from './loose-markup.ts';
import { withPairedMarks } from './kept-markup.ts';
import { block, doc, html as rendered } from './test-kit.ts';
import { MAIL_HTML_POLICY } from './policy.ts';

const loose = (html: string) => looseMarkup(html, MAIL_HTML_POLICY);

describe('stays byte for byte', () => {
  test.each([
    '{% if a < b and c > d %}',
    '<% if (a<b) { %>',
    '{% if a<b %}',
    '{% if a<b && c>d %}',
    '<% if a<b %>',
    '<#if user.age gt 18>',
    '</#if>',
    '<?php if ($a > 5): ?>',
    '*|IF:NAME|*',
    '[if mso]',
    "{{#if name == 'x'}}",
    '<div class="only" data-if="a && b">',
    '</div>',
    '<!-- condition: customers -->',
    '<!--[if mso]><p>Outlook</p><![endif]-->',
    '<a href="{{!!link}}">',
  ])('%s', (html) => {
    expect(loose(html)).toBe(html);
  });
});

describe('loses what could run, or hide what follows', () => {
  test.each([
    ['a<script>evil()</script>b', 'ab'],
    ['a<script>evil()', 'a'],
    ['<div onclick="evil()" class="x">', '<div class="x">'],
    ['<a href="javascript:evil()">', '<a>'],
    ['<iframe src="https://a.test">', ''],
    ['<style>p{}', ''],
    ['a<!-- open', 'a'],
    ['<!--[if mso]>', ''],
    ['<![endif]-->', ''],
    ['<div class="x', ''],
    ['</script >', ''],
    ['<p style="color:red;width:expression(evil())">', '<p style="color:red">'],
    ['{% <img src=x onerror=evil() %}', '{% '],
    ['{{ <script>evil()</script> }}', '{{  }}'],
    ['<evil-tag>', ''],
    ['<? ><script>evil()</script>', '<? >'],
    [`<div title='<script>'>`, '<div title="<script>">'],
  ])('%s', (html, expected) => {
    expect(loose(html)).toBe(expected);
  });
});

test('time stays linear', () => {
  const start = process.cpuUsage();
  for (const part of ['<a ', '<!--', '</', '<a>', '< b ', '{{<', '<%<', '{% '])
    loose(part.repeat(200_000));
  const { user } = process.cpuUsage(start);
  expect(user / 1000).toBeLessThan(3000);
});

describe('marks of what Outlook skips', () => {
  const [open, close] = ['<!--[if !mso]><!-->', '<!--<![endif]-->'];

  test.each([
    [`${open}a${close}`, `${open}a${close}`],
    [`${open}a`, 'a'],
    [`a${close}b`, 'ab'],
    [`${close}${open}`, ''],
    [`${open}a${close}${close}`, `${open}a${close}`],
  ])('%s', (html, expected) => {
    expect(withPairedMarks(html)).toBe(expected);
  });

  test('one may stand before a row and its partner behind it', () => {
    const displayCondition = { before: open, after: close };
    const source = rendered(doc([block('spacer', {})], { container: { displayCondition } }));
    expect(source).toMatch(
      /<!--\[if !mso\]><!--><table\s+class="row[^]*<\/table><!--<!\[endif\]-->/,
    );
    const alone = rendered(doc([], { container: { displayCondition: { before: open } } }));
    expect(alone).not.toContain(open);
  });
});
