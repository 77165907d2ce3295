// Every setting of an app that administrators change while it runs: key, type, default, what it is for (BaasBox spec 5.10).
import { Invalid } from '../../platform/errors.ts';
import { MAIL_HTML, MAIL_TEXT, RESET_FEEDBACK_PAGE, RESET_PAGE } from './default-templates.ts';

export type SettingType = 'string' | 'integer' | 'boolean' | 'file';

export interface Definition<Type extends SettingType = SettingType> {
  section: Section;
  type: Type;
  description: string;
  /** Of files there is none. */
  fallback: Type extends 'integer' ? number : Type extends 'boolean' ? boolean : string;
  /** Stored sealed, and never shown. */
  secret?: boolean;
  /** Numbers only. */
  range?: readonly [number, number];
  /** Throws `Invalid` (`bad_setting`) for a text that this setting cannot have. */
  check?: (text: string) => void;
}

/** The sections in the order in which they are listed. */
export const SECTIONS = {
  PasswordRecovery: 'How users set a new password when they have lost theirs',
  Application: 'The app as a whole',
  Push: 'Push messages',
  Images: 'Images and their sizes',
  Social: 'Logging in through other networks',
} as const;

export type Section = keyof typeof SECTIONS;

const YEAR_MINUTES = 525_600;
const PORTS = [1, 65_535] as const;

const text =
  (section: Section) =>
  (
    description: string,
    fallback = '',
    more: Pick<Definition, 'secret' | 'check'> = {},
  ): Definition<'string'> => ({ section, type: 'string', description, fallback, ...more });

const integer =
  (section: Section) =>
  (
    description: string,
    fallback: number,
    range: readonly [number, number],
  ): Definition<'integer'> => ({ section, type: 'integer', description, fallback, range });

const flag =
  (section: Section) =>
  (description: string, fallback = false): Definition<'boolean'> => ({
    section,
    type: 'boolean',
    description,
    fallback,
  });

const secret = { secret: true };

/** For what ends up in a header or an address: a second line would be another header. */
const oneLine = {
  check: (value: string) => {
    // oxlint-disable-next-line no-control-regex
    if (/[\u0000-\u001f\u007f]/.test(value)) {
      throw new Invalid('bad_setting', 'the value must be one line of text');
    }
  },
};

const mail = text('PasswordRecovery');
const PASSWORD_RECOVERY = {
  'email.template.text': mail(
    'The mail that is sent when a user asks for a new password, as plain text; $link$ in it becomes the link to follow',
    MAIL_TEXT,
    { check: holdsLink },
  ),
  'email.template.html': mail(
    'The mail that is sent when a user asks for a new password, as HTML; $link$ in it becomes the link to follow',
    MAIL_HTML,
    { check: holdsLink },
  ),
  'email.from': mail('Who the mail is from: name and address', '', oneLine),
  'email.subject': mail('The subject of the mail', 'Set a new password', oneLine),
  'email.expiration.time': integer('PasswordRecovery')(
    'Minutes during which the link in the mail can be used',
    15,
    [1, YEAR_MINUTES],
  ),
  'page.html.template': mail(
    'The page on which the new password is typed; it may hold $user_name$, $link$, $error$, $password$, $repeat_password$ and $application_name$',
    RESET_PAGE,
  ),
  'page.html.feedback.template': mail(
    'The page that says how it went; it may hold $user_name$, $message$, $error$ and $application_name$',
    RESET_FEEDBACK_PAGE,
  ),
  'network.smtp.host': mail('Name or address of the mail server', '', oneLine),
  'network.smtp.port': integer('PasswordRecovery')('Port of the mail server', 25, PORTS),
  'network.smtp.ssl': flag('PasswordRecovery')(
    'Whether the connection to the mail server is encrypted from the start',
  ),
  'network.smtp.tls': flag('PasswordRecovery')(
    'Whether the connection to the mail server must be encrypted before the mail is sent',
  ),
  'network.smtp.authentication': flag('PasswordRecovery')(
    'Whether the mail server asks for a login',
  ),
  'network.smtp.user': mail('The login at the mail server'),
  'network.smtp.password': mail('The password at the mail server', '', secret),
};

const APPLICATION = {
  'application.name': text('Application')('The name of the app', 'BaasBox', oneLine),
  'session_tokens.timeout': integer('Application')(
    'Minutes without use after which a session token ends; 0: never',
    15,
    [0, YEAR_MINUTES],
  ),
  'network.http.ssl': flag('Application')('Whether clients reach this server by https'),
  'network.http.url': text('Application')(
    'Name or address under which clients reach this server',
    'localhost',
    oneLine,
  ),
  'network.http.port': integer('Application')(
    'Port under which clients reach this server',
    9000,
    PORTS,
  ),
};

/** The settings of one push profile. */
const PROFILE = {
  'push.profile.enable': flag('Push')('Whether messages may be sent with this profile'),
  'push.sandbox.enable': flag('Push')(
    'Whether this profile sends to the test environment or to the real one',
    true,
  ),
  'push.apple.timeout': integer('Push')(
    'Milliseconds that Apple may take to answer; 0: as long as the server allows',
    0,
    [0, 600_000],
  ),
  ...pushKeys('sandbox', 'in the test environment'),
  ...pushKeys('production', 'in the real environment'),
};

