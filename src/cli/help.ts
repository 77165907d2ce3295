// Help texts, made from the commands and the schema of the settings.
import { configSchema } from '../config.ts';
import { settingsOf } from '../platform/config.ts';
import type { Command } from './command.ts';

type Commands = Record<string, () => Promise<{ command: Command }>>;

/** The list of commands, or one command with its options and the settings that matter to it. */
export async function help(commands: Commands, name?: string): Promise<string> {
  const load = name === undefined ? undefined : commands[name];
  if (!load) {
    const loaded = await Promise.all(
      Object.values(commands).map(async (command) => (await command()).command),
    );
    const width = Math.max(...loaded.map(({ usage }) => usage.length));
    const lines = loaded.map(({ usage, summary }) => `  skep ${usage.padEnd(width)}  ${summary}`);
    return ['Usage:', ...lines, '', 'skep help COMMAND shows its options and settings.'].join('\n');
  }
  const { command } = await load();
  const own = Object.entries(command.options ?? {}).map(
    ([option, { help: text }]) => `  --${option}\n      ${text}`,
  );
  const matters = ({ flag }: { flag: string }) =>
    command.settings?.some((start) => flag.startsWith(start)) ?? true;
  const settings = settingsOf(configSchema)
    .filter(matters)
    .map(({ flag, variable, schema }) => {
      const { default: value, description = '' } = schema as {
        default?: unknown;
        description?: string;
      };
      const standard = value === undefined ? '' : ` (default: ${JSON.stringify(value)})`;
      return `  --${flag}, ${variable}\n      ${description}${standard}`;
    });
  return [
    `Usage: skep ${command.usage}`,
    command.summary,
    ...(own.length > 0 ? ['', 'Options:', ...own] : []),
    '',
    'Settings, as an option, an environment variable, or in skep.config.json:',
    ...settings,
  ].join('\n');
}
