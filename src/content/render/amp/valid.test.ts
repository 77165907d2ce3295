// Tests that AMP output passes the official validator: every block, broken values, markup of users (spec 5.17, 9.2.8).
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { ampValidator } from '../../../../test/support/amp-validator.ts';
import { everyBlock } from '../every-block.ts';
import { renderHtml } from '../render.ts';
import { block, doc, example } from '../test-kit.ts';

const validate = await ampValidator();

/** The document as it is sent: the sender resolves merge tags in addresses (spec 5.17 lets them through). */
function sent(html: string): string {
  return html.replaceAll(
    /(\s(?:href|src|action-xhr)=")(?:[^"]*(?:\{\{|\{%|\}\}|\*\||<%)[^"]*|[[%${*#@][^"]*)"/g,
    '$1https://sent.example.test/"',
  );
}

/** What the validator says about a template. */
function problems(template: unknown, beautify = false): string[] {
  const { html } = renderHtml(template, { target: 'amp', beautify });
  return validate!(sent(html));
}

const htmlBlock = (html: string) => doc([block('html', { html: { html } })]);
const paragraph = (html: string) => doc([block('paragraph', { paragraph: { html } })]);
const render = (template: unknown) => renderHtml(template, { target: 'amp' });

test('the validator is there where the build runs', () => {
  if (process.env['AMP_VALIDATOR'] === 'required') expect(validate).toBeDefined();
});

describe.skipIf(validate === undefined)('valid AMP', () => {
  test('the validator finds what is wrong', () => {
    expect(
      validate!('<!doctype html><html ⚡4email><body><img></body></html>').length,
    ).toBeGreaterThan(2);
  });

  test.each([
    'apiary-newsletter',
    'harvest-booking',
    'open-day-page',
    'rtl-letter',
    'sign-up-popup',
  ])('the example %s', (name) => {
    expect(problems(example(name))).toEqual([]);
    expect(problems(example(name), true)).toEqual([]);
  });

  test('every block with every option', () => {
    expect(problems(everyBlock())).toEqual([]);
    expect(problems(everyBlock(), true)).toEqual([]);
  });

  test('an empty template', () => expect(problems({ page: {} })).toEqual([]));
});

const LINKS = [
  'test.com',
  '/a/b',
  '//cdn.example.test/a',
  '#top',
  'sms:+123',
  'ftp://example.test/a',
  'javascript:alert(1)',
  'https://',
  'https://a b.test/',
  'https://%%/',
  'https://example.test:99999/',
  'https://user:secret@example.test/',
  'https://example.test/?__amp_source_origin=1',
  'whatsapp://send',
  'mailto:',
  'mailto:a@example.test?subject=x y',
  'HTTP://EXAMPLE.TEST/',
  'https://exämple.test/ä?b=ç',
  'https:/example.test',
  'https://example.test/[tag]/%code%/*|x|*',
  '{{link}}',
  'https://example.test/{{a}}?b={{ c | d }}',
  'https://{{host}}/x',
  '[unsubscribe]',
  '%unsubscribe%',
  '*|UNSUB|*',
  '<%= link %>',
  '{% if a < b %}https://example.test{% endif %}',
  '$link$',
  ' https://example.test/padded ',
  'data:image/png;base64,AAAA',
  'img/picture.png',
  'http://img.example.test/picture.png',
];

const linked = (url: string) =>
  doc(
    [
      block('paragraph', {
        paragraph: { html: `<p><a href="${url}" target="_top" rel="manifest">x</a></p>` },
      }),
      block('button', { button: { label: 'x', href: url } }),
      block('image', { image: { src: url, alt: 'A picture', href: url } }),
      block('menu', { menuItemsList: { items: [{ text: 'x', link: { href: url } }] } }),
      block('icons', { iconsList: { icons: [{ image: url, text: 'x', href: url, alt: 'y' }] } }),
      block('social', { iconsList: { icons: [{ name: 'x', image: { src: url, href: url } }] } }),
      block('video', { video: { src: url, thumbSrc: url } }),
      block('carousel', { carousel: { slides: [{ src: url, href: url, alt: 'x' }] } }),
      block('html', {
        html: {
          html: `<a href="${url}">x</a><img src="${url}"><amp-img src="${url}" width="1" height="1"></amp-img>`,
        },
      }),
    ],
    { container: { style: { 'background-image': `url('${url}')` } } },
  );

