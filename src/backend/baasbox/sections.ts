// Profile sections in request bodies (BaasBox spec 5.1).
import type { Audience, Sections } from '../users/profile.ts';
import type { JsonObject } from '../query/values.ts';
import { Failure } from './failure.ts';

/** Wire name of each profile section. */
export const SECTIONS: Readonly<Record<Audience, string>> = {
  self: 'visibleByTheUser',
  friends: 'visibleByFriends',
  registered: 'visibleByRegisteredUsers',
  anonymous: 'visibleByAnonymousUsers',
};

/**
 * The sections that are sent. `null` counts as not sent, because one client library always sends all four. Throws
 * `Failure` (400) for one that is no object.
 */
export function readSections(value: JsonObject): Sections {
  const sections: Sections = {};
  for (const [audience, field] of Object.entries(SECTIONS) as [Audience, string][]) {
    const section = value[field];
    if (section == null) continue;
    if (typeof section !== 'object' || Array.isArray(section)) {
      throw new Failure(400, 'One or more profile sections is not a valid JSON object');
    }
    sections[audience] = section;
  }
  return sections;
}
