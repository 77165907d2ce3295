// Tests that texts of editors become markup that HTML allows, and look as they did (spec 8.3).
import { describe, expect, test } from 'vitest';
import { inline, parsePhrase, parseText } from './rich.ts';
import { Writer } from './writer.ts';

const plain = { linkColor: '', mail: false };
const text = (html: string) => inline(parseText(html), new Writer(false), plain);
const phrase = (html: string) => inline(parsePhrase(html), new Writer(false), plain);

describe('blocks inside inline elements', () => {
  test.each([
    [
      '<span style="color:red"><div>a</div></span>',
      '<div style="display:inline;color:red"><div>a</div></div>',
    ],
    ['<b>a<p>b</p></b>', '<div style="display:inline;font-weight:bold">a<p>b</p></div>'],
    [
      '<em><strong>a<ul><li>b</li></ul></strong></em>',
      '<div style="display:inline;font-style:italic"><div style="display:inline;font-weight:bold">a<ul><li>b</li></ul></div></div>',
    ],
    // A link may hold blocks where its parent may.
    ['<a href="https://a.test"><div>a</div></a>', '<a href="https://a.test"><div>a</div></a>'],
    ['<div><span>a</span><div>b</div></div>', '<div><span>a</span><div>b</div></div>'],
    ['<h2>a<div>b</div></h2>', '<h2>a<span style="display:block">b</span></h2>'],
    ['<pre><b>a<hr>b</b></pre>', '<pre><b>a<br>b</b></pre>'],
  ])('%s', (given, expected) => expect(text(given)).toBe(expected));
});

describe('headings hold phrases', () => {
  test.each([
    [
      '<p>a</p><p>b</p>',
      '<span style="display:block">a</span><span style="display:block">b</span>',
    ],
    ['<b><div>a</div></b>', '<b><span style="display:block">a</span></b>'],
    [
      '<ul><li>a</li></ul>',
      '<span style="display:block"><span style="display:block">a</span></span>',
    ],
    ['a<br>b', 'a<br>b'],
  ])('%s', (given, expected) => expect(phrase(given)).toBe(expected));
});

describe('lists hold items', () => {
  test.each([
    [
      '<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>',
      '<ul><li>a</li><li style="list-style-type:none"><ul><li>b</li></ul></li><li>c</li></ul>',
    ],
    ['<div><li>a</li></div>', '<div><div>a</div></div>'],
    ['<li>a</li><li>b</li>', '<li>a</li><li>b</li>'],
  ])('%s', (given, expected) => expect(text(given)).toBe(expected));
});

describe('old elements', () => {
  test.each([
    ['<center>a</center>', '<div align="center">a</div>'],
    [
      '<font color="336699" size="5" face="Arial" class="x">a</font>',
      '<span class="x" style="color:#369;font-family:Arial;font-size:x-large">a</span>',
    ],
    ['<font size="+1" color="expression(1)">a</font>', '<span style="font-size:large">a</span>'],
    [
      '<strike>a</strike><tt>b</tt><big>c</big>',
      '<s>a</s><code>b</code><span style="font-size:larger">c</span>',
    ],
  ])('%s', (given, expected) => expect(text(given)).toBe(expected));
});
