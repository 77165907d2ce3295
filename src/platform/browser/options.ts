// From the settings of the browser to the options of its pool, for the server and the command line alike.
import type { PlatformConfig } from '../platform-config.ts';
import type { BrowserPoolOptions } from './pool.ts';

export function browserOptions({
  network,
  browserPath,
  fontsFolder,
  concurrency,
  memoryMb,
}: PlatformConfig['render']): BrowserPoolOptions {
  return {
    network,
    concurrency,
    maxProcessBytes: memoryMb * 1024 * 1024,
    ...(browserPath ? { executablePath: browserPath } : {}),
    ...(fontsFolder ? { fontsFolder } : {}),
  };
}
