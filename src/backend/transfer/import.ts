// Takes in an archive: checked as a whole first, then put in the place of everything in one transaction (BaasBox spec 5.14).
import type { Kysely } from 'kysely';
import type { StagedContent } from '../../platform/blobs/blobs.ts';
import type { Transaction } from '../../platform/database/statement.ts';
import { DomainError, Invalid } from '../../platform/errors.ts';
import { parseJson } from '../../platform/json.ts';
import type { StoredPassword } from '../../platform/credentials/passwords.ts';
import type { BackendContext } from '../context.ts';
import { queueBuilds } from '../indexes/indexes.ts';
import { readSetting } from '../settings/transfer.ts';
import { USER_REALM } from '../users/accounts.ts';
import { COPIED, type Row } from './copied-tables.ts';
import { PASSWORDS, SETTINGS, tableEntry, type ArchivedBlob } from './format.ts';
import { DocumentCounts } from './counts.ts';
import { continueAfter } from './positions.ts';
import { Archive, bad, type ArchiveLimits } from './read-archive.ts';
import { readRow, type RowImport } from './read-rows.ts';
import { clearApp, removeAccounts } from './replace.ts';
import type { AnyTables } from './rows.ts';

/** Rows written by one statement. */
const BATCH = 100;

/**
 * Replaces everything that the app has by what the archive has, in one go; its other calls are refused meanwhile. All
 * sessions end. `appcode` is the app's own: webhooks of another's archive stay off. Throws `Invalid` (`bad_archive`), and then nothing has changed. The archive itself stays staged.
 */
export async function importArchive(
  context: BackendContext,
  tenant: string,
  content: StagedContent,
  { appcode, ...limits }: ArchiveLimits & { appcode: string },
): Promise<void> {
  const archive = await Archive.open(context.blobs, content, limits);
  try {
    const run = new ArchiveImport(context, tenant, archive, archive.manifest.appcode !== appcode);
    await run.check();
    context.log.info({ tenant, made: archive.manifest.made }, 'app is imported');
    try {
      await run.stage();
      await context.gate.alone(tenant, () => run.replace());
    } finally {
      await run.discardUnused();
    }
  } finally {
    archive.close();
  }
}

interface StagedBlob {
  content: StagedContent;
  /** The first blob that was made of it, in the transaction that is under way. */
  blob: string | undefined;
}

class ArchiveImport {
  readonly #context: BackendContext;
  readonly #tenant: string;
  readonly #archive: Archive;
  /** What rows name, by hash. */
  readonly #wanted = new Set<string>();
  readonly #staged = new Map<string, StagedBlob>();
  /** The archive is of another app. */
  readonly #moved: boolean;
  #committed = false;

  constructor(context: BackendContext, tenant: string, archive: Archive, moved: boolean) {
    this.#context = context;
    this.#tenant = tenant;
    this.#archive = archive;
    this.#moved = moved;
  }

