// `skep config`: the effective configuration, with secrets masked.
import { configSchema } from '../config.ts';
import { maskedConfig } from '../platform/config.ts';
import type { Command } from './command.ts';

export const command: Command = {
  usage: 'config',
  summary: 'Prints the effective configuration, with secrets masked.',
  run: async ({ config }) =>
    console.log(JSON.stringify(maskedConfig(configSchema, config), null, 2)),
};
