// Files and assets as this protocol writes them (BaasBox spec 6.6, 6.7).
import type { Asset } from '../assets/assets.ts';
import { formatDate } from '../query/dates.ts';

/** What an answer says of a file. */
export interface ShownFile {
  id: string;
  version: number;
  authorName: string;
  createdAt: number;
  name: string;
  contentType: string;
  /** Bytes. */
  size: number;
  /** JSON objects as text. */
  metadata: string;
  attached: string;
}

/** A file as JSON text: no record identity and no class, by which clients tell it from a document. */
export function fileJson(file: ShownFile): string {
  const { id, version, createdAt, authorName, name, contentType, size, metadata, attached } = file;
  return (
    `{"@version":${version},"_creation_date":"${formatDate(createdAt)}","id":${JSON.stringify(id)},` +
    `"_author":${JSON.stringify(authorName)},"fileName":${JSON.stringify(name)},` +
    `"contentType":${JSON.stringify(contentType)},"contentLength":${size},"metadata":${metadata},` +
    `"attachedData":${attached}}`
  );
}

/** First part of the record identities of assets; those of collections begin higher. */
export const ASSET_CLUSTER = 19;

/** Assets with and without a file are of two classes. */
export function assetClass({ file }: Asset): string {
  return file ? '_BB_FileAsset' : '_BB_Asset';
}

/** An asset as JSON text. */
export function assetJson(asset: Asset): string {
  const { id, name, position, authorName, createdAt, meta, file } = asset;
  const about =
    file &&
    `,"fileName":${JSON.stringify(file.name)},"contentType":${JSON.stringify(file.contentType)},"contentLength":${file.size}`;
  return (
    `{"@rid":"#${ASSET_CLUSTER}:${position}","@version":1,"@class":"${assetClass(asset)}",` +
    `"_creation_date":"${formatDate(createdAt)}","id":${JSON.stringify(id)},"_author":${JSON.stringify(authorName)},` +
    `"name":${JSON.stringify(name)},"meta":${meta}${about ?? ''}}`
  );
}
