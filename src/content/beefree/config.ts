// Settings of the Beefree door.
import Type, { type Static } from 'typebox';

export const beefreeConfig = Type.Object(
  {
    requestsPerSecond: Type.Integer({
      default: 100,
      minimum: 0,
      description: 'Requests a second for one API key; 0 means no limit.',
    }),
    requestsPerMinute: Type.Integer({
      default: 500,
      minimum: 0,
      description: 'Requests a minute for one API key; 0 means no limit.',
    }),
    retryAfter: Type.Unsafe<'timestamp' | 'seconds'>(
      Type.String({
        enum: ['timestamp', 'seconds'],
        default: 'timestamp',
        description: 'Form of Retry-After: a Unix time as the original sends it, or seconds.',
      }),
    ),
    bodyLimitBytes: Type.Integer({
      default: 20 * 1024 * 1024,
      minimum: 1024,
      description: 'Largest request body, in bytes.',
    }),
    lenientTemplates: Type.Boolean({
      default: false,
      description: 'Render the default document when a request has no page, instead of an error.',
    }),
    pagePrefix: Type.String({
      default: 'bee',
      pattern: '^[A-Za-z][A-Za-z0-9_-]{0,30}$',
      description: 'How class names of pages and popups begin.',
    }),
    preheaderFiller: Type.Boolean({
      default: true,
      description:
        'Invisible characters after the preheader, so that previews in an inbox end there.',
    }),
    outlookBackgrounds: Type.Boolean({
      default: false,
      description:
        'Draw background pictures of rows in Outlook, too (VML). A request may say otherwise.',
    }),
    darkMode: Type.Boolean({
      default: false,
      description: 'Give e-mails a dark form of their colours. A request may say otherwise.',
    }),
    assetRewrite: Type.Record(Type.String({ minLength: 1 }), Type.String(), {
      default: {},
      description: 'Moves pictures: the start of an address, and what takes its place.',
    }),
    pdfFlatFields: Type.Boolean({
      default: true,
      description: 'Repeat the fields of a PDF answer at its top level, for older PHP clients.',
    }),
    pdfHours: Type.Integer({
      default: 24,
      minimum: 1,
      maximum: 8760,
      description: 'How many hours the link to a PDF works.',
    }),
    batchItems: Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 1000,
      description: 'Templates that one batch may have.',
    }),
    batchTimeoutMs: Type.Integer({
      default: 20_000,
      minimum: 0,
      maximum: 600_000,
      description: 'How long a batch may begin with further templates.',
    }),
    importHours: Type.Integer({
      default: 24,
      minimum: 1,
      maximum: 8760,
      description: 'How many hours the template that an import job made is kept.',
    }),
    trustedHosts: Type.Array(Type.String({ pattern: '^[A-Za-z0-9.:[\\]-]+:\\d{1,5}$' }), {
      default: [],
      description:
        'Hosts with port, such as intranet.example:8080, that checks and webhooks may reach though their address is private.',
    }),
  },
  { default: {}, additionalProperties: false },
);

export type BeefreeConfig = Static<typeof beefreeConfig>;
