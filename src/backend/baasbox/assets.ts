// Assets: read by everyone who knows the app, made by administrators (BaasBox spec 5.8).
import { createAsset, listAssets, readAsset, removeAsset, type Asset } from '../assets/assets.ts';
import { allowedSize, resizedImage, type AskedSize } from '../files/resized.ts';
import type { Subject } from '../query/evaluate.ts';
import { runInMemory } from '../query/memory.ts';
import { DateValue, RidValue, type JsonObject } from '../query/values.ts';
import { formOrJson } from './body.ts';
import { readCriteria } from './criteria.ts';
import { download, resizedName } from './download.ts';
import { NOTHING, type Answer, type RawAnswer } from './envelope.ts';
import { Failure } from './failure.ts';
import { askedSize, sizeNumber, textOf } from './files.ts';
import { formObject } from './form-json.ts';
import { MULTIPART, readMultipart, readTexts } from './multipart.ts';
import { appRoute, route, type ActorCall, type AppCall, type Route } from './route.ts';
import { ASSET_CLUSTER, assetClass, assetJson } from './file-json.ts';
import { rowsJson } from './wire.ts';

const PUBLIC = { group: 'assets', missing: 401 } as const;

/** The file inline and as an attachment: the paths of both end alike. */
function fileRoutes(rest: string, asked: (call: AppCall) => AskedSize | undefined): Route[] {
  return [
    appRoute('GET', `/asset/:name${rest}`, PUBLIC, (call) => bytes(call, asked(call), false)),
    appRoute('GET', `/asset/:name/download${rest}`, PUBLIC, (call) =>
      bytes(call, asked(call), true),
    ),
  ];
}

export const assetRoutes: readonly Route[] = [
  ...fileRoutes('', ({ query }) => askedSize(query)),
  ...fileRoutes('/resize/:width/:height', ({ params }) => ({
    text: `${params['width'] ?? ''}-${params['height'] ?? ''}`,
  })),
  ...fileRoutes('/resize/:width', ({ params }) => percent(params['width'] ?? '')),
  ...fileRoutes('/resizeId/:number', ({ params }) => sizeNumber(params['number'] ?? '')),
  appRoute('GET', '/asset/:name/data', PUBLIC, data),
  route('POST', '/admin/asset', 'admin', create),
  route('GET', '/admin/asset', 'admin', list),
  route('DELETE', '/admin/asset/:name', 'admin', remove),
];

function percent(text: string): AskedSize {
  if (!text.endsWith('%')) throw new Failure(400, `${text} is not a size in percent`);
  return { text };
}

async function bytes(
  { context, tenant, params, request }: AppCall,
  asked: AskedSize | undefined,
  saved: boolean,
): Promise<RawAnswer> {
  const { file, name } = await readAsset(context.db, tenant, params['name'] ?? '');
  if (!file) throw new Failure(404, `The asset ${name} has no file`);
  const { contentType } = file;
  if (!asked) {
    const blob = await context.blobs.find(tenant, file.blob);
    if (!blob) throw new Failure(404, `There is no asset ${name}`);
    const saveAs = saved ? file.name : undefined;
    return download(context, request, tenant, { blob, contentType, saveAs, cache: 'public' });
  }
  const size = await allowedSize(context, tenant, undefined, asked);
  const blob = await resizedImage(context, tenant, file, size);
  const saveAs = saved ? resizedName(file.name, textOf(asked)) : undefined;
  return download(context, request, tenant, { blob, contentType, saveAs, cache: 'public' });
}

async function data({ context, tenant, params }: AppCall): Promise<Answer> {
  return { data: (await readAsset(context.db, tenant, params['name'] ?? '')).meta };
}

async function create(call: ActorCall): Promise<Answer> {
  const { context, actor, request, body } = call;
  if (body.type !== MULTIPART) {
    if (body.type !== 'application/x-www-form-urlencoded') {
      throw new Failure(400, 'expecting a form: multipart/form-data or x-www-form-urlencoded');
    }
    const fields = formOrJson(body);
    const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined);
    const name = required(text('name'));
    const meta = formObject('meta', text('meta'));
    return made(await createAsset(context, actor, { name, meta }));
  }
  const { blobs, limits } = context;
  const { maxFileBytes } = limits;
  const form = await readMultipart(request, { blobs, tenant: actor.tenant, maxFileBytes });
  const { file } = form;
  if (!file) throw new Failure(400, 'The form has no part with a file');
  const texts = await readTexts(context, form, (fields) => ({
    name: required(fields.get('name')),
    meta: formObject('meta', fields.get('meta')),
  }));
  return made(await createAsset(context, actor, { ...texts, file }));
}

function required(name: string | undefined): string {
  if (name === undefined || name.trim() === '') {
    throw new Failure(400, "The field 'name' is missing");
  }
  return name;
}

function made(asset: Asset): Answer {
  return { status: 201, data: assetJson(asset) };
}

async function list({ context, actor, query }: ActorCall): Promise<Answer> {
  const { query: criteria, count } = readCriteria(query);
  const all = await listAssets(context, actor.tenant);
  const found = runInMemory(all, subjectOf, criteria, context.clock.now());
  if (count) {
    const total = 'rows' in found ? found.rows.length : found.items.length;
    return { data: rowsJson([{ count: total }]) };
  }
  if ('rows' in found) return { data: rowsJson(found.rows) };
  return { data: `[${found.items.map(assetJson).join(',')}]` };
}

async function remove({ context, actor, params }: ActorCall): Promise<Answer> {
  await removeAsset(context, actor.tenant, params['name'] ?? '');
  return { data: NOTHING };
}

/** An asset as conditions see it. */
function subjectOf(asset: Asset): Subject {
  const { id, name, position, authorName, createdAt, meta, file } = asset;
  return {
    fields: {
      name,
      meta: JSON.parse(meta) as JsonObject,
      ...(file && {
        fileName: file.name,
        contentType: file.contentType,
        contentLength: file.size,
      }),
    },
    system(field) {
      switch (field) {
        case 'id':
          return id;
        case '_author':
          return authorName;
        case '_creation_date':
          return new DateValue(createdAt);
        case '@version':
          return 1;
        case '@rid':
          return new RidValue(ASSET_CLUSTER, position);
        case '@class':
          return assetClass(asset);
        default:
          return undefined;
      }
    },
  };
}
