// Fills the templates of mails and pages: `$name$` becomes a value, and nothing else is looked at (BaasBox spec 2.9).

/** What a template may hold, without the signs around it. */
export type Placeholder =
  'user_name' | 'link' | 'error' | 'message' | 'password' | 'repeat_password' | 'application_name';

export type TemplateValues = Partial<Record<Placeholder, string>>;

const PLACEHOLDER = /\$(user_name|link|error|message|password|repeat_password|application_name)\$/g;

/** Fills a plain text. A placeholder without a value disappears; values are not searched for placeholders again. */
export function fillText(template: string, values: TemplateValues): string {
  return template.replaceAll(PLACEHOLDER, (_, name: Placeholder) => values[name] ?? '');
}

/** Fills HTML: values are escaped, for text and for attributes in quotes alike. */
export function fillHtml(template: string, values: TemplateValues): string {
  return template.replaceAll(PLACEHOLDER, (_, name: Placeholder) => escapeHtml(values[name] ?? ''));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (sign) => ENTITIES[sign] as string);
}
