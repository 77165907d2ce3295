// What a template says in plain text (Beefree spec 3.6).
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { block, doc, example } from '../render/test-kit.ts';
import { plainText } from './plain-text.ts';

const say = (modules: readonly object[], row: object = {}) => plainText(doc(modules, row));
const paragraph = (html: string) => block('paragraph', { paragraph: { html } });
const text = (html: string) => say([paragraph(html)]);

describe('blocks', () => {
  const cases: [string, object, string][] = [
    [
      'a heading is one line',
      block('heading', { heading: { text: '<span>Spring<br/>teas</span> &amp; <b>more</b>' } }),
      'Spring teas & **more**',
    ],
    [
      'legacy text: every div and p is a paragraph',
      block('text', {
        text: {
          html: '<div class="txtTinyMce-wrapper"><p>one</p><p><br></p><p>two<br>three</p></div>',
        },
      }),
      'one\n\ntwo\nthree',
    ],
    [
      'lists are nested by two spaces',
      block('list', {
        list: {
          html: '<ul><li>a<ul><li>b<br>c</li><li>d</li></ul></li><li>e<ol><li>f</li><li>g</li></ol></li></ul>',
        },
      }),
      '- a\n  - b\n    c\n  - d\n- e\n  1. f\n  2. g',
    ],
    [
      'a numbered list starts where it says',
      block('list', {
        list: {
          tag: 'ol',
          html: '<ol><li>a</li><li value="9">b</li><li>c</li></ol>',
          computedStyle: { startListFrom: '4' },
        },
      }),
      '4. a\n9. b\n10. c',
    ],
    [
      'items without a list',
      block('list', { list: { tag: 'ol', html: '<li>a</li><li>b</li>' } }),
      '1. a\n2. b',
    ],
    [
      'a linked image',
      block('image', {
        image: { src: 'a.png', alt: 'Tea & cake', href: 'https://x.test/?a=1&b=2' },
      }),
      '[Tea & cake](https://x.test/?a=1&b=2)',
    ],
    ['an image without a link', block('image', { image: { src: 'a.png', alt: 'Tea' } }), 'Tea'],
    [
      'a linked image without words',
      block('image', { image: { src: 'a.png', alt: '', href: 'https://x.test/' } }),
      'https://x.test/',
    ],
    ['an image that says nothing', block('image', { image: { src: 'a.png' } }), ''],
    [
      'an image whose link has a prefix',
      block('image', { image: { src: 'a', alt: 'Write', href: 'a@b.test', prefix: 'mailto:' } }),
      '[Write](mailto:a@b.test)',
    ],
    [
      'a button with several lines and a link inside',
      block('button', {
        button: {
          label: '<p>Buy <a href="https://no.test">two</a></p><p>now</p>',
          href: 'https://x.test',
        },
      }),
      '[Buy two now](https://x.test)',
    ],
    ['a button without a link', block('button', { button: { label: 'Soon', href: '' } }), 'Soon'],
    [
      'a line that can be seen',
      block('divider', { divider: { style: { 'border-top': '1px dotted #CCCCCC' } } }),
      '*****************************',
    ],
    [
      'a line that cannot be seen',
      block('divider', { divider: { style: { 'border-top': '20px solid transparent' } } }),
      '',
    ],
    ['empty space', block('spacer', { spacer: { style: { height: '60px' } } }), ''],
    [
      'social links, one a line',
      block('social', {
        iconsList: {
          icons: [
            { name: 'facebook', image: { src: 'f.png', alt: 'Facebook', href: 'https://f.test' } },
            { name: 'x', image: { src: 'x.png', alt: '', title: 'X', href: 'https://x.test' } },
            { name: 'n', image: { src: 'n.png', href: 'https://n.test' } },
          ],
        },
      }),
      '[Facebook](https://f.test)\n[X](https://x.test)\n[n](https://n.test)',
    ],
    [
      'icons: the label, else the alternative text',
      block('icons', {
        iconsList: {
          icons: [
            { image: 'a.png', text: 'Made with tea', alt: 'cup', href: 'https://a.test' },
            { image: 'b.png', alt: 'pot' },
          ],
        },
      }),
      '[Made with tea](https://a.test)\npot',
    ],
    [
      'a menu, one item a line',
      block('menu', {
        menuItemsList: {
          items: [
            { text: 'Home', link: { href: 'https://h.test' } },
            { text: 'Later', link: { href: '' } },
          ],
        },
      }),
      '[Home](https://h.test)\nLater',
    ],
    [
      'html: tags stripped, scripts, styles and what is hidden dropped',
      block('html', {
        html: {
          html:
            '<style>p{}</style><script>alert(1)</script><div style="display:none">secret</div>' +
            '<!-- note --><table><tr><td>Tea</td><td>3 &euro;</td></tr><tr><td>Cake</td><td>4 &euro;</td></tr></table>' +
            '<p>Ask <a href="https://x.test">us</a></p>',
        },
      }),
      'Tea | 3 €\nCake | 4 €\n\nAsk [us](https://x.test)',
    ],
    [
      'a table',
      block('table', {
        table: {
          content: {
            headers: [{ cells: [{ html: '<b>Tea</b>' }, { html: 'Price' }] }],
            rows: [
              { cells: [{ html: '<p>green</p>' }, { html: '3<br>or 4' }] },
              { cells: [{ html: '' }, { html: '' }] },
            ],
          },
        },
      }),
      '**Tea** | Price\ngreen | 3 or 4',
    ],
    [
      'a video',
      block('video', { video: { src: 'https://youtu.be/abcdefghijk' } }),
      '[Video](https://youtu.be/abcdefghijk)',
    ],
    [
      'merge content',
      block('merge-content', { mergeContent: { name: 'n', value: '{{ offers  | x &amp; y }}' } }),
      '{{ offers  | x &amp; y }}',
    ],
    [
      'merge content with HTML around it',
      block('merge-content', {
        mergeContent: { value: '<div>{{ offers  }}<script>x</script></div>' },
      }),
      '{{ offers  }}',
    ],
    ['a form', block('form', { form: { structure: { title: 'Join' } } }), ''],
    [
      'a carousel',
      block('carousel', { carousel: { slides: [{ type: 'image', src: 'a.png', alt: 'one' }] } }),
      '',
    ],
    ['a block that nobody knows', block('hologram', { hologram: { text: 'hm' } }), ''],
    [
      'an add-on with text inside',
      block('addon', { paragraph: { html: '<p>from an add-on</p>' } }),
      'from an add-on',
    ],
  ];
  test.each(cases)('%s', (_name, module, expected) => {
    expect(say([module])).toBe(expected);
  });

  it('separates blocks by one empty line, and ends lines without spaces', () => {
    const modules = [
      paragraph('<p>a </p><p>&nbsp;</p><p>b<br><br><br>c&nbsp;</p>'),
      block('spacer', {}),
      paragraph(''),
      paragraph('<p>d</p>'),
    ];
    expect(say(modules)).toBe('a\n\nb\n\nc\n\nd');
  });
});

