// Connectors: logins of content systems, each for one project and at one level (Beebox spec 1.5).
import ipaddr from 'ipaddr.js';
import type { Clock } from '../platform/clock.ts';
import type { Passwords, PreparedPassword } from '../platform/credentials/passwords.ts';
import type { Database } from '../platform/database/database.ts';
import { statement, type Transaction } from '../platform/database/statement.ts';
import { Invalid, NotFound } from '../platform/errors.ts';
import type { Random } from '../platform/random.ts';
import type { Project } from './projects.ts';
import type { TranslationTables } from './tables.ts';

/** `standard`: send content and fetch translations. `advanced`: also work on segments and jobs. */
export type ConnectorLevel = 'standard' | 'advanced';

export interface Connector {
  id: string;
  project: string;
  level: ConnectorLevel;
  login: string;
  enabled: boolean;
  /** Addresses and networks from which it may log in; empty: from everywhere. */
  ipAllow: string[];
  comments: string | null;
  createdAt: number;
  /** What was seen at its last login. */
  lastLogin: { at: number; client: string; version: string; address: string } | undefined;
}

export interface NewConnector {
  login: string;
  level?: ConnectorLevel;
  ipAllow?: readonly string[];
  comments?: string | null;
}

export type ConnectorChange = Partial<Omit<NewConnector, 'login'>> & { enabled?: boolean };

const MAX_ALLOWED = 200;
const MAX_COMMENTS = 2000;

/** A login at the same address with the same client is written down this often at most. */
const LOGIN_STEP_MS = 60_000;

type Row = TranslationTables['tr_connectors'];
type Key = { tenant: string; id: string };

