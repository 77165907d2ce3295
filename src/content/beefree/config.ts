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
  },
  { default: {}, additionalProperties: false },
);

export type BeefreeConfig = Static<typeof beefreeConfig>;
