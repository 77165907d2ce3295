// What is wrong with push messages and their settings, in the codes and texts of this protocol (BaasBox spec 3.5, 8.4).
import { Failure } from './failure.ts';

const invalid = (code: string, text: string) => () => new Failure(400, text, code);
const unavailable = (code: string, text: string) => () => new Failure(503, text, code);

/** A success with a reservation. */
export const SENT_WITH_RESERVATION = {
  code: 20001,
  text: 'Push notifications were sent but they may be subject to loss of data. HINT: check push settings in console',
};

export const PUSH_FAILURES: Readonly<Record<string, () => Failure>> = {
  push_no_body: invalid('40011', 'The body payload cannot be empty.'),
  push_message: invalid(
    '40020',
    "The body payload doesn't contain the 'message' key or message is NOT a String",
  ),
  push_profiles: invalid(
    '40021',
    'Push profile invalid. It must be an Array of integer and accepted values are 1,2 or 3',
  ),
  push_users: invalid('40022', 'Users MUST be an array of String'),
  push_no_users: invalid('40023', "The body payload doesn't contain key users"),
  push_sound: invalid('40024', 'Sound value MUST be a String'),
  push_badge: invalid('40025', 'Badge value MUST be a number'),
  push_action_key: invalid('40026', 'ActionLocalizedKey MUST be a String'),
  push_localized_key: invalid('40027', 'LocalizedKey MUST be a String'),
  push_localized_arguments: invalid('40028', 'LocalizedArguments MUST be an Array of String'),
  push_collapse_key: invalid('40029', 'Collapse_key MUST be a String'),
  push_time_to_live: invalid('40030', 'Time_to_live MUST be a positive number or equal zero'),
  push_content_available: invalid(
    '40031',
    'Content-available MUST be an Integer (1 for silent notification)',
  ),
  push_category: invalid('40032', 'Category MUST be a String'),
  push_incomplete: unavailable(
    '50301',
    'Push settings are not properly configured. HINT: go to administration console and check the settings',
  ),
  push_certificate: unavailable(
    '50301',
    'Push settings are not properly configured: the certificate or key for iOS cannot be used. HINT: check its password, or the ids of key and team',
  ),
  push_service_account: unavailable(
    '50304',
    'Could not save API KEY. HINT: Check your API Key, it must be the JSON of a service account for Firebase Cloud Messaging; keys of the former service do not work any more',
  ),
  push_disabled: unavailable('50305', 'Push app disabled, one or more app are disabled'),
  push_switch: unavailable(
    '50306',
    'Cannot switch, because settings for the selected mode are missing',
  ),
};
