// Tests of videos in e-mails: where the picture comes from, what stands in without one, the play button in both engines.
import { describe, expect, test } from 'vitest';
import { block, doc, find, html, style } from '../test-kit.ts';
import { renderHtml } from '../render.ts';

const video = (own: object, descriptor: object = {}) =>
  doc([block('video', { video: { src: 'https://vimeo.com/76979871', ...own }, ...descriptor })]);
const outlook = (source: string) =>
  /<!--\[if vml\]>\s*(<v:group.*?)<!\[endif\]-->/s.exec(source)![1]!;

describe('picture', () => {
  test.each([
    'https://www.youtube.com/watch?v=aqz-KE-bpKQ',
    'https://www.youtube.com/watch?list=x&v=aqz-KE-bpKQ&t=3',
    'https://youtu.be/aqz-KE-bpKQ?t=3',
    'https://www.youtube.com/embed/aqz-KE-bpKQ',
    'https://www.youtube.com/shorts/aqz-KE-bpKQ',
    '//m.youtube.com/watch?v=aqz-KE-bpKQ',
  ])('of %s is known', (src) => {
    const source = html(video({ src }));
    expect(source).toContain(
      'background="https://img.youtube.com/vi/aqz-KE-bpKQ/maxresdefault.jpg"',
    );
    expect(outlook(source)).toContain(
      'src="https://img.youtube.com/vi/aqz-KE-bpKQ/maxresdefault.jpg"',
    );
  });

  test('the one of the template counts before', () => {
    const source = html(
      video({ src: 'https://youtu.be/aqz-KE-bpKQ', thumbSrc: 'https://a.test/t.png' }),
    );
    expect(source).toContain("background-image:url('https://a.test/t.png')");
    expect(source).not.toContain('img.youtube.com');
  });

  test('without one a dark area keeps link and play button', () => {
    const source = html(video({}));
    expect(find(source, '.video-preview').attrs).toContainEqual({
      name: 'href',
      value: 'https://vimeo.com/76979871',
    });
    expect(source).toContain('play-button_outer');
    expect(source).not.toMatch(/url\(''\)|background=""|src=""/);
    expect(outlook(source)).toContain('<v:fill color="#1d1f21"/>');
  });

  test('neither picture nor address: nothing, with a warning', () => {
    const { html: source, warnings } = renderHtml(video({ src: '' }), { target: 'message' });
    expect(source).not.toContain('video_block');
    expect(warnings).toContain('a video without a preview picture is left out');
  });
});

describe('ratio', () => {
  test.each([
    ['16/9', '225%', 337],
    ['4:3', '300%', 450],
    [1, '400%', 600],
    ['0.5625', '711.1111%', 1067],
    ['junk', '225.0003%', 337],
  ])('%j', (thumbRatio, padding, height) => {
    const source = html(video({ thumbRatio }));
    expect(Number.parseFloat(/padding-top:([\d.]+)%/.exec(source)![1]!)).toBeCloseTo(
      Number.parseFloat(padding),
      1,
    );
    expect(outlook(source)).toContain(`width:600px;height:${height}px`);
  });
});

test('a stored width and place count, up to the column', () => {
  const computedStyle = { class: 'right', width: '240px' };
  expect(style(find(html(video({}, { computedStyle })), '.video-preview'))).toMatchObject({
    'max-width': '240px',
    margin: '0 0 0 auto',
  });
});

test('a play button of its own takes the place of the drawn one, in Outlook too', () => {
  const source = html(video({ iconSrc: 'https://a.test/play.png', iconSize: '80px' }));
  expect(source).toMatch(/<img src="https:\/\/a\.test\/play\.png" width="80" alt=""/);
  expect(source).not.toMatch(/play-button_outer|v:oval|v:shape/);
  expect(outlook(source)).toContain('width:80;height:80;"><v:fill src="https://a.test/play.png"');
});

test('no address, no link', () => {
  const source = html(video({ src: '', thumbSrc: 'https://a.test/t.png' }));
  expect(find(source, '.video-preview').tagName).toBe('div');
  expect(outlook(source)).not.toContain('href');
});
