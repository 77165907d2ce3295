// Plugins as they are stored: found, listed, added, changed, removed (BaasBox spec 5.16).
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Conflict, Invalid, NotFound, TooLarge } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';

/** A plugin that can run. */
export interface RunnablePlugin {
  name: string;
  active: boolean;
  library: boolean;
  /** Its install hook has agreed. */
  ready: boolean;
  version: number;
  code: string;
}

/** A plugin as its administrators see it. */
export interface Plugin {
  id: string;
  name: string;
  lang: string;
  active: boolean;
  library: boolean;
  ready: boolean;
  /** All versions, newest first. */
  code: string[];
  /** JSON text. */
  storage: string | null;
  createdAt: number;
}

export interface NewPlugin {
  name: string;
  code: string;
  lang: string;
  library: boolean;
  active: boolean;
  /** JSON text. */
  storage: string | null;
}

/** Words, separated by dots: at least two. */
const NAME = /^[A-Za-z_]\w*(?:\.[A-Za-z]\w*)+$/;
const MAX_NAME = 200;
const RESERVED = 'baasbox';
const MAX_CODE = 512 * 1024;
const MAX_PLUGINS = 500;
/** Older versions are forgotten. */
const MAX_VERSIONS = 50;

interface RunnableRow {
  name: string;
  active: number;
  library: number;
  state: string;
  version: number;
  code: string;
}

const runnable = statement<{ tenant: string; name: string }, RunnableRow, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_plugins as p')
      .innerJoin('backend_plugin_versions as v', (join) =>
        join
          .onRef('v.tenant_id', '=', 'p.tenant_id')
          .onRef('v.plugin', '=', 'p.name')
          .onRef('v.version', '=', 'p.version'),
      )
      .select(['p.name', 'p.active', 'p.library', 'p.state', 'p.version', 'v.code'])
      .where('p.tenant_id', '=', slot('tenant'))
      .where('p.name', '=', slot('name')),
);

/** The plugin with the version that runs. */
export async function findPlugin(
  on: Database | Transaction,
  tenant: string,
  name: string,
): Promise<RunnablePlugin | undefined> {
  const row = await runnable.first(on, { tenant, name });
  return (
    row && {
      name: row.name,
      active: row.active !== 0,
      library: row.library !== 0,
      ready: row.state === 'ready',
      version: row.version,
      code: row.code,
    }
  );
}

/** All plugins of the tenant, or the one with this name, by name. */
export async function listPlugins(
  { db }: BackendContext,
  tenant: string,
  name?: string,
): Promise<Plugin[]> {
  const tables = db.tables<BackendTables>();
  const plugins = await tables
    .selectFrom('backend_plugins')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .$if(name !== undefined, (query) => query.where('name', '=', name as string))
    .orderBy('name')
    .execute();
  const versions = await tables
    .selectFrom('backend_plugin_versions')
    .select(['plugin', 'code'])
    .where('tenant_id', '=', tenant)
    .$if(name !== undefined, (query) => query.where('plugin', '=', name as string))
    .orderBy('plugin')
    .orderBy('version', 'desc')
    .execute();
  const code = Map.groupBy(versions, ({ plugin }) => plugin);
  return plugins.map((row) => ({
    id: row.id,
    name: row.name,
    lang: row.lang,
    active: row.active !== 0,
    library: row.library !== 0,
    ready: row.state === 'ready',
    code: (code.get(row.name) ?? []).map((version) => version.code),
    storage: row.storage,
    createdAt: row.created_at,
  }));
}

/** Throws `Invalid` (`plugin_name`) unless a plugin may have this name. */
export function checkPluginName(name: string): void {
  const usable = name.length <= MAX_NAME && NAME.test(name);
  if (!usable || name.toLowerCase().startsWith(RESERVED)) {
    throw new Invalid(
      'plugin_name',
      'A plugin is named by two or more words with dots between them, and not baasbox',
    );
  }
}

/** Throws `TooLarge` (`plugin_code`). */
export function checkPluginCode(code: string): void {
  if (code.length > MAX_CODE) {
    throw new TooLarge('plugin_code', `A plugin has at most ${MAX_CODE} characters`);
  }
}

