// Opens the installation for a command, and closes it afterwards, also beside a running server.
import type { Config } from '../config.ts';
import { openSkep } from '../open.ts';
import { Invalid } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';

/** Runs `fn` on the opened platform. Jobs are left to the server. */
export async function withPlatform<T>(
  config: Config,
  fn: (platform: Platform) => Promise<T>,
): Promise<T> {
  const platform = await openSkep({ config: { ...config, log: { ...config.log, level: 'warn' } } });
  try {
    return await fn(platform);
  } finally {
    await platform.close();
  }
}

/**
 * The tenant that an option names, by its name or id; without the option the only one there is.
 * Throws `Invalid` when that does not say which.
 */
export async function chosenTenant(platform: Platform, option: unknown): Promise<string> {
  const tenants = await platform.tenants.list({ limit: 1000 });
  const matching =
    typeof option === 'string'
      ? tenants.filter(({ id, name }) => id === option || name === option)
      : tenants;
  const [only] = matching;
  if (only && matching.length === 1) return only.id;
  throw new Invalid(
    'which_tenant',
    `Say which tenant with --tenant: ${tenants.map(({ name, id }) => `${name} (${id})`).join(', ') || 'there is none yet'}`,
  );
}
