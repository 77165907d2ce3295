// Typed configuration: flags, then SKEP_* environment variables, then a JSON file, then the defaults of one schema.
import { readFile } from 'node:fs/promises';
import type { Static, TObject, TSchema } from 'typebox';
import Value from 'typebox/value';
import { Invalid } from './errors.ts';

export interface ConfigSources {
  /** Values of `--some-key value` flags by flag name without dashes (`render-network`). */
  flags?: Readonly<Record<string, string>>;
  env?: Readonly<Record<string, string | undefined>>;
  /** Path of the JSON file. A missing file is an error only when `fileRequired`. */
  file?: string;
  fileRequired?: boolean;
}

/** Variables that start with SKEP_ and are not settings. */
const NOT_SETTINGS = new Set(['SKEP_CONFIG']);

/** A configuration file larger than this is a mistake. */
const MAX_FILE_BYTES = 1024 * 1024;

/** One setting: where it is in the tree, and its names outside. */
export interface Setting {
  path: readonly string[];
  /** `render.network` */
  key: string;
  /** `render-network` */
  flag: string;
  /** `SKEP_RENDER_NETWORK` */
  variable: string;
  schema: TSchema;
}

/**
 * Reads the effective configuration. Unknown keys, variables and flags are errors, as are wrong types: a typing mistake
 * must not silently leave a default in force. Throws `Invalid` with a message that names the source and the key.
 */
export async function loadConfig<Schema extends TObject>(
  schema: Schema,
  sources: ConfigSources,
): Promise<Static<Schema>> {
  const settings = settingsOf(schema);
  const values: Record<string, unknown> = await readConfigFile(sources);

  const byVariable = new Map(settings.map((setting) => [setting.variable, setting]));
  for (const [name, text] of Object.entries(sources.env ?? {})) {
    if (!name.startsWith('SKEP_') || NOT_SETTINGS.has(name) || text === undefined) continue;
    const setting = byVariable.get(name);
    if (!setting) throw bad(`Unknown environment variable ${name}`);
    assign(values, setting.path, convert(setting, text, name));
  }

  const byFlag = new Map(settings.map((setting) => [setting.flag, setting]));
  for (const [name, text] of Object.entries(sources.flags ?? {})) {
    const setting = byFlag.get(name);
    if (!setting) throw bad(`Unknown option --${name}`);
    assign(values, setting.path, convert(setting, text, `--${name}`));
  }

  const complete = Value.Default(schema, values);
  if (!Value.Check(schema, complete)) throw bad(explain(schema, complete));
  return complete;
}

/** All settings of a schema, with the names they have as flags and environment variables. */
export function settingsOf(schema: TObject, path: readonly string[] = []): Setting[] {
  return Object.entries(schema.properties as Record<string, TSchema>).flatMap(([name, child]) => {
    const here = [...path, name];
    if (isObject(child)) return settingsOf(child, here);
    const words = here.flatMap((part) => part.split(/(?=[A-Z])/)).map((word) => word.toLowerCase());
    return {
      path: here,
      key: here.join('.'),
      flag: words.join('-'),
      variable: `SKEP_${words.join('_').toUpperCase()}`,
      schema: child,
    };
  });
}

/** The configuration as it may be shown: settings whose schema says `secret: true` are masked when they are set. */
export function maskedConfig<Schema extends TObject>(
  schema: Schema,
  config: Static<Schema>,
): unknown {
  const copy = structuredClone(config) as Record<string, unknown>;
  for (const { path, schema: leaf } of settingsOf(schema)) {
    const value = path.reduce<unknown>((at, name) => (at as Record<string, unknown>)?.[name], copy);
    if (value === undefined || value === '' || isEmpty(value)) continue;
    if ((leaf as { secret?: boolean }).secret) assign(copy, path, '********');
    // A database URL is worth seeing, its password is not.
    else if (typeof value === 'string') assign(copy, path, withoutPassword(value));
  }
  return copy;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function withoutPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/\s]*):[^@/\s]*@/i, '$1:********@');
}

async function readConfigFile(sources: ConfigSources): Promise<Record<string, unknown>> {
  if (!sources.file) return {};
  let text: string;
  try {
    text = await readFile(sources.file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing && !sources.fileRequired) return {};
    throw bad(`Cannot read ${sources.file}: ${(error as Error).message}`);
  }
  if (text.length > MAX_FILE_BYTES) throw bad(`${sources.file} is larger than ${MAX_FILE_BYTES}`);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch (error) {
    throw bad(`${sources.file} is not JSON: ${(error as Error).message}`);
  }
  throw bad(`${sources.file} must hold one JSON object`);
}

function convert(setting: Setting, text: string, source: string): unknown {
  const { type } = setting.schema as { type?: string };
  const input = type === 'array' ? text.split(',').map((item) => item.trim()) : jsonFor(type, text);
  const value = Value.Convert(setting.schema, input);
  if (!Value.Check(setting.schema, value)) {
    throw bad(`${source}: ${explain(setting.schema, value)} (given ${JSON.stringify(text)})`);
  }
  return value;
}

/** Settings that are objects without fixed members are given as JSON. */
function jsonFor(type: string | undefined, text: string): unknown {
  if (type !== 'object') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function explain(schema: TSchema, value: unknown): string {
  const errors = Value.Errors(schema, value);
  // The error that says most: unknown keys by name, allowed values of a choice, else the first.
  const unknown = errors.find((error) => error.keyword === 'additionalProperties');
  if (unknown) {
    const names = (unknown.params as { additionalProperties?: string[] }).additionalProperties;
    const where = unknown.instancePath.slice(1).replaceAll('/', '.');
    return `unknown setting ${(names ?? []).map((name) => (where ? `${where}.${name}` : name)).join(', ')}`;
  }
  const allowed = errors.flatMap((error) =>
    error.keyword === 'const' ? [(error.params as { allowedValue?: unknown }).allowedValue] : [],
  );
  const [first] = errors;
  const where = first?.instancePath.slice(1).replaceAll('/', '.');
  const what = allowed.length > 0 ? `must be one of ${allowed.join(', ')}` : first?.message;
  return where ? `${where} ${what}` : String(what);
}

function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = target;
  for (const name of path.slice(0, -1)) {
    const next = at[name];
    at = (at[name] = typeof next === 'object' && next !== null ? next : {}) as typeof at;
  }
  at[path.at(-1) as string] = value;
}

function isObject(schema: TSchema): schema is TObject {
  return 'properties' in schema;
}

function bad(message: string): Invalid {
  return new Invalid('bad_config', message);
}
