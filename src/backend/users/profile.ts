// A user's profile: four sections with different audiences, and what is valid in them (BaasBox spec 5.1, 5.2).
import { Invalid } from '../../platform/errors.ts';
import type { JsonObject } from '../query/values.ts';
import type { UserRow } from './rows.ts';

/** Who sees a section: the user alone, followers too, everyone who signed up, everyone. */
export type Audience = 'self' | 'friends' | 'registered' | 'anonymous';

export type Sections = Partial<Record<Audience, JsonObject>>;

export interface Profile {
  id: string;
  name: string;
  status: 'active' | 'suspended';
  /** Names of the user's roles. */
  roles: string[];
  /** Sections as JSON texts. */
  sections: Record<Audience, string>;
  signedUpAt: number;
  generatedName: boolean;
}

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

/** The stored text of a section; facts about other networks come from `social` alone. */
export function sectionText(
  audience: Audience,
  section: JsonObject,
  social: JsonObject = {},
): string {
  if (audience !== 'registered') return JSON.stringify(section);
  const { [SOCIAL]: _discarded, ...own } = section;
  return JSON.stringify({ ...own, [SOCIAL]: social });
}

/** The profile in a row. */
export function profileOf(row: UserRow, roleName: string): Profile {
  return {
    id: row.id,
    name: row.name,
    status: row.status === 'suspended' ? 'suspended' : 'active',
    roles: [roleName],
    sections: {
      self: row.visible_to_self,
      friends: row.visible_to_friends,
      registered: row.visible_to_registered,
      anonymous: row.visible_to_anonymous,
    },
    signedUpAt: row.created_at,
    generatedName: row.generated_name !== 0,
  };
}
