// Checks of a design: what its author should look at before it is sent (Beefree spec 3.14).
import { Invalid } from '../../platform/errors.ts';
import { renderHtml } from '../render/render.ts';
import { findPage, rawRows, readTemplate } from '../template/read.ts';
import { object, text, type Raw } from '../template/values.ts';
import {
  FONT_LIMIT,
  HTML_LIMIT,
  imageLimit,
  KB,
  ruleOf,
  type Category,
  type Severity,
  type Status,
  type Subject,
} from './categories.ts';
import { lowContrast, smallText } from './contrast.ts';
import { localizedOf } from './translations.ts';
import { translationOf } from '../template/translations.ts';
import { partsOf, placeOf, widgetsOf, words, type Part, type Widget } from './widgets.ts';
import { heavyPictures, links } from './web.ts';
import type { Reach } from './reach.ts';
import type { Template } from '../template/types.ts';

/** One wish: a category with what it may be given. */
export interface Wish {
  readonly category: string;
  /** KB, or px for sizes of text */
  readonly limit?: number | undefined;
  readonly beautified?: boolean | undefined;
  readonly allowedHosts?: readonly string[] | undefined;
}

interface Finding {
  readonly targets: readonly object[];
  /** what the answer has beside the targets */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface CheckResult extends Readonly<Record<string, unknown>> {
  readonly type: Category;
  readonly targetsCount: number;
  readonly checkStatus: Status;
  readonly targets: readonly object[];
}

export interface LanguageReport {
  readonly language: string;
  readonly checks: readonly CheckResult[];
  readonly checksFailedCount: number;
  readonly checksWarningCount: number;
  readonly checksSuggestionCount: number;
  readonly status: Status;
  readonly dateTime: string;
}

export interface CheckContext {
  /** asks the web; undefined where the server may not */
  readonly reach: Reach | undefined;
  /** milliseconds since 1970 */
  readonly now: () => number;
}

interface Design {
  readonly subject: Subject;
  readonly document: { readonly page: unknown };
  readonly page: Raw;
  readonly template: Template;
  readonly widgets: readonly Widget[];
  readonly reach: Reach | undefined;
}

/**
 * Checks a template (`{page}`) or a row in its main language, and in `languages`, of which only what they translate is
 * looked at. Throws `Invalid` (`check_category`) for a category that the subject does not have, and what reading a
 * template throws.
 */
export async function check(
  input: {
    readonly subject: Subject;
    readonly design: unknown;
    readonly wishes: readonly Wish[];
    readonly languages: readonly string[];
  },
  { reach, now }: CheckContext,
): Promise<readonly LanguageReport[]> {
  const { subject, wishes } = input;
  for (const { category } of wishes) {
    if (!ruleOf(category, subject)) {
      throw new Invalid(
        'check_category',
        `There is no check ${JSON.stringify(category.slice(0, 60))} for ${subject}`,
      );
    }
  }
  const page: Raw = subject === 'row' ? { body: {}, rows: [input.design] } : findPage(input.design);
  const document = { page };
  const template = readTemplate(document);
  const widgets = widgetsOf(rawRows(page), template);
  const design: Design = { subject, document, page, template, widgets, reach };
  const dateTime = new Date(now()).toISOString();

  const checks: CheckResult[] = [];
  for (const wish of wishes) checks.push(result(wish, subject, await inMain(wish, design)));
  const reports = [report('default', checks, dateTime)];
  for (const language of input.languages) {
    const findings = wishes.flatMap((wish) => {
      const finding = inTranslation(wish, design, language);
      return finding ? [result(wish, subject, finding)] : [];
    });
    reports.push(report(language, findings, dateTime));
  }
  return reports;
}

function result({ category }: Wish, subject: Subject, { targets, more }: Finding): CheckResult {
  const { severity } = ruleOf(category, subject)!;
  return {
    type: category as Category,
    targetsCount: targets.length,
    checkStatus: targets.length > 0 ? severity : 'passed',
    targets,
    ...more,
  };
}

function report(
  language: string,
  checks: readonly CheckResult[],
  dateTime: string,
): LanguageReport {
  const count = (severity: Severity) =>
    checks
      .filter(({ checkStatus }) => checkStatus === severity)
      .reduce((sum, { targetsCount }) => sum + targetsCount, 0);
  const [warnings, suggestions] = [count('warning'), count('suggestion')];
  return {
    language,
    checks,
    checksFailedCount: warnings + suggestions,
    checksWarningCount: warnings,
    checksSuggestionCount: suggestions,
    status: warnings > 0 ? 'warning' : suggestions > 0 ? 'suggestion' : 'passed',
    dateTime,
  };
}

async function inMain(wish: Wish, design: Design): Promise<Finding> {
  const { template, widgets, subject, reach } = design;
  switch (wish.category as Category) {
    case 'missingAltText':
    case 'missingCopyLink':
    case 'missingImageLink':
      return { targets: missing(wish.category, partsOf(widgets, '')) };
    case 'overageImageWeight': {
      const limit = wish.limit ?? imageLimit(subject);
      const { targets, evaluated, errored } = await heavyPictures(widgets, limit, reach);
      return { targets, more: { limit, evaluated, errored } };
    }
    case 'overageHtmlWeight':
      return heavyHtml(wish, design);
    case 'missingDetailsEmail':
    case 'missingDetailsPage':
      return details(DETAILS[wish.category as keyof typeof DETAILS], (name) => template.head[name]);
    case 'missingHeadings':
      return detail(!widgets.some(({ block }) => block.kind === 'heading'), 'no-heading');
    case 'overageHeadings':
      return mainHeadings(widgets);
    case 'missingMainLanguage':
      return detail(template.head.lang === '', 'no-main-language');
    case 'insufficientColorContrast':
      return { targets: lowContrast(widgets, template.body) };
    case 'insufficientFontSize':
      return { targets: smallText(widgets, wish.limit ?? FONT_LIMIT) };
    case 'unreachableWebLink': {
      const { targets, ...more } = await links(widgets, wish.allowedHosts ?? [], reach);
      return { targets, more };
    }
  }
}

/** What a translation says of texts, links and pictures; undefined for checks that it has no part in. */
function inTranslation(
  { category }: Wish,
  { page, widgets, subject }: Design,
  language: string,
): Finding | undefined {
  if (ruleOf(category, subject)?.translated) {
    return { targets: missing(category, partsOf(widgets, language)) };
  }
  if (category !== 'missingDetailsEmail' && category !== 'missingDetailsPage') return undefined;
  const meta = object(object(page['head'])['meta']);
  if (Object.keys(translationOf(meta, language)).length === 0) return undefined;
  return details(DETAILS[category], localizedOf(meta, language));
}

/** An address that only has a scheme leads nowhere. */
const NOWHERE = /^(?:https?:\/{0,2}|mailto:|tel:|sms:)?$/i;

function missing(category: string, parts: readonly Part[]): readonly object[] {
  const wanted = parts.filter(({ picture, copy, alt, href }) => {
    if (category === 'missingAltText') return picture && alt?.trim() === '';
    const link = href !== undefined && NOWHERE.test(href.trim());
    // Icons of networks are links with a picture, not pictures with a link.
    return link && (category === 'missingCopyLink' ? copy : picture && !copy);
  });
  return wanted.map(({ widget, label }) => placeOf(widget, label));
}

const DETAILS = {
  missingDetailsEmail: ['subject', 'preheader'],
  missingDetailsPage: ['title', 'description'],
} as const;

type Detail = (typeof DETAILS)[keyof typeof DETAILS][number];

/** Details that are empty; those that are undefined are not asked for. */
function details(names: readonly Detail[], valueOf: (name: Detail) => string | undefined): Finding {
  const empty = names.filter((name) => valueOf(name)?.trim() === '');
  return { targets: empty.map((detailType) => ({ detailType })) };
}

function detail(found: boolean, detailType: string): Finding {
  return { targets: found ? [{ detailType }] : [] };
}

/** A design has one main heading; none is as unclear as two. */
function mainHeadings(widgets: readonly Widget[]): Finding {
  const main = widgets.filter(({ block }) => block.kind === 'heading' && block.level === 1);
  if (main.length === 1) return { targets: [] };
  if (main.length === 0) return detail(true, 'no-h1-heading');
  return {
    targets: main.map((widget) => {
      const label = widget.block.kind === 'heading' ? words(widget.block.html) : '';
      return { ...placeOf(widget, label), title: 'h1' };
    }),
  };
}

function heavyHtml({ limit = HTML_LIMIT, beautified = true }: Wish, design: Design): Finding {
  const { html } = renderHtml(design.document, { target: 'message', beautify: beautified });
  const weight = Math.round((Buffer.byteLength(html) / KB) * 100) / 100;
  const displayConditions = design.template.rows.some(({ condition }) => condition !== undefined);
  return {
    targets: weight > limit ? [{ weight, beautified }] : [],
    more: { limit, processed: true, maxWeight: weight, displayConditions },
  };
}

/** Whether a language code is one that a template can have. */
export function isLanguage(value: unknown): value is string {
  return (
    typeof value === 'string' && /^[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,3}$/.test(text(value))
  );
}
