// The translation room on a database of its own, for tests of the domain.
import path from 'node:path';
import { Blobs } from '../../src/platform/blobs/blobs.ts';
import { FilesystemStore } from '../../src/platform/blobs/filesystem-store.ts';
import { Credentials } from '../../src/platform/credentials/credentials.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { migrate } from '../../src/platform/database/migrations.ts';
import { createLogger } from '../../src/platform/log.ts';
import { platformMigrations } from '../../src/platform/migrations.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { Tenants, type Tenant } from '../../src/platform/tenants/tenants.ts';
import type { Connector, NewConnector } from '../../src/translation/connectors.ts';
import { translationMigrations } from '../../src/translation/migrations.ts';
import type { NewProject, Project } from '../../src/translation/projects.ts';
import { openTranslation, type Translation } from '../../src/translation/translation.ts';
import { openPlace, type Place } from '../support/database.ts';
import { FakeTime } from './time.ts';

export interface Room extends Translation {
  db: Database;
  blobs: Blobs;
  tenants: Tenants;
  credentials: Credentials;
  time: FakeTime;
  /** Lines that were logged. */
  log: string[];
  tenant(name?: string): Promise<Tenant>;
  project(tenant: Tenant, more?: Partial<NewProject>): Promise<Project>;
  connector(
    project: Project,
    more?: Partial<NewConnector> & { password?: string },
  ): Promise<Connector>;
  administrator(tenant: Tenant, login: string, password: string): Promise<void>;
  close(): Promise<void>;
}

/** Cheap hashes: these tests are not about guessing. */
const COST = { memory: 8, passes: 1, parallelism: 1 };

/** Opens the room as one process would. Several on one place share its files. */
export async function openRoom(
  place: Place,
  { time = new FakeTime(), simulateBusy = false } = {},
): Promise<Room> {
  const db = openPlace(place);
  const random = systemRandom(time);
  await migrate(db, [...platformMigrations, ...translationMigrations], time);
  const log: string[] = [];
  const serverKey = Buffer.alloc(32, 7);
  const tenants = new Tenants(db, { clock: time, random });
  const credentials = new Credentials(db, {
    clock: time,
    random,
    serverKey,
    cost: COST,
    flushEveryMs: 0,
  });
  const store = new FilesystemStore({
    folder: path.join(place.folder, 'blobs'),
    clock: time,
    random,
  });
  const blobs = new Blobs({ db, store, clock: time, random });
  const translation = openTranslation(
    {
      clock: time,
      random,
      log: createLogger({
        level: 'info',
        format: 'json',
        destination: { write: (line) => log.push(line) },
      }),
      db,
      tenants,
      credentials,
      blobs,
    },
    { sessionIdleMs: 15 * 60_000, simulateBusy, timer: time },
  );
  const prepare = (password: string) => credentials.passwords.prepare(password);
  return {
    ...translation,
    db,
    blobs,
    tenants,
    credentials,
    time,
    log,
    tenant: (name = 'Acme') => db.write((trx) => tenants.create(trx, { name })),
    project: (tenant, more = {}) =>
      db.write((trx) =>
        translation.projects.create(trx, tenant.id, {
          name: 'Shop',
          sourceLocale: 'en',
          targetLocales: ['fr', 'pt-BR'],
          ...more,
        }),
      ),
    async connector(project, { password = 'secret', ...more } = {}) {
      const prepared = await prepare(password);
      return db.write((trx) =>
        translation.connectors.create(trx, project, { login: 'cms', ...more }, prepared),
      );
    },
    async administrator(tenant, login, password) {
      const prepared = await prepare(password);
      await db.write((trx) => translation.administrators.create(trx, tenant.id, login, prepared));
    },
    async close() {
      await credentials.close();
      await db.close();
    },
  };
}
