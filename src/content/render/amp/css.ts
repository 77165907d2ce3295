// Which declarations AMP e-mails may carry: an allow-list of properties, few values of some, https pictures (spec 5.17).
import { words } from '../words.ts';
import { hasHost, pictureAddress } from './addresses.ts';
import type { Pairs } from '../declarations.ts';

const PROPERTIES = words(
  'align-content align-items align-self appearance aspect-ratio background background-attachment background-blend-mode background-clip background-color background-image background-origin background-position background-repeat background-size border border-bottom border-bottom-color border-bottom-left-radius border-bottom-right-radius border-bottom-style border-bottom-width border-collapse border-color border-left border-left-color border-left-style border-left-width border-radius border-right border-right-color border-right-style border-right-width border-spacing border-style border-top border-top-color border-top-left-radius border-top-right-radius border-top-style border-top-width border-width bottom box-shadow box-sizing caption-side clear color column-count column-gap columns cursor direction display empty-cells flex flex-basis flex-direction flex-flow flex-grow flex-shrink flex-wrap float font font-family font-feature-settings font-kerning font-size font-size-adjust font-stretch font-style font-variant font-weight gap grid height hyphens inline-size isolation justify-content left letter-spacing line-break line-height list-style list-style-position list-style-type margin margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width mix-blend-mode object-fit object-position opacity order outline outline-color outline-offset outline-style outline-width overflow overflow-wrap overflow-x overflow-y padding padding-bottom padding-left padding-right padding-top position quotes right row-gap table-layout text-align text-align-last text-decoration text-decoration-color text-decoration-line text-decoration-style text-emphasis text-indent text-justify text-orientation text-overflow text-shadow text-transform text-underline-position top transform transform-origin unicode-bidi vertical-align visibility white-space width word-break word-spacing word-wrap writing-mode z-index',
);

/** The few values that AMP takes for these. */
const VALUES: Readonly<Record<string, RegExp>> = {
  cursor: /^(?:pointer|initial)$/,
  visibility: /^(?:hidden|visible)$/,
  'z-index': /^-?(?:\d{1,2}|100)$/,
};

/** Bytes of one style attribute. */
const STYLE_LIMIT = 1000;

/** CSS without `!important`, which AMP refuses. */
export function withoutImportant(value: string): string {
  return value.includes('!') ? value.replaceAll(/\s*!\s*important/gi, '') : value;
}

function ampValue(name: string, given: string): string {
  const value = withoutImportant(given);
  if (value === '' || VALUES[name]?.test(value) === false || /i-amphtml-/i.test(value)) return '';
  return /url\s{0,9}\(/i.test(value) ? withSafePictures(value) : value;
}

/** Every picture over https, or no value at all. */
function withSafePictures(value: string): string {
  let usable = true;
  const result = value.replaceAll(
    /url\s{0,9}\(\s{0,9}(?:'([^']*)'|"([^"]*)"|([^'")]*))\s{0,9}\)/gi,
    (_whole, single?: string, double?: string, bare?: string) => {
      const { url } = pictureAddress(single ?? double ?? bare ?? '');
      // A merge tag may be the whole address or stand behind the host: AMP reads the rest even before it is resolved.
      usable &&= url !== '' && (url.includes(':') ? hasHost(url) : true) && !/['\\]/.test(url);
      return `url('${url}')`;
    },
  );
  return usable ? result : '';
}

/** The pairs that an AMP e-mail may carry; the others get an empty value, which nothing prints. */
export function ampPairs(pairs: Pairs): Pairs {
  const result: string[] = [];
  let size = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    const [name, value] = [pairs[i]!, pairs[i + 1]];
    if (value === undefined || value === '' || !PROPERTIES.has(name.toLowerCase())) continue;
    const kept = ampValue(name.toLowerCase(), value);
    const bytes = name.length + 4 + Buffer.byteLength(kept);
    if (kept === '' || size + bytes > STYLE_LIMIT) continue;
    size += bytes;
    result.push(name, kept);
  }
  return result;
}
