// Tests of the fragment parser: what it keeps byte for byte, and that nothing hostile gets through.
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { MAIL_HTML_POLICY, TEXT_POLICY } from './policy.ts';
import { parse } from './fragment.ts';
import { parseStyle } from './inline-style.ts';
import { inline } from './rich.ts';
import { Writer } from './writer.ts';
import { all } from './test-kit.ts';
import type { Policy } from './policy.ts';

const clean = (source: string, policy: Policy = TEXT_POLICY) =>
  inline(parse(source, policy), new Writer(false), { linkColor: '', mail: false });

/** What must never be in the output, whatever the input. */
function expectHarmless(output: string): void {
  for (const element of all(`<body>${output}`)) {
    expect(element.tagName).not.toMatch(
      /^(?:script|iframe|object|embed|svg|math|base|applet|frame)$/,
    );
    for (const { name, value } of element.attrs) {
      expect(name).not.toMatch(/^on|^srcdoc$|^formaction$/);
      if (/^(?:href|src|action|background|cite)$/.test(name)) {
        expect(value.replaceAll(/[\s\p{Cc}]/gu, '').toLowerCase()).not.toMatch(
          /^(?:javascript|vbscript|data:text)/,
        );
      }
      if (name === 'style') expect(value).not.toMatch(/expression\s*\(|javascript:|behavior/i);
    }
  }
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '<SCRIPT/x src=//a.test>',
  '<script><!--</script>--><img src=x onerror=alert(1)>',
  '<<script></script>img src=x onerror=alert(1)>',
  '<scr<script></script>ipt>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<img/src=x/onerror=alert(1)>',
  '<img src="x" onerror="alert(1)" onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="java&#10;script:alert(1)">x</a>',
  '<a href=" &#14; javascript:alert(1)">x</a>',
  "<a href='jAvAsCrIpT&colon;alert(1)'>x</a>",
  '<a href="x" href="javascript:alert(1)" style="color:expression(alert(1))">x</a>',
  '<svg onload=alert(1)><a xlink:href="javascript:alert(1)">x</a></svg>',
  '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<object data="data:text/html,x"></object><embed src=x>',
  '<form action="javascript:alert(1)"><button formaction="javascript:alert(1)">x</button></form>',
  '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
  '<base href="javascript:/a/">',
  '<link rel="import" href="x"><link rel=stylesheet href="javascript:alert(1)">',
  '<style>@import "javascript:alert(1)"; a{behavior:url(x)}</style>',
  '<style><!--</style><script>alert(1)</script>--></style>',
  '<!--><script>alert(1)</script>-->',
  '<!--[if mso]><script>alert(1)</script><![endif]-->',
  '<!--[if mso]><img onerror=alert(1)><![endif]-->',
  '<!--[if mso]>--><script>alert(1)</script><![endif]-->',
  '<!-- --!><img src=x onerror=alert(1)> -->',
  '<textarea></textarea><script>alert(1)</script>',
  '<title><a title="</title><img src=x onerror=alert(1)>">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<template><script>alert(1)</script></template>',
  '<p title="a>b" onclick="x">y</p>',
  '<p title=`"`onmouseover=alert(1)>x</p>',
  '<div style="background:url(javascript:alert(1))">x</div>',
  '<div style="background:url(&quot;javascript:alert(1)&quot;);color:red">x</div>',
  '</td></tr></table></body><script>alert(1)</script>',
  '<plaintext><script>alert(1)</script>',
  '<a\u0000 href="javascript:alert(1)">x</a>',
  '<%<script>alert(1)</script>%>',
];

describe('hostile markup', () => {
  test.each(HOSTILE)('%s', (source) => {
    expectHarmless(clean(source));
    expectHarmless(clean(source, MAIL_HTML_POLICY));
  });

  test('pieces of hostile markup in any order', () => {
    const pieces = fc.constantFrom(
      ...HOSTILE,
      '<',
      '>',
      '"',
      "'",
      '<!--',
      '-->',
      '<p ',
      '</p>',
      '=',
      ' onload=alert(1) ',
      '<a href=',
      'javascript:',
      '<style>',
      '</style>',
      '<table>',
      '<li>',
      '&lt;script&gt;',
      '{{',
      '}}',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        expectHarmless(clean(parts.join('')));
        expectHarmless(clean(parts.join(''), MAIL_HTML_POLICY));
      }),
      { numRuns: 300 },
    );
  });
});

