// What root decides for the whole server while it runs (BaasBox spec 5.15).
import type { BackendContext } from '../context.ts';

export interface ServerSettings {
  /** How large the database should not become, in bytes; 0: no bound. Only shown: nothing is refused. */
  databaseBytes: number;
  /** From how many percent of free space on operators should look. Only shown. */
  alertPercent: number;
  /** Whether unknown paths are looked up in the web folder; `undefined`: as configured at the start. */
  web: boolean | undefined;
}

/** The server's own settings belong to no tenant. */
const SERVER = '';
const NAME = 'backend.server';

const DEFAULTS: ServerSettings = { databaseBytes: 0, alertPercent: 10, web: undefined };

export async function serverSettings({ tenants }: BackendContext): Promise<ServerSettings> {
  return {
    ...DEFAULTS,
    ...(await tenants.settings.get<Partial<ServerSettings>>(SERVER, NAME)),
  };
}

/** Changes those that are given. */
export async function changeServerSettings(
  { db, tenants }: BackendContext,
  change: Partial<ServerSettings>,
): Promise<void> {
  await db.write(async (trx) => {
    const stored = await tenants.settings.get<Partial<ServerSettings>>(SERVER, NAME, trx);
    await tenants.settings.set(trx, SERVER, NAME, { ...stored, ...change });
  });
}
