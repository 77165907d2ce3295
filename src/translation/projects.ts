// Projects: one source locale, its target locales, accepted files and settings, under a key that connectors know.
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { statement, type Transaction } from '../platform/database/statement.ts';
import { Conflict, Invalid, NotFound } from '../platform/errors.ts';
import type { Random } from '../platform/random.ts';
import type { Handles } from '../platform/tenants/handles.ts';
import { checkedLocale, sameLocale } from './locales.ts';
import {
  changedSettings,
  readSettings,
  type ProjectSettings,
  type ProjectSettingsChange,
} from './project-settings.ts';
import type { TranslationTables } from './tables.ts';

/** `files` and `cms` go through the pipeline; a `passthrough` project hands whole files to another system. */
export type ProjectKind = 'files' | 'cms' | 'passthrough';

export interface Project {
  tenant: string;
  /** A version-4 UUID in lower case: hard to guess, and known to every connector. */
  key: string;
  kind: ProjectKind;
  name: string;
  description: string | null;
  /** Name and description as partners see them. */
  sharedName: string | null;
  sharedDescription: string | null;
  sourceLocale: string;
  /** In the order in which they are shown. */
  targetLocales: string[];
  /** Accepted file name extensions, lower case with the dot. */
  extensions: string[];
  settings: ProjectSettings;
  /** Milliseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

export interface NewProject {
  name: string;
  sourceLocale: string;
  targetLocales: readonly string[];
  kind?: ProjectKind;
  description?: string | null;
  sharedName?: string | null;
  sharedDescription?: string | null;
  extensions?: readonly string[];
  settings?: ProjectSettingsChange;
}

/** What may change later; the source locale and the kind never do. */
export type ProjectChange = Partial<Omit<NewProject, 'sourceLocale' | 'kind'>>;

const HANDLE = 'translation.project';

/** Formats that the pipeline is made for first (Beebox spec 4.1). */
const DEFAULT_EXTENSIONS = ['.htm', '.html', '.json', '.xlf', '.xliff', '.xml'];

/** `.xml`, `.tar.gz` */
const EXTENSION = /^(\.[a-z0-9_-]{1,20}){1,3}$/;

const MAX_NAME = 200;
const MAX_DESCRIPTION = 2000;
const MAX_TARGETS = 200;
const MAX_EXTENSIONS = 100;

type Row = TranslationTables['tr_projects'];
type Key = { tenant: string; key: string };
type Slots = Record<keyof Row, unknown>;

const byKey = statement<Key, Row, TranslationTables>((db, slot) =>
  db
    .selectFrom('tr_projects')
    .selectAll()
    .where('tenant_id', '=', slot('tenant'))
    .where('key', '=', slot('key')),
);

const ofTenant = statement<{ tenant: string }, Row, TranslationTables>((db, slot) =>
  db
    .selectFrom('tr_projects')
    .selectAll()
    .where('tenant_id', '=', slot('tenant'))
    .orderBy('name')
    .orderBy('key'),
);

const insert = statement<Slots, unknown, TranslationTables>((db, slot) =>
  db.insertInto('tr_projects').values({
    tenant_id: slot('tenant_id'),
    key: slot('key'),
    kind: slot('kind'),
    name: slot('name'),
    description: slot('description'),
    shared_name: slot('shared_name'),
    shared_description: slot('shared_description'),
    source_locale: slot('source_locale'),
    target_locales: slot('target_locales'),
    extensions: slot('extensions'),
    settings: slot('settings'),
    created_at: slot('created_at'),
    updated_at: slot('updated_at'),
  }),
);

/** Changes nothing when someone else changed the row since it was read. */
const change = statement<Slots & { previous: number }, unknown, TranslationTables>((db, slot) =>
  db
    .updateTable('tr_projects')
    .set({
      name: slot('name'),
      description: slot('description'),
      shared_name: slot('shared_name'),
      shared_description: slot('shared_description'),
      target_locales: slot('target_locales'),
      extensions: slot('extensions'),
      settings: slot('settings'),
      updated_at: slot('updated_at'),
    })
    .where('tenant_id', '=', slot('tenant_id'))
    .where('key', '=', slot('key'))
    .where('updated_at', '=', slot('previous')),
);

/** The projects of the server, by the keys under which connectors know them. */
export class Projects {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #handles: Handles;

  constructor(
    db: Database,
    { clock, random, handles }: { clock: Clock; random: Random; handles: Handles },
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#random = random;
    this.#handles = handles;
  }

