// API keys of the content room: one per integration, shown once, revocable (Beefree spec 2.3).
import { prefixedToken } from '../platform/credentials/token-formats.ts';
import type {
  IssuedToken,
  TokenHolder,
  TokenInfo,
  Tokens,
} from '../platform/credentials/tokens.ts';
import type { Database } from '../platform/database/database.ts';
import type { Limits } from '../platform/limits/limits.ts';

const KIND = 'content.key';
const SUBJECT = 'tenant';
const PREFIX = 'sk_';

interface KeyContext {
  db: Database;
  credentials: { tokens: Tokens };
}

/** Makes a key with a label for people; its text is only known now. Throws `TooLarge` for an endless label. */
export function createApiKey(
  { db, credentials }: KeyContext,
  { tenant, label }: { tenant: string; label: string },
): Promise<IssuedToken> {
  const request = { tenant, kind: KIND, subject: SUBJECT, label, format: prefixedToken(PREFIX) };
  return db.write((trx) => credentials.tokens.issue(trx, request));
}

/** Makes sure that the tenant has exactly this key under this label, for demo data. */
export async function ensureApiKey(
  { db, credentials: { tokens } }: KeyContext,
  { tenant, label, key }: { tenant: string; label: string; key: string },
): Promise<void> {
  if ((await tokens.verify(KIND, key)).valid) return;
  const request = { tenant, kind: KIND, subject: SUBJECT, label, format: () => key };
  await db.write((trx) => tokens.issue(trx, request));
}

/** A key, and how often it called in this month (UTC). */
export interface ApiKeyInfo extends TokenInfo {
  callsThisMonth: number;
}

/** The keys of a tenant, without their texts. */
export async function listApiKeys(
  { credentials, limits }: KeyContext & { limits: Limits },
  tenant: string,
): Promise<ApiKeyInfo[]> {
  const keys = await credentials.tokens.list({ tenant, kind: KIND, subject: SUBJECT });
  return Promise.all(
    keys.map(async (key) => {
      const { requests } = await limits.spend({ ...calls(tenant, key.id), requests: 0 });
      return { ...key, callsThisMonth: requests.used };
    }),
  );
}

/** Counts a call that was let in. Nothing is refused: the allowance is for the operator to look at (Beefree spec 2.5). */
export async function countCall(
  { limits }: { limits: Limits },
  tenant: string,
  id: string,
): Promise<void> {
  await limits.spend(calls(tenant, id));
}

const calls = (tenant: string, credential: string) =>
  ({
    tenant,
    credential,
    budget: 'content.calls',
    period: 'month',
    maxRequests: 0,
    maxBytes: 0,
  }) as const;

/** Ends a key at once. False when there is none with this id. */
export function revokeApiKey(
  { db, credentials }: KeyContext,
  tenant: string,
  id: string,
): Promise<boolean> {
  return db.write((trx) => credentials.tokens.revokeId(trx, tenant, id));
}

/** Who a presented key belongs to; nothing when it is unknown or revoked. */
export async function verifyApiKey(
  { credentials }: Pick<KeyContext, 'credentials'>,
  key: string,
): Promise<TokenHolder | undefined> {
  const check = await credentials.tokens.verify(KIND, key);
  return check.valid ? check : undefined;
}
