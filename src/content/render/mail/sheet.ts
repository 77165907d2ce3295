// The style sheet of e-mails: client fixes, visibility, stacking, overrides for the narrow view (spec 5.11).
import { important, media, printSheet, rule, RuleSet } from '../sheet.ts';
import { ampPairs } from '../amp/css.ts';
import type { Body } from '../../template/types.ts';
import type { Feature, MailSheet } from './context.ts';
import type { Pairs } from '../declarations.ts';

type Line = readonly [selectors: readonly string[], pairs: Pairs];

const BASE: readonly Line[] = [
  [['*'], ['box-sizing', 'border-box']],
  [['body'], ['margin', '0', 'padding', '0']],
  [
    ['a[x-apple-data-detectors]'],
    ['color', 'inherit !important', 'text-decoration', 'inherit !important'],
  ],
  [['#MessageViewBody a'], ['color', 'inherit', 'text-decoration', 'none']],
  [['p'], ['line-height', 'inherit']],
  [
    ['.desktop_hide', '.desktop_hide table'],
    ['mso-hide', 'all', 'display', 'none', 'max-height', '0px', 'overflow', 'hidden'],
  ],
  [['.image_block img+div'], ['display', 'none']],
  [
    ['sup', 'sub'],
    ['font-size', '75%', 'line-height', '0'],
  ],
];

/** Rules for single mail programs; AMP refuses some, and those programs show no AMP. */
const MAIL_PROGRAMS = /x-apple|#MessageViewBody|img\+div/;

const LISTS: readonly Line[] = [
  [
    [
      '#converted-body .list_block ol',
      '#converted-body .list_block ul',
      '.body [class~="x_list_block"] ol',
      '.body [class~="x_list_block"] ul',
      'u + .body .list_block ol',
      'u + .body .list_block ul',
    ],
    ['padding-left', '20px'],
  ],
];

const MENU: readonly Line[] = [
  [['.menu_block.desktop_hide .menu-links span'], ['mso-hide', 'all']],
];

/** Rules of the narrow view that one kind of block needs. */
const HELPERS: readonly (readonly [Feature, readonly Line[]])[] = Object.entries({
  icons: [
    [['.icons-inner'], ['text-align', 'center']],
    [['.icons-inner td'], ['margin', '0 auto']],
  ],
  fullwidth: [[['.image_block div.fullWidth'], important(['max-width', '100%'])]],
  video: [[['.video-preview'], important(['max-width', '100%'])]],
  hamburger: [
    [
      ['.menu-checkbox[type=checkbox]~.menu-links'],
      important(['display', 'none', 'padding', '5px 0']),
    ],
    [
      [
        '.menu-checkbox[type=checkbox]:checked~.menu-links',
        '.menu-checkbox[type=checkbox]~.menu-trigger',
      ],
      important([
        'display',
        'block',
        'max-width',
        'none',
        'max-height',
        'none',
        'font-size',
        'inherit',
      ]),
    ],
    [
      [
        '.menu-checkbox[type=checkbox]~.menu-links>a',
        '.menu-checkbox[type=checkbox]~.menu-links>span.label',
      ],
      important(['display', 'block', 'text-align', 'center']),
    ],
    [['.menu-checkbox[type=checkbox]~.menu-links>span.sep'], important(['display', 'none'])],
    [
      ['.menu-checkbox[type=checkbox]:checked~.menu-trigger .menu-close'],
      important(['display', 'block']),
    ],
    [
      ['.menu-checkbox[type=checkbox]:checked~.menu-trigger .menu-open'],
      important(['display', 'none']),
    ],
  ],
} satisfies Partial<Record<Feature, readonly Line[]>>) as [Feature, readonly Line[]][];

/** The restored display of inline tables that hidden blocks hold. */
const INLINE: readonly (readonly [Feature, string])[] = [
  ['icons', '.desktop_hide table.icons-inner'],
  ['social', '.social_block.desktop_hide .social-table'],
];

const NARROW: readonly Line[] = [
  [['.mobile_hide'], ['display', 'none']],
  [['.row-content'], important(['width', '100%'])],
  [['.stack .column'], ['width', '100%', 'display', 'block']],
  [
    ['.mobile_hide'],
    [
      'min-height',
      '0',
      'max-height',
      '0',
      'max-width',
      '0',
      'overflow',
      'hidden',
      'font-size',
      '0px',
    ],
  ],
  [['.desktop_hide', '.desktop_hide table'], important(['display', 'table', 'max-height', 'none'])],
];

const REVERSE: readonly Line[] = [
  [['.reverse'], ['display', 'table', 'width', '100%']],
  [['.reverse .column.first'], important(['display', 'table-footer-group'])],
  [['.reverse .column.last'], important(['display', 'table-header-group'])],
];

function adapted(pairs: Pairs, amp: boolean): Pairs {
  return amp ? ampPairs(pairs) : pairs;
}

/** The fixed rules as text, by form: they are the same in every document. */
const READY = new Map<readonly Line[], Map<string, readonly string[]>>();

function fixed(
  lines: readonly Line[],
  indent: string,
  pretty: boolean,
  amp: boolean,
): readonly string[] {
  const forms = READY.get(lines) ?? new Map<string, readonly string[]>();
  READY.set(lines, forms);
  const form = `${pretty}-${amp}`;
  let ready = forms.get(form);
  if (ready === undefined) {
    ready = lines
      .filter(([[first]]) => !amp || !MAIL_PROGRAMS.test(first!))
      .map(([selectors, pairs]) => rule(selectors, adapted(pairs, amp), pretty, indent))
      .filter((text) => !text.includes('{}'));
    forms.set(form, ready);
  }
  return ready;
}

/** The whole sheet as text. `amp` leaves out what AMP refuses: `!important` and Outlook's properties. */
export function mailSheet(sheet: MailSheet, body: Body, pretty: boolean, amp: boolean): string {
  const { features } = sheet;
  const outer = pretty ? '\t\t' : '';
  const inner = pretty ? '\t\t\t' : '';
  const parts = [...fixed(BASE, outer, pretty, amp)];
  if (features.has('list') && !amp) parts.push(...fixed(LISTS, outer, pretty, amp));
  if (features.has('menu') && !amp) parts.push(...fixed(MENU, outer, pretty, amp));
  parts.push(...sheet.wide.print(pretty, outer), ...sheet.hover.print(pretty, outer));

  const inline = new RuleSet();
  for (const [feature, selector] of INLINE) {
    if (features.has(feature)) {
      inline.add(selector, ...adapted(important(['display', 'inline-block']), amp));
    }
  }
  // The buttons' `inline-block` helpers share a rule with the ones above, as in the hosted output.
  const query = [...sheet.helpers.print(pretty, inner), ...inline.print(pretty, inner)];
  for (const [feature, lines] of HELPERS) {
    if (features.has(feature)) query.push(...fixed(lines, inner, pretty, amp));
  }
  query.push(...fixed(NARROW, inner, pretty, amp));
  if (features.has('reverse')) query.push(...fixed(REVERSE, inner, pretty, amp));
  query.push(
    ...sheet.blocks.print(pretty, inner),
    ...sheet.columns.print(pretty, inner),
    ...sheet.rows.print(pretty, inner),
  );
  parts.push(...media(`(max-width:${Math.round(body.width) + 20}px)`, query, pretty, outer));
  return printSheet(parts, pretty);
}
