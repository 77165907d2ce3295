// The text in files: a job finds it after the upload, in a process that can be killed; it never makes an upload fail.
import { sql } from 'kysely';
import type { Job, JobContext } from '../../platform/jobs/job.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { DomainError } from '../../platform/errors.ts';
import type { Actor, BackendContext } from '../context.ts';
import type { Extracted } from '../media/text/extracted.ts';
import { cleanText } from '../query/values.ts';
import type { BackendTables } from '../tables.ts';
import { findFile, holdFile, readFile } from './file.ts';

const TEXT_JOB = 'backend.file_text';

/** How long one file may take. */
const TIMEOUT_MS = 60_000;

/** What a file itself can be blamed for: trying again gives the same. */
const HOPELESS = new Set(['media_damaged', 'media_too_large', 'media_deadline', 'blob_not_found']);

const save = statement<{ tenant: string; file: string; text: string }, unknown, BackendTables>(
  (db, slot) =>
    db
      .insertInto('backend_file_texts')
      .values({ tenant_id: slot('tenant'), file: slot('file'), text: slot('text') })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'file']).doUpdateSet({ text: sql`excluded.text` }),
      ),
);

const describe = statement<
  { tenant: string; id: string; metadata: string },
  unknown,
  BackendTables
>((db, slot, dialect) =>
  db
    .updateTable('backend_files')
    .set({
      metadata: slot('metadata'),
      fields:
        dialect === 'postgres'
          ? sql`jsonb_set(fields, '{metadata}', ${slot('metadata')}::jsonb)`
          : sql`json_set(fields, '$.metadata', json(${slot('metadata')}))`,
    })
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

const find = statement<{ tenant: string; file: string }, { text: string }, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_file_texts')
      .select('text')
      .where('tenant_id', '=', slot('tenant'))
      .where('file', '=', slot('file')),
);

/** Asks for the text of a file, as a part of the transaction that stores it. */
export async function requestText(
  trx: Transaction,
  { jobs }: BackendContext,
  tenant: string,
  id: string,
): Promise<void> {
  // Whatever people wait for comes first.
  await jobs.enqueue(trx, { tenantId: tenant, kind: TEXT_JOB, payload: { id }, priority: -10 });
}

/** Registers the job. */
export function registerTextJob(context: BackendContext): void {
  context.jobs.register(
    TEXT_JOB,
    (payload, run) => extract(context, run, (payload as { id: string }).id),
    { timeoutMs: TIMEOUT_MS * 2, maxAttempts: 3 },
  );
}

/** The text in a file that the actor may read; empty when there is none or it has not been found yet. Throws `NotFound` (`no_file`). */
export async function readText(context: BackendContext, actor: Actor, id: string): Promise<string> {
  await readFile(context.db, actor, id);
  return (await find.first(context.db, { tenant: actor.tenant, file: id }))?.text ?? '';
}

async function extract(
  context: BackendContext,
  { job, signal }: Pick<JobContext, 'signal'> & { job: Pick<Job, 'tenantId'> },
  id: string,
): Promise<void> {
  const tenant = job.tenantId;
  const file = await findFile(context.db, tenant, id);
  if (!file) return;
  const content = {
    open: async () => (await context.blobs.open(tenant, file.blob)).stream,
    bytes: file.size,
  };
  const task = { kind: 'text', mediaType: file.contentType } as const;
  try {
    const reply = await context.media.run(task, content, { timeoutMs: TIMEOUT_MS, signal });
    if ('text' in reply) await keep(context, tenant, id, reply.text);
  } catch (error) {
    const hopeless = error instanceof DomainError && HOPELESS.has(error.code) && !signal.aborted;
    if (!hopeless) throw error;
    context.log.info({ tenant, file: id, reason: error.code }, 'no text found in a file');
  }
}

async function keep(
  { db }: BackendContext,
  tenant: string,
  id: string,
  { text, metadata }: Extracted,
): Promise<void> {
  await db.write(async (trx) => {
    const file = await holdFile(trx, tenant, id);
    if (!file) return;
    await save.run(trx, { tenant, file: id, text: cleanText(text) });
    const known = JSON.parse(file.metadata) as Record<string, string>;
    const found = Object.entries(metadata).map(([name, value]) => [name, cleanText(value)]);
    const all = { ...(Object.fromEntries(found) as Record<string, string>), ...known };
    await describe.run(trx, { tenant, id, metadata: JSON.stringify(all) });
  });
}
