// API tokens: one a person, shown again at any time, replaced on request (Beebole spec 2.4).
import { hexToken } from '../platform/credentials/token-formats.ts';
import type { Tokens } from '../platform/credentials/tokens.ts';
import { reading, type AccountContext } from './context.ts';
import { findAccount } from './accounts.ts';
import { findOfKind } from './entity-store.ts';
import type { Account, Person } from './model.ts';

const KIND = 'timesheets.api';

/** A token as its owner sees it. */
export interface ApiToken {
  /** 40 lower-case hexadecimal characters. */
  token: string;
  /** What follows `Basic ` in the header: the Base64 of the token, a colon and the letter x. */
  basic: string;
}

interface TokenContext extends AccountContext {
  tokens: Tokens;
}

/** The person's token; the first call makes it. */
export async function showApiToken(context: TokenContext, person: Person): Promise<ApiToken> {
  const { tokens, account } = context;
  const which = { tenant: account.tenantId, kind: KIND, subject: String(person.id) };
  const [existing] = await tokens.list(which);
  const token = existing && (await tokens.reveal(account.tenantId, existing.id));
  return token === undefined ? resetApiToken(context, person) : shown(token);
}

/** Gives the person a new token. The old one ends at once. */
export async function resetApiToken(context: TokenContext, person: Person): Promise<ApiToken> {
  const { tokens, account, db } = context;
  const { token } = await db.write((trx) =>
    tokens.issue(trx, {
      tenant: account.tenantId,
      kind: KIND,
      subject: String(person.id),
      format: hexToken,
      showable: true,
      only: true,
    }),
  );
  return shown(token);
}

/** For whom a token acts. */
export interface TokenOwner {
  account: Account;
  person: Person;
}

/** The account and person of a presented token; nothing when it is unknown or its person is deactivated. */
export async function verifyApiToken(
  context: Pick<TokenContext, 'db' | 'tokens'>,
  token: string,
): Promise<TokenOwner | undefined> {
  const check = await context.tokens.verify(KIND, token);
  if (!check.valid) return undefined;
  const sql = reading(context);
  const id = Number(check.subject);
  const account = await findAccount(sql, check.tenant);
  const person = account && (await findOfKind(sql, check.tenant, 'person', { id }));
  return account && person?.active ? { account, person } : undefined;
}

function shown(token: string): ApiToken {
  return { token, basic: Buffer.from(`${token}:x`, 'latin1').toString('base64') };
}
