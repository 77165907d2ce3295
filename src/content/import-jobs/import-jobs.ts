// Imports of HTML that a client asks for now and fetches later: durable, done once for the same HTML, kept for a while.
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import {
  Conflict,
  DomainError,
  Invalid,
  NotFound,
  TooLarge,
  TooMany,
} from '../../platform/errors.ts';
import type { JobContext } from '../../platform/jobs/job.ts';
import type { Jobs } from '../../platform/jobs/jobs.ts';
import { IMPORT_LIMITS } from '../import/limits.ts';
import { importHtml } from '../import/import.ts';
import type { ContentTables } from '../migrations.ts';
import { registerNotices, requestNotices, type NoticeOptions } from './notices.ts';

const KIND = 'content.import_html';
const SWEEP = 'content.sweep_imports';
/** What importing may take is bounded by the importer itself. */
const TIMEOUT_MS = 120_000;
const MAX_ATTEMPTS = 3;
/** Imports of one tenant that wait or run, and those that are kept. */
const MAX_RUNNING = 200;
const MAX_KEPT = 1000;
/** Addresses that want to know about one import. */
const MAX_WEBHOOKS = 10;
/** An address that comes while the import ends must be told, too. */
const SERIALIZABLE = { serializable: true };
const HASH = /^[0-9a-f]{64}$/;

export type ImportState = 'running' | 'done' | 'failed';

/** What a client is told of an import. */
export interface ImportAnswer {
  readonly hash: string;
  readonly state: ImportState;
}

/** What is kept of an import. */
export interface KeptImport extends ImportAnswer {
  /** the template as JSON text, once it is done */
  readonly result: string;
  /** why it failed */
  readonly error: string;
}

export interface ImportJobsOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly jobs: Jobs;
  /** a new id for a row, a column or a block */
  readonly newId: () => string;
  /** how long results are kept, in milliseconds */
  readonly keepMs: number;
  /** how the addresses that want to know are reached */
  readonly notices: NoticeOptions;
}

export class ImportJobs {
  readonly #options: ImportJobsOptions;

  constructor(options: ImportJobsOptions) {
    this.#options = options;
  }

