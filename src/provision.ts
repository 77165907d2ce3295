// Makes a tenant that every door can serve: app code, timesheet account, and one administrator for all of them.
import { createApp } from './backend/baasbox/app.ts';
import type { Config } from './config.ts';
import type { Platform } from './platform/platform.ts';
import type { Tenant } from './platform/tenants/tenants.ts';
import { furnishAccount } from './timesheets/accounts.ts';
import { openTranslationOf } from './translation-of.ts';

export interface NewTenant {
  name: string;
  /** BaasBox app code, unique on the server. */
  appcode: string;
  /** Beebole account: a label of a host name, unique on the server. */
  account: string;
  /** The administrator's login, for BaasBox and Beebox; for Beebox it is unique on the server. */
  admin: string;
  password: string;
}

/**
 * Makes the tenant in one transaction: either every door knows it, or none. Throws `Conflict` (`handle_taken`) when the
 * app code, account or administrator's login is in use, and `Invalid` for names that a door cannot take.
 */
export async function createTenant(
  platform: Platform,
  config: Config,
  request: NewTenant,
): Promise<Tenant> {
  const { tenants, credentials, db, clock } = platform;
  const { administrators } = openTranslationOf(platform, config);
  const password = await credentials.passwords.prepare(request.password);
  return db.write(async (trx) => {
    const tenant = await tenants.create(trx, { name: request.name });
    await createApp(trx, platform, {
      tenant: tenant.id,
      appcode: request.appcode,
      admin: { name: request.admin, password },
    });
    await furnishAccount(
      trx,
      tenants.handles,
      {
        tenantId: tenant.id,
        alias: request.account,
        name: request.name,
        admin: { name: request.admin },
        apiEnabled: config.beebole.apiEnabledByDefault,
      },
      clock.now(),
    );
    await administrators.create(trx, tenant.id, request.admin, password);
    return tenant;
  });
}
