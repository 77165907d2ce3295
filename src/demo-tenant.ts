// Which tenant is the demo's: the one with its app code.
import { APPCODE } from './backend/baasbox/access.ts';
import type { Platform } from './platform/platform.ts';

/** App code of the demo tenant. */
export const DEMO_APPCODE = 'demo';

export function findDemoTenant({
  tenants,
}: Pick<Platform, 'tenants'>): Promise<string | undefined> {
  return tenants.handles.find(APPCODE, DEMO_APPCODE);
}

/** The demo tenant, made when it is missing. */
export async function demoTenant(platform: Platform): Promise<string> {
  const { tenants, db } = platform;
  const existing = await findDemoTenant(platform);
  if (existing) return existing;
  return db.write(async (trx) => {
    const { id } = await tenants.create(trx, { name: 'demo' });
    await tenants.handles.add(trx, id, { kind: APPCODE, value: DEMO_APPCODE });
    return id;
  });
}
