// Subject and preheader, a text message or a summary for a template, written by a language model (Beefree spec 3.15).
import { Invalid, Unavailable } from '../../platform/errors.ts';
import { plainText } from '../plain-text/plain-text.ts';
import { membersIn, shortened, wordsIn } from './answer.ts';
import { complete, type Usage } from './chat.ts';
import type { AiConfig } from './config.ts';
import { prompt, type Length, type Wishes } from './prompt.ts';

export interface GenerateInput extends Wishes {
  /** Any template that renderers take. */
  readonly template: unknown;
  /** '' for the operator's */
  readonly model: string;
}

interface Generated<Text> {
  readonly text: Text;
  /** undefined when the provider doesn't tell */
  readonly usage: Usage | undefined;
}

/** What editors let people type (spec 4.2). */
const SUBJECT = 190;
const PREHEADER = 130;
/** Characters: one text message, or two or three that belong together. */
const SMS: Readonly<Record<Length, number>> = { concise: 160, standard: 306, detailed: 459 };
const SUMMARY: Readonly<Record<Length, number>> = { concise: 300, standard: 700, detailed: 1500 };

/** A subject of at most 190 and a preheader of at most 130 characters. Throws as `complete`. */
export async function generateMetadata(
  config: AiConfig,
  input: GenerateInput,
): Promise<Generated<{ subject: string; preheader: string }>> {
  const task = `Write the subject line (at most ${SUBJECT} characters, better 60) and the preheader (at most ${PREHEADER} characters, better 90; it goes on where the subject ends) of the e-mail below, as {"subject": "…", "preheader": "…"}.`;
  const { text, usage } = await asked(config, task, input);
  const names = ['subject', 'preheader'];
  const found = membersIn(text, names) ?? labelled(text, names);
  const { subject, preheader } = found;
  if (!subject || !preheader) throw unusable();
  return {
    text: { subject: shortened(subject, SUBJECT), preheader: shortened(preheader, PREHEADER) },
    usage,
  };
}

/** A text message: 160, 306 or 459 characters at most. Throws as `complete`. */
export async function generateSms(
  config: AiConfig,
  input: GenerateInput,
  length: Length,
): Promise<Generated<string>> {
  const task = `Write one text message (SMS) of at most ${SMS[length]} characters that tells the point of the message below and makes the reader act, as {"sms": "…"}.`;
  return generateOne(config, input, task, 'sms', SMS[length]);
}

/** A summary: 300, 700 or 1500 characters at most. Throws as `complete`. */
export async function generateSummary(
  config: AiConfig,
  input: GenerateInput,
  length: Length,
): Promise<Generated<string>> {
  const task = `Summarize the message below in at most ${SUMMARY[length]} characters of plain prose, as {"summary": "…"}.`;
  return generateOne(config, input, task, 'summary', SUMMARY[length]);
}

async function generateOne(
  config: AiConfig,
  input: GenerateInput,
  task: string,
  name: string,
  limit: number,
): Promise<Generated<string>> {
  const { text, usage } = await asked(config, task, input);
  const words = membersIn(text, [name])?.[name] ?? wordsIn(text);
  const result = shortened(words, limit);
  // Broken JSON is no text for readers.
  if (result === '' || /^[{[]\s*"/.test(result)) throw unusable();
  return { text: result, usage };
}

async function asked(config: AiConfig, task: string, input: GenerateInput) {
  const text = plainText(input.template, { language: input.language });
  if (text.trim() === '') throw new Invalid('ai_no_text', 'The template has no text');
  return complete(config, prompt(task, input, text), input.model || config.model);
}

const unusable = () =>
  new Unavailable('ai_answer', 'The AI provider gave an answer that cannot be used');

/** `Subject: …` on lines of their own, as models write that forget the format. */
function labelled(
  answer: string,
  names: readonly string[],
): Readonly<Record<string, string | undefined>> {
  const found: Record<string, string> = {};
  for (const line of wordsIn(answer).split('\n')) {
    const match = /^[\s*#>-]{0,10}([a-z]{1,12})(?: line)?\*{0,2}\s?:\s?\*{0,2}(.+)$/i.exec(line);
    const name = match?.[1]?.toLowerCase() ?? '';
    if (match && names.includes(name)) found[name] ??= wordsIn(match[2]!);
  }
  return found;
}
