// Logging in through other networks, and linking their accounts to one's own (BaasBox spec 2.10).
import type { PasswordIdentity } from '../../platform/credentials/passwords.ts';
import {
  Conflict,
  DomainError,
  Invalid,
  NotFound,
  Unauthenticated,
} from '../../platform/errors.ts';
import type { Actor, BackendContext } from '../context.ts';
import type { JsonObject } from '../query/values.ts';
import { REGISTERED } from '../roles/roles.ts';
import { settings } from '../settings/settings.ts';
import { addAccount, USER_REALM } from '../users/accounts.ts';
import { findUser } from '../users/rows.ts';
import {
  addLink,
  factsOf,
  openToken,
  refreshLink,
  tellProfile,
  type SocialToken,
} from './links.ts';
import {
  NETWORKS,
  type NetworkName,
  type SocialApp,
  type SocialIdentity,
  type SocialNetwork,
} from './network.ts';
import { linkBySocialId, linksOfUser, lockSection, markGenerated, removeLink } from './rows.ts';

/** Characters of a token that is sent in; those of all networks are shorter. */
const MAX_TOKEN = 8192;
const PASSWORD_LENGTH = 40;
const STATE_MS = 15 * 60_000;

interface Enabled {
  name: NetworkName;
  network: SocialNetwork;
  app: SocialApp;
}

/** The network, if the app lets people in through it. Throws `Invalid` (`social_disabled`). */
async function enabledNetwork(
  context: BackendContext,
  tenant: string,
  name: string,
): Promise<Enabled> {
  const known = NETWORKS.find((network) => network === name);
  const disabled = new Invalid('social_disabled', `Social login for ${name} is not enabled`);
  if (!known) throw disabled;
  const [enabled, id, secret] = [
    `social.${known}.enabled`,
    `social.${known}.token`,
    `social.${known}.secret`,
  ] as const;
  const own = await settings(context, tenant, enabled, id, secret);
  if (!own[enabled] || !own[id] || !own[secret]) throw disabled;
  const app = { id: own[id], secret: own[secret] };
  return { name: known, network: context.outward.networks[known], app };
}

/**
 * Whose account this is: that of the user who is linked to the token's owner, or a new one with a random name.
 * Throws `Invalid` (`social_disabled`, `social_token`), `Unauthenticated` (`suspended`), `Unavailable` (`social_provider`).
 */
export async function loginThrough(
  context: BackendContext,
  tenant: string,
  name: string,
  token: SocialToken,
): Promise<PasswordIdentity> {
  const found = await enabledNetwork(context, tenant, name);
  const identity = await identify(found, token);
  const known = { network: found.name, identity, token };
  const existing = await loginLinked(context, tenant, known);
  if (existing) return existing;
  const created = await createLinked(context, tenant, known);
  if (created) return created;
  // Two first logins at once: the other one has made the account.
  const others = await loginLinked(context, tenant, known);
  if (others) return others;
  throw new Conflict('social_contended', 'The account could not be made, try again');
}

async function identify({ network, app }: Enabled, { token }: SocialToken) {
  if (token.length > MAX_TOKEN) throw new Invalid('social_token', 'The token is too long');
  return network.identify(app, token);
}

interface Known {
  network: NetworkName;
  identity: SocialIdentity;
  token: SocialToken;
}

async function loginLinked(
  context: BackendContext,
  tenant: string,
  known: Known,
): Promise<PasswordIdentity | undefined> {
  const { network, identity } = known;
  const link = await linkBySocialId.first(context.db, { tenant, network, socialId: identity.id });
  const user = link && (await findUser(context.db, tenant, link.user_id));
  if (!user) return undefined;
  const { passwords } = context.credentials;
  const holder = await passwords.find({ tenant, realm: USER_REALM, name: user.name });
  if (!holder || holder.suspended) {
    throw new Unauthenticated('suspended', `User ${user.name} is not authorized to access`);
  }
  await context.db.write((trx) => refreshLink(trx, context, tenant, known));
  return holder;
}

/** A new user of that person; nothing when there is one by now. */
async function createLinked(
  context: BackendContext,
  tenant: string,
  known: Known,
): Promise<PasswordIdentity | undefined> {
  const { random, credentials, db } = context;
  // Nobody knows it: the network vouches for this user. A lost-password mail can set another one.
  const password = await credentials.passwords.prepare(random.alphanumeric(PASSWORD_LENGTH));
  const facts = factsOf(known.identity);
  const { email: _taken, ...others } = facts;
  for (const self of [facts, others]) {
    try {
      return await db.write(async (trx) => {
        const account = { name: random.uuid(), sections: { self: usable(self) } };
        const { identity } = await addAccount(trx, context, tenant, account, password, REGISTERED);
        await markGenerated.run(trx, { tenant, user: identity.subject });
        const owner = { tenant, userId: identity.subject };
        if (await addLink(trx, context, owner, known)) return identity;
        throw new Conflict('social_linked', 'There is such a user by now');
      });
    } catch (error) {
      const code = error instanceof DomainError ? error.code : '';
      if (code === 'social_linked') return undefined;
      // Somebody else has this address. It is not proof enough to let anyone into their account.
      const withoutEmail = code === 'account_taken' || code === 'bad_email';
      if (!withoutEmail || self === others) throw error;
    }
  }
  return undefined;
}

