// `skep version`: which Skep and which Node this is.
import { VERSION } from '../version.ts';
import type { Command } from './command.ts';

export const command: Command = {
  usage: 'version',
  summary: 'Prints the versions of Skep and Node.',
  run: async () => console.log(`skep ${VERSION} (node ${process.versions.node})`),
};
