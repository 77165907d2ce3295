// Archives that administrators ask for: made in the background, kept as blobs, fetched and deleted by name (BaasBox spec 5.14).
import type { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import type { Blob } from '../../platform/blobs/blobs.ts';
import { Conflict, NotFound } from '../../platform/errors.ts';
import type { JobContext } from '../../platform/jobs/job.ts';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';
import { writeArchive } from './write-archive.ts';

const JOB = 'backend.export';
const MEDIA_TYPE = 'application/zip';

/** Archives of one app at a time; older ones are deleted by those who asked for them. */
const MAX_EXPORTS = 50;
const MAX_ATTEMPTS = 3;
const SIX_HOURS_MS = 6 * 3_600_000;
/** Archives that are asked for in the same second are named for the following ones. */
const NAME_TRIES = 60;

/**
 * Asks for an archive of the app and gives its name, `yyyyMMdd-HHmmss-<appcode>.zip` in UTC. Throws `Conflict`
 * (`too_many_exports`) when there are 50 already.
 */
export function requestExport(
  { db, clock, jobs }: BackendContext,
  tenant: string,
  appcode: string,
): Promise<string> {
  return db.write<BackendTables, string>(async (trx) => {
    const now = clock.now();
    const { count } = await trx
      .selectFrom('backend_exports')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('tenant_id', '=', tenant)
      .executeTakeFirstOrThrow();
    if (count >= MAX_EXPORTS) {
      throw new Conflict('too_many_exports', `There are ${MAX_EXPORTS} exports: delete some first`);
    }
    const name = await addExport(trx, tenant, now, appcode);
    await jobs.enqueue(trx, { tenantId: tenant, kind: JOB, payload: { name, appcode } });
    return name;
  });
}

/** Adds an archive under the first name that is free, and gives it. Others may ask at the same moment. */
async function addExport(
  trx: Kysely<BackendTables>,
  tenant: string,
  now: number,
  appcode: string,
): Promise<string> {
  for (let later = 0; later < NAME_TRIES; later++) {
    const name = exportName(now + later * 1000, appcode);
    const added = await trx
      .insertInto('backend_exports')
      .values({ tenant_id: tenant, name, state: 'waiting', blob: null, created_at: now })
      .onConflict((conflict) => conflict.doNothing())
      .returning('name')
      .executeTakeFirst();
    if (added) return added.name;
  }
  throw new Conflict('too_many_exports', 'Too many exports were asked for in this minute');
}

/** `20261122-193000-1234567890.zip`; what has no place in a file name becomes `_`. */
function exportName(time: number, appcode: string): string {
  const digits = new Date(time).toISOString().replaceAll(/[-:]/g, '');
  const code = appcode.replaceAll(/[^A-Za-z0-9._-]/g, '_').replaceAll('..', '__');
  return `${digits.slice(0, 8)}-${digits.slice(9, 15)}-${code}.zip`;
}

/** Names of the archives that are there or on their way, oldest first. */
export async function listExports({ db }: BackendContext, tenant: string): Promise<string[]> {
  const rows = await db
    .tables<BackendTables>()
    .selectFrom('backend_exports')
    .select('name')
    .where('tenant_id', '=', tenant)
    .where('state', '<>', 'failed')
    .orderBy('created_at')
    .orderBy('name')
    .execute();
  return rows.map(({ name }) => name);
}

/** The blob of an archive. Throws `NotFound` (`no_export`) when there is none of this name, or it is not finished. */
export async function findExport(
  { db, blobs }: BackendContext,
  tenant: string,
  name: string,
): Promise<Blob> {
  const row = await find(db.tables<BackendTables>(), tenant, name);
  const blob = row?.blob && (await blobs.find(tenant, row.blob));
  if (!blob) throw missing(name);
  return blob;
}

/** Deletes an archive; one that is still being made is given up. Throws `NotFound` (`no_export`). */
export function removeExport(
  { db, blobs }: BackendContext,
  tenant: string,
  name: string,
): Promise<void> {
  return db.write<BackendTables, void>(async (trx) => {
    const row = await trx
      .deleteFrom('backend_exports')
      .where('tenant_id', '=', tenant)
      .where('name', '=', name)
      .returning('blob')
      .executeTakeFirst();
    if (!row) throw missing(name);
    if (row.blob) await blobs.remove(trx, tenant, row.blob);
  });
}

/** Says who makes the archives. */
export function registerExportJob(context: BackendContext): void {
  context.jobs.register(
    JOB,
    (payload, job) => runExport(context, payload as { name: string; appcode: string }, job),
    { maxAttempts: MAX_ATTEMPTS, timeoutMs: SIX_HOURS_MS },
  );
}

async function runExport(
  context: BackendContext,
  { name, appcode }: { name: string; appcode: string },
  { job, signal }: JobContext,
): Promise<void> {
  const tenant = job.tenantId;
  const row = await find(context.db.tables<BackendTables>(), tenant, name);
  // Deleted meanwhile, or done by an attempt that could not say so.
  if (row?.state !== 'waiting') return;
  try {
    await writeArchive(context, { tenant, appcode }, (bytes) => {
      signal.addEventListener('abort', () => bytes.destroy(new Error('The export was stopped')));
      return keep(context, tenant, name, bytes);
    });
  } catch (error) {
    if (error instanceof NotFound) return;
    if (job.attempts >= MAX_ATTEMPTS) await fail(context, tenant, name);
    throw error;
  }
}

/** Stores the archive. Throws `NotFound` (`no_export`) when it was deleted meanwhile. */
function keep(
  { blobs }: BackendContext,
  tenant: string,
  name: string,
  bytes: Readable,
): Promise<void> {
  const options = { mediaType: MEDIA_TYPE, maxBytes: Number.MAX_SAFE_INTEGER };
  return blobs.put<BackendTables, void>(tenant, bytes, options, async (trx, blob) => {
    const { numUpdatedRows } = await trx
      .updateTable('backend_exports')
      .set({ state: 'done', blob: blob.id })
      .where('tenant_id', '=', tenant)
      .where('name', '=', name)
      .where('state', '=', 'waiting')
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw missing(name);
  });
}

async function fail({ db }: BackendContext, tenant: string, name: string): Promise<void> {
  await db.write<BackendTables, unknown>((trx) =>
    trx
      .updateTable('backend_exports')
      .set({ state: 'failed' })
      .where('tenant_id', '=', tenant)
      .where('name', '=', name)
      .execute(),
  );
}

function find(on: Kysely<BackendTables>, tenant: string, name: string) {
  return on
    .selectFrom('backend_exports')
    .select(['state', 'blob'])
    .where('tenant_id', '=', tenant)
    .where('name', '=', name)
    .executeTakeFirst();
}

function missing(name: string): NotFound {
  return new NotFound('no_export', `There is no export ${name.slice(0, 300)}`, { name });
}
