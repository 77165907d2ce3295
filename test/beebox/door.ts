// A server with a project, a connector and an administrator, and the calls of a client, for tests through the door.
import { openTranslation, type Translation } from '../../src/translation/translation.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../support/app.ts';
import type { Engine } from '../support/database.ts';
import type { TestRequest, TestResponse } from '../support/http.ts';
import type { Project } from '../../src/translation/projects.ts';

export interface BeeboxServer extends TestApp {
  /** The room on the same database, as another process would have it. */
  translation: Translation;
  tenant: string;
  project: Project;
  /** A second project of the tenant, without connectors. */
  other: Project;
  /** Logs in as the connector (or as told) and gives the token. */
  connect(more?: Record<string, string>): Promise<string>;
  /** Calls a method: `call('GET', 'details', { token })`. */
  call(
    method: string,
    name: string,
    parameters?: Record<string, string>,
    more?: Omit<TestRequest, 'path' | 'method'>,
  ): Promise<TestResponse>;
}

export const CONNECTOR = { login: 'cms-shop', pwd: 's3cret!' };
export const ADMINISTRATOR = { login: 'hub-admin', pwd: 'adm1n pwd' };

/** What a token looks like (Beebox spec 2.1, appendix B 1). */
export const TOKEN = /^[0-9a-f-]{36}$/;

/** Starts a server and furnishes it. */
export async function startBeebox(
  engine: Engine,
  options: TestAppOptions = {},
): Promise<BeeboxServer> {
  const app = await startTestApp(engine, options);
  const { platform } = app;
  const open = () =>
    openTranslation(app.platform, { sessionIdleMs: 15 * 60_000, simulateBusy: false });
  const translation = open();
  const passwords = await Promise.all(
    [CONNECTOR, ADMINISTRATOR].map(({ pwd }) => platform.credentials.passwords.prepare(pwd)),
  );
  const made = await platform.db.write(async (trx) => {
    const tenant = await platform.tenants.create(trx, { name: 'Acme' });
    const { projects, connectors, administrators } = translation;
    const project = await projects.create(trx, tenant.id, {
      name: 'Shop',
      sourceLocale: 'en',
      targetLocales: ['fr', 'de', 'pt-BR'],
      extensions: ['.html', '.json', '.xliff', '.xml'],
    });
    const other = await projects.create(trx, tenant.id, {
      name: 'Blog',
      sourceLocale: 'en-GB',
      targetLocales: [],
    });
    await connectors.create(trx, project, CONNECTOR, passwords[0] as never);
    await administrators.create(trx, tenant.id, ADMINISTRATOR.login, passwords[1] as never);
    return { tenant: tenant.id, project, other };
  });
  const call: BeeboxServer['call'] = (method, name, parameters = {}, more = {}) =>
    app.send({
      method,
      path: `/api/${name}?${new URLSearchParams(parameters).toString()}`,
      ...more,
    });
  const restart = app.restart.bind(app);
  const server: BeeboxServer = Object.assign(app, made, {
    translation,
    call,
    async restart() {
      await restart();
      server.translation = open();
    },
    async connect(more = {}) {
      const parameters = { project: made.project.key, ...CONNECTOR, ...more };
      const response = await call('GET', 'connect', parameters);
      if (response.status !== 200) throw new Error(response.text);
      return response.text;
    },
  });
  return server;
}
