// `skep demo`: fills the demo tenant and says how to reach it.
import { seedDemo, type Demo } from '../demo.ts';
import type { Command } from './command.ts';
import { withPlatform } from './open.ts';

export const command: Command = {
  usage: 'demo [--json | --shell]',
  summary:
    'Fills a small demo tenant and prints how to reach it. Can be run again, also beside a running server.',
  options: {
    json: { type: 'boolean', help: 'Print one JSON object.' },
    shell: {
      type: 'boolean',
      help: 'Print lines that a shell can evaluate: eval "$(skep demo --shell)".',
    },
  },
  async run({ config, options }) {
    const demo = await withPlatform(config, (platform) => seedDemo(platform, config));
    if (options['json']) console.log(JSON.stringify(demo));
    else if (options['shell']) console.log(shell(demo, config.port));
    else console.log(readable(demo));
  },
};

function shell(demo: Demo, port: number): string {
  const { baasbox, beebole, beefree, beebox } = demo;
  const variables = {
    SKEP: `http://127.0.0.1:${port}`,
    APPCODE: baasbox.appcode,
    BAASBOX_USER: baasbox.user.username,
    BAASBOX_PASSWORD: baasbox.user.password,
    BEEBOLE_TOKEN: beebole.token,
    BEEFREE_KEY: beefree.apiKey,
    BEEBOX_PROJECT: beebox.project,
    BEEBOX_LOGIN: beebox.login,
    BEEBOX_PASSWORD: beebox.password,
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'`)
    .join('\n');
}

function readable({ baasbox, beebole, beefree, beebox }: Demo): string {
  return [
    'BaasBox',
    `  app code       ${baasbox.appcode}`,
    `  administrator  ${baasbox.admin.username} / ${baasbox.admin.password}`,
    `  user           ${baasbox.user.username} / ${baasbox.user.password}`,
    `  collection     ${baasbox.collection}`,
    'Beebole',
    `  account        ${beebole.account}`,
    `  token          ${beebole.token}`,
    `  admin's token  ${beebole.adminToken}`,
    'Beefree',
    `  API key        ${beefree.apiKey}`,
    'Beebox',
    `  project        ${beebox.project} (${beebox.sourceLocale} to ${beebox.targetLocales.join(', ')})`,
    `  connector      ${beebox.login} / ${beebox.password}`,
    `  administrator  ${beebox.adminLogin} / ${beebox.adminPassword}`,
  ].join('\n');
}