describe.skipIf(validate === undefined)('addresses', () => {
  test.each(LINKS)('%s', (url) => expect(problems(linked(url))).toEqual([]));

  test('what AMP does not take is told, merge tags stay', () => {
    const relative = render(linked('test.com'));
    expect(relative.html).not.toContain('test.com');
    expect(relative.warnings.join()).toContain('AMP accepts no address like "test.com"');
    const merged = render(linked('https://example.test/{{a}}'));
    expect(merged.html).toContain('href="https://example.test/{{a}}"');
    expect(merged.warnings.join()).toContain('only after its merge tags are resolved');
  });

  test('pictures are loaded over https, and their text stands in for those that cannot be', () => {
    const picture = (src: string) =>
      render(doc([block('image', { image: { src, alt: 'Our <logo>' } })])).html;
    expect(picture('http://img.example.test/a.png')).toContain(
      'src="https://img.example.test/a.png"',
    );
    expect(picture('//img.example.test/a.png')).toContain('src="https://img.example.test/a.png"');
    expect(picture('a.png')).toMatch(/<div[^>]*>Our &lt;logo><\/div>/);
  });
});

describe.skipIf(validate === undefined)('markup of users', () => {
  const old =
    '<center><font color="#f00" face="Arial">a</font><big>b</big><strike>c</strike><tt>d</tt><bdi>e</bdi><acronym title="x">f</acronym></center>' +
    '<table border="0" background="x.png" summary="s" height="5"><tr><td nowrap width="10" background="y.png">g</td></tr></table>' +
    '<img src="https://img.example.test/a.png" width="40" height="30" alt="Sized"><img src="https://img.example.test/b.png" alt="Unsized" srcset="x 2x" border="0">' +
    '<o:p>h</o:p><svg><p>i</p></svg><map name="m"><area href="x"></map><input type="password"><input type="text" name="className"><!--[if mso]>j<![endif]-->' +
    '<p id="toString" class="i-amphtml-x y" onclick="k()" xml:lang="de" style="color:red !important;position:fixed;filter:blur(2px);transition:all 1s;z-index:999;cursor:zoom-in;-webkit-x:y;mso-hide:all;background:url(http://a.test/x.png)">l</p>' +
    '<style>p{color:red}</style><script>m()</script><iframe src="https://a.test"></iframe><video src="x"></video><link rel="stylesheet" href="https://a.test/x.css"><meta name="x">';

  test('AMP takes old markup', () => {
    expect(problems(htmlBlock(old))).toEqual([]);
    expect(problems(paragraph(old))).toEqual([]);
    const { html } = render(htmlBlock(old));
    expect(html).toContain('<span style="color:#f00;font-family:Arial">a</span>');
    expect(html).toContain('<s>c</s>');
    expect(html).toContain("background:url('https://a.test/x.png')");
    expect(html).toContain(
      'src="https://img.example.test/a.png" alt="Sized" width="40" height="30"',
    );
    expect(html).not.toMatch(/<img|<svg|<script>|!important|onclick|i-amphtml|zoom-in/);
  });

  const COMPONENTS: readonly (readonly [name: string, html: string, scripts: readonly string[]])[] =
    [
      [
        'amp-img alone',
        '<amp-img src="https://a.test/x.png" alt="x" width="2" height="1" layout="responsive" style="color:red" class="a"></amp-img>',
        [],
      ],
      [
        'amp-anim',
        '<amp-anim src="https://a.test/x.gif" width="2" height="1" controls></amp-anim>',
        ['amp-anim'],
      ],
      [
        'amp-carousel',
        '<amp-carousel type="slides" width="4" height="3" layout="responsive" delay="abc" loop="true" autoplay controls lightbox><div>1</div><div>2</div></amp-carousel>',
        ['amp-carousel'],
      ],
      [
        'amp-accordion',
        '<amp-accordion animate disable-session-states><section expanded><h2>a</h2><p>b</p></section> <section><p>no heading</p><p>c</p></section><section><h3>one part</h3></section>text<div>d</div></amp-accordion>',
        ['amp-accordion'],
      ],
      [
        'amp-fit-text',
        '<amp-fit-text width="200" height="50" layout="responsive" max-font-size="42">a</amp-fit-text>',
        ['amp-fit-text'],
      ],
      [
        'amp-timeago',
        '<amp-timeago width="160" height="20" datetime="2026-04-11T00:37:33.809Z" locale="en">a</amp-timeago>',
        ['amp-timeago'],
      ],
      [
        'amp-selector',
        '<amp-selector layout="container" multiple><p option="a" selected>a</p><amp-selector><p option="b">b</p></amp-selector></amp-selector><p option="c">c</p>',
        ['amp-selector'],
      ],
      [
        'amp-list',
        '<amp-list src="https://a.test/list.json" width="auto" height="100" layout="fixed-height"><template type="amp-mustache"><p>{{name}}</p><a href="{{url}}">x</a></template></amp-list>',
        ['amp-list', 'amp-mustache'],
      ],
      [
        'amp-form',
        '<form method="post" action-xhr="https://a.test/send" action="https://a.test/x" target="_top"><input type="email" name="mail" required placeholder="x"><select name="a"><option value="1">x</option></select><button type="submit">Send</button><div submit-success><template type="amp-mustache">Thanks {{name}}</template></div></form>',
        ['amp-form', 'amp-mustache'],
      ],
      [
        'amp-bind',
        '<amp-state id="state-1"><script type="application/json">{"a":"</scr\u0001ipt><b>"}</script></amp-state><button on="tap:AMP.setState({a: 1})">x</button><p [text]="a" [class]="b" [style]="c" [foo]="d">y</p>',
        ['amp-bind'],
      ],
      [
        'nothing that is no component',
        '<amp-lightbox id="x" layout="nodisplay"><p>x</p></amp-lightbox><amp-video src="https://a.test"></amp-video><amp-script src="https://a.test/x.js"></amp-script>',
        [],
      ],
      [
        'no component that lacks something',
        '<amp-img src="x.png"></amp-img><amp-carousel><p>a</p></amp-carousel><amp-timeago width="1" height="1" datetime="now">b</amp-timeago><amp-list src="http:x" layout="fill"></amp-list><form><input name="a"></form><template><p>c</p></template><amp-fit-text>d</amp-fit-text>',
        [],
      ],
    ];
  test.each(COMPONENTS)('%s', (_name, html, scripts) => {
    expect(problems(htmlBlock(html))).toEqual([]);
    const rendered = render(htmlBlock(html)).html;
    const used = [...rendered.matchAll(/custom-(?:element|template)="([\w-]+)"/g)].map(
      ([, name]) => name,
    );
    expect(used).toEqual([...scripts]);
    expect(rendered.includes('<amp-lightbox') || rendered.includes('<amp-script')).toBe(false);
  });

  test('display conditions keep their tags and nothing else', () => {
    const condition = {
      before: '{% if a < b %}<img src=x><script>x()</script>',
      after: '{% endif %}<!--[if mso]>x<![endif]-->',
    };
    const template = doc([], { container: { displayCondition: condition } });
    expect(problems(template)).toEqual([]);
    expect(render(template).html).toContain('{% if a < b %}');
  });
});

