// The command line's own language: a command, words, and options that are either the command's or settings.
import { parseArgs } from 'node:util';
import { configSchema, type Config } from '../config.ts';
import { loadConfig, settingsOf } from '../platform/config.ts';
import { Invalid } from '../platform/errors.ts';

/** Options that a command has besides the settings. `string` ones take a value. */
export type OwnOptions = Readonly<Record<string, { type: 'boolean' | 'string'; help: string }>>;

export interface Arguments {
  words: string[];
  options: Readonly<Record<string, string | boolean | undefined>>;
  config: Config;
}

const CONFIG_FILE = 'skep.config.json';

/**
 * Reads the arguments after the command's name, and the effective configuration.
 * Throws `Invalid` for an unknown option, a missing value or a bad setting.
 */
export async function readArguments(
  args: readonly string[],
  own: OwnOptions,
  env: NodeJS.ProcessEnv,
): Promise<Arguments> {
  const settings = settingsOf(configSchema);
  const options = Object.fromEntries([
    ...settings.map(({ flag }) => [flag, { type: 'string' as const }] as const),
    ['config', { type: 'string' as const }] as const,
    ...Object.entries(own).map(([name, { type }]) => [name, { type }] as const),
  ]);
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Invalid('bad_arguments', (error as Error).message);
  }
  const flags: Record<string, string> = {};
  for (const { flag } of settings) {
    const value = parsed.values[flag];
    if (!(flag in own) && typeof value === 'string') flags[flag] = value;
  }
  const file = (parsed.values['config'] as string | undefined) ?? env['SKEP_CONFIG'];
  const config = await loadConfig(configSchema, {
    flags,
    env,
    file: file ?? CONFIG_FILE,
    fileRequired: file !== undefined,
  });
  const chosen = Object.keys(own).map(
    (name) => [name, parsed.values[name] as string | boolean | undefined] as const,
  );
  return { words: parsed.positionals, options: Object.fromEntries(chosen), config };
}
