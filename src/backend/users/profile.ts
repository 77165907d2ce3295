// A user's profile: four sections with different audiences, and what is valid in them (BaasBox spec 5.1, 5.2).
import { Invalid } from '../../platform/errors.ts';
import { friendsGrantee } from '../acl/grantees.ts';
import type { Actor } from '../context.ts';
import { cleanText, isObject, type Json, type JsonObject } from '../query/values.ts';
import type { UserRow } from './rows.ts';

/** Who sees a section: the user alone, followers too, everyone who signed up, everyone. */
export type Audience = 'self' | 'friends' | 'registered' | 'anonymous';

export type Sections = Partial<Record<Audience, JsonObject>>;

export interface Profile {
  id: string;
  name: string;
  status: 'active' | 'suspended';
  /** Names of the user's roles, the assigned one first. */
  roles: string[];
  /** Sections as JSON texts; `null` where the reader may not look. */
  sections: Record<Audience, string | null>;
  signedUpAt: number;
  generatedName: boolean;
  /** What the user is reached by; only for those who may know. */
  devices?: Device[];
}

export interface Device {
  /** `ios` or `android`. */
  os: string;
  token: string;
}

export const AUDIENCES: readonly Audience[] = ['self', 'friends', 'registered', 'anonymous'];

/** The sections of the user's profile that the actor sees (spec 5.2). */
export function visibleTo(actor: Actor, userId: string): ReadonlySet<Audience> {
  if (actor.administrator || actor.user?.id === userId) return EVERYTHING;
  if (actor.grantees.includes(friendsGrantee(userId))) return FRIENDS;
  return actor.user ? REGISTERED : ANONYMOUS;
}

const EVERYTHING: ReadonlySet<Audience> = new Set(AUDIENCES);
const ANONYMOUS: ReadonlySet<Audience> = new Set(['anonymous']);
const REGISTERED: ReadonlySet<Audience> = new Set(['anonymous', 'registered']);
/** What followers see. */
export const FRIENDS: ReadonlySet<Audience> = new Set(['anonymous', 'registered', 'friends']);

/** Facts about accounts at other networks; clients cannot write them. */
const SOCIAL = '_social';

const EMAIL =
  /^[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9]+)*\.[A-Za-z]{2,}$/;
const MAX_EMAIL = 254;

/** The e-mail address in the sections. Throws `Invalid` (`bad_email`) when it is none. */
export function emailOf(sections: Sections): string | undefined {
  const email = sections.self?.['email'];
  if (email == null) return undefined;
  if (typeof email === 'string' && email.length <= MAX_EMAIL && EMAIL.test(email)) return email;
  throw new Invalid('bad_email', 'The email address must be valid');
}

/**
 * The stored text of a section, in characters that both engines can search; facts about other networks come from
 * `social` alone.
 */
export function sectionText(
  audience: Audience,
  section: JsonObject,
  social: JsonObject = {},
): string {
  if (audience !== 'registered') return cleaned(section);
  const { [SOCIAL]: _discarded, ...own } = section;
  return cleaned({ ...own, [SOCIAL]: social });
}

function cleaned(section: JsonObject): string {
  const text = JSON.stringify(section);
  // Only escapes spell what has to be replaced.
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text;
  return JSON.stringify(cleanValue(section));
}

function cleanValue(value: Json): Json {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [cleanText(name), cleanValue(inner)]),
  );
}

/** What a stored section says of accounts at other networks. */
export function socialOf(registered: string): JsonObject {
  const { [SOCIAL]: social } = JSON.parse(registered) as JsonObject;
  return isObject(social) ? social : {};
}

/** The profile in a row, as far as the reader may see it. */
export function profileOf(
  row: UserRow,
  roleName: string,
  {
    friendRoles = [],
    visible = EVERYTHING,
  }: { friendRoles?: readonly string[]; visible?: ReadonlySet<Audience> } = {},
): Profile {
  const shown = (audience: Audience, text: string) => (visible.has(audience) ? text : null);
  return {
    id: row.id,
    name: row.name,
    status: row.status === 'suspended' ? 'suspended' : 'active',
    roles: [roleName, ...friendRoles],
    sections: {
      self: shown('self', row.visible_to_self),
      friends: shown('friends', row.visible_to_friends),
      registered: shown('registered', row.visible_to_registered),
      anonymous: shown('anonymous', row.visible_to_anonymous),
    },
    signedUpAt: row.created_at,
    generatedName: row.generated_name !== 0,
  };
}
