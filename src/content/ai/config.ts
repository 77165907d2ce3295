// Settings of the AI provider: any service with OpenAI's chat completions (Beefree spec 3.15).
import Type, { type Static } from 'typebox';

export const aiConfig = Type.Object(
  {
    baseUrl: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s]+$',
        description:
          'Address of a service with OpenAI-compatible chat completions, up to the version: https://api.openai.com/v1 or http://localhost:11434/v1. Without it the AI resources answer 403.',
      }),
    ),
    apiKey: Type.Optional(
      Type.String({
        pattern: '^[\\x21-\\x7e]+$',
        secret: true,
        description: 'Key for that service, sent as a Bearer token; local ones need none.',
      }),
    ),
    model: Type.Optional(
      Type.String({ description: 'Model to ask when a request names none in its options.' }),
    ),
    timeoutMs: Type.Integer({
      default: 60_000,
      minimum: 1,
      maximum: 600_000,
      description: 'How long one answer may take.',
    }),
  },
  { default: {}, additionalProperties: false },
);

export type AiConfig = Static<typeof aiConfig>;
