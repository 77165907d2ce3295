// PDFs that wait to be fetched: public to whoever knows the name, for a day (Beefree spec 3.2).
import type { Readable } from 'node:stream';
import type { Blob, Blobs } from '../platform/blobs/blobs.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { statement } from '../platform/database/statement.ts';
import { NotFound } from '../platform/errors.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Random } from '../platform/random.ts';
import type { ContentTables } from './migrations.ts';

/** 59 random bits: nobody finds a name by trying. */
const NAME_LENGTH = 10;
export const PDF_NAME = /^[A-Za-z0-9]{10}\.pdf$/;

const MAX_BYTES = 256 * 1024 * 1024;
const SWEEP = 'content.sweep_pdfs';
const BATCH = 200;

type Row = ContentTables['content_pdfs'];

const byName = statement<{ name: string }, Row, ContentTables>((db, slot) =>
  db.selectFrom('content_pdfs').selectAll().where('name', '=', slot('name')),
);

export interface PdfFilesOptions {
  db: Database;
  blobs: Blobs;
  clock: Clock;
  random: Random;
  /** How long a PDF can be fetched, in milliseconds. */
  keepMs: number;
}

export class PdfFiles {
  readonly #options: PdfFilesOptions;

  constructor(options: PdfFilesOptions) {
    this.#options = options;
  }

  /** Keeps a PDF and gives its name. */
  async keep(tenant: string, pdf: Buffer): Promise<string> {
    const { blobs, clock, random, keepMs } = this.#options;
    const name = `${random.alphanumeric(NAME_LENGTH)}.pdf`;
    const limits = { mediaType: 'application/pdf', maxBytes: MAX_BYTES };
    const now = clock.now();
    await blobs.put<ContentTables, void>(tenant, pdf, limits, async (trx, { id }) => {
      await trx
        .insertInto('content_pdfs')
        .values({
          tenant_id: tenant,
          name,
          blob_id: id,
          created_at: now,
          expires_at: now + keepMs,
        })
        .execute();
    });
    return name;
  }

  /** Opens a PDF by its name. Throws `NotFound` (`no_pdf`) when there is none, or its day is over. */
  async open(name: string): Promise<{ blob: Blob; stream: Readable; expiresAt: number }> {
    const { db, blobs, clock } = this.#options;
    const row = PDF_NAME.test(name) ? await byName.first(db, { name }) : undefined;
    if (!row || row.expires_at <= clock.now()) {
      throw new NotFound('no_pdf', 'The file does not exist or is no longer available');
    }
    return { ...(await blobs.open(row.tenant_id, row.blob_id)), expiresAt: row.expires_at };
  }

  /** Removes what can no longer be fetched. Gives how many. */
  async sweep(): Promise<number> {
    const { db, blobs, clock } = this.#options;
    let removed = 0;
    for (;;) {
      const due = await db
        .tables<ContentTables>()
        .selectFrom('content_pdfs')
        .selectAll()
        .where('expires_at', '<=', clock.now())
        .orderBy('expires_at')
        .limit(BATCH)
        .execute();
      for (const { tenant_id, name, blob_id } of due) {
        await db.write<ContentTables, void>(async (trx) => {
          const { numDeletedRows } = await trx
            .deleteFrom('content_pdfs')
            .where('tenant_id', '=', tenant_id)
            .where('name', '=', name)
            .executeTakeFirst();
          if (numDeletedRows > 0n) await blobs.remove(trx, tenant_id, blob_id);
        });
      }
      removed += due.length;
      if (due.length < BATCH) return removed;
    }
  }

  /** Has the jobs sweep every quarter of an hour. */
  async schedule(jobs: Jobs): Promise<void> {
    jobs.register(SWEEP, () => this.sweep());
    await jobs.schedule({ tenantId: '', name: SWEEP, kind: SWEEP, cron: '*/15 * * * *' });
  }
}