  /** Registers who does the imports, and what removes old ones. */
  async schedule(): Promise<void> {
    const { jobs, notices } = this.#options;
    jobs.register(KIND, (payload, run) => this.#do((payload as { hash: string }).hash, run), {
      concurrency: 2,
      timeoutMs: TIMEOUT_MS,
      maxAttempts: MAX_ATTEMPTS,
    });
    registerNotices(jobs, notices);
    jobs.register(SWEEP, () => this.sweep());
    await jobs.schedule({ tenantId: '', name: SWEEP, kind: SWEEP, cron: '*/15 * * * *' });
  }

  /**
   * Asks for an import (Beefree spec 3.13). The same HTML has the same hash: while it runs or is kept, nothing is done
   * twice. `webhook` is told when it is done, also when that was before. Throws `Invalid` without HTML or for an address
   * that cannot be called, `TooLarge` beyond what the importer reads, `TooMany` (`too_many_imports`).
   */
  async ask(tenant: string, html: string, webhook: string | undefined): Promise<ImportAnswer> {
    const { db, jobs, clock, keepMs } = this.#options;
    // Databases keep no NUL, and browsers do not show one.
    const text = html.replaceAll('\0', '').toWellFormed();
    if (text.trim() === '') throw new Invalid('html_missing', 'The request has no HTML.');
    if (text.length > IMPORT_LIMITS.html) {
      throw new TooLarge('html_too_large', `A document may have ${IMPORT_LIMITS.html} characters.`);
    }
    const hash = createHash('sha256').update(text).digest('hex');
    const now = clock.now();
    return db.write<ContentTables, ImportAnswer>(async (trx) => {
      const found = await trx
        .selectFrom('content_imports')
        .select(['state', 'webhooks', 'expires_at'])
        .where('tenant_id', '=', tenant)
        .where('hash', '=', hash)
        .executeTakeFirst();
      if (found?.state === 'running') {
        if (webhook !== undefined) {
          await trx
            .updateTable('content_imports')
            .set({ webhooks: added(found.webhooks, webhook) })
            .where('tenant_id', '=', tenant)
            .where('hash', '=', hash)
            .execute();
        }
        return { hash, state: 'running' };
      }
      // A failure may have been the fault of an older importer: it is tried again.
      if (found?.state === 'done' && found.expires_at > now) {
        if (webhook !== undefined) {
          await requestNotices(trx, jobs, tenant, [webhook], { hash, state: 'done' });
        }
        return { hash, state: 'done' };
      }
      await makeRoom(trx, tenant);
      const row = {
        state: 'running',
        html: text,
        result: null,
        error: null,
        webhooks: JSON.stringify(webhook === undefined ? [] : [webhook]),
        created_at: now,
        expires_at: now + keepMs,
      };
      await trx
        .insertInto('content_imports')
        .values({ tenant_id: tenant, hash, ...row })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'hash']).doUpdateSet(row))
        .execute();
      await jobs.enqueue(trx, { tenantId: tenant, kind: KIND, payload: { hash }, uniqueKey: hash });
      return { hash, state: 'running' };
    }, SERIALIZABLE);
  }

  /** An import by its hash. Throws `NotFound` (`no_import`) when there is none, or its time is over. */
  async read(tenant: string, hash: string): Promise<KeptImport> {
    const { db, clock } = this.#options;
    const row = HASH.test(hash)
      ? await db
          .tables<ContentTables>()
          .selectFrom('content_imports')
          .select(['state', 'result', 'error', 'expires_at'])
          .where('tenant_id', '=', tenant)
          .where('hash', '=', hash)
          .executeTakeFirst()
      : undefined;
    if (!row || (row.state !== 'running' && row.expires_at <= clock.now())) throw noImport();
    const state = row.state as ImportState;
    return { hash, state, result: row.result ?? '', error: row.error ?? '' };
  }

  /** Ends an import and forgets its result. Throws `NotFound` (`no_import`). */
  async remove(tenant: string, hash: string): Promise<void> {
    await this.read(tenant, hash);
    await this.#options.db.write<ContentTables, unknown>((trx) =>
      trx
        .deleteFrom('content_imports')
        .where('tenant_id', '=', tenant)
        .where('hash', '=', hash)
        .execute(),
    );
  }

  /** Removes what is no longer kept. Gives how many. */
  async sweep(): Promise<number> {
    const { db, clock } = this.#options;
    return db.write<ContentTables, number>(async (trx) => {
      const { numDeletedRows } = await trx
        .deleteFrom('content_imports')
        .where('expires_at', '<=', clock.now())
        .where('state', '<>', 'running')
        .executeTakeFirst();
      return Number(numDeletedRows);
    });
  }

  async #do(hash: string, { job }: Pick<JobContext, 'job'>): Promise<void> {
    const tenant = job.tenantId;
    const row = await this.#options.db
      .tables<ContentTables>()
      .selectFrom('content_imports')
      .select(['html', 'created_at'])
      .where('tenant_id', '=', tenant)
      .where('hash', '=', hash)
      .where('state', '=', 'running')
      .executeTakeFirst();
    // Somebody ended it meanwhile.
    if (!row || row.html === null) return;
    try {
      const template = importHtml(row.html, { id: this.#options.newId });
      await this.#finish(tenant, hash, { state: 'done', result: JSON.stringify(template) });
    } catch (error) {
      if (error instanceof DomainError && !(error instanceof Conflict)) {
        await this.#finish(tenant, hash, { state: 'failed', error: error.message });
        return;
      }
      if (job.attempts >= MAX_ATTEMPTS) {
        const message = 'The server could not read the document';
        await this.#finish(tenant, hash, { state: 'failed', error: message });
      }
      throw error;
    }
  }

  async #finish(
    tenant: string,
    hash: string,
    outcome: { state: 'done'; result: string } | { state: 'failed'; error: string },
  ): Promise<void> {
    const { db, jobs, clock, keepMs } = this.#options;
    await db.write<ContentTables, void>(async (trx) => {
      const row = await trx
        .selectFrom('content_imports')
        .select('webhooks')
        .where('tenant_id', '=', tenant)
        .where('hash', '=', hash)
        .where('state', '=', 'running')
        .executeTakeFirst();
      if (!row) return;
      const kept = { html: null, webhooks: '[]', expires_at: clock.now() + keepMs };
      await trx
        .updateTable('content_imports')
        .set({ ...outcome, ...kept })
        .where('tenant_id', '=', tenant)
        .where('hash', '=', hash)
        .execute();
      const webhooks = JSON.parse(row.webhooks) as string[];
      await requestNotices(trx, jobs, tenant, webhooks, { hash, state: outcome.state });
    }, SERIALIZABLE);
  }
}

const noImport = () => new NotFound('no_import', 'There is no such import job');

function added(webhooks: string, webhook: string): string {
  const all = JSON.parse(webhooks) as string[];
  if (all.includes(webhook)) return webhooks;
  if (all.length >= MAX_WEBHOOKS) {
    throw new Invalid('too_many_webhooks', `An import may tell ${MAX_WEBHOOKS} addresses.`);
  }
  return JSON.stringify([...all, webhook]);
}

/** Throws `TooMany` when too many run; the oldest results go when too many are kept. */
async function makeRoom(trx: Kysely<ContentTables>, tenant: string): Promise<void> {
  const count = async (running: boolean) => {
    const row = await trx
      .selectFrom('content_imports')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('tenant_id', '=', tenant)
      .where('state', running ? '=' : '<>', 'running')
      .executeTakeFirstOrThrow();
    return Number(row.count);
  };
  if ((await count(true)) >= MAX_RUNNING) {
    throw new TooMany('too_many_imports', `${MAX_RUNNING} imports may wait at a time`);
  }
  const surplus = (await count(false)) - MAX_KEPT + 1;
  if (surplus <= 0) return;
  const old = await trx
    .selectFrom('content_imports')
    .select('hash')
    .where('tenant_id', '=', tenant)
    .where('state', '<>', 'running')
    .orderBy('expires_at')
    .limit(surplus)
    .execute();
  await trx
    .deleteFrom('content_imports')
    .where('tenant_id', '=', tenant)
    .where(
      'hash',
      'in',
      old.map(({ hash }) => hash),
    )
    .execute();
}