/** Stores a plugin that is not ready yet. Throws `Conflict` (`plugin_exists`, `too_many_plugins`). */
export async function insertPlugin(
  { db, clock, random }: BackendContext,
  tenant: string,
  { name, code, lang, library, storage }: NewPlugin,
): Promise<void> {
  const now = clock.now();
  await db.write<BackendTables, void>(async (trx) => {
    const { count } = await trx
      .selectFrom('backend_plugins')
      .select((expression) => expression.fn.countAll<number>().as('count'))
      .where('tenant_id', '=', tenant)
      .executeTakeFirstOrThrow();
    if (count >= MAX_PLUGINS) throw new Conflict('too_many_plugins', 'There are too many plugins');
    const added = await trx
      .insertInto('backend_plugins')
      .values({
        tenant_id: tenant,
        name,
        id: random.uuid(),
        lang,
        library: library ? 1 : 0,
        active: 0,
        state: 'installing',
        version: 1,
        storage,
        storage_version: 0,
        created_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (added.numInsertedOrUpdatedRows === 0n) {
      throw new Conflict('plugin_exists', `Script ${name} already exists`, { name });
    }
    await insertVersion(trx, { tenant, name, version: 1, code, now });
  });
}

function insertVersion(
  trx: Kysely<BackendTables>,
  { tenant, name, version, code, now }: Version,
): Promise<unknown> {
  const values = { tenant_id: tenant, plugin: name, version, code, created_at: now };
  return trx.insertInto('backend_plugin_versions').values(values).execute();
}

interface Version {
  tenant: string;
  name: string;
  version: number;
  code: string;
  now: number;
}

/** Adds a version to run from now on. Throws `Conflict` (`plugin_changed`) when another one came first. */
export async function addVersion(
  { db, clock }: BackendContext,
  tenant: string,
  { name, version }: RunnablePlugin,
  code: string,
): Promise<void> {
  const now = clock.now();
  await db.write<BackendTables, void>(async (trx) => {
    const changed = await trx
      .updateTable('backend_plugins')
      .set({ version: version + 1, state: 'ready' })
      .where('tenant_id', '=', tenant)
      .where('name', '=', name)
      .where('version', '=', version)
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) {
      throw new Conflict('plugin_changed', `Script ${name} was changed by someone else`, { name });
    }
    await insertVersion(trx, { tenant, name, version: version + 1, code, now });
    await trx
      .deleteFrom('backend_plugin_versions')
      .where('tenant_id', '=', tenant)
      .where('plugin', '=', name)
      .where('version', '<=', version + 1 - MAX_VERSIONS)
      .execute();
  });
}

/** Changes what a plugin may do. */
export async function updatePlugin(
  { db }: BackendContext,
  tenant: string,
  name: string,
  change: { active?: boolean; ready?: boolean },
): Promise<void> {
  await db.write<BackendTables, unknown>((trx) =>
    trx
      .updateTable('backend_plugins')
      .set({
        ...(change.active === undefined ? {} : { active: change.active ? 1 : 0 }),
        ...(change.ready === undefined ? {} : { state: change.ready ? 'ready' : 'installing' }),
      })
      .where('tenant_id', '=', tenant)
      .where('name', '=', name)
      .execute(),
  );
}

/** Removes a plugin with all its versions. */
export async function deletePlugin(
  { db }: BackendContext,
  tenant: string,
  name: string,
): Promise<void> {
  await db.write<BackendTables, void>((trx) => removePlugin(trx, tenant, name));
}

async function removePlugin(
  trx: Kysely<BackendTables>,
  tenant: string,
  name: string,
): Promise<void> {
  await trx
    .deleteFrom('backend_plugin_versions')
    .where('tenant_id', '=', tenant)
    .where('plugin', '=', name)
    .execute();
  await trx
    .deleteFrom('backend_plugins')
    .where('tenant_id', '=', tenant)
    .where('name', '=', name)
    .execute();
}

/** Goes back to the version before the newest; a plugin with one version goes altogether. Throws `NotFound`. */
export async function deleteLastVersion(
  { db }: BackendContext,
  tenant: string,
  name: string,
): Promise<void> {
  await db.write<BackendTables, void>(async (trx) => {
    const versions = await trx
      .selectFrom('backend_plugin_versions')
      .select('version')
      .where('tenant_id', '=', tenant)
      .where('plugin', '=', name)
      .orderBy('version', 'desc')
      .limit(2)
      .execute();
    const [last, before] = versions;
    if (!last) throw noPlugin(name);
    if (!before) return removePlugin(trx, tenant, name);
    await trx
      .deleteFrom('backend_plugin_versions')
      .where('tenant_id', '=', tenant)
      .where('plugin', '=', name)
      .where('version', '=', last.version)
      .execute();
    await trx
      .updateTable('backend_plugins')
      .set({ version: before.version })
      .where('tenant_id', '=', tenant)
      .where('name', '=', name)
      .execute();
  });
}

export function noPlugin(name: string): NotFound {
  return new NotFound('no_plugin', `Script: ${name} not found`, { name });
}
