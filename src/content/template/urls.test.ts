// Tests of the URL checks: scripts in every disguise go, everything else stays byte for byte.
import { describe, expect, test } from 'vitest';
import { decode, safeHref, safeMailHref, safeSrc } from './urls.ts';

describe('links', () => {
  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' \tjavascript:alert(1)',
    'java\nscript:alert(1)',
    'java\u0000script:alert(1)',
    '\u0001javascript:alert(1)',
    'javascript&colon;alert(1)',
    '&#106;avascript:alert(1)',
    '&#x6A;avascript:alert(1)',
    '&#0000106avascript:alert(1)',
    'java&Tab;script:alert(1)',
    'java&NewLine;script:alert(1)',
    'vbscript:msgbox(1)',
    'data:text/html,<script>alert(1)</script>',
    'data:image/svg+xml,<svg onload=alert(1)>',
    'view-source:javascript:alert(1)',
    'blob:https://a.test/x',
    'file:///etc/passwd',
  ])('refuses %j', (url) => {
    expect(safeHref(url)).toBe('');
  });

  test.each([
    'https://a.test/?a=1&b=2',
    'mailto:a@b.test',
    'tel:+123',
    '#part',
    '/path',
    'test.com',
    'www.example.com:8080/x',
    '{{!!unsublink}}',
    '[Reset_Password_URL]',
    '%%link%%',
    '*|UNSUB|*',
    '<%= url %>',
    'myapp://open/1',
    '',
  ])('keeps %j', (url) => {
    expect(safeHref(url)).toBe(url);
  });

  test('pictures may be data', () => {
    expect(safeSrc('data:image/png;base64,AA==')).toBe('data:image/png;base64,AA==');
    expect(safeSrc('data:text/html;base64,AA==')).toBe('');
    expect(safeSrc('{{img}}')).toBe('{{img}}');
  });

  test('html blocks of e-mails link to a closed list of schemes', () => {
    expect(safeMailHref('ftp://a.test/x')).toBe('ftp://a.test/x');
    expect(safeMailHref('sms:123')).toBe('sms:123');
    expect(safeMailHref('myapp://open')).toBe('');
    expect(safeMailHref('page.html')).toBe('page.html');
  });

  test('impossible character references vanish', () => {
    expect(decode('a&#0;b&#x110000;c&unknown;d&quot;')).toBe('abc&unknown;d"');
  });
});
