// Project details: languages for connectors, everything for administrators (Beebox spec 3.3).
import Type from 'typebox';
import type { Connector } from '../connectors.ts';
import { isRightToLeft, localeName } from '../locales.ts';
import type { Project, ProjectKind } from '../projects.ts';
import { json, projectRoute, type Route } from './route.ts';

const KINDS: Readonly<Record<ProjectKind, [number: number, text: string]>> = {
  files: [0, 'Files'],
  cms: [1, 'CMS'],
  passthrough: [2, 'PassThrough'],
};

const MASK = '********';

export const details: Route[] = [
  projectRoute(
    'GET',
    '/api/details',
    {
      summary: 'Languages and file types of the project; for administrators all of its settings.',
      answer: json(
        Type.Object(
          {
            sourceLocale: Type.String(),
            sourceLocaleName: Type.String(),
            sourceLocaleRTL: Type.Boolean(),
            targetLocales: Type.Array(Type.String()),
            targetLocaleNames: Type.Array(Type.String()),
            targetLocaleItems: Type.Array(Type.Object({ v: Type.String(), t: Type.String() })),
            extensions: Type.Array(Type.String()),
          },
          { additionalProperties: true },
        ),
      ),
    },
    async ({ session, project, translation, config, request }) => {
      if (session.role !== 'administrator') return { kind: 'json', value: languagesOf(project) };
      const [connector] = await translation.connectors.list(project);
      const url = `${request.protocol}://${request.host}`;
      const value = allOf(project, connector, { root: config.rootDirectory, url });
      return { kind: 'json', value };
    },
  ),
];

function languagesOf(project: Project) {
  const { sourceLocale, targetLocales, extensions } = project;
  return {
    sourceLocale,
    sourceLocaleName: localeName(sourceLocale),
    sourceLocaleRTL: isRightToLeft(sourceLocale),
    targetLocales,
    targetLocaleNames: targetLocales.map(localeName),
    targetLocaleItems: targetLocales.map((code) => ({ v: code, t: localeName(code) })),
    extensions,
  };
}

function allOf(
  project: Project,
  connector: Connector | undefined,
  { root, url }: { root: string; url: string },
) {
  const { settings } = project;
  const [projectType, projectTypeT] = KINDS[project.kind];
  return {
    beeboxProjectKey: project.key,
    projectType,
    projectTypeT,
    ...languagesOf(project),
    name: project.name,
    description: project.description,
    sharedname: project.sharedName,
    shareddescription: project.sharedDescription,
    sourcedir: `${root}\\${project.key}\\in`,
    targetdir: `${root}\\${project.key}\\out`,
    dataSource: settings.dataSource,
    mt: settings.machineTranslation ? [settings.machineTranslation] : [],
    tms: null,
    bbext: [],
    mail: mailOf(project),
    connector: connectorOf(project, connector, url),
    defaultMatchContext: settings.matchContext,
    approve100: settings.approve100,
    needPrelim: settings.needPrelim,
    includeContext: settings.jobs.includeContext,
    includeContextSize: settings.jobs.contextSize,
    jobBundling: settings.jobs.bundling,
    oneJobPerFile: settings.jobs.oneJobPerFile,
    jobContentGrouping: 'None',
    jobContentGroupingParam: null,
    jobContentDeadlineGrouping: 'Exact',
    jobReferenceFormat: settings.jobs.reference,
    jobMDKeys: settings.jobs.metadataKeys,
    autoMDAlgo: null,
    segmentation: settings.segmentation,
  };
}

function mailOf({ settings: { mail } }: Project) {
  return {
    enabled: mail.enabled,
    emailsTo: mail.to,
    emailsCc: mail.cc,
    newSourceEnabled: mail.newSource.enabled,
    newSourceSubject: mail.newSource.subject,
    newSourceBody: mail.newSource.body,
    newTargetEnabled: mail.newTarget.enabled,
    newTargetSubject: mail.newTarget.subject,
    newTargetBody: mail.newTarget.body,
  };
}

/** The connector that was made first stands for the project; its password is known to nobody but its owner. */
function connectorOf({ settings }: Project, connector: Connector | undefined, url: string) {
  return {
    enabled: connector?.enabled ?? false,
    role: connector?.level === 'advanced' ? 'Plugin Ext' : 'Plugin',
    login: connector?.login ?? null,
    password: connector ? MASK : null,
    comments: connector?.comments ?? null,
    deliveryCallbackUrl: settings.deliveryCallbackUrl,
    ipAddresses: connector?.ipAllow ?? [],
    urls: [url],
  };
}
