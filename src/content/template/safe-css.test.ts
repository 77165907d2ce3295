// Tests of what may stand in a style, and of what must never reach one.
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { backgroundUrl, safeValue } from './safe-css.ts';

describe('backgrounds', () => {
  test.each([
    ["url('https://a.test/b.png')", 'https://a.test/b.png'],
    ['url("https://a.test/b.png")', 'https://a.test/b.png'],
    ['url(https://a.test/b.png)', 'https://a.test/b.png'],
    ['https://a.test/b.png', 'https://a.test/b.png'],
    ['none', ''],
    ['url()', ''],
    ["url('https://a.test/a b(1).png')", 'https://a.test/a%20b%281%29.png'],
    ['url(javascript:alert(1))', ''],
    ['url(data:text/html,x)', ''],
    ['url(data:image/png;base64,AA==)', 'data:image/png;base64,AA=='],
    ["url('{{ item.picture | big }}')", '{{ item.picture | big }}'],
    ['https://a.test/?a=1&amp;b=2', 'https://a.test/?a=1&b=2'],
    ['https://a.test/&#39;&rpar;', 'https://a.test/%27%29'],
    ['https://a.test/&amp;amp;#39;', 'https://a.test/%27'],
    ['url(&#106;avascript:alert(1))', ''],
  ])('reads %j', (value, expected) => {
    expect(backgroundUrl(value)).toBe(expected);
  });
});

describe('unsafe values', () => {
  test.each([
    'red;background:url(x)',
    'red}body{color:red',
    '</style><script>',
    'expression(alert(1))',
    'exp/**/ression(alert(1))',
    'e x p r e s s i o n (alert(1))',
    String.raw`\65xpression(1)`,
    'url(javascript:alert(1))',
    'url( java\tscript:alert(1))',
    "'Arial",
    'url(https://a.test/x.png',
    'red)',
    'e\u0000xpression(1)',
    'url(java\u0000script:x)',
    'r\u0001ed',
  ])('drops %j', (value) => {
    expect(safeValue(value)).toBe('');
  });

  test('never ends a declaration, a rule or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(safeValue(value)).not.toMatch(/[<>{};"\\\n]/);
      }),
    );
  });
});
