// Demo data: one project that can be tried at once. Running it again changes nothing.
import type { Passwords } from '../platform/credentials/passwords.ts';
import type { Database } from '../platform/database/database.ts';
import { ADMINISTRATOR_REALM } from './administrators.ts';
import { connectorRealm } from './connectors.ts';
import type { Project } from './projects.ts';
import type { Translation } from './translation.ts';

export interface TranslationDemo {
  /** Key of the project. */
  project: string;
  login: string;
  password: string;
  adminLogin: string;
  adminPassword: string;
  sourceLocale: string;
  targetLocales: string[];
}

export interface TranslationDemoRequest {
  tenant: string;
  /** Of the connector. */
  login: string;
  password: string;
  adminLogin: string;
  adminPassword: string;
}

const NAME = 'Demo';

/**
 * Makes sure that the tenant has the demo project with one connector, and an administrator, all with the given
 * passwords.
 */
export async function seedTranslationDemo(
  { db, credentials }: { db: Database; credentials: { passwords: Passwords } },
  translation: Pick<Translation, 'projects' | 'connectors' | 'administrators'>,
  request: TranslationDemoRequest,
): Promise<TranslationDemo> {
  const { passwords } = credentials;
  const { tenant, login, password, adminLogin, adminPassword } = request;
  const { administrators, connectors } = translation;
  const project = await demoProject(db, translation, tenant);
  const prepared = await passwords.prepare(password);
  const adminPrepared = await passwords.prepare(adminPassword);

  const connectorKey = { tenant, realm: connectorRealm(project.key), name: login, password };
  const connector = (await connectors.list(project)).find((one) => one.login === login);
  // A password that is right stays: to set it again would end the sessions of those who use it.
  if (!connector) {
    await db.write((trx) => connectors.create(trx, project, { login }, prepared));
  } else if (!(await passwords.verify(connectorKey))) {
    await db.write((trx) => connectors.changePassword(trx, tenant, connector.id, prepared));
  }

  const adminKey = { tenant, realm: ADMINISTRATOR_REALM, name: adminLogin };
  if (!(await passwords.find(adminKey))) {
    await db.write((trx) => administrators.create(trx, tenant, adminLogin, adminPrepared));
  } else if (!(await passwords.verify({ ...adminKey, password: adminPassword }))) {
    await db.write((trx) => administrators.changePassword(trx, tenant, adminLogin, adminPrepared));
  }

  const { key, sourceLocale, targetLocales } = project;
  return { project: key, login, password, adminLogin, adminPassword, sourceLocale, targetLocales };
}

async function demoProject(
  db: Database,
  { projects }: Pick<Translation, 'projects'>,
  tenant: string,
): Promise<Project> {
  const known = (await projects.list(tenant)).find(({ name }) => name === NAME);
  if (known) return known;
  return db.write((trx) =>
    projects.create(trx, tenant, {
      name: NAME,
      description: 'A project to try connectors with.',
      sourceLocale: 'en',
      targetLocales: ['fr', 'de', 'es', 'pt-BR', 'ja'],
      settings: { workflow: 'pseudo' },
    }),
  );
}