describe.skipIf(validate === undefined)('limits', () => {
  const styled = (i: number) =>
    block('paragraph', {
      paragraph: {
        html: `<p>Number ${i}, said <span style="color:#123456">at some length</span></p>`,
        style: {
          'font-family': "'A long name of a font', 'Another one', Tahoma, sans-serif",
          'letter-spacing': '1px',
        },
      },
      style: { 'padding-left': '7px', 'padding-top': '3px' },
    });

  test('large e-mails share their styles and stay valid', () => {
    const template = doc(Array.from({ length: 350 }, (_, i) => styled(i)));
    const { html, warnings } = render(template);
    expect(warnings).toEqual([]);
    expect(Buffer.byteLength(html)).toBeLessThan(200_000);
    expect(validate!(html)).toEqual([]);
    expect(/<td\s+class="s\d+ pad">/.test(html)).toBe(true);
    expect(html.includes(' style="')).toBe(false);
    expect(problems(template, true)).toEqual([]);
  });

  test('what is still too large is told', () => {
    const { warnings } = render(
      doc([block('paragraph', { paragraph: { html: `<p>${'x '.repeat(120_000)}</p>` } })]),
    );
    expect(warnings.join()).toMatch(/the e-mail has 24\d{4} bytes, and AMP takes 200000/);
  });
});

