// Query strings as real clients write them.
import { describe, expect, it } from 'vitest';
import { QueryString } from './query-string.ts';

describe('values', () => {
  it.each([
    ['/x?a=1', 'a', '1'],
    ['/x?a=1&a=2', 'a', '1'],
    ['/x?where=color%3D%27a%26b%27', 'where', "color='a&b'"],
    ['/x?where=a+%3D+1', 'where', 'a = 1'],
    ['/x?a=b=c', 'a', 'b=c'],
    ['/x?&a=1&', 'a', '1'],
    ['/x?page%20=2', 'page', '2'],
    ['/x?page =2', 'page', '2'],
    // A bare percent sign is itself.
    ["/x?where=name like 'a%'", 'where', "name like 'a%'"],
    ['/x?w=%zz%41%', 'w', '%zzA%'],
    ['/x?w=%C3%A9', 'w', 'é'],
    ['/x?w=%ff%41', 'w', '%ff%41'],
    ["/x?w=like '%een'", 'w', "like '%een'"],
    ['/x?{"a":1}', '{"a":1}', ''],
    ['/x?__proto__=1', '__proto__', '1'],
    ['/x?a?b=1', 'a?b', '1'],
  ])('%s', (url, name, value) => expect(new QueryString(url).first(name)).toBe(value));

  it('are absent without a query', () => {
    expect(new QueryString('/x').first('a')).toBeUndefined();
    expect(new QueryString('/x?').all('a')).toEqual([]);
  });

  it('may repeat, under either spelling', () => {
    const query = new QueryString('/x?params=1&params[]=2&other=x&params=3');
    expect(query.all('params', 'params[]')).toEqual(['1', '2', '3']);
  });

  it('are cut off at a limit', () => {
    const query = new QueryString(`/x?${'a=1&'.repeat(100_000)}`);
    expect(query.all('a').length).toBe(2000);
  });
});
