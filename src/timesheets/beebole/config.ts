// Settings of the Beebole door.
import Type, { type Static } from 'typebox';

const budget = (requests: number, kilobytes: number) =>
  Type.Object(
    {
      requestsPerDay: Type.Integer({
        default: requests,
        minimum: 0,
        description: 'Requests a day for one person; 0 means no limit.',
      }),
      kilobytesPerDay: Type.Integer({
        default: kilobytes,
        minimum: 0,
        description:
          'Bodies of requests and answers a day for one person, in units of 1024 bytes; 0 means no limit.',
      }),
    },
    { default: {}, additionalProperties: false },
  );

export const beeboleConfig = Type.Object(
  {
    apiEnabledByDefault: Type.Boolean({
      default: false,
      description: 'Whether API calls are switched on in accounts that are made from now on.',
    }),
    v1: budget(2000, 1024),
    v2: budget(4000, 2048),
    bodyLimitBytes: Type.Integer({
      default: 1_048_576,
      minimum: 1024,
      description: 'Largest request body, in bytes.',
    }),
    failuresPerMinute: Type.Integer({
      default: 600,
      minimum: 0,
      description:
        'Requests without a valid token a minute from one address; more are refused unseen. 0 means no limit.',
    }),
    corsOrigins: Type.Array(Type.String(), {
      default: ['*'],
      description:
        'Origins of web pages that may call the API from a browser, where spreadsheet add-ins run; * allows all. Callers always present a token themselves, so a page cannot borrow one.',
    }),
  },
  { default: {}, additionalProperties: false },
);

export type BeeboleConfig = Static<typeof beeboleConfig>;
