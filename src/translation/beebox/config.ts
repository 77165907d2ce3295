// Settings of the Beebox door.
import Type, { type Static } from 'typebox';

export const beeboxConfig = Type.Object(
  {
    sessionTimeoutMinutes: Type.Number({
      default: 15,
      exclusiveMinimum: 0,
      maximum: 1440,
      description: 'How long a session lasts without a call.',
    }),
    maxFileBytes: Type.Integer({
      default: 100 * 1024 * 1024,
      minimum: 1024,
      description: 'Largest file that may be uploaded, in bytes.',
    }),
    simulateBusy: Type.Boolean({
      default: false,
      description: 'Answer every login to a project as BUSY, to test how a connector copes.',
    }),
    vendor: Type.String({
      default: 'Skep',
      maxLength: 100,
      description: 'Who runs this server, as /whois tells it.',
    }),
    rootDirectory: Type.String({
      default: 'c:\\beebox',
      minLength: 1,
      maxLength: 200,
      description:
        'Folder that the project details name as the place of the files. Nothing is stored there: clients only want to read a Windows path.',
    }),
  },
  { default: {}, additionalProperties: false },
);

export type BeeboxConfig = Static<typeof beeboxConfig>;