  /**
   * Makes a project. Throws `Invalid` (`project_name`, `locale_code`, `project_locales`, `project_extensions`,
   * `project_settings`).
   */
  async create(trx: Transaction, tenant: string, request: NewProject): Promise<Project> {
    const now = this.#clock.now();
    const project: Project = {
      tenant,
      key: this.#random.uuid(),
      kind: request.kind ?? 'files',
      name: request.name,
      description: request.description ?? null,
      sharedName: request.sharedName ?? null,
      sharedDescription: request.sharedDescription ?? null,
      sourceLocale: request.sourceLocale,
      targetLocales: [...request.targetLocales],
      extensions: [...(request.extensions ?? DEFAULT_EXTENSIONS)],
      settings: changedSettings(undefined, request.settings ?? {}),
      createdAt: now,
      updatedAt: now,
    };
    check(project);
    await this.#handles.add(trx, tenant, { kind: HANDLE, value: project.key });
    await insert.run(trx, toRow(project));
    return project;
  }

  /**
   * Changes what is given. Throws `NotFound` (`project_not_found`), `Conflict` (`project_changed`) when someone else
   * changed the project at the same moment, and `Invalid` as `create` does.
   */
  async update(
    trx: Transaction,
    tenant: string,
    key: string,
    request: ProjectChange,
  ): Promise<Project> {
    const current = await this.get(tenant, key, trx);
    const { settings, ...plain } = request;
    const project: Project = {
      ...current,
      ...structuredClone(plain as Partial<Project>),
      settings: changedSettings(current.settings, settings ?? {}),
      updatedAt: Math.max(this.#clock.now(), current.updatedAt + 1),
    };
    check(project);
    if ((await change.run(trx, { ...toRow(project), previous: current.updatedAt })) === 0) {
      throw new Conflict('project_changed', 'The project was changed by someone else');
    }
    return project;
  }

  /** The project of a tenant. Throws `NotFound` (`project_not_found`). */
  async get(tenant: string, key: string, on: Database | Transaction = this.#db): Promise<Project> {
    const row = await byKey.first(on, { tenant, key: key.toLowerCase() });
    if (!row) throw projectNotFound();
    return fromRow(row);
  }

  /** The project with this key, whosever it is. Throws `NotFound` (`project_not_found`). */
  async find(key: string): Promise<Project> {
    const tenant = await this.#handles.find(HANDLE, key.toLowerCase());
    if (tenant === undefined) throw projectNotFound();
    return this.get(tenant, key);
  }

  /** All projects of a tenant by name. */
  async list(tenant: string): Promise<Project[]> {
    return (await ofTenant.all(this.#db, { tenant })).map(fromRow);
  }
}

function check(project: Project): void {
  const { name, description, sharedName, sharedDescription } = project;
  const names = [name, sharedName ?? 'none'];
  if (names.some((text) => text.trim() === '' || text.length > MAX_NAME)) {
    throw new Invalid('project_name', `A project's name has 1 to ${MAX_NAME} characters`);
  }
  if ([description, sharedDescription].some((text) => (text ?? '').length > MAX_DESCRIPTION)) {
    throw new Invalid('project_name', `A description has at most ${MAX_DESCRIPTION} characters`);
  }
  checkLocales(project);
  const { extensions } = project;
  if (extensions.length > MAX_EXTENSIONS || !extensions.every((text) => EXTENSION.test(text))) {
    throw new Invalid('project_extensions', 'Extensions are lower case and start with a dot');
  }
}

function checkLocales({ sourceLocale, targetLocales }: Project): void {
  const locales = [sourceLocale, ...targetLocales].map(checkedLocale);
  const twice = locales.find((code, at) => locales.slice(0, at).some((c) => sameLocale(c, code)));
  if (twice !== undefined || targetLocales.length > MAX_TARGETS) {
    throw new Invalid(
      'project_locales',
      `Source and target locales differ from each other, and there are at most ${MAX_TARGETS}`,
    );
  }
}

function toRow(project: Project): Row {
  return {
    tenant_id: project.tenant,
    key: project.key,
    kind: project.kind,
    name: project.name,
    description: project.description,
    shared_name: project.sharedName,
    shared_description: project.sharedDescription,
    source_locale: project.sourceLocale,
    target_locales: JSON.stringify(project.targetLocales),
    extensions: JSON.stringify(project.extensions),
    settings: JSON.stringify(project.settings),
    created_at: project.createdAt,
    updated_at: project.updatedAt,
  };
}

function fromRow(row: Row): Project {
  return {
    tenant: row.tenant_id,
    key: row.key,
    kind: row.kind as ProjectKind,
    name: row.name,
    description: row.description,
    sharedName: row.shared_name,
    sharedDescription: row.shared_description,
    sourceLocale: row.source_locale,
    targetLocales: JSON.parse(row.target_locales) as string[],
    extensions: JSON.parse(row.extensions) as string[],
    settings: readSettings(row.settings),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

const projectNotFound = () => new NotFound('project_not_found', 'There is no such project');
