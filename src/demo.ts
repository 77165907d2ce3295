// A demo tenant that can be called through all four doors at once. Running it again gives the same logins.
import { createHmac } from 'node:crypto';
import { seedBackendDemo } from './backend/demo.ts';
import { openBackendOf } from './backend-of.ts';
import type { Config } from './config.ts';
import { DEMO_APPCODE, demoTenant } from './demo-tenant.ts';
import { ensureApiKey } from './content/api-keys.ts';
import { deriveKey } from './platform/credentials/keys.ts';
import type { Platform } from './platform/platform.ts';
import { seedTimesheetDemo } from './timesheets/demo.ts';
import { seedTranslationDemo } from './translation/demo.ts';
import { openTranslationOf } from './translation-of.ts';

/** How to reach the demo tenant: the contract of `skep demo --json`. */
export interface Demo {
  tenant: string;
  baasbox: {
    appcode: string;
    admin: { username: string; password: string };
    user: { username: string; password: string };
    collection: string;
  };
  beebole: { account: string; token: string; adminToken: string };
  beefree: { apiKey: string };
  beebox: {
    project: string;
    login: string;
    password: string;
    adminLogin: string;
    adminPassword: string;
    sourceLocale: string;
    targetLocales: string[];
  };
}

const LABEL = 'demo';

/**
 * Fills the demo tenant, making it if needed. Its secrets are derived from the server key: they differ from
 * installation to installation, and can be shown again without being stored in clear.
 */
export async function seedDemo(platform: Platform, config: Config): Promise<Demo> {
  const key = deriveKey(platform.serverKey, 'demo');
  const secret = (name: string) =>
    createHmac('sha256', key).update(name).digest('hex').slice(0, 24);

  const tenant = await demoTenant(platform);
  const baasbox = {
    appcode: DEMO_APPCODE,
    admin: { username: 'admin', password: secret('baasbox admin') },
    user: { username: 'mira', password: secret('baasbox user') },
    collection: 'teas',
  };
  await seedBackendDemo(openBackendOf(platform, config), { tenant, ...baasbox });

  const { db, clock, credentials, tenants } = platform;
  const beebole = await seedTimesheetDemo(
    { db, clock, tokens: credentials.tokens, handles: tenants.handles },
    tenant,
  );

  const apiKey = `sk_${secret('beefree key')}${secret('beefree key, second half').slice(0, 16)}`;
  await ensureApiKey(platform, { tenant, label: LABEL, key: apiKey });

  const beebox = await seedTranslationDemo(platform, openTranslationOf(platform, config), {
    tenant,
    login: 'demo-cms',
    password: secret('beebox connector'),
    adminLogin: 'demo-admin',
    adminPassword: secret('beebox admin'),
  });
  return { tenant, baasbox, beebole, beefree: { apiKey }, beebox };
}
