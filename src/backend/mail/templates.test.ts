// Templates: what is put in stays text, and is not looked at again.
import fc from 'fast-check';
import { parseFragment } from 'parse5';
import { expect, it } from 'vitest';
import { fillHtml, fillText } from './templates.ts';

it('fills what it knows, empties what has no value, leaves the rest', () => {
  const filled = fillText('$user_name$ $link$ $error$ $price$ $USER_NAME$ $$link$$', {
    user_name: 'mira',
    link: '/x',
  });
  expect(filled).toBe('mira /x  $price$ $USER_NAME$ $/x$');
});

it('does not take values for templates or for patterns', () => {
  const values = { user_name: '$link$', link: '$& $1 $$' };
  expect(fillText('$user_name$ $link$', values)).toBe('$link$ $& $1 $$');
});

it('keeps every value in its place in HTML', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (value) => {
      fc.pre(!/[\r\0]/.test(value));
      const html = fillHtml(`<p title="$error$">$error$</p>`, { error: value });
      const fragment = parseFragment(html);
      expect(fragment.childNodes).toHaveLength(1);
      const [node] = fragment.childNodes;
      expect(node).toMatchObject({
        tagName: 'p',
        attrs: [{ name: 'title', value }],
        childNodes: value === '' ? [] : [{ nodeName: '#text', value }],
      });
    }),
  );
});
