// `skep project`: translation projects of the Beebox door and the logins of their connectors.
import { Invalid } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Translation } from '../translation/translation.ts';
import { openTranslationOf } from '../translation-of.ts';
import type { Arguments } from './arguments.ts';
import type { Command } from './command.ts';
import { chosenTenant, withPlatform } from './open.ts';

const USAGE = 'project list | create NAME --source en --targets fr,de | connector PROJECT LOGIN';

export const command: Command = {
  usage: USAGE,
  summary: 'Lists and makes translation projects, and gives a CMS a login for one.',
  options: {
    tenant: { type: 'string', help: 'Name or id of the tenant, when there are several.' },
    source: { type: 'string', help: 'Locale of the originals.' },
    targets: { type: 'string', help: 'Locales to translate into, separated by commas.' },
    advanced: { type: 'boolean', help: 'The login may also read and change segments and jobs.' },
  },
  run: ({ config, words, options }) =>
    withPlatform(config, async (platform) => {
      const tenant = await chosenTenant(platform, options['tenant']);
      const translation = openTranslationOf(platform, config);
      const [action = 'list', ...rest] = words;
      if (action === 'list') await list(translation, tenant);
      else if (action === 'create' && rest[0]) {
        await create(platform, translation, tenant, rest[0], options);
      } else if (action === 'connector' && rest[0] && rest[1]) {
        const level = options['advanced'] ? 'advanced' : 'standard';
        await connector(platform, translation, { tenant, key: rest[0], login: rest[1], level });
      } else throw new Invalid('bad_arguments', `Usage: skep ${USAGE}`);
    }),
};

async function list({ projects, connectors }: Translation, tenant: string): Promise<void> {
  for (const project of await projects.list(tenant)) {
    const { key, name, sourceLocale, targetLocales } = project;
    console.log(`${key}  ${name}  ${sourceLocale} to ${targetLocales.join(', ')}`);
    for (const { login, level, enabled } of await connectors.list(project)) {
      console.log(`  connector ${login} (${level}${enabled ? '' : ', disabled'})`);
    }
  }
}

async function create(
  { db }: Platform,
  { projects }: Translation,
  tenant: string,
  name: string,
  { source, targets }: Arguments['options'],
): Promise<void> {
  if (typeof source !== 'string' || typeof targets !== 'string') {
    throw new Invalid('bad_arguments', 'Say --source and --targets');
  }
  const targetLocales = targets.split(',').map((locale) => locale.trim());
  const project = await db.write((trx) =>
    projects.create(trx, tenant, { name, sourceLocale: source, targetLocales }),
  );
  console.log(`project  ${project.key}`);
}

async function connector(
  { db, random, credentials }: Platform,
  { projects, connectors }: Translation,
  request: { tenant: string; key: string; login: string; level: 'standard' | 'advanced' },
): Promise<void> {
  const { tenant, key, login, level } = request;
  const project = (await projects.list(tenant)).find((one) => one.key === key.toLowerCase());
  if (!project) throw new Invalid('no_project', 'There is no project with this key');
  const password = random.alphanumeric(20);
  const prepared = await credentials.passwords.prepare(password);
  await db.write((trx) => connectors.create(trx, project, { login, level }, prepared));
  console.log(`project   ${project.key}\nlogin     ${login}\npassword  ${password}`);
}
