// The app's data as a whole: export, import, drop (BaasBox spec 5.14).
import type { BackendContext } from '../context.ts';
import { dropApp } from '../transfer/drop.ts';
import { findExport, listExports, removeExport, requestExport } from '../transfer/export.ts';
import { importArchive } from '../transfer/import.ts';
import { APPCODE } from './access.ts';
import { download } from './download.ts';
import { answer, NOTHING, type Answer, type RawAnswer } from './envelope.ts';
import { Failure } from './failure.ts';
import { isMultipart, readMultipart } from './multipart.ts';
import { route, type ActorCall, type Route } from './route.ts';

/** For administrators of the app, and for root. */
const LEVELS = ['admin', 'root'] as const;

export const databaseRoutes: readonly Route[] = [
  ...LEVELS.flatMap((level) => [
    route('POST', `/${level}/db/export`, level, request),
    route('GET', `/${level}/db/export`, level, list),
    route('GET', `/${level}/db/export/:name`, level, fetch),
    route('DELETE', `/${level}/db/export/:name`, level, remove),
    route('POST', `/${level}/db/import`, level, importFrom),
  ]),
  route('DELETE', '/admin/db/:timeout', 'admin', drop),
];

async function request({ context, actor }: ActorCall): Promise<Answer> {
  const { tenant } = actor;
  return answer(await requestExport(context, tenant, await appcodeOf(context, tenant)), 202);
}

/** What archives of the app are known by. */
async function appcodeOf({ tenants }: BackendContext, tenant: string): Promise<string> {
  const [handle] = await tenants.handles.list(tenant, APPCODE);
  return handle?.value ?? tenant;
}

async function list({ context, actor }: ActorCall): Promise<Answer> {
  return answer(await listExports(context, actor.tenant));
}

async function fetch({ context, actor, params, request: sent }: ActorCall): Promise<RawAnswer> {
  const name = params['name'] ?? '';
  const { tenant } = actor;
  const blob = await findExport(context, tenant, name);
  const { mediaType: contentType } = blob;
  return download(context, sent, tenant, { blob, contentType, saveAs: name, cache: 'private' });
}

async function remove({ context, actor, params }: ActorCall): Promise<Answer> {
  await removeExport(context, actor.tenant, params['name'] ?? '');
  return { data: NOTHING };
}

async function importFrom({ context, actor, request: sent }: ActorCall): Promise<Answer> {
  const { tenant } = actor;
  const { blobs, limits } = context;
  if (!isMultipart(sent)) throw new Failure(400, 'The archive must be sent as multipart/form-data');
  const { file } = await readMultipart(sent, {
    blobs,
    tenant,
    maxFileBytes: limits.maxImportBytes,
  });
  if (!file) throw new Failure(400, 'The form has no file part');
  try {
    await importArchive(context, tenant, file.content, {
      appcode: await appcodeOf(context, tenant),
      maxUnpackedBytes: limits.maxUnpackedBytes,
    });
  } finally {
    await blobs.discard(file.content);
  }
  return { data: NOTHING };
}

async function drop({ context, actor, params }: ActorCall): Promise<Answer> {
  const { timeout = '' } = params;
  if (!/^\d{1,9}$/.test(timeout)) {
    throw new Failure(400, 'The timeout must be a number of milliseconds');
  }
  await dropApp(context, actor, Number(timeout));
  return { data: NOTHING };
}
