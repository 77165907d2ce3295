// Settings of the BaasBox door.
import type { BackendOptions } from '../open.ts';
import Type, { type Static } from 'typebox';

/** A value that a setting has for good. */
const fixed = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);

/** The same, and what administrators may see and do. */
const handling = Type.Object(
  {
    value: Type.Optional(fixed),
    visible: Type.Optional(Type.Boolean()),
    editable: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** Address of a service of others. */
const service = (address: string, description: string) =>
  Type.String({ default: address, pattern: '^https?://', description });

const timeoutMs = (ms: number, description: string) =>
  Type.Integer({ default: ms, minimum: 10, maximum: 120_000, description });

export const baasboxConfig = Type.Object(
  {
    basicAuthFailureStatus: Type.Unsafe<400 | 401>(
      Type.Integer({
        enum: [400, 401],
        default: 400,
        description:
          'Status when Basic credentials are refused: 400 as the protocol document says, 401 as the original server did.',
      }),
    ),
    sessionTimeoutMinutes: Type.Integer({
      default: 15,
      minimum: 0,
      maximum: 525_600,
      description:
        'Minutes without use after which a session token of a new app ends; 0 keeps it for ever.',
    }),
    endSessionsAtStart: Type.Boolean({
      default: false,
      description:
        'Whether a start of the server ends all sessions, as the original did. Only for a single server process.',
    }),
    bodyLimitBytes: Type.Integer({
      default: 1_048_576,
      minimum: 1024,
      description: 'Largest JSON or form body, in bytes.',
    }),
    maxFileBytes: Type.Integer({
      default: 104_857_600,
      minimum: 1024,
      description: 'Largest file that can be uploaded, in bytes.',
    }),
    importLimits: Type.Object(
      {
        bytes: Type.Integer({
          default: 1_073_741_824,
          minimum: 1024,
          description: 'Largest archive that can be imported, in bytes.',
        }),
        unpackedBytes: Type.Integer({
          default: 17_179_869_184,
          minimum: 1024,
          description: 'What an archive may hold when it is unpacked, in bytes.',
        }),
      },
      { default: {}, additionalProperties: false },
    ),
    root: Type.Object(
      {
        password: Type.Optional(
          Type.String({
            minLength: 8,
            secret: true,
            description:
              'Password of `root`, who may call /root: backup, metrics, recovery of the administrator. Without it nobody may.',
          }),
        ),
        admin: Type.Boolean({
          default: false,
          description: 'Whether root may call everything, as an administrator of every app.',
        }),
      },
      { default: {}, additionalProperties: false },
    ),
    statistics: Type.Object(
      {
        os: Type.Boolean({
          default: true,
          description: 'Whether administrators of apps see the operating system and the processor.',
        }),
        memory: Type.Boolean({
          default: true,
          description: 'Whether administrators of apps see how much memory there is.',
        }),
      },
      { default: {}, additionalProperties: false },
    ),
    web: Type.Object(
      {
        enable: Type.Boolean({
          default: false,
          description: 'Whether unknown paths are looked up in the web folder; root can change it.',
        }),
        folder: Type.Optional(
          Type.String({
            description:
              'Folder with web pages, such as the app itself. Default: web in the data folder.',
          }),
        ),
      },
      { default: {}, additionalProperties: false },
    ),
    queryTimeoutMs: Type.Integer({
      default: 2000,
      minimum: 10,
      description: 'How long a search that scans a collection may run before it is stopped.',
    }),
    changeHours: Type.Integer({
      default: 24,
      minimum: 1,
      maximum: 8760,
      description:
        'How long changes of documents stay in the log of a collection that keeps one, in hours.',
    }),
    trustedHosts: Type.Array(Type.String({ pattern: '^[A-Za-z0-9.:[\\]-]+:\\d{1,5}$' }), {
      default: [],
      description:
        'Hosts with port, such as intranet.example:8080, that webhooks and plugins may reach though their address is private.',
    }),
    hideAccounts: Type.Boolean({
      default: false,
      description:
        'Whether asking for a new password always answers 200, so that nobody learns which users there are; the mail is then sent a moment later.',
    }),
    mail: Type.Object(
      {
        timeoutMs: timeoutMs(10_000, 'How long a mail server may take for one mail.'),
        perUserAndHour: Type.Integer({
          default: 10,
          minimum: 0,
          description: 'Mails for a lost password that one user gets in an hour; 0: any number.',
        }),
        privateServers: Type.Boolean({
          default: true,
          description:
            'Whether administrators of apps may name mail servers on this machine and in private networks.',
        }),
      },
      { default: {}, additionalProperties: false },
    ),
    push: Type.Object(
      {
        timeoutMs: timeoutMs(10_000, 'How long a push provider may take for one message.'),
        appleUrl: service('https://api.push.apple.com', "Apple's push service."),
        appleSandboxUrl: service(
          'https://api.sandbox.push.apple.com',
          "Apple's push service for apps in development.",
        ),
        googleUrl: service('https://fcm.googleapis.com', "Google's push service."),
        googleTokenUrl: service(
          'https://oauth2.googleapis.com',
          "Google's tokens for service accounts.",
        ),
      },
      { default: {}, additionalProperties: false },
    ),
    social: Type.Object(
      {
        timeoutMs: timeoutMs(10_000, 'How long another network may take to answer.'),
        facebookUrl: service('https://graph.facebook.com/v24.0', "Facebook's Graph API."),
        facebookLoginUrl: service('https://www.facebook.com/v24.0', "Facebook's login page."),
        googleTokenUrl: service('https://oauth2.googleapis.com', "Google's tokens."),
        googleUserUrl: service('https://openidconnect.googleapis.com', "Google's users."),
        googleLoginUrl: service('https://accounts.google.com', "Google's login page."),
        githubUrl: service('https://api.github.com', "GitHub's API."),
        githubLoginUrl: service('https://github.com', "GitHub's login page."),
      },
      { default: {}, additionalProperties: false },
    ),
    plugins: Type.Object(
      {
        enabled: Type.Boolean({
          default: true,
          description: 'Whether administrators of apps may let scripts run on this server.',
        }),
        threads: Type.Integer({
          default: 4,
          minimum: 1,
          maximum: 64,
          description: 'Scripts that run at the same time; one app leaves one of them to others.',
        }),
        cpuMs: Type.Integer({
          default: 1000,
          minimum: 10,
          maximum: 60_000,
          description: 'Processor time of one run.',
        }),
        timeoutMs: timeoutMs(10_000, 'How long one run may take, with its calls to the server.'),
        memoryMb: Type.Integer({
          default: 32,
          minimum: 17,
          maximum: 512,
          description: 'Memory of one run, in megabytes.',
        }),
        maxCalls: Type.Integer({
          default: 2000,
          minimum: 1,
          description: 'Calls to the server that one run may make.',
        }),
        transactionMs: timeoutMs(
          1000,
          'How long a transaction of a script may stay open; on SQLite other writers wait for it.',
        ),
      },
      { default: {}, additionalProperties: false },
    ),
    tellUsers: Type.Boolean({
      default: false,
      description:
        'Whether GET /user/{name}/exists says if there is such a user to whoever knows the app code; otherwise it is 501, as in the original.',
    }),
    settings: Type.Record(Type.String(), Type.Union([fixed, handling]), {
      default: {},
      // One of them is the password of the mail server.
      secret: true,
      description:
        'Settings of all apps that the operator decides, by key: a value fixes one, { "visible": false } hides it, { "editable": false } locks it.',
    }),
  },
  { default: {}, additionalProperties: false },
);

export type BaasboxConfig = Static<typeof baasboxConfig>;

/** How the room is opened with this configuration. */
export function backendOptions(
  config: BaasboxConfig,
  publicUrl: string | undefined,
): BackendOptions {
  const { hideAccounts, mail, push, social } = config;
  return {
    queryTimeoutMs: config.queryTimeoutMs,
    sessionTimeoutMinutes: config.sessionTimeoutMinutes,
    maxFileBytes: config.maxFileBytes,
    maxImportBytes: config.importLimits.bytes,
    maxUnpackedBytes: config.importLimits.unpackedBytes,
    changeHours: config.changeHours,
    trustedHosts: config.trustedHosts,
    settings: config.settings,
    outward: { hideAccounts, mail, push, social, publicUrl },
  };
}
