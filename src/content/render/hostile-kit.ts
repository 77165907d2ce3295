// Helpers for the tests of hostile templates: the attacks, and what gives them away in the output.
import { all } from './test-kit.ts';

/** What an attack leaves where it gets through: the element, the handler, the property, the call. */
export const ATTACKS = [
  `"><evil-tag onevil="1">`,
  `'><evil-tag>`,
  `" onevil="evil()" x="`,
  `x onevil=evil() y`,
  `--><evil-tag><!--`,
  `--!><evil-tag>`,
  `<![endif]--><evil-tag>`,
  `<!--<![endif]--><evil-tag>`,
  `</style></title></textarea></script><evil-tag>`,
  `<script>evil()</script><img src=x onevil=evil()>`,
  `red;--evil:1`,
  `1px solid red}*{--evil:1}`,
  `120;--evil:1;x:100%`,
  `url(https://a.test/x.png);--evil:1`,
  `https://a.test/x.png');--evil:1;x:url('`,
  `https://a.test/&#39;&#41;;--evil:1;x:url(&#39;`,
  `https://a.test/&amp;apos;&amp;rpar;;--evil:1;`,
  `&quot;&#59;--evil:1&gt;`,
  `url('x`,
  `red /*`,
  String.raw`red\3b--evil:1`,
  `expression(evil())`,
  `javascript:evil()`,
  ` \u0001java\nscript&colon;evil()`,
  `data:text/html,<script>evil()</script>`,
  `[x](javascript:evil())`,
  `]]><evil-tag>`,
  `<![CDATA[<evil-tag>]]>`,
  `<!--[if mso]><evil-tag>`,
  `</td></tr></table></div></a><evil-tag>`,
  `<svg><evil-tag onevil=evil()></svg><math><evil-tag></math>`,
  `<template><evil-tag></template><noscript><evil-tag></noscript>`,
  `<a href=javascript:evil()>x</a><form action=javascript:evil()>`,
  `<a href="java&Tab;script&colon;evil()">x</a><img src=data:text/html,evil()>`,
  `vbscript:evil()`,
  `{{"><evil-tag>}}`,
  `{% "><evil-tag onevil=1> %}`,
  `<%"><evil-tag>%>`,
  `*|"><evil-tag>|*`,
  `<evil-tag/onevil=evil()`,
  `\u0000<evil-tag>&#x3c;evil-tag&#62;`,
  `red" style="--evil:1" x="`,
  `url(javascript:evil())`,
  `@import url(//evil.test);`,
];

/** Copies of a document in which one text after the other is replaced. */
export function* replaced(value: unknown, attack: string): Generator {
  if (typeof value === 'string') yield attack;
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      for (const other of replaced(item, attack)) yield value.with(i, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      for (const other of replaced(item, attack)) yield { ...value, [key]: other };
  }
}

const RUNNING = /^[\s\p{Cc}]*(?:(?:java|vb)\s*script:|data:text)/iu;
const OUR_SCRIPTS = /^https:\/\/cdn\.ampproject\.org\//;

/** What got through; nothing should. */
export function* escaped(html: string): Generator<string> {
  for (const { tagName, attrs, childNodes } of all(html)) {
    if (tagName === 'evil-tag') yield tagName;
    const src = attrs.find(({ name }) => name === 'src')?.value ?? '';
    if (tagName === 'script' && !OUR_SCRIPTS.test(src)) yield tagName;
    for (const { name, value } of attrs) {
      if (/^on|^srcdoc$/.test(name)) yield name;
      const isUrl = /^(?:href|src|action|formaction|poster|background|cite)$/.test(name);
      if (isUrl && RUNNING.test(value)) yield `${name}=${value}`;
      if (name === 'style' && !isSound(value)) yield value;
    }
    if (tagName === 'style') {
      const css = childNodes.map((node) => ('value' in node ? node.value : '')).join('');
      if (!isSound(css)) yield css;
    }
  }
}

/** No declaration of the attack outside quotes, and no quote or bracket left open. */
function isSound(css: string): boolean {
  const bare = css.replaceAll(/"[^"]*"|'[^'\n]*'/g, '');
  return (
    !/[;{]\s*--evil|expression\s*\(|javascript:|'|\/\*/.test(bare) &&
    ['()', '{}'].every(([open, close]) => bare.split(open!).length === bare.split(close!).length)
  );
}

/** What Outlook sees: the content of its conditional comments, and not what is hidden from it. */
export const asOutlook = (html: string) =>
  html
    .replaceAll(/<!--\[if !(?:mso|vml)\]><!-->.*?<!--<!\[endif\]-->/gs, '')
    .replaceAll(/<!--\[if (?:mso|vml|gte mso 9) ?\]>(.*?)<!\[endif\]-->/gs, '$1');
