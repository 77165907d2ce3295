// Texts by a language model over HTTP, with and without a provider (Beefree spec 3.15).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config.ts';
import { loadConfig, maskedConfig } from '../../src/platform/config.ts';
import { failing, startChatServer, type ChatServer } from '../support/chat-server.ts';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { openDoor, template, type ContentDoor } from './door.ts';

const KEY = 'sk-secret-1234567890';

const posting =
  (resource: string, options?: unknown, more: object = { template: template() }) =>
  ({ key }: ContentDoor) => ({
    method: 'POST',
    path: `/v1/ai/${resource}`,
    body: { ...more, ...(options === undefined ? {} : { options }) },
    headers: { authorization: `Bearer ${key}` },
  });

const wrong = (name: string, options: unknown, message: string): Scenario<ContentDoor> => ({
  name,
  request: posting('sms', options),
  expect: { status: 400, json: { code: 2200, message, error: 'BAD REQUEST' } },
});

const failed = (model: string, status: number, code: number, details: string) => ({
  name: `a provider whose answer is "${model}" gives ${status}`,
  request: posting('summary', { model }),
  expect: {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    json: { code, details },
  },
  forbid: [KEY, 'sk-', 'Traceback'],
});

const usage = { prompt_tokens: 321, completion_tokens: 45, total_tokens: 366 };

const scenarios: Scenario<ContentDoor>[] = [
  {
    name: 'subject and preheader',
    request: posting('metadata'),
    expect: {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: '{"subject":"Hello","preheader":"From the first row"}',
    },
  },
  {
    name: 'a text message, with what it cost',
    request: posting('sms', { reportUsage: true, length: 'concise' }),
    expect: { status: 200, json: { sms: 'Hello by SMS', usage } },
  },
  {
    name: 'the cost may be asked for with a number',
    request: posting('summary', { reportUsage: 1, toneOfVoice: 'dry', language: 'de' }),
    expect: { status: 200, json: { summary: 'A hello', usage } },
  },
  {
    name: 'the cost is not told to those who did not ask',
    request: posting('summary', { length: 'detailed' }),
    expect: { status: 200, body: '{"summary":"A hello"}' },
  },
  {
    name: 'options may be the empty list of PHP, and the template bare',
    request: posting('sms', [], template()),
    expect: { status: 200, body: '{"sms":"Hello by SMS"}' },
  },
  {
    name: 'the text of the template goes to the provider, in its language',
    request: posting('sms'),
    expect: { status: 200 },
    after: () => {
      const sent = chat.requests.at(-1)!;
      expect(sent.authorization).toBe(`Bearer ${KEY}`);
      expect(sent.body.messages[1]!.content).toContain('"Hello from the first row"');
    },
  },
  wrong(
    'a length that does not exist is refused',
    { length: 'tiny' },
    "not a valid value @ data['options']['length']",
  ),
  wrong('options are an object', 'short', "expected a dictionary @ data['options']"),
  wrong('options are texts', { toneOfVoice: 5 }, "expected str @ data['options']['toneOfVoice']"),
  wrong(
    'instructions are bounded',
    { instructions: 'x'.repeat(4001) },
    "at most 4000 characters @ data['options']['instructions']",
  ),
  {
    name: 'a template is needed',
    request: posting('metadata', {}, {}),
    expect: {
      status: 400,
      json: { code: 2200, message: "required key not provided @ data['page']" },
    },
  },
  {
    name: 'a template without text has no summary',
    request: posting('summary', {}, { template: { page: {} } }),
    expect: { status: 400, json: { code: 2000, details: 'The template has no text' } },
  },
  failed('key', 503, 3000, "The AI provider does not accept this server's key"),
  failed('busy', 503, 3000, 'The AI provider takes no more requests now'),
  failed('down', 503, 3000, 'The AI provider failed'),
  failed('garbage', 503, 3000, 'The AI provider gave an answer that cannot be used'),
  failed('nobody', 400, 2000, 'The AI provider refuses the request; is "nobody" its model?'),
  {
    name: 'a key is needed',
    request: { method: 'POST', path: '/v1/ai/sms', body: { template: template() } },
    expect: { status: 401, json: { code: 4001 } },
  },
];

let chat: ChatServer;
beforeAll(async () => {
  chat = await startChatServer({
    standard:
      '{"subject":"Hello","preheader":"From the first row","sms":"Hello by SMS","summary":"A hello"}',
    key: failing(401, { error: { message: `Incorrect API key provided: ${KEY}` } }),
    busy: failing(429, {}),
    down: failing(500, 'Traceback'),
    garbage: failing(200, '<html>'),
  });
});
afterAll(() => chat.close());

onBothEngines('AI resources', (engine) => {
  let door: ContentDoor;
  beforeAll(async () => {
    const settings = { 'ai-base-url': chat.baseUrl, 'ai-api-key': KEY, 'ai-model': 'standard' };
    door = await openDoor(engine, { settings });
  });
  afterAll(() => door.close());
  runScenarios(
    scenarios,
    () => door.app.url,
    () => door,
  );
  it('the key is not in the log', () => {
    expect(door.app.logged.join('')).not.toContain(KEY);
  });
});

describe('without a provider', () => {
  let door: ContentDoor;
  beforeAll(async () => {
    door = await openDoor('sqlite');
  });
  afterAll(() => door.close());
  const resources = ['metadata', 'sms', 'summary'].map((resource) => ({
    name: `${resource} is forbidden, and says why`,
    request: posting(resource),
    expect: {
      status: 403,
      json: {
        code: 4030,
        message: 'Forbidden',
        details: 'No AI provider is configured on this server',
      },
    },
  }));
  runScenarios(
    resources,
    () => door.app.url,
    () => door,
  );
});

it('the settings show no key, and take only addresses of the web', async () => {
  const config = await loadConfig(configSchema, { env: { SKEP_AI_API_KEY: KEY } });
  expect(JSON.stringify(maskedConfig(configSchema, config))).not.toContain(KEY);
  await expect(
    loadConfig(configSchema, { env: { SKEP_AI_BASE_URL: 'file:///x' } }),
  ).rejects.toThrow('SKEP_AI_BASE_URL');
});
