// Which account of another network belongs to which user: stored in a table, and told to members in the user's profile.
import type { Transaction } from '../../platform/database/statement.ts';
import type { BackendContext } from '../context.ts';
import type { JsonObject } from '../query/values.ts';
import type { SocialIdentity } from './network.ts';
import {
  insertLink,
  linksOfUser,
  lockSection,
  removeLinksOfUser,
  renewLink,
  writeSection,
  type LinkRow,
} from './rows.ts';

/** What the client handed over; kept sealed, because it is shown to its owner again. */
export interface SocialToken {
  token: string;
  secret: string;
}

/** Member of the section that everyone who signed up may see; clients cannot write it. */
const SOCIAL = '_social';

/** Stores a link. False when somebody has this account already, or the user has another one of the network. */
export async function addLink(
  trx: Transaction,
  context: BackendContext,
  owner: { tenant: string; userId: string },
  { network, identity, token }: { network: string; identity: SocialIdentity; token: SocialToken },
): Promise<boolean> {
  const { tenant, userId } = owner;
  const row = {
    tenant_id: tenant,
    network,
    social_id: identity.id,
    user_id: userId,
    username: identity.username ?? null,
    sealed: sealed(context, tenant, network, identity.id, token),
    facts: JSON.stringify(factsOf(identity)),
    linked_at: context.clock.now(),
  };
  if ((await insertLink.run(trx, row)) === 0) return false;
  await tellProfile(trx, tenant, userId);
  return true;
}

/** Keeps the newest token of a link. */
export async function refreshLink(
  trx: Transaction,
  context: BackendContext,
  tenant: string,
  { network, identity, token }: { network: string; identity: SocialIdentity; token: SocialToken },
): Promise<void> {
  await renewLink.run(trx, {
    tenant,
    network,
    socialId: identity.id,
    username: identity.username ?? null,
    sealed: sealed(context, tenant, network, identity.id, token),
    facts: JSON.stringify(factsOf(identity)),
  });
}

/** Removes the links of a user who is being deleted. */
export async function removeSocialLinks(
  trx: Transaction,
  tenant: string,
  user: string,
): Promise<void> {
  await removeLinksOfUser.run(trx, { tenant, user });
}

/** Writes the ids of all links of a user into the profile. */
export async function tellProfile(trx: Transaction, tenant: string, user: string): Promise<void> {
  const locked = await lockSection.first(trx, { tenant, user });
  if (!locked) return;
  const links = await linksOfUser.all(trx, { tenant, user });
  const social = Object.fromEntries(
    links.map(({ network, social_id: id }) => [network, { id }] as const),
  );
  const section = JSON.parse(locked.visible_to_registered) as JsonObject;
  const text = JSON.stringify({ ...section, [SOCIAL]: social });
  await writeSection.run(trx, { tenant, user, section: text });
}

/** The token of a link; nothing when it was stored under another server key. */
export function openToken(
  { sealer }: BackendContext,
  tenant: string,
  { network, social_id: id, sealed: text }: LinkRow,
): SocialToken | undefined {
  const opened = sealer.unseal(text, sealContext(tenant, network, id));
  return opened === undefined ? undefined : (JSON.parse(opened) as SocialToken);
}

function sealed(
  { sealer }: BackendContext,
  tenant: string,
  network: string,
  id: string,
  token: SocialToken,
): string {
  return sealer.seal(JSON.stringify(token), sealContext(tenant, network, id));
}

/** What the token of a link is sealed for. */
export function sealContext(tenant: string, network: string, id: string): string {
  return JSON.stringify(['social', tenant, network, id]);
}

/** What profiles and lists tell of somebody. */
export function factsOf({ id: _id, username: _username, ...facts }: SocialIdentity): JsonObject {
  return facts;
}
