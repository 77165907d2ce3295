// Push messages: what they may hold, and what is wrong with one (BaasBox spec 3.5, 5.9).
import { Invalid } from '../../platform/errors.ts';
import type { Json, JsonObject } from '../query/values.ts';

export interface PushMessage {
  message: string;
  /** Anything, handed to the app as it is. */
  custom: Json | undefined;
  sound: string | undefined;
  badge: number | undefined;
  actionLocalizedKey: string | undefined;
  localizedKey: string | undefined;
  localizedArguments: string[] | undefined;
  category: string | undefined;
  /** 1: the app is woken, the person sees nothing. */
  contentAvailable: number | undefined;
  collapseKey: string | undefined;
  /** Seconds for which the message is worth delivering. */
  timeToLive: number | undefined;
}

export type ProfileNumber = 1 | 2 | 3;

/** Four weeks: what the providers keep a message at most. */
export const MAX_TIME_TO_LIVE = 2_419_200;

/** Users of one message. */
const MAX_USERS = 100_000;

/**
 * The message in a JSON value. Throws `Invalid` with a code for each member: `push_message`, `push_sound`, `push_badge`,
 * `push_action_key`, `push_localized_key`, `push_localized_arguments`, `push_category`, `push_content_available`,
 * `push_collapse_key`, `push_time_to_live`.
 */
export function readMessage(value: JsonObject): PushMessage {
  const text = (name: string, code: string) => member(value, name, isText, code);
  const message = text('message', 'push_message');
  if (message === undefined) throw bad('push_message', 'message');
  return {
    message,
    custom: Object.hasOwn(value, 'custom') ? value['custom'] : undefined,
    contentAvailable: member(value, 'content-available', isInteger, 'push_content_available'),
    category: text('category', 'push_category'),
    sound: text('sound', 'push_sound'),
    actionLocalizedKey: text('actionLocalizedKey', 'push_action_key'),
    localizedKey: text('localizedKey', 'push_localized_key'),
    localizedArguments: member(value, 'localizedArguments', areTexts, 'push_localized_arguments'),
    badge: member(value, 'badge', isInteger, 'push_badge'),
    collapseKey: text('collapse_key', 'push_collapse_key'),
    timeToLive: member(value, 'time_to_live', isTimeToLive, 'push_time_to_live'),
  };
}

/** The names of the users, each once. Throws `Invalid`: `push_no_users` without any list, `push_users` for another value. */
export function readUsers(value: JsonObject): string[] {
  if (!Object.hasOwn(value, 'users')) throw bad('push_no_users', 'users');
  const users = value['users'];
  if (!areTexts(users) || users.length > MAX_USERS) throw bad('push_users', 'users');
  return [...new Set(users)];
}

/** The profiles, each once; the first one when none is named. Throws `Invalid` (`push_profiles`). */
export function readProfiles(value: JsonObject): ProfileNumber[] {
  if (!Object.hasOwn(value, 'profiles')) return [1];
  const profiles = value['profiles'];
  if (!Array.isArray(profiles) || !profiles.every(isProfile))
    throw bad('push_profiles', 'profiles');
  return [...new Set(profiles)];
}

function member<Type extends Json>(
  value: JsonObject,
  name: string,
  is: (given: unknown) => given is Type,
  code: string,
): Type | undefined {
  if (!Object.hasOwn(value, name)) return undefined;
  const given = value[name];
  if (!is(given)) throw bad(code, name);
  return given;
}

const isText = (given: unknown): given is string => typeof given === 'string';
const isInteger = (given: unknown): given is number => Number.isSafeInteger(given);
const areTexts = (given: unknown): given is string[] => Array.isArray(given) && given.every(isText);
const isTimeToLive = (given: unknown): given is number =>
  isInteger(given) && given >= 0 && given <= MAX_TIME_TO_LIVE;
const isProfile = (given: unknown): given is ProfileNumber =>
  given === 1 || given === 2 || given === 3;

function bad(code: string, name: string): Invalid {
  return new Invalid(code, `The value of ${name} is not valid`);
}