describe('markup', () => {
  test.each([
    ['<p>a <strong>b</strong>, <b> c </b>d</p>', 'a **b**, **c** d'],
    ['<p><strong>a </strong><strong>b</strong></p>', '**a b**'],
    ['<p><b>a <strong>b</strong> c</b></p>', '**a b c**'],
    ['<p><b>a<br>b</b></p>', '**a**\n**b**'],
    ['<strong><p>a</p><p>b</p></strong>', '**a**\n\n**b**'],
    ['<p>a<strong> </strong>b <em>c</em></p>', 'a b *c*'],
    ['<p><a href="https://x.test">https://x.test</a></p>', 'https://x.test'],
    ['<p><a href="https://x.test">the <b>site</b></a>!</p>', '[the **site**](https://x.test)!'],
    ['<p><b><a href="https://x.test">x</a></b></p>', '**[x](https://x.test)**'],
    ['<p>see<a href="https://x.test"> this </a>now</p>', 'see [this](https://x.test) now'],
    ['<p><a href="javascript:alert(1)">x</a><a name="here"></a></p>', 'x'],
    ['<p><a href="https://x.test"><img src="a.png" alt="Tea"></a></p>', '[Tea](https://x.test)'],
    ['<p><a href="https://x.test"><img src="a.png"></a></p>', 'https://x.test'],
    ['<a href="https://x.test"><p>one</p><p>two</p></a>', '[one two](https://x.test)'],
    [
      '<p>5 &lt; 6 &amp;&amp; 7 &#62; 6 &copy; &#x1F41D; &bogus; &#128;</p>',
      '5 < 6 && 7 > 6 © 🐝 &bogus; €',
    ],
    ['<p>a\n  b\tc</p>', 'a b c'],
    ['<div>a<div>b</div>c</div>', 'a\n\nb\n\nc'],
    ['<p>x\u0000\u0001\uFDD00\uFDD1y</p>', 'x0y'],
    [
      '<p dir="rtl">\u05E9\u05DC\u05D5\u05DD <b>\u05E2\u05D5\u05DC\u05DD</b></p>',
      '\u05E9\u05DC\u05D5\u05DD **\u05E2\u05D5\u05DC\u05DD**',
    ],
    ['no tags at all', 'no tags at all'],
  ])('%s', (html, expected) => {
    expect(text(html)).toBe(expected);
  });

  test.each([
    '{{ user.name |  default: "a &amp; b" }}',
    '{{!!unsublink}}',
    '[tag]',
    '%x%',
    '*|MC:SUBJECT|*',
    '<%= a  && b %>',
    '{% if a  &lt; 3 %}',
    '{{{raw}}}',
  ])('%s stays byte for byte', (tag) => {
    expect(text(`<p>Hi <b>${tag}</b>, you</p>`)).toBe(`Hi **${tag}**, you`);
  });

  it('keeps merge tags in links, and takes the editor’s marks off them', () => {
    expect(text('<p><a href="https://x.test/{{ id }}?a=1&amp;b={{c&d}}">go</a></p>')).toBe(
      '[go](https://x.test/{{ id }}?a=1&b={{c&d}})',
    );
    expect(text('<p>Dear <code data-bee-type="mergetag">[name]</code></p>')).toBe('Dear [name]');
  });
});

