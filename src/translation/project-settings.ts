// Settings of a translation project: one schema gives the type, the defaults and the check.
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { Invalid } from '../platform/errors.ts';

const text = (maxLength: number) =>
  Type.Union([Type.String({ maxLength }), Type.Null()], { default: null });
const url = (description: string) =>
  Type.Union([Type.String({ maxLength: 2000, pattern: '^https?://' }), Type.Null()], {
    default: null,
    description,
  });
const flag = (fallback: boolean, description: string) =>
  Type.Boolean({ default: fallback, description });
const section = <Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) =>
  Type.Object(properties, { default: {}, additionalProperties: false });

const workflows = ['manual', 'pseudo', 'mt', 'human'] as const;

/** Every setting has a default (Beebox spec 3.3, 5 and 6). */
const projectSettings = section({
  segmentation: flag(true, 'Cut texts into sentences.'),
  matchContext: flag(false, 'Reuse translations only in the same context.'),
  approve100: flag(true, 'Approve identical pretranslations automatically.'),
  needPrelim: flag(false, 'Also deliver preliminary files.'),
  alignAll: flag(false, 'Align every source with a translation of the same name.'),
  workflow: Type.Union(
    workflows.map((workflow) => Type.Literal(workflow)),
    { default: 'manual', description: 'Who translates what the memories do not know.' },
  ) as unknown as ReturnType<typeof Type.Unsafe<(typeof workflows)[number]>>,
  machineTranslation: Type.Union(
    [
      Type.Object({
        engine: Type.String({ minLength: 1, maxLength: 100 }),
        approve: Type.Boolean(),
      }),
      Type.Null(),
    ],
    { default: null },
  ),
  automation: section({
    enabled: flag(true, 'Run the steps below without being asked.'),
    everySeconds: Type.Integer({ default: 300, minimum: 1, maximum: 86_400 }),
    scan: flag(true, 'Look for changed sources.'),
    parse: flag(true, 'Extract their texts.'),
    translate: flag(true, 'Translate by memory and machine.'),
    jobs: flag(true, 'Send the rest to people.'),
    build: flag(true, 'Write the translated files.'),
    quietSeconds: Type.Integer({
      default: 20,
      minimum: 0,
      maximum: 3600,
      description: 'Time without uploads and deletions after which the work starts.',
    }),
    holdWhileConnected: flag(false, 'Do nothing while a session is open.'),
  }),
  jobs: section({
    includeContext: flag(true, 'Give translators the segments around theirs.'),
    contextSize: Type.Integer({ default: 3, minimum: 0, maximum: 100 }),
    bundling: Type.Integer({ default: 0, minimum: 0, maximum: 100 }),
    oneJobPerFile: flag(false, 'Never put two files into one job.'),
    reference: Type.String({ default: 'Job {id} - {lcode}', maxLength: 200 }),
    metadataKeys: Type.Union([Type.Array(Type.String({ maxLength: 100 })), Type.Null()], {
      default: null,
      description: 'Metadata that is passed on with jobs.',
    }),
  }),
  mail: section({
    enabled: flag(false, 'Send mail at all.'),
    to: text(2000),
    cc: text(2000),
    newSource: section({
      enabled: flag(false, 'When sources arrive.'),
      subject: text(500),
      body: text(10_000),
    }),
    newTarget: section({
      enabled: flag(false, 'When translations are ready.'),
      subject: text(500),
      body: text(10_000),
    }),
  }),
  dataSource: Type.String({
    default: 'Files',
    maxLength: 100,
    description: 'Where the content comes from, for people: Drupal, TYPO3, …',
  }),
  deliveryCallbackUrl: url('Called after each delivery.'),
  adminCallbackUrl: url('Called for each event.'),
  simulateBusy: flag(false, 'Answer every login as busy, to test connectors.'),
});

export type ProjectSettings = Static<typeof projectSettings>;

/** Settings to set; what is left out keeps its value, and in a new project its default. */
export type ProjectSettingsChange = Partial<ProjectSettings>;

/** Completes stored settings with the defaults of settings that came later. */
export function readSettings(json: string): ProjectSettings {
  return Value.Default(projectSettings, JSON.parse(json)) as ProjectSettings;
}

/** Checks changed settings and gives all of them. Throws `Invalid` (`project_settings`) with what is wrong. */
export function changedSettings(
  current: ProjectSettings | undefined,
  change: ProjectSettingsChange,
): ProjectSettings {
  const settings = Value.Default(projectSettings, structuredClone({ ...current, ...change }));
  if (!Value.Check(projectSettings, settings)) {
    const [first] = Value.Errors(projectSettings, settings);
    const where = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
    throw new Invalid('project_settings', `Setting ${where} ${first?.message ?? 'is wrong'}`);
  }
  return settings;
}
