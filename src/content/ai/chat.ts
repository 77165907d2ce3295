// Asks an OpenAI-compatible service for one completion (Beefree spec 3.15). What it says in errors never reaches clients: it may hold parts of the key.
import {
  DeadlineExceeded,
  DomainError,
  Forbidden,
  Invalid,
  TooLarge,
  TooMany,
  Unavailable,
} from '../../platform/errors.ts';
import { askProvider, jsonAnswer, type ProviderAnswer } from '../../platform/network/provider.ts';
import { list, object, text, type Raw } from '../template/values.ts';
import type { AiConfig } from './config.ts';

export interface Message {
  readonly role: 'system' | 'user';
  readonly content: string;
}

/** Tokens as the service counted them. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly completion_tokens_details?: Readonly<Record<string, number>>;
}

interface Completion {
  readonly text: string;
  /** undefined when the service doesn't tell */
  readonly usage: Usage | undefined;
}

/** Throws `Forbidden` (`ai_not_configured`) without a provider. */
export function requireProvider({ baseUrl }: AiConfig): string {
  if (baseUrl) return baseUrl;
  throw new Forbidden('ai_not_configured', 'No AI provider is configured on this server');
}

/**
 * One answer to the messages. Throws `Forbidden` (`ai_not_configured`) without a provider, `Invalid` (`ai_model`) when no
 * model is named or the provider doesn't take the request, `TooMany` (`ai_busy`) and `Unavailable` when the provider
 * fails, is too slow or answers with something else.
 */
export async function complete(
  config: AiConfig,
  messages: readonly Message[],
  model = config.model,
): Promise<Completion> {
  const baseUrl = requireProvider(config);
  const { apiKey, timeoutMs } = config;
  if (!model) {
    throw new Invalid('ai_model', 'options.model must name a model: the server has no default');
  }
  const answer = await asked(completionsOf(baseUrl), {
    method: 'POST' as const,
    headers: {
      'content-type': 'application/json',
      ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    },
    body: JSON.stringify({ model, messages, stream: false }),
    timeoutMs,
  });
  refuse(answer, model);
  return completionIn(answer);
}

function completionsOf(baseUrl: string): string {
  const base = baseUrl.replace(/\/{0,10}$/, '');
  return base.endsWith('/chat/completions') ? base : `${base}/chat/completions`;
}

async function asked(...request: Parameters<typeof askProvider>): Promise<ProviderAnswer> {
  try {
    return await askProvider(...request);
  } catch (cause) {
    if (!(cause instanceof DomainError)) throw cause;
    if (cause instanceof DeadlineExceeded) {
      throw new Unavailable('ai_timeout', 'The AI provider took too long', {}, { cause });
    }
    if (cause instanceof TooLarge) throw unreadable();
    throw new Unavailable('ai_unreachable', 'The AI provider cannot be reached', {}, { cause });
  }
}

const unreadable = () =>
  new Unavailable('ai_answer', 'The AI provider gave an answer that cannot be used');

/** Statuses in our words. Which model was asked for is the client's to know, the rest is the operator's. */
function refuse({ status }: ProviderAnswer, model: string): void {
  if (status === 200) return;
  if (status === 401 || status === 403) {
    throw new Unavailable('ai_key', "The AI provider does not accept this server's key");
  }
  if (status === 429) throw new TooMany('ai_busy', 'The AI provider takes no more requests now');
  if (status === 400 || status === 404 || status === 413 || status === 422) {
    const name = JSON.stringify(model.slice(0, 100));
    throw new Invalid('ai_model', `The AI provider refuses the request; is ${name} its model?`);
  }
  throw new Unavailable('ai_failed', 'The AI provider failed');
}

function completionIn(answer: ProviderAnswer): Completion {
  const body = jsonAnswer(answer);
  const message = object(object(list(body['choices'])[0])['message']);
  const content = withoutThoughts(contentOf(message['content']));
  if (content.trim() === '') throw unreadable();
  return { text: content, usage: usageIn(object(body['usage'])) };
}

/** The content as text; some services send it in parts. */
function contentOf(content: unknown): string {
  if (!Array.isArray(content)) return text(content);
  return content.map((part) => text(object(part)['text'])).join('');
}

/** Some models think aloud before they answer. */
function withoutThoughts(content: string): string {
  const end = content.lastIndexOf(THOUGHTS_END);
  return end === -1 ? content : content.slice(end + THOUGHTS_END.length);
}

const THOUGHTS_END = '</think>';

function usageIn(raw: Raw): Usage | undefined {
  const prompt = count(raw['prompt_tokens']);
  const completion = count(raw['completion_tokens']);
  if (prompt === undefined || completion === undefined) return undefined;
  const details = Object.entries(object(raw['completion_tokens_details'])).flatMap(
    ([name, value]) => {
      const tokens = count(value);
      return tokens === undefined || !/^[a-z_]{1,60}$/.test(name) ? [] : [[name, tokens] as const];
    },
  );
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: count(raw['total_tokens']) ?? prompt + completion,
    ...(details.length > 0 ? { completion_tokens_details: Object.fromEntries(details) } : {}),
  };
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
