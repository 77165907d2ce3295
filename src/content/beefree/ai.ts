// POST /v1/ai/{metadata|sms|summary}: short texts about a template, by a language model (Beefree spec 3.15).
import Type from 'typebox';
import { requireProvider, type Usage } from '../ai/chat.ts';
import {
  generateMetadata,
  generateSms,
  generateSummary,
  type GenerateInput,
} from '../ai/generate.ts';
import { LENGTHS, type Length } from '../ai/prompt.ts';
import { flag } from '../template/values.ts';
import { isObject, objectBody, templateOf, type JsonObject } from './body.ts';
import { wrongField } from './errors.ts';
import type { ContentContext, ContentRoute } from './route.ts';

/** Longest texts in the options, in characters. */
const LIMITS = { model: 200, toneOfVoice: 500, instructions: 4000, language: 100 } as const;

const text = (name: keyof typeof LIMITS, description: string) =>
  Type.Optional(Type.String({ maxLength: LIMITS[name], description }));

const options = {
  model: text('model', 'Model to ask; the server has one of its own.'),
  toneOfVoice: text('toneOfVoice', 'How the text sounds.'),
  instructions: text('instructions', 'Further wishes.'),
  language: text('language', 'Language of the text, as a code or a name.'),
  reportUsage: Type.Optional(Type.Boolean({ description: 'Add `usage` to the answer.' })),
};
const length = Type.Optional(Type.String({ enum: [...LENGTHS], default: 'standard' }));
const usage = Type.Optional(
  Type.Object({
    prompt_tokens: Type.Integer(),
    completion_tokens: Type.Integer(),
    total_tokens: Type.Integer(),
    completion_tokens_details: Type.Optional(Type.Object({})),
  }),
);

const schemaOf = (summary: string, more: object, answer: Record<string, unknown>) => ({
  summary,
  description: 'Needs an AI provider in the settings of the server.',
  security: [{ bearer: [] }],
  body: Type.Object({
    template: Type.Object({ page: Type.Object({}) }, { description: 'A template.' }),
    options: Type.Optional(Type.Object({ ...options, ...more })),
  }),
  response: { 200: Type.Object({ ...answer, usage }) },
});

interface Resource {
  readonly name: string;
  readonly schema: object;
  readonly write: (
    ai: ContentContext['ai'],
    input: GenerateInput,
    length: Length,
  ) => Promise<{ fields: object; usage: Usage | undefined }>;
}

const RESOURCES: readonly Resource[] = [
  {
    name: 'metadata',
    schema: schemaOf(
      'Writes subject and preheader for a template',
      {},
      {
        subject: Type.String(),
        preheader: Type.String(),
      },
    ),
    async write(ai, input) {
      const written = await generateMetadata(ai, input);
      return { fields: written.text, usage: written.usage };
    },
  },
  {
    name: 'sms',
    schema: schemaOf('Writes a text message for a template', { length }, { sms: Type.String() }),
    async write(ai, input, wanted) {
      const written = await generateSms(ai, input, wanted);
      return { fields: { sms: written.text }, usage: written.usage };
    },
  },
  {
    name: 'summary',
    schema: schemaOf('Summarizes a template', { length }, { summary: Type.String() }),
    async write(ai, input, wanted) {
      const written = await generateSummary(ai, input, wanted);
      return { fields: { summary: written.text }, usage: written.usage };
    },
  },
];

export const aiRoutes: ContentRoute[] = RESOURCES.map(
  ({ name, schema, write }) =>
    (app, { ai }) => {
      app.post(`/v1/ai/${name}`, { schema }, async (request, reply) => {
        requireProvider(ai);
        const body = objectBody(request);
        const wishes = optionsOf(body);
        const input = {
          template: templateOf(body, false),
          model: optionOf(wishes, 'model'),
          toneOfVoice: optionOf(wishes, 'toneOfVoice'),
          instructions: optionOf(wishes, 'instructions'),
          language: optionOf(wishes, 'language'),
        };
        const written = await write(ai, input, lengthOf(wishes));
        const counted =
          flag(wishes['reportUsage']) && written.usage ? { usage: written.usage } : {};
        const answer = JSON.stringify({ ...written.fields, ...counted });
        return reply.type('application/json; charset=utf-8').send(answer);
      });
    },
);

function optionsOf({ options: given }: JsonObject): JsonObject {
  // PHP writes an empty object as an empty list.
  if (given === undefined || given === null || Array.isArray(given)) return {};
  if (!isObject(given)) throw wrongField('expected a dictionary', 'options');
  return given;
}

function optionOf(wishes: JsonObject, name: keyof typeof LIMITS): string {
  const value = wishes[name];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw wrongField('expected str', 'options', name);
  if (value.length > LIMITS[name]) {
    throw wrongField(`at most ${LIMITS[name]} characters`, 'options', name);
  }
  return value.trim();
}

function lengthOf(wishes: JsonObject): Length {
  const value = wishes['length'];
  if (value === undefined || value === null || value === '') return 'standard';
  const found = LENGTHS.find((one) => one === value);
  if (!found) throw wrongField('not a valid value', 'options', 'length');
  return found;
}
