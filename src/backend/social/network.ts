// What the room asks of another network: whose token this is, and where to get one (BaasBox spec 2.10).
import { Invalid, Unavailable } from '../../platform/errors.ts';

export const NETWORKS = ['facebook', 'google', 'github'] as const;
export type NetworkName = (typeof NETWORKS)[number];

/** What the network knows the app by. */
export interface SocialApp {
  /** The id of the app; for Google several may be given, separated by blanks: the first one is used for links. */
  id: string;
  secret: string;
}

/** Who somebody is there, with what they let the app see. */
export interface SocialIdentity {
  /** The network's own, never changing. */
  id: string;
  username?: string;
  name?: string;
  /** Only when the network vouches for it. */
  email?: string;
  gender?: string;
  personalUrl?: string;
}

/** A network. All three throw `Invalid` (`social_token`) when it refuses, `Unavailable` (`social_provider`) when it fails. */
export interface SocialNetwork {
  /** Whose token it is; a token that was made for another app is refused. */
  identify(app: SocialApp, token: string): Promise<SocialIdentity>;
  /** Where a browser is sent to log in there. */
  authorizeUrl(app: SocialApp, back: { redirectUri: string; state: string }): string;
  /** The token for the code with which the browser came back. */
  exchange(app: SocialApp, back: { redirectUri: string; code: string }): Promise<string>;
}

export function refused(network: string): Invalid {
  return new Invalid('social_token', `The token was refused by ${network}`);
}

export function failed(network: string, cause?: unknown): Unavailable {
  return new Unavailable('social_provider', `${network} could not be asked`, {}, { cause });
}

/** Text of a member, when it is one and not empty. */
export function textOf(
  object: Readonly<Record<string, unknown>>,
  member: string,
): string | undefined {
  const value = object[member];
  return typeof value === 'string' && value !== '' ? value.slice(0, 1000) : undefined;
}

/** Leaves out what is not known. */
export function identityOf(
  id: string,
  facts: { [Fact in Exclude<keyof SocialIdentity, 'id'>]: string | undefined },
): SocialIdentity {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return { id, ...(Object.fromEntries(known) as Omit<SocialIdentity, 'id'>) };
}
