// Settings of the ground: address, data, database, logs, HTTP limits.
import Type, { type Static } from 'typebox';

const choice = <Values extends string[]>(
  values: [...Values],
  options: { default: Values[number]; description: string },
) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    options,
  ) as unknown as ReturnType<typeof Type.Unsafe<Values[number]>>;

/** Every setting has a default, so an empty configuration starts. `secret` values are masked wherever settings are shown. */
export const platformSettings = {
  host: Type.String({ default: '127.0.0.1', description: 'Address to listen on.' }),
  port: Type.Integer({
    default: 9000,
    minimum: 0,
    maximum: 65_535,
    description: 'Port to listen on; 0 picks a free one.',
  }),
  publicUrl: Type.Optional(
    Type.String({
      description:
        'URL under which clients reach this server, for links that it hands out. Default: the Host of the request.',
    }),
  ),
  dataDir: Type.String({
    default: './skep-data',
    description: 'Folder for the embedded database, files and the server key.',
  }),
  databaseUrl: Type.Optional(
    Type.String({
      description: 'postgres://… to use PostgreSQL 15 or newer instead of the embedded SQLite.',
    }),
  ),
  adminPassword: Type.Optional(
    Type.String({
      minLength: 8,
      secret: true,
      description: 'Password of the first administrator; without it one is made and printed once.',
    }),
  ),
  serverKey: Type.Optional(
    Type.String({
      minLength: 32,
      secret: true,
      description:
        'Key under which secrets are stored. Default: the file server.key in the data folder. Processes on one database need the same.',
    }),
  ),
  trustProxy: Type.Array(Type.String(), {
    default: [],
    description:
      'Addresses and networks of reverse proxies whose X-Forwarded-* headers are believed.',
  }),
  sqlite: Type.Object(
    {
      synchronous: choice(['FULL', 'NORMAL'], {
        default: 'FULL',
        description:
          'FULL: an answered write survives a power cut. NORMAL: only a crash of the process; faster.',
      }),
    },
    { default: {}, additionalProperties: false },
  ),
  log: Type.Object(
    {
      level: choice(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
        default: 'info',
        description: 'Least severe level to write.',
      }),
      format: choice(['json', 'text'], {
        default: 'text',
        description: 'json: one object a line, for machines. text: one readable line.',
      }),
      requests: choice(['all', 'errors', 'none'], {
        default: 'errors',
        description:
          'Which requests get a line: all, those that fail with 5xx or take over a second, or none.',
      }),
    },
    { default: {}, additionalProperties: false },
  ),
  metrics: Type.Object(
    {
      token: Type.Optional(
        Type.String({
          minLength: 16,
          secret: true,
          description: 'When set, /metrics asks for it as a Bearer token.',
        }),
      ),
    },
    { default: {}, additionalProperties: false },
  ),
  render: Type.Object(
    {
      network: choice(['none', 'public'], {
        default: 'none',
        description:
          'What pages may load while they become a PDF or picture: nothing, or public addresses.',
      }),
      browserPath: Type.Optional(
        Type.String({
          description: 'Chromium to use. Default: an installed one, else the one from npm.',
        }),
      ),
      fontsFolder: Type.Optional(
        Type.String({
          description:
            'Folder with fonts (.ttf, .otf, .ttc) for PDFs and pictures, besides those of the machine. Linux only.',
        }),
      ),
      concurrency: Type.Integer({
        default: 2,
        minimum: 1,
        maximum: 32,
        description: 'PDFs and pictures made at the same time.',
      }),
      memoryMb: Type.Integer({
        default: 2048,
        minimum: 256,
        description:
          'Megabytes that one page may take while it becomes a PDF or picture; the largest pictures need 1500. Linux only.',
      }),
      cacheMb: Type.Integer({
        default: 32,
        minimum: 0,
        maximum: 65_536,
        description: 'Megabytes of memory for PDFs and pictures made lately; 0 remembers none.',
      }),
      timeoutMs: Type.Integer({
        default: 30_000,
        minimum: 1000,
        description: 'How long one PDF or picture may take before it is stopped.',
      }),
    },
    { default: {}, additionalProperties: false },
  ),
  http: Type.Object(
    {
      requestTimeoutMs: Type.Integer({
        default: 300_000,
        minimum: 1000,
        description:
          'Time for a whole request to arrive: long enough for large files on slow lines.',
      }),
      headersTimeoutMs: Type.Integer({
        default: 15_000,
        minimum: 1000,
        description: 'Time for the headers to arrive.',
      }),
      keepAliveTimeoutMs: Type.Integer({
        default: 10_000,
        minimum: 0,
        description: 'How long an idle connection stays open.',
      }),
      maxHeaderBytes: Type.Integer({
        default: 16_384,
        minimum: 4096,
        maximum: 1_048_576,
        description: 'Longest request line and headers together.',
      }),
      drainMs: Type.Integer({
        default: 10_000,
        minimum: 0,
        description: 'At the end: how long running requests may take before they are cut.',
      }),
    },
    { default: {}, additionalProperties: false },
  ),
};

const schema = Type.Object(platformSettings);
/** Effective settings of the ground. */
export type PlatformConfig = Static<typeof schema>;
