// What can be checked: which designs it applies to, how serious a finding is, where its limit lies (Beefree spec 3.14).

export type Subject = 'message' | 'page' | 'row';
export type Severity = 'warning' | 'suggestion';
export type Status = Severity | 'passed';

export type Category =
  | 'missingAltText'
  | 'missingCopyLink'
  | 'missingImageLink'
  | 'overageImageWeight'
  | 'overageHtmlWeight'
  | 'missingDetailsEmail'
  | 'missingDetailsPage'
  | 'missingHeadings'
  | 'overageHeadings'
  | 'missingMainLanguage'
  | 'insufficientColorContrast'
  | 'insufficientFontSize'
  | 'unreachableWebLink';

interface Rule {
  readonly severity: Severity;
  readonly subjects: readonly Subject[];
  /** also asked of translations, because it looks at texts, links and pictures */
  readonly translated?: true;
}

const ALL: readonly Subject[] = ['message', 'page', 'row'];
const WHOLE: readonly Subject[] = ['message', 'page'];

const RULES: Readonly<Record<Category, Rule>> = {
  missingAltText: { severity: 'warning', subjects: ALL, translated: true },
  missingCopyLink: { severity: 'warning', subjects: ALL, translated: true },
  missingImageLink: { severity: 'suggestion', subjects: ALL, translated: true },
  overageImageWeight: { severity: 'warning', subjects: ALL },
  overageHtmlWeight: { severity: 'warning', subjects: ['message'] },
  missingDetailsEmail: { severity: 'suggestion', subjects: ['message'] },
  missingDetailsPage: { severity: 'suggestion', subjects: ['page'] },
  missingHeadings: { severity: 'warning', subjects: WHOLE },
  overageHeadings: { severity: 'suggestion', subjects: WHOLE },
  missingMainLanguage: { severity: 'warning', subjects: WHOLE },
  insufficientColorContrast: { severity: 'warning', subjects: ALL },
  insufficientFontSize: { severity: 'suggestion', subjects: ALL },
  unreachableWebLink: { severity: 'warning', subjects: ALL },
};

/** The rule of a category that exists for the subject; undefined for any other name. */
export function ruleOf(category: string, subject: Subject): Rule | undefined {
  const rule = Object.hasOwn(RULES, category) ? RULES[category as Category] : undefined;
  return rule?.subjects.includes(subject) === true ? rule : undefined;
}

/** One kibibyte: the unit of all weights. */
export const KB = 1024;

/** Gmail cuts e-mails behind this many KB. */
export const HTML_LIMIT = 102;

/** KB that a picture may weigh. */
export const imageLimit = (subject: Subject) => (subject === 'page' ? 700 : 500);

/** px below which text is small. */
export const FONT_LIMIT = 14;