const byId = statement<Key, Row, TranslationTables>((db, slot) =>
  db
    .selectFrom('tr_connectors')
    .selectAll()
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

const ofProject = statement<{ tenant: string; project: string }, Row, TranslationTables>(
  (db, slot) =>
    db
      .selectFrom('tr_connectors')
      .selectAll()
      .where('tenant_id', '=', slot('tenant'))
      .where('project_key', '=', slot('project'))
      .orderBy('id'),
);

const insert = statement<Record<keyof Row, unknown>, unknown, TranslationTables>((db, slot) =>
  db.insertInto('tr_connectors').values({
    tenant_id: slot('tenant_id'),
    id: slot('id'),
    project_key: slot('project_key'),
    level: slot('level'),
    login: slot('login'),
    enabled: slot('enabled'),
    ip_allow: slot('ip_allow'),
    comments: slot('comments'),
    created_at: slot('created_at'),
    updated_at: slot('updated_at'),
    last_login_at: slot('last_login_at'),
    last_client: slot('last_client'),
    last_client_version: slot('last_client_version'),
    last_address: slot('last_address'),
  }),
);

const change = statement<
  Key & Record<'level' | 'enabled' | 'ip_allow' | 'comments' | 'updated_at', unknown>,
  unknown,
  TranslationTables
>((db, slot) =>
  db
    .updateTable('tr_connectors')
    .set({
      level: slot('level'),
      enabled: slot('enabled'),
      ip_allow: slot('ip_allow'),
      comments: slot('comments'),
      updated_at: slot('updated_at'),
    })
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

const noteLogin = statement<
  Key & { at: number; client: string; version: string; address: string },
  unknown,
  TranslationTables
>((db, slot) =>
  db
    .updateTable('tr_connectors')
    .set({
      last_login_at: slot('at'),
      last_client: slot('client'),
      last_client_version: slot('version'),
      last_address: slot('address'),
    })
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

export class Connectors {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #passwords: Passwords;

  constructor(
    db: Database,
    { clock, random, passwords }: { clock: Clock; random: Random; passwords: Passwords },
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#random = random;
    this.#passwords = passwords;
  }

  /**
   * Makes a login for a project. Throws `Conflict` (`name_taken`) when the project has this login already, `Invalid`
   * (`connector_address`, `connector_comments`, `name_length`).
   */
  async create(
    trx: Transaction,
    project: Project,
    request: NewConnector,
    password: PreparedPassword,
  ): Promise<Connector> {
    const now = this.#clock.now();
    const row: Row = {
      tenant_id: project.tenant,
      id: this.#random.uuid7(),
      project_key: project.key,
      level: request.level ?? 'standard',
      login: request.login,
      enabled: 1,
      ip_allow: JSON.stringify(checkedAddresses(request.ipAllow ?? [])),
      comments: checkedComments(request.comments ?? null),
      created_at: now,
      updated_at: now,
      last_login_at: null,
      last_client: null,
      last_client_version: null,
      last_address: null,
    };
    await this.#passwords.create(trx, { ...passwordKey(row), subject: row.id }, password);
    await insert.run(trx, row);
    return fromRow(row);
  }

  /**
   * Changes a connector. Its sessions end when it is disabled or its level changes. Throws `NotFound`
   * (`connector_not_found`) and `Invalid` as `create` does.
   */
  async update(
    trx: Transaction,
    tenant: string,
    id: string,
    request: ConnectorChange,
  ): Promise<Connector> {
    const row = await byId.first(trx, { tenant, id });
    if (!row) throw connectorNotFound();
    const next: Row = {
      ...row,
      level: request.level ?? row.level,
      enabled: Number(request.enabled ?? row.enabled === 1),
      ip_allow: request.ipAllow ? JSON.stringify(checkedAddresses(request.ipAllow)) : row.ip_allow,
      comments: request.comments === undefined ? row.comments : checkedComments(request.comments),
      updated_at: this.#clock.now(),
    };
    await change.run(trx, { ...next, tenant, id });
    if (next.enabled !== row.enabled || next.level !== row.level) {
      // This also gives the password a new version, to which no session of before is bound.
      await this.#passwords.suspend(trx, passwordKey(row), next.enabled === 0);
    }
    return fromRow(next);
  }

  /** Sets another password; sessions end. Throws `NotFound` (`connector_not_found`). */
  async changePassword(
    trx: Transaction,
    tenant: string,
    id: string,
    password: PreparedPassword,
  ): Promise<void> {
    const row = await byId.first(trx, { tenant, id });
    if (!row) throw connectorNotFound();
    await this.#passwords.change(trx, passwordKey(row), password);
  }

  async find(tenant: string, id: string): Promise<Connector | undefined> {
    const row = await byId.first(this.#db, { tenant, id });
    return row && fromRow(row);
  }

  /** The connectors of a project, oldest first. */
  async list({ tenant, key }: Pick<Project, 'tenant' | 'key'>): Promise<Connector[]> {
    return (await ofProject.all(this.#db, { tenant, project: key })).map(fromRow);
  }

  /** Writes down who logged in last, for administrators to see; the same again only once a minute. */
  async noteLogin(
    tenant: string,
    { id, lastLogin }: Connector,
    login: { client: string; version: string; address: string },
  ): Promise<void> {
    const at = this.#clock.now();
    const same =
      lastLogin !== undefined &&
      at - lastLogin.at < LOGIN_STEP_MS &&
      lastLogin.client === login.client &&
      lastLogin.version === login.version &&
      lastLogin.address === login.address;
    if (!same) await this.#db.write((trx) => noteLogin.run(trx, { tenant, id, at, ...login }));
  }
}

/** The realm of the passwords of a project's connectors: logins are unique within the project. */
export function connectorRealm(project: string): string {
  return `translation.connector/${project}`;
}

/** Whether a connector may log in from `address`. An IPv4 address in IPv6 clothes counts as itself. */
export function isAllowedAddress(ipAllow: readonly string[], address: string): boolean {
  if (ipAllow.length === 0) return true;
  if (!ipaddr.isValid(address)) return false;
  const given = ipaddr.process(address);
  return ipAllow.some((entry) => {
    const [network, bits] = networkOf(entry);
    return network.kind() === given.kind() && given.match(network, bits);
  });
}

function networkOf(entry: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (entry.includes('/')) return ipaddr.parseCIDR(entry);
  const address = ipaddr.process(entry);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function checkedAddresses(entries: readonly string[]): string[] {
  const trimmed = entries.map((entry) => entry.trim());
  const wrong = trimmed.find((entry) => !isAddress(entry) && !ipaddr.isValidCIDR(entry));
  if (wrong !== undefined || trimmed.length > MAX_ALLOWED) {
    throw new Invalid(
      'connector_address',
      `At most ${MAX_ALLOWED} addresses (192.0.2.7) or networks (192.0.2.0/24) are allowed`,
    );
  }
  return trimmed;
}

/** The library also takes `1` and `192.168.1` for addresses; here that would be a slip of the pen. */
function isAddress(text: string): boolean {
  return ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text);
}

function checkedComments(comments: string | null): string | null {
  if ((comments ?? '').length > MAX_COMMENTS) {
    throw new Invalid('connector_comments', `Comments have at most ${MAX_COMMENTS} characters`);
  }
  return comments;
}

function passwordKey(row: Row) {
  return { tenant: row.tenant_id, realm: connectorRealm(row.project_key), name: row.login };
}

function fromRow(row: Row): Connector {
  return {
    id: row.id,
    project: row.project_key,
    level: row.level as ConnectorLevel,
    login: row.login,
    enabled: row.enabled === 1,
    ipAllow: JSON.parse(row.ip_allow) as string[],
    comments: row.comments,
    createdAt: row.created_at,
    lastLogin:
      row.last_login_at === null
        ? undefined
        : {
            at: row.last_login_at,
            client: row.last_client ?? '',
            version: row.last_client_version ?? '',
            address: row.last_address ?? '',
          },
  };
}

const connectorNotFound = () => new NotFound('connector_not_found', 'There is no such connector');
