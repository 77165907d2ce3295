// How document paths name one document: by id, or by record identity (BaasBox spec 5.4).
import { getCollection } from '../collections/collections.ts';
import type { BackendContext } from '../context.ts';
import type { Document, DocumentKey } from '../documents/document.ts';
import { Failure } from './failure.ts';

const RID = /^#(\d{1,9}):(\d{1,15})$/;

/** Reads `#c:p` or an id. A malformed identity is 400 with the given text. */
export function itemKey(
  text: string,
  problem = 'is not a RecordId in form of string.',
): DocumentKey {
  if (!text.startsWith('#')) return { id: text };
  const match = RID.exec(text);
  if (!match) throw new Failure(400, `${text} ${problem}`);
  return { number: Number(match[1]), position: Number(match[2]) };
}

/** Refuses a document that is not of the collection in the path. */
export function belongsTo(collection: string, status = 404): (document: Document) => void {
  return (document) => {
    if (document.collection !== collection) {
      throw new Failure(status, `${collection} is not a valid collection name`);
    }
  };
}

/**
 * Runs a read or change of one document. When it is not found, a collection that does not exist is the better news.
 */
export async function inCollection<T>(
  { db }: BackendContext,
  tenant: string,
  collection: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'no_document') {
      await getCollection(db, tenant, collection);
    }
    throw error;
  }
}
