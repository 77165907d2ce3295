// Which URLs are ours, and that no other door's URL is touched.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownsPath, rewriteBeeboxUrl } from './url.ts';

describe('rewriteBeeboxUrl', () => {
  it.each([
    ['/api/connect', '/api/connect'],
    ['//api/connect?login=A//B', '/api/connect?login=A//B'],
    ['/API/Connect?Login=X', '/api/connect?Login=X'],
    ['///api//files///FILE?filename=A%5CB', '/api/files/file?filename=A%5CB'],
    ['//whois', '/whois'],
    ['/WhoIs/', '/whois/'],
    ['/whois?x=/A//B', '/whois?x=/A//B'],
    ['//api/v2/x', '/api/v2/x'],
  ])('makes %s %s', (url, expected) => {
    expect(rewriteBeeboxUrl(url)).toBe(expected);
  });

  it.each([
    '/',
    '',
    '*',
    '/api',
    '//api',
    '/API',
    '/api/',
    '/api?x=//Y',
    '/api/v2',
    '//API//v2',
    '/api/v2?Key=//',
    '/document/API/Connect',
    '//document//X',
    '/v1//API/html',
    '/whoisx',
    '/whois/Me',
    '/apis/Connect',
    '/login?next=/api/Connect',
    'http://host//API/connect',
  ])('leaves %j alone', (url) => {
    expect(rewriteBeeboxUrl(url)).toBe(url);
  });

  it('changes nothing a second time, and never the query', () => {
    const piece = fc.constantFrom(
      '/',
      '//',
      'api',
      'API',
      'whois',
      'v2',
      'Connect',
      '?',
      '#',
      'x=1',
      '%2F',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const url = `/${pieces.join('')}`;
        const once = rewriteBeeboxUrl(url);
        expect(rewriteBeeboxUrl(once)).toBe(once);
        const queryOf = (text: string) => /[?#].*$/.exec(text)?.[0];
        expect(queryOf(once)).toBe(queryOf(url));
      }),
      { numRuns: 2000 },
    );
  });

  it('looks at a foreign or hostile URL once only', () => {
    const started = performance.now();
    for (let n = 0; n < 100; n++) rewriteBeeboxUrl(`${'/'.repeat(16_000)}x`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('ownsPath', () => {
  it.each(['/whois', '/whois/', '/api/connect', '/api/files/file', '/api/nothing', '/api/v2/x'])(
    'owns %s',
    (path) => expect(ownsPath(path)).toBe(true),
  );
  it.each(['/', '/api', '/api/', '/api/v2', '/api/v2/', '/whoami', '/document/api/connect'])(
    'does not own %s',
    (path) => expect(ownsPath(path)).toBe(false),
  );
});