describe('what is shown', () => {
  const hidden = (flag: string) => ({ computedStyle: { [flag]: true } });
  const line = (html: string, more: object) => block('paragraph', { paragraph: { html }, ...more });

  it('leaves out what is hidden on the desktop or in HTML, and nothing else', () => {
    const modules = [
      line('<p>desktop</p>', hidden('hideContentOnDesktop')),
      line('<p>mobile</p>', hidden('hideContentOnMobile')),
      line('<p>amp</p>', hidden('hideContentOnAmp')),
      line('<p>html</p>', hidden('hideContentOnHtml')),
    ];
    expect(say(modules)).toBe('mobile\n\namp');
    expect(say(modules, { content: hidden('hideContentOnDesktop') })).toBe('');
  });

  it('keeps display conditions on lines of their own', () => {
    const condition = { before: '{% if  vip %}', after: '{% endif %}' };
    const row = (displayCondition: object) => ({ container: { displayCondition } });
    expect(say([paragraph('<p>a</p>')], row(condition))).toBe('{% if  vip %}\na\n{% endif %}');
    expect(say([paragraph('<p>a</p>')], row({ ...condition, isActive: false }))).toBe('a');
  });

  it('speaks the language that was asked for, where it is translated', () => {
    const html = '<p>Hello</p>';
    const modules = [
      block('paragraph', {
        paragraph: { html, translations: { 'it-IT': { html: '<p>Ciao</p>' } } },
      }),
      block('image', {
        image: {
          src: 'a.png',
          alt: 'tea',
          href: 'https://x.test',
          translations: { 'it-IT': { alt: 'tè', href: 'https://x.test/it' } },
        },
      }),
      paragraph('<p>same</p>'),
    ];
    expect(plainText(doc(modules), { language: 'it-IT' })).toBe(
      'Ciao\n\n[tè](https://x.test/it)\n\nsame',
    );
    expect(plainText(doc(modules), { language: 'xx' })).toBe(
      'Hello\n\n[tea](https://x.test)\n\nsame',
    );
  });

  it('reads columns from left to right, also in rows that turn around when they are narrow', () => {
    const column = (html: string) => ({ 'grid-columns': 6, modules: [paragraph(html)] });
    const rows = [
      {
        columns: [column('<p>a</p>'), column('<p>b</p>')],
        content: { computedStyle: { rowReverseColStackOnMobile: true } },
      },
    ];
    expect(plainText({ page: { rows } })).toBe('a\n\nb');
  });

  it('says nothing for an empty page, and refuses what is no template', () => {
    expect(plainText({ page: {} })).toBe('');
    expect(() => plainText({ title: 'x' })).toThrow(/data\['page'\]/);
  });

  it('says all of a newsletter', async () => {
    const said = plainText(example('apiary-newsletter'));
    await expect(said).toMatchFileSnapshot('golden/apiary-newsletter.txt.golden');
    expect(said).not.toMatch(/<[a-z]|\n{3}| \n|&[a-z]+;/);
  });
});

