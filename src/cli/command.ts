// What a command of the command line is.
import type { Arguments, OwnOptions } from './arguments.ts';

export interface Command {
  /** How it is called, without the program's name: `key create --tenant NAME --label TEXT`. */
  usage: string;
  /** One sentence for the list of commands. */
  summary: string;
  /** Options besides the settings of the configuration. */
  options?: OwnOptions;
  /** How the settings begin that matter to it, as options: `render-`. Default: all may. */
  settings?: readonly string[];
  /** Does the work; what it throws becomes one line on stderr and exit code 1. */
  run(args: Arguments): Promise<void>;
}
