// Push messages: whatever a client sends is either a message that providers understand or refused by a known code.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Invalid } from '../../platform/errors.ts';
import type { JsonObject } from '../query/values.ts';
import { readMessage, readProfiles, readUsers } from './message.ts';
import { androidMessage, applePayload } from './payload.ts';

const member = fc.oneof(
  fc.jsonValue(),
  fc.string(),
  fc.integer(),
  fc.array(fc.string()),
) as fc.Arbitrary<JsonObject[string]>;
const body = fc.dictionary(
  fc.constantFrom(
    'message',
    'custom',
    'sound',
    'badge',
    'actionLocalizedKey',
    'localizedKey',
    'localizedArguments',
    'category',
    'content-available',
    'collapse_key',
    'time_to_live',
    'users',
    'profiles',
    'other',
  ),
  member,
);

it('reads or refuses anything', () => {
  fc.assert(
    fc.property(body, fc.boolean(), (value, named) => {
      const sent: JsonObject = named ? { ...value, message: 'Tea' } : value;
      try {
        const message = readMessage(sent);
        readUsers(sent);
        readProfiles(sent);
        const apple = JSON.parse(applePayload(message)) as Record<string, unknown>;
        expect(Object.keys(apple).every((key) => key === 'aps' || key === 'custom')).toBe(true);
        // Google takes texts alone.
        const { data } = androidMessage(message, 60);
        expect(Object.values(data).every((one) => typeof one === 'string')).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(Invalid);
        expect((error as Invalid).code).toMatch(/^push_/);
      }
    }),
  );
});

it('counts repeats of users and profiles once', () => {
  expect(readUsers({ users: ['a', 'b', 'a'] })).toEqual(['a', 'b']);
  expect(readProfiles({ profiles: [3, 1, 3] })).toEqual([3, 1]);
  expect(readProfiles({})).toEqual([1]);
});
