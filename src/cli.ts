// The `skep` command: finds the named command, runs it, and turns failures into one line and an exit code.
import type { Command } from './cli/command.ts';

const commands: Record<string, () => Promise<{ command: Command }>> = {
  serve: () => import('./cli/serve.ts'),
  demo: () => import('./cli/demo.ts'),
  tenant: () => import('./cli/tenant.ts'),
  key: () => import('./cli/key.ts'),
  timesheet: () => import('./cli/timesheet.ts'),
  project: () => import('./cli/project.ts'),
  render: () => import('./cli/render.ts'),
  config: () => import('./cli/show-config.ts'),
  version: () => import('./cli/version.ts'),
};

const [name = 'help', ...rest] = process.argv.slice(2);

async function main(): Promise<void> {
  if (name === 'help' || name === '--help' || name === '-h') {
    const { help } = await import('./cli/help.ts');
    console.log(await help(commands, rest[0]));
    return;
  }
  const load = commands[name === '--version' ? 'version' : name];
  if (!load) {
    console.error(`skep: there is no command "${name}". See: skep help`);
    process.exitCode = 2;
    return;
  }
  const { command } = await load();
  if (rest.includes('--help')) {
    const { help } = await import('./cli/help.ts');
    console.log(await help(commands, name));
    return;
  }
  const { readArguments } = await import('./cli/arguments.ts');
  await command.run(await readArguments(rest, command.options ?? {}, process.env));
}

try {
  await main();
} catch (error) {
  const { explain } = await import('./cli/explain.ts');
  console.error(`skep: ${explain(error)}`);
  process.exitCode = 1;
}
