// Files: upload, download, details, text, delete, grants (BaasBox spec 5.5, 5.7).
import { applyGrant, resolveGrants } from '../acl/change.ts';
import { changeFileGrants, removeFile } from '../files/change.ts';
import { readFile, type StoredFile } from '../files/file.ts';
import { allowedSize, resizedImage, type AskedSize } from '../files/resized.ts';
import { fileSource, type FileRow } from '../files/search.ts';
import { storeFile } from '../files/store.ts';
import { readText } from '../files/text.ts';
import { countRecords, findRecords, mapped } from '../query/records.ts';
import { readCriteria } from './criteria.ts';
import { download, resizedName } from './download.ts';
import { NOTHING, type Answer, type RawAnswer } from './envelope.ts';
import { Failure } from './failure.ts';
import { fileAclFailure, readFileAcl } from './file-acl.ts';
import { formObject } from './form-json.ts';
import { permissionOf } from './grants.ts';
import { listAnswer } from './list-answer.ts';
import { MULTIPART, readMultipart, readTexts } from './multipart.ts';
import type { QueryString } from './query-string.ts';
import { route, type ActorCall, type Route } from './route.ts';
import { fileJson } from './file-json.ts';
import { numberedRows, rowsJson } from './wire.ts';

const GRANTS = { level: 'user', group: 'file.grants' } as const;
const READ = { level: 'anon', group: 'file.read' } as const;
const WRITE = { level: 'user', group: 'file.write' } as const;

export const fileRoutes: readonly Route[] = [
  route('POST', '/file', WRITE, upload),
  route('GET', '/file/details', READ, list),
  route('GET', '/file/details/:id', READ, details),
  route('GET', '/file/attachedData/:id', READ, attachedData),
  route('GET', '/file/content/:id', READ, content),
  route('GET', '/file/:id', READ, bytes),
  route('DELETE', '/file/:id', WRITE, remove),
  route('PUT', '/file/:id/:action/user/:grantee', GRANTS, grant(false, true)),
  route('DELETE', '/file/:id/:action/user/:grantee', GRANTS, grant(false, false)),
  route('PUT', '/file/:id/:action/role/:grantee', GRANTS, grant(true, true)),
  route('DELETE', '/file/:id/:action/role/:grantee', GRANTS, grant(true, false)),
];

async function upload({ context, actor, request, body }: ActorCall): Promise<Answer> {
  if (body.type !== MULTIPART) throw new Failure(400, `expecting a ${MULTIPART} body`);
  const { blobs, limits } = context;
  const { tenant } = actor;
  const form = await readMultipart(request, { blobs, tenant, maxFileBytes: limits.maxFileBytes });
  const { file } = form;
  if (!file) throw new Failure(400, 'The form has no part with a file');
  const { attached, named } = await readTexts(context, form, (fields) => ({
    attached: formObject('attachedData', fields.get('attachedData')),
    named: fields.has('acl') ? readFileAcl(fields.get('acl') ?? '') : undefined,
  }));
  const stored = await storeFile(context, actor, {
    content: file.content,
    head: file.head,
    name: file.name,
    attached,
    grants: named && ((trx) => resolveGrants(trx, tenant, named)),
  }).catch((error: unknown) => {
    throw fileAclFailure(error);
  });
  return { status: 201, data: fileJson(stored) };
}

async function list(call: ActorCall): Promise<Answer | RawAnswer> {
  const { context, actor, query } = call;
  const { query: criteria, count, paged } = readCriteria(query);
  const source = fileSource(context, actor);
  if (count) {
    return { data: rowsJson([{ count: await countRecords(context, source, criteria) }]) };
  }
  return listAnswer(call, async (signal) => {
    const found = await findRecords(context, source, criteria, signal);
    const batches =
      'rows' in found
        ? numberedRows(found.rows)
        : mapped(found.records, (row) => fileJson(named(row)));
    const read = 'rows' in found ? found.rows : found.records;
    return { batches, more: () => (paged ? read.more : undefined) };
  });
}

function named(row: FileRow): StoredFile {
  return { ...row, authorName: row.authorName ?? '' };
}

async function details({ context, actor, params }: ActorCall): Promise<Answer> {
  return { data: fileJson(await readFile(context.db, actor, idOf(params))) };
}

async function attachedData({ context, actor, params }: ActorCall): Promise<Answer> {
  return { data: (await readFile(context.db, actor, idOf(params))).attached };
}

async function content({ context, actor, params }: ActorCall): Promise<RawAnswer> {
  const raw = await readText(context, actor, idOf(params));
  return {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
    },
    raw,
  };
}

async function bytes(call: ActorCall): Promise<RawAnswer> {
  const { context, actor, params, query, request } = call;
  const { tenant } = actor;
  const file = await readFile(context.db, actor, idOf(params));
  const asked = askedSize(query);
  const saved = /^true$/i.test(query.first('download') ?? '');
  const { contentType } = file;
  if (!asked) {
    const blob = await context.blobs.find(tenant, file.blob);
    if (!blob) throw new Failure(404, `${file.id} file was not found`);
    const saveAs = saved ? file.name : undefined;
    return download(context, request, tenant, { blob, contentType, saveAs, cache: 'private' });
  }
  const size = await allowedSize(context, tenant, actor, asked);
  const blob = await resizedImage(context, tenant, file, size);
  const saveAs = saved ? resizedName(file.name, textOf(asked)) : undefined;
  return download(context, request, tenant, { blob, contentType, saveAs, cache: 'private' });
}

async function remove({ context, actor, params }: ActorCall): Promise<Answer> {
  const id = idOf(params);
  await removeFile(context, actor, id).catch((error: unknown) => {
    if (codeOf(error) === 'no_file') throw new Failure(404, `${id} file not found`);
    throw error;
  });
  return { data: NOTHING };
}

function grant(isRole: boolean, granted: boolean) {
  return async ({ context, actor, params }: ActorCall): Promise<Answer> => {
    const permission = permissionOf(params['action'] ?? '');
    const grantee = { name: params['grantee'] ?? '', isRole };
    await changeFileGrants(context, actor, idOf(params), (trx, { acl }) =>
      applyGrant(trx, actor.tenant, acl, { permission, grantee, granted }),
    ).catch((error: unknown) => {
      // Whoever may read but not change the file gets no text.
      if (codeOf(error) === 'no_update') throw new Failure(403, '');
      throw error;
    });
    return { data: NOTHING };
  };
}

/** The size in the query; a number among the allowed ones wins over a text. */
export function askedSize(query: QueryString): AskedSize | undefined {
  const number = query.first('sizeId');
  if (number) return sizeNumber(number);
  const text = query.first('resize');
  return text ? { text } : undefined;
}

export function sizeNumber(text: string): AskedSize {
  if (!/^\d{1,4}$/.test(text)) throw new Failure(400, `${text} is not the number of a size`);
  return { number: Number(text) };
}

/** How a size is called in the name of a copy. */
export function textOf(asked: AskedSize): string {
  return 'number' in asked ? String(asked.number) : asked.text;
}

function idOf(params: Readonly<Record<string, string>>): string {
  return params['id'] ?? '';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
