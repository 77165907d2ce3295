// The configuration: sources and their order, and every mistake that must be reported.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Type from 'typebox';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig, maskedConfig, settingsOf } from './config.ts';

const schema = Type.Object(
  {
    port: Type.Integer({ default: 9000, minimum: 0 }),
    databaseUrl: Type.Optional(Type.String()),
    adminPassword: Type.Optional(Type.String({ secret: true })),
    proxies: Type.Array(Type.String(), { default: [] }),
    render: Type.Object(
      {
        network: Type.Union([Type.Literal('none'), Type.Literal('public')], { default: 'none' }),
        maxPages: Type.Integer({ default: 3 }),
        fast: Type.Boolean({ default: false }),
      },
      { default: {}, additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skep-config-'));
  file = path.join(folder, 'skep.config.json');
});
afterEach(() => rm(folder, { recursive: true }));

it('takes an object of any members as JSON', async () => {
  const open = Type.Object({ any: Type.Record(Type.String(), Type.Number(), { default: {} }) });
  const load = (text: string) => loadConfig(open, { env: { SKEP_ANY: text } });
  expect(await load('{"a.b":1}')).toEqual({ any: { 'a.b': 1 } });
  for (const text of ['', 'a=1', '{"a":"x"}', '[1]']) {
    await expect(load(text)).rejects.toThrow('SKEP_ANY');
  }
});

it('starts with nothing', async () => {
  expect(await loadConfig(schema, { file, env: {}, flags: {} })).toEqual({
    port: 9000,
    proxies: [],
    render: { network: 'none', maxPages: 3, fast: false },
  });
});

it('prefers flags to variables, variables to the file, the file to defaults', async () => {
  await writeFile(file, JSON.stringify({ port: 1, render: { maxPages: 7, network: 'public' } }));
  const config = await loadConfig(schema, {
    file,
    env: {
      SKEP_PORT: '2',
      SKEP_RENDER_FAST: 'true',
      SKEP_PROXIES: '10.0.0.1, 10.0.0.2',
      PATH: 'x',
    },
    flags: { port: '3' },
  });
  expect(config).toEqual({
    port: 3,
    proxies: ['10.0.0.1', '10.0.0.2'],
    render: { network: 'public', maxPages: 7, fast: true },
  });
});

it.each([
  [{ env: { SKEP_PROT: '1' } }, /Unknown environment variable SKEP_PROT/],
  [{ flags: { prot: '1' } }, /Unknown option --prot/],
  [{ flags: { port: 'many' } }, /--port: must be integer \(given "many"\)/],
  [{ flags: { port: '-1' } }, /--port/],
  [{ env: { SKEP_RENDER_NETWORK: 'all' } }, /must be one of none, public/],
  [{ text: '{"prot":1}' }, /unknown setting prot/],
  [{ text: '{"render":{"speed":1}}' }, /unknown setting render\.speed/],
  [{ text: '{"port":"9000"}' }, /port must be integer/],
  [{ text: '[1]' }, /one JSON object/],
  [{ text: '{' }, /not JSON/],
  [{ fileRequired: true }, /Cannot read/],
])('reports %j', async ({ text, ...sources }: { text?: string } & object, message) => {
  if (text !== undefined) await writeFile(file, text);
  await expect(loadConfig(schema, { file, ...sources })).rejects.toThrow(message);
});

it('names every setting for all three sources', () => {
  expect(settingsOf(schema).map(({ key, flag, variable }) => [key, flag, variable])).toContainEqual(
    ['render.maxPages', 'render-max-pages', 'SKEP_RENDER_MAX_PAGES'],
  );
});

it('masks secrets and passwords in URLs, and leaves the original alone', async () => {
  const config = await loadConfig(schema, {
    env: { SKEP_ADMIN_PASSWORD: 'hunter22', SKEP_DATABASE_URL: 'postgres://me:hunter33@db/skep' },
  });
  const shown = JSON.stringify(maskedConfig(schema, config));
  expect(shown).not.toMatch(/hunter/);
  expect(shown).toContain('postgres://me:********@db/skep');
  expect(config.adminPassword).toBe('hunter22');
});
