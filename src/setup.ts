// What a new installation needs before anyone can log in: one tenant and its administrator.
import type { Config } from './config.ts';
import type { Platform } from './platform/platform.ts';

export interface FirstTenant {
  /** What the operator is told once; `address` is where the server listens. */
  message(address: string): string;
}

/** Makes the first tenant when there is none. Gives nothing when the installation is set up already. */
export async function setUpFirstTenant(
  platform: Platform,
  config: Config,
): Promise<FirstTenant | undefined> {
  const existing = await platform.tenants.list({ limit: 1 });
  if (existing.length > 0) return undefined;
  const password = config.adminPassword ?? platform.random.alphanumeric(20);
  const prepared = await platform.credentials.passwords.prepare(password);
  await platform.db.write(async (trx) => {
    const tenant = await platform.tenants.create(trx, { name: 'main' });
    await platform.credentials.passwords.create(
      trx,
      { tenant: tenant.id, realm: 'skep.admin', name: 'admin', subject: platform.random.uuid7() },
      prepared,
    );
  });
  const shown = config.adminPassword ? '(as configured)' : password;
  return {
    message: (address) =>
      [
        'Skep is set up. Administrator login, shown only this once:',
        '  user      admin',
        `  password  ${shown}`,
        `  API docs  ${address}/docs`,
      ].join('\n'),
  };
}