describe('what stays', () => {
  test.each([
    'plain text',
    'a < b > c & d &nbsp; "e"',
    '<p>one</p><p style="color:red">two</p>',
    '<strong>a</strong><em>b</em><br>c',
    '<a href="https://a.test/?x=1&amp;y={{ z }}" target="_blank" rel="noopener">x</a>',
    '<ul><li>a<ul><li>b</li></ul></li></ul>',
    '<img src="https://a.test/a.png" alt="" width="10">',
    '<span dir="rtl" lang="ar">x</span>',
    '<%= name %> {{ a | b: "c" }} [x] *|y|* %z%',
    '<#if a??>b</#if> <@macro/></@macro>',
  ])('%s', (source) => {
    expect(clean(source)).toBe(source);
  });

  test.each([
    ['<p>a<p>b', '<p>a</p><p>b</p>'],
    ['<p>a<div>b</div>', '<p>a</p><div>b</div>'],
    ['<ul><li>a<li>b</ul>', '<ul><li>a</li><li>b</li></ul>'],
    ['<b>a<i>b</b>c', '<b>a<i>b</i></b>c'],
    ['a</b></p></table>b', 'ab'],
    ['<a href="x">a<a href="y">b</a>', '<a href="x">a</a><a href="y">b</a>'],
    ['<table><tr><td>x</td></tr></table>', 'x'],
    ['<font color=red face="A">x</font>', '<span style="color:red;font-family:A">x</span>'],
    ['text <!-- gone --> more', 'text  more'],
  ])('balances %s', (source, expected) => {
    expect(clean(source)).toBe(expected);
  });

  test('the output is balanced whatever the input', () => {
    const words = fc.constantFrom(
      '<p>',
      '</p>',
      '<b>',
      '</b>',
      '<ul>',
      '</ul>',
      '<li>',
      '</li>',
      '<a href=x>',
      '</a>',
      'x',
      '<div>',
      '</div>',
      '<br>',
    );
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        const open: string[] = [];
        for (const [, slash, name] of clean(parts.join('')).matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
          if (name === 'br') continue;
          if (slash === '') open.push(name!);
          else expect(open.pop()).toBe(name);
        }
        expect(open).toEqual([]);
      }),
    );
  });
});

test.each([
  '<!-- placeholder: news -->',
  '<!--[if mso]><table><tr><td><![endif]-->',
  '<!--[if !mso]><!-- --><p>x</p><!--<![endif]-->',
  '<style type="text/css" media="all">a { color: red } @media (width <= 600px) { a { color: blue } }</style>',
])('custom HTML of e-mails keeps %s', (source) => {
  expect(clean(source, MAIL_HTML_POLICY)).toBe(source);
});

test.each([
  ['<style><!-- a{color:red} --></style>', '<style> a{color:red} </style>'],
  [String.raw`<style>a{width:\65xpression(1)}</style>`, ''],
  ['<style>a{content:"/*";width:expression(1);content:"*/"}</style>', ''],
  ['<!--[if mso]><base href="https://a.test"><![endif]-->', ''],
  ['<!-- a <b> -->', ''],
])('custom HTML of e-mails: %s becomes %j', (source, expected) => {
  expect(clean(source, MAIL_HTML_POLICY)).toBe(expected);
});

describe('limits', () => {
  test('depth is bounded', () => {
    expect(clean('<b>'.repeat(5000)).length).toBeLessThan(1000);
  });

  test.each([
    ['unclosed tags', '<a href="'],
    ['comments', '<!-- '],
    ['odd comments', '<!--x--!><!--'],
    ['styles', '<p style="((((((((">x</p>'],
    ['quotes', `<p style="''''''''x">`],
    ['raw text', '<style>'],
    ['attributes', '<p a b c d e f g h '],
    ['ampersands', '&&&&'],
  ])('time stays linear: %s', (_name, piece) => {
    const source = piece.repeat(Math.ceil(400_000 / piece.length));
    const start = performance.now();
    clean(source, MAIL_HTML_POLICY);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

test('style attributes split at semicolons outside quotes and brackets', () => {
  expect(
    parseStyle(`font-family: &quot;A;B&quot;, serif; background: url(a;b); color : red;; x`),
  ).toEqual([
    ['background', 'url(a%3Bb)'],
    ['color', 'red'],
  ]);
  expect(parseStyle(`font-family: &quot;Lato&quot;,Tahoma; COLOR:#F00`)).toEqual([
    ['font-family', "'Lato',Tahoma"],
    ['color', '#F00'],
  ]);
});