describe('for every template', () => {
  const word = fc.stringMatching(/^[A-Za-z\u00E0-\u00FF]{1,8}$/);
  const href = fc.webUrl().filter((url) => !/[&<>"{}%*|[\]]/.test(url));
  const inline = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      word,
      fc
        .tuple(fc.constantFrom('b', 'strong', 'em', 'span', 'u'), tie('node'))
        .map(([tag, inner]) => `<${tag}>${inner}</${tag}>`),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `${a} ${b}`),
      fc.tuple(href, word).map(([url, inner]) => `<a href="${url}">${inner}</a>`),
    ),
  })).node;
  const html = fc.oneof(
    inline.map((inner) => `<p>${inner}</p>`),
    fc
      .array(inline, { minLength: 1, maxLength: 3 })
      .map((items) => `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`),
    fc
      .array(inline, { minLength: 1, maxLength: 3 })
      .map(
        (items) => `<table><tr>${items.map((item) => `<td>${item}</td>`).join('')}</tr></table>`,
      ),
  );
  const module = html.chain((content) =>
    fc
      .constantFrom(
        block('paragraph', { paragraph: { html: content } }),
        block('text', { text: { html: `<div>${content}</div>` } }),
        block('heading', { heading: { text: content } }),
        block('html', { html: { html: content } }),
        block('list', { list: { html: content } }),
      )
      .map((made) => ({ made, content })),
  );

  it('every word and every link is said, in order, without a tag', () => {
    fc.assert(
      fc.property(fc.array(module, { maxLength: 5 }), (modules) => {
        const said = say(modules.map(({ made }) => made));
        const source = modules.map(({ content }) => content).join(' ');
        const words = source
          .replaceAll(/<[^>]*>/g, ' ')
          .split(/\s+/)
          .filter((part) => part !== '');
        const heard = said.replaceAll(/\]\([^)\s]*\)|[*[\]|-]|\d+\./g, ' ');
        let at = 0;
        for (const part of words) {
          const found = heard.indexOf(part, at);
          expect(found, `${part} in ${said}`).not.toBe(-1);
          at = found + part.length;
        }
        for (const [, url] of source.matchAll(/href="([^"]*)"/g)) expect(said).toContain(url);
        expect(said).not.toMatch(/<|>/);
      }),
    );
  });

  it('lines end without spaces, and no two empty lines follow each other', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 5 }), (texts) => {
        const said = say(texts.map((one) => paragraph(one)));
        expect(said).not.toMatch(/[ \t]\n|\n{3}|^\n|\s$/);
        expect(say(texts.map((one) => paragraph(one)))).toBe(said);
      }),
    );
  });
});

describe('hostile text', () => {
  const big = 180_000;
  test.each([
    ['references', '&amp;<br>'.repeat(big / 8)],
    [
      'references that HTML does not know',
      Array.from({ length: 50_000 }, (_, i) => `&n${i};`).join('<i>'),
    ],
    ['spaces', '&nbsp;'.repeat(big / 6)],
    ['line breaks', `a${'<br>'.repeat(big / 4)}b`],
    ['nesting', '<b><ul><li>'.repeat(big / 11)],
    ['links', '<a href="x">'.repeat(big / 12)],
    ['open merge tags', '{{ {% *| '.repeat(big / 9)],
    ['comments', '<!--'.repeat(big / 4)],
    ['tables', '<table><tr><td>'.repeat(big / 15)],
  ])('%s take time in proportion', (_name, html) => {
    const started = process.cpuUsage();
    expect(typeof say([block('html', { html: { html } }), paragraph(html)])).toBe('string');
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(3000);
  });

  it('refuses a text that is too long', () => {
    expect(() => text('x'.repeat(2_000_001))).toThrow(/2000000 characters/);
  });
});
