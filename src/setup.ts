// What a new installation needs before anyone can log in: one tenant and its administrator.
import type { Config } from './config.ts';
import { findDemoTenant } from './demo-tenant.ts';
import type { Platform } from './platform/platform.ts';
import { createTenant } from './provision.ts';

export interface FirstTenant {
  /** What the operator is told once; `address` is where the server listens. */
  message(address: string): string;
}

/** Makes the first tenant when there is none but the demo's. Gives nothing when the installation is set up already. */
export async function setUpFirstTenant(
  platform: Platform,
  config: Config,
): Promise<FirstTenant | undefined> {
  // The demo tenant is not an installation of its own: it may be filled before the first start.
  const demo = await findDemoTenant(platform);
  const tenants = await platform.tenants.list({ limit: 2 });
  if (tenants.some(({ id }) => id !== demo)) return undefined;
  const password = config.adminPassword ?? platform.random.alphanumeric(20);
  const made = { name: 'main', appcode: '1234567890', account: 'main', admin: 'admin', password };
  await createTenant(platform, config, made);
  const shown = config.adminPassword ? '(as configured)' : password;
  return {
    message: (address) =>
      [
        'Skep is set up. The administrator of all four APIs, shown only this once:',
        `  user      ${made.admin}`,
        `  password  ${shown}`,
        `  app code  ${made.appcode} (BaasBox)`,
        `  API docs  ${address}/docs`,
      ].join('\n'),
  };
}