  /** Reads every row once, so that most of what can be wrong is found before anything is touched. */
  async check(): Promise<void> {
    const known = new Set([PASSWORDS, SETTINGS, ...Object.keys(COPIED).map(tableEntry)]);
    const strange = [...this.#archive.tables, ...Object.keys(this.#archive.manifest.tables)].find(
      (path) => !known.has(path),
    );
    if (strange !== undefined) throw bad(`${strange.slice(0, 100)} belongs to no table`);
    for (const [name, table] of Object.entries(COPIED)) {
      const path = tableEntry(name);
      const blob = ({ sha256 }: ArchivedBlob) => {
        this.#wanted.add(sha256);
        return '';
      };
      for await (const line of this.#archive.lines(path)) {
        await readRow(this.#rows(blob), path, table, line);
      }
    }
    for await (const line of this.#archive.lines(SETTINGS)) {
      readSetting(this.#context, this.#tenant, line);
    }
    for await (const line of this.#archive.lines(PASSWORDS)) passwordOf(line);
  }

  /** Stores the contents that rows name. */
  async stage(): Promise<void> {
    const { blobs } = this.#context;
    for await (const { hash, size, stream } of this.#archive.blobs()) {
      if (!this.#wanted.has(hash) || this.#staged.has(hash)) {
        stream.destroy();
        continue;
      }
      const content = await blobs
        .stage(this.#tenant, stream, { maxBytes: size })
        .catch((error: unknown) => {
          if (error instanceof DomainError && error.kind === 'unavailable') throw error;
          throw bad('a content is damaged');
        });
      this.#staged.set(hash, { content, blob: undefined });
      if (content.hash !== hash) throw bad('a content is not what its name says');
    }
    for (const hash of this.#wanted) {
      if (!this.#staged.has(hash)) throw bad('a content is missing');
    }
  }

  /** Drops the contents that became nobody's. */
  async discardUnused(): Promise<void> {
    if (this.#committed) return;
    for (const { content } of this.#staged.values()) await this.#context.blobs.discard(content);
  }

  async replace(): Promise<void> {
    const { db } = this.#context;
    try {
      await db.write<AnyTables, void>((trx) => this.#replaceIn(trx));
      this.#committed = true;
    } catch (error) {
      // Two rows with one key, say: the archive's fault, and all of it was undone.
      if (isConstraint(error)) throw bad('two rows are the same, or one is out of place');
      // What nobody foresaw may have been committed: the sweep knows what is used.
      this.#committed = !(error instanceof DomainError);
      throw error;
    }
  }

  async #replaceIn(trx: Kysely<AnyTables>): Promise<void> {
    const { db } = this.#context;
    const tenant = this.#tenant;
    // PostgreSQL may run this again.
    for (const staged of this.#staged.values()) staged.blob = undefined;
    const counts = new DocumentCounts(trx, tenant);
    await clearApp(trx, this.#context, tenant);
    await removeAccounts(trx, this.#context, tenant);
    for (const [name, table] of Object.entries(COPIED)) {
      const path = tableEntry(name);
      const rows = this.#rows((blob) => this.#attach(trx, blob));
      let batch: Row[] = [];
      const store = async () => {
        await trx.insertInto(name).values(batch).execute();
        if (name === 'backend_documents') await counts.add(batch);
        batch = [];
      };
      for await (const line of this.#archive.lines(path)) {
        batch.push(await readRow(rows, path, table, line));
        if (batch.length >= BATCH) await store();
      }
      if (batch.length > 0) await store();
    }
    await this.#restoreSettings(trx);
    await this.#restorePasswords(trx);
    const last = this.#archive.manifest.lastPosition;
    await counts.end(last);
    await continueAfter(trx, db.dialect, last);
    await queueBuilds(trx, this.#context, tenant);
  }

  async #restoreSettings(trx: Transaction): Promise<void> {
    const { tenants } = this.#context;
    for await (const line of this.#archive.lines(SETTINGS)) {
      const setting = readSetting(this.#context, this.#tenant, line);
      if (setting) await tenants.settings.set(trx, this.#tenant, setting.name, setting.stored);
    }
  }

  async #restorePasswords(trx: Transaction): Promise<void> {
    const { passwords } = this.#context.credentials;
    const realm = { tenant: this.#tenant, realm: USER_REALM };
    for await (const line of this.#archive.lines(PASSWORDS)) {
      await passwords.restore(trx, realm, passwordOf(line));
    }
  }

  /** Makes a blob of a content. */
  async #attach(trx: Transaction, { sha256, type }: ArchivedBlob): Promise<string> {
    const { blobs } = this.#context;
    const staged = this.#staged.get(sha256);
    if (!staged) throw bad('a content is missing');
    if (staged.blob !== undefined) return (await blobs.copy(trx, this.#tenant, staged.blob)).id;
    const { id } = await blobs.attach(trx, staged.content, type);
    staged.blob = id;
    return id;
  }

  #rows(blob: RowImport['blob']): RowImport {
    const { db, sealer, random } = this.#context;
    return { tenant: this.#tenant, dialect: db.dialect, sealer, random, blob, moved: this.#moved };
  }
}

function passwordOf(line: string): StoredPassword {
  const { name, subject, hash, suspended } = (parseJson(line) ?? {}) as Partial<StoredPassword>;
  if (
    typeof name !== 'string' ||
    typeof subject !== 'string' ||
    typeof hash !== 'string' ||
    typeof suspended !== 'boolean'
  ) {
    throw new Invalid('bad_archive', 'The archive cannot be imported: a password is not complete');
  }
  return { name, subject, hash, suspended };
}

/** Both engines' word for a row that breaks a rule of its table. */
function isConstraint(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('23') || code.startsWith('22') || code.startsWith('SQLITE_CONSTRAINT');
}