type Path = readonly (string | number)[];

/** The way to every text of a document. */
function* texts(value: unknown, at: Path = []): Generator<Path> {
  if (typeof value === 'string') yield at;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    yield* texts(item, [...at, Array.isArray(value) ? Number(key) : key]);
  }
}

function put(value: unknown, path: Path, text: string): void {
  let holder = value as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  holder[path.at(-1)!] = text;
}

const NAMES =
  'a abbr amp-accordion amp-anim amp-carousel amp-fit-text amp-img amp-list amp-selector amp-state amp-timeago b blockquote button center details div fieldset font form h1 h2 header img input li o:p ol option p script section select span style summary svg table tbody td template th tr u ul video xyz'.split(
    ' ',
  );
const ATTRIBUTES =
  '[class] [foo] [text] action action-xhr align alt aria-label aria-nothing autoplay background bgcolor border class cite colspan controls data-a data-amp-x datetime delay dir disabled expanded height hidden href id items lang layout locale loop max-items method name nowrap on onclick option placeholder rel role rowspan sizes src srcset style submit-success tabindex target title type valign value width xml:lang'.split(
    ' ',
  );
const VALUES = [
  ...LINKS,
  '',
  'x',
  '1',
  '0',
  '10px',
  '100%',
  '-1',
  'auto',
  'true',
  'responsive',
  'fixed',
  'fixed-height',
  'fill',
  'container',
  'nodisplay',
  'slides',
  'post',
  'text',
  'password',
  'amp-mustache',
  'application/json',
  'AMP',
  'i-amphtml-x',
  '__proto__',
  'childNodes',
  'tap:AMP.setState({a:1})',
  '2026-01-01T00:00:00Z',
  'color:red!important;z-index:5000',
  "background:url('x.png') ; -moz-x:y",
  'width:calc(1px + {{x}});;a',
  'content:"x";--a:b',
  '&quot;&lt;&amp;',
  '{{x}}',
  'ü',
];
const STYLES = [
  'red',
  'inherit',
  '#12',
  '10px',
  'red !important',
  "url('http://a.test/x')",
  'url(x)',
  "'a",
  'expression(1)',
  '{{color}}',
  '1px solid red',
  '-5px',
  '1e9px',
  'center',
  'a{b}',
  'x;y',
  'var(--x)',
  '"Open Sans"',
];

const markup: fc.Arbitrary<string> = fc.letrec<{ nodes: string; node: string }>((tie) => ({
  nodes: fc.array(tie('node'), { maxLength: 4 }).map((parts) => parts.join('')),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'text',
      ' ',
      '{{x}}',
      '&amp;',
      '<',
      '</p>',
      '</div>',
      '<!-- c -->',
      '<![CDATA[',
      '{"a":1}',
      'a < b',
    ),
    fc
      .tuple(
        fc.constantFrom(...NAMES),
        fc.array(fc.tuple(fc.constantFrom(...ATTRIBUTES), fc.constantFrom(...VALUES)), {
          maxLength: 5,
        }),
        tie('nodes'),
        fc.boolean(),
      )
      .map(([name, attributes, inner, closed]) => {
        const list = attributes
          .map(([key, value]) => ` ${key}="${value.replaceAll('"', '')}"`)
          .join('');
        return `<${name}${list}>${inner}${closed ? `</${name}>` : ''}`;
      }),
  ),
})).nodes;

describe.skipIf(validate === undefined)('whatever a template says', () => {
  const TEMPLATE = everyBlock();
  const PATHS = [...texts(TEMPLATE)];
  const anything = fc.oneof(
    markup,
    fc.constantFrom(...VALUES),
    fc.constantFrom(...STYLES),
    fc.string(),
  );

  test('its AMP output is valid', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...PATHS), anything), { minLength: 1, maxLength: 25 }),
        fc.boolean(),
        (changes, beautify) => {
          const template = structuredClone(TEMPLATE);
          for (const [path, text] of changes) put(template, path, text);
          expect(problems(template, beautify)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);

  test('so is any markup in html blocks and texts', () => {
    fc.assert(
      fc.property(markup, (html) => {
        expect(problems(htmlBlock(html))).toEqual([]);
        expect(problems(paragraph(html))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