function usable(facts: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/**
 * Links the account to the caller. Throws like `loginThrough`, and `Conflict` (`social_taken`) when another user has it,
 * or the caller another one of that network.
 */
export async function linkAccount(
  context: BackendContext,
  actor: Actor,
  name: string,
  token: SocialToken,
): Promise<void> {
  const { tenant, user } = actor;
  if (!user) throw new NotFound('no_user', 'There is no such user');
  const found = await enabledNetwork(context, tenant, name);
  const identity = await identify(found, token);
  const known = { network: found.name, identity, token };
  await context.db.write(async (trx) => {
    const key = { tenant, network: found.name, socialId: identity.id };
    const link = await linkBySocialId.first(trx, key);
    if (link && link.user_id !== user.id) throw taken();
    if (link) return refreshLink(trx, context, tenant, known);
    // Another account of the same network takes the place of the one before.
    await removeLink.run(trx, { tenant, user: user.id, network: found.name });
    const added = await addLink(trx, context, { tenant, userId: user.id }, known);
    if (!added) throw taken();
    return undefined;
  });
}

function taken(): Conflict {
  return new Conflict(
    'social_taken',
    'A user with this account exists already, and it is not the current user',
  );
}

/**
 * Ends a link of the caller. Throws `NotFound` (`social_not_linked`), `Conflict` (`social_last`) when it is the only way
 * to log in: a name that nobody chose, and no other network.
 */
export async function unlinkAccount(
  context: BackendContext,
  { tenant, user }: Actor,
  network: string,
): Promise<void> {
  if (!user) throw new NotFound('no_user', 'There is no such user');
  await context.db.write(async (trx) => {
    const row = await lockSection.first(trx, { tenant, user: user.id });
    const links = await linksOfUser.all(trx, { tenant, user: user.id });
    if (!row || !links.some((link) => link.network === network)) {
      throw new NotFound('social_not_linked', `The account is not linked with ${network}`);
    }
    if (links.length === 1 && row.generated_name !== 0) {
      throw new Conflict('social_last', 'This is the only way to log in to the account');
    }
    await removeLink.run(trx, { tenant, user: user.id, network });
    await tellProfile(trx, tenant, user.id);
  });
}

export interface Connection extends SocialToken {
  network: string;
  id: string;
  username: string | undefined;
  facts: JsonObject;
}

/** The caller's links, oldest first. */
export async function connectionsOf(
  context: BackendContext,
  { tenant, user }: Actor,
): Promise<Connection[]> {
  if (!user) return [];
  const links = await linksOfUser.all(context.db, { tenant, user: user.id });
  return links.map((link) => ({
    network: link.network,
    id: link.social_id,
    username: link.username ?? undefined,
    facts: JSON.parse(link.facts) as JsonObject,
    ...(openToken(context, tenant, link) ?? { token: '', secret: '' }),
  }));
}

/** Where a browser logs in at the network; it comes back to `redirectUri`. Throws `Invalid` (`social_disabled`). */
export async function authorizeUrl(
  context: BackendContext,
  tenant: string,
  name: string,
  redirectUri: string,
): Promise<string> {
  const { network, app } = await enabledNetwork(context, tenant, name);
  const until = context.clock.now() + STATE_MS;
  const nonce = context.random.alphanumeric(16);
  const state = context.sealer.seal(`${until} ${nonce}`, stateContext(tenant, name));
  return network.authorizeUrl(app, { redirectUri, state });
}

/**
 * The token for the code that a browser brings back. Throws `Invalid` (`social_disabled`, `social_state` when the answer
 * does not belong to one of our links of the last 15 minutes, `social_token`), `Unavailable` (`social_provider`).
 */
export async function exchangeCode(
  context: BackendContext,
  tenant: string,
  name: string,
  back: { redirectUri: string; code: string; state: string },
): Promise<string> {
  const { network, app } = await enabledNetwork(context, tenant, name);
  const opened = context.sealer.unseal(back.state, stateContext(tenant, name));
  if (opened === undefined || Number.parseInt(opened, 10) <= context.clock.now()) {
    throw new Invalid('social_state', 'The login was not begun here, or it took too long');
  }
  return network.exchange(app, back);
}

function stateContext(tenant: string, network: string): string {
  return JSON.stringify(['social-state', tenant, network]);
}
