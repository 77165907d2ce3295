// Tests of selectors beyond tag, id and class.
import { describe, expect, test } from 'vitest';
import { descendants, parseDom } from './dom.ts';
import { parseTests } from './selector-tests.ts';

const MARKUP =
  '<ul><li class="a">1<li data-x="y">2<li class="c">3</ul><form id="f"><input type="radio"><input type="text"></form>';

/** The text or type of the elements that the tests let through. */
function matching(tag: string, source: string): readonly string[] {
  const tests = parseTests(source);
  if (tests === undefined) return ['unknown'];
  return [...descendants(parseDom(MARKUP).document)]
    .filter((element) => element.tagName === tag && tests.every((one) => one(element)))
    .map((element) => {
      const [text] = element.childNodes;
      return text && 'value' in text ? text.value : element.attrs[0]!.value;
    });
}

describe('parts of a selector step', () => {
  test('places among siblings', () => {
    expect(matching('li', ':first-child')).toEqual(['1']);
    expect(matching('li', ':last-child')).toEqual(['3']);
    expect(matching('li', ':nth-child(even)')).toEqual(['2']);
    expect(matching('li', ':not(:last-child)')).toEqual(['1', '2']);
    expect(matching('form', ':last-of-type')).toEqual(['f']);
  });

  test('attributes, classes, tags, and what must not be', () => {
    expect(matching('input', '[type=radio]')).toEqual(['radio']);
    expect(matching('input', ':not([type=checkbox]):not([type=radio])')).toEqual(['text']);
    expect(matching('li', '[data-x]')).toEqual(['2']);
    expect(matching('li', '[data-x="z"]')).toEqual([]);
    expect(matching('li', ':not(.a):not(li)')).toEqual([]);
    expect(matching('li', ':not(.a)')).toEqual(['2', '3']);
  });

  test('what depends on the reader or on more than an importer looks at', () => {
    for (const source of [
      ':focus',
      '::placeholder',
      ':has(a)',
      '[href^=x]',
      ':not(a b)',
      ':not(',
    ]) {
      expect(parseTests(source)).toBeUndefined();
    }
    expect(parseTests(':first-child'.repeat(11))).toBeUndefined();
  });
});
