// Which tags, attributes and link targets may stay in markup that a user wrote (spec 4.7, 5.17, 5.18).
import { decode, safeHref, safeMailHref, safeSrc } from '../template/urls.ts';
import { parseStyle } from './inline-style.ts';
import { words } from './words.ts';

type Pairs = readonly (readonly [string, string])[];

/** What one kind of block lets its author use. */
export interface Policy {
  readonly tags: ReadonlySet<string>;
  readonly href: (url: string) => string;
  /** comments and style sheets may stay */
  readonly sheets: boolean;
  /** markup of texts is brought into a form that validates; a phrase stands where HTML allows no blocks */
  readonly text?: 'flow' | 'phrase';
  /** descriptions of the e-mail for mail programs may stay: scripts of JSON-LD, which nothing runs */
  readonly data?: boolean;
  /** attributes beyond the usual ones, and the JSON of `amp-state` */
  readonly amp?: (name: string) => boolean;
}

const INLINE =
  'a abbr acronym b bdi bdo big br cite code del dfn em font i img ins kbd mark q s samp small span strike strong sub sup time tt u var wbr';
/** Elements that end an open paragraph. */
export const FLOW =
  'address blockquote center dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section ul';

/** Text blocks: inline markup, paragraphs, lists; no tables, no forms. */
export const TEXT_POLICY: Policy = {
  tags: words(`${INLINE} ${FLOW}`),
  href: safeHref,
  sheets: false,
  text: 'flow',
};

/** Headings: as texts, but what would be a block is only drawn as one. */
export const PHRASE_POLICY: Policy = { ...TEXT_POLICY, text: 'phrase' };

/** html blocks of e-mails: layout, text, tables, forms, style sheets (spec 4.7). */
export const MAIL_HTML_POLICY: Policy = {
  tags: words(
    `${INLINE} ${FLOW} article aside button caption col colgroup details fieldset footer form header input label legend link main map area meta nav optgroup option picture select source style summary table tbody td tfoot th thead tr`,
  ),
  href: safeMailHref,
  sheets: true,
};

/** The head of e-mails: as html blocks, and data about the e-mail. */
export const MAIL_HEAD_POLICY: Policy = { ...MAIL_HTML_POLICY, data: true };

const HARMLESS_LINK =
  /^(?:stylesheet|preconnect|dns-prefetch|(?:shortcut )?icon|apple-touch-icon|canonical|alternate|author|license)$/i;

const AMP_ATTRIBUTES = words(
  'on option expanded animate expand-single-section action-xhr submit-success submit-error submitting items max-items single-item min-font-size max-font-size noloading attribution slide autocomplete novalidate translate',
);

/** html blocks of AMP e-mails: as e-mails, without sheets, with the AMP elements (spec 5.17). */
export const AMP_HTML_POLICY: Policy = {
  tags: words(
    `${INLINE} ${FLOW} article aside button caption col colgroup details fieldset footer form header input label legend main nav optgroup option select summary table tbody td template tfoot th thead tr amp-accordion amp-anim amp-carousel amp-fit-text amp-img amp-list amp-selector amp-state amp-timeago`,
  ),
  href: safeMailHref,
  sheets: false,
  amp: (name) => AMP_ATTRIBUTES.has(name) || /^\[[a-z-]{1,20}\]$/.test(name),
};

const ATTRIBUTES = words(
  'abbr align alt axis background bgcolor border cellpadding cellspacing char cite class clear color cols colspan compact content controls coords datetime dir disabled enctype face for headers height hidden hspace href hreflang http-equiv id label lang layout maxlength media method multiple name noshade nowrap placeholder readonly rel required reversed role rows rowspan rules scope selected shape size span src start style summary tabindex target title type usemap valign value vspace width action checked delay autoplay loop fallback min max pattern cutoff locale',
);
const URLS = words('href src background cite action longdesc');

/**
 * What stays of a tag: allowed attributes with harmless URLs, and the safe declarations of its style. Undefined
 * when the element itself must go: a `meta` that redirects, a `link` that is no style sheet.
 */
export function keptAttributes(
  tag: string,
  given: Pairs,
  policy: Policy,
): { readonly attributes: Pairs; readonly style: Pairs } | undefined {
  const attributes: (readonly [string, string])[] = [];
  let style: Pairs = [];
  for (const [name, value] of given) {
    if (name === 'style') style = parseStyle(value);
    else if (allowed(name) || policy.amp?.(name) === true) {
      if (!URLS.has(name)) attributes.push([name, value]);
      else {
        const url = name === 'src' || name === 'background' ? safeSrc(value) : policy.href(value);
        if (url !== '' || value === '') attributes.push([name, url]);
      }
    }
  }
  if (tag === 'meta' && attributes.some(([, value]) => /refresh|set-cookie/i.test(decode(value)))) {
    return undefined;
  }
  if (
    tag === 'link' &&
    !attributes.some(([name, value]) => name === 'rel' && HARMLESS_LINK.test(value.trim()))
  ) {
    return undefined;
  }
  return { attributes, style };
}

function allowed(name: string): boolean {
  return (
    ATTRIBUTES.has(name) ||
    /^aria-[a-z]{1,30}$/.test(name) ||
    (/^data-[a-z][\w-]{0,60}$/.test(name) && !/^data-(?:mce|bee)-/.test(name))
  );
}
