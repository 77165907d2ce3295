// Tests of moved pictures: which start of an address counts, and where pictures stand.
import { describe, expect, test } from 'vitest';
import { assetMover } from './assets.ts';
import { everyBlock } from '../render/every-block.ts';
import { renderHtml } from '../render/render.ts';

describe('addresses', () => {
  const moved = assetMover({
    'https://a.test/': 'https://b.test/',
    'https://a.test/icons/': '/i/',
    '': 'https://c.test/',
  });

  test.each([
    ['https://a.test/x.png', 'https://b.test/x.png'],
    ['https://a.test/icons/x.png', '/i/x.png'],
    ['https://A.test/x.png', 'https://A.test/x.png'],
    ['{{ picture }}', '{{ picture }}'],
    ['', ''],
  ])('%j becomes %j', (url, expected) => {
    expect(moved(url)).toBe(expected);
  });
});

test.each(['message', 'page', 'popup', 'amp'] as const)('all pictures of a %s move', (target) => {
  const options = { target, assetRewrite: { 'https://img.example.test/': 'https://cdn.test/p/' } };
  const { html } = renderHtml(everyBlock(), options);
  expect(html).not.toContain('img.example.test');
  const before = renderHtml(everyBlock(), { target }).html;
  expect(html.split('cdn.test/p/')).toHaveLength(before.split('img.example.test').length);
});