type PushMode = 'sandbox' | 'production';
type PushKeys<Mode extends PushMode> = {
  [
    Key in
      | `${Mode}.android.api.key`
      | `${Mode}.ios.certificate.password`
      | `${Mode}.ios.key.id`
      | `${Mode}.ios.team.id`
      | `${Mode}.ios.topic`
  ]: Definition<'string'>;
} & { [Key in `${Mode}.ios.certificate`]: Definition<'file'> };

function pushKeys<Mode extends PushMode>(mode: Mode, where: string): PushKeys<Mode> {
  return {
    [`${mode}.android.api.key`]: text('Push')(
      `The service account, as JSON, that sends to Android devices ${where}`,
      '',
      secret,
    ),
    [`${mode}.ios.certificate`]: {
      section: 'Push',
      type: 'file',
      description: `The certificate or signing key for Apple devices ${where}`,
      fallback: '',
    },
    [`${mode}.ios.certificate.password`]: text('Push')(
      `The password of the certificate for Apple devices ${where}`,
      '',
      secret,
    ),
    [`${mode}.ios.key.id`]: text('Push')(`The id of the signing key for Apple devices ${where}`),
    [`${mode}.ios.team.id`]: text('Push')(
      `The id of the team that the signing key for Apple devices ${where} belongs to`,
    ),
    [`${mode}.ios.topic`]: text('Push')(`The bundle id of the app on Apple devices ${where}`),
  } as unknown as PushKeys<Mode>;
}

export type PushProfile = 1 | 2 | 3;
type PushSettings = {
  [
    Key in `profile${PushProfile}.${keyof typeof PROFILE}`
  ]: Key extends `profile${PushProfile}.${infer Own extends keyof typeof PROFILE}`
    ? (typeof PROFILE)[Own]
    : never;
};

const PUSH = Object.fromEntries(
  [1, 2, 3].flatMap((number) =>
    Object.entries(PROFILE).map(([key, definition]) => [`profile${number}.${key}`, definition]),
  ),
) as PushSettings;

const IMAGES = {
  'image.allows.automatic.resize': flag('Images')(
    'Whether images may be asked for in other sizes',
    true,
  ),
  'image.allowed.automatic.resize.formats': text('Images')(
    'The sizes that may be asked for, separated by blanks',
    '25% 50% 75% <=80px',
    { check: areSizes },
  ),
};

const network = (name: string) => ({
  token: text('Social')(`The id of the app at ${name}`),
  secret: text('Social')(`The secret of the app at ${name}`, '', secret),
  enabled: flag('Social')(`Whether users may log in through ${name}`),
});
const [facebook, google, github, twitter] = [
  network('Facebook'),
  network('Google'),
  network('GitHub'),
  network('Twitter'),
];

const SOCIAL = {
  'social.facebook.token': facebook.token,
  'social.facebook.secret': facebook.secret,
  'social.facebook.enabled': facebook.enabled,
  'social.google.token': google.token,
  'social.google.secret': google.secret,
  'social.google.enabled': google.enabled,
  'social.github.token': github.token,
  'social.github.secret': github.secret,
  'social.github.enabled': github.enabled,
  'social.twitter.token': twitter.token,
  'social.twitter.secret': twitter.secret,
  'social.twitter.enabled': twitter.enabled,
};

/** Every setting by key, section after section. */
export const SETTINGS = {
  ...PASSWORD_RECOVERY,
  ...APPLICATION,
  ...PUSH,
  ...IMAGES,
  ...SOCIAL,
};

export type SettingKey = keyof typeof SETTINGS;

/** Settings whose values are files. */
export type FileKey = {
  [Key in SettingKey]: (typeof SETTINGS)[Key]['type'] extends 'file' ? Key : never;
}[SettingKey];

/** Settings whose values are texts, numbers or truth values. */
export type ValueKey = Exclude<SettingKey, FileKey>;

/** What a setting's value is to those who read it. */
export type SettingValue<Key extends ValueKey> = (typeof SETTINGS)[Key]['fallback'];

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key);
}

export function isSection(name: string): name is Section {
  return Object.hasOwn(SECTIONS, name);
}

export function definitionOf(key: SettingKey): Definition {
  return SETTINGS[key];
}

/** The keys of a section in order. */
export function keysOf(section: Section): SettingKey[] {
  return (Object.keys(SETTINGS) as SettingKey[]).filter(
    (key) => definitionOf(key).section === section,
  );
}

function holdsLink(template: string): void {
  if (!template.includes('$link$')) {
    throw new Invalid('bad_setting', 'A template of a mail must hold $link$');
  }
}

const SIZE = /^(?:\d{1,5}%|<=\d{1,5}px|\d{1,5}(?:px|%)?-\d{1,5}(?:px|%)?)$/;
const MAX_SIZES = 50;

function areSizes(sizes: string): void {
  const list = sizes.split(/\s+/).filter((size) => size !== '');
  const wrong = list.find((size) => !SIZE.test(size));
  if (wrong !== undefined) {
    throw new Invalid('bad_setting', `${wrong.slice(0, 100)} is not a size of an image`);
  }
  if (list.length > MAX_SIZES) {
    throw new Invalid('bad_setting', `At most ${MAX_SIZES} sizes can be allowed`);
  }
}
