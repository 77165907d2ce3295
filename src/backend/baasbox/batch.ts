// Beyond the original: creations, updates and deletions of documents in one call, of which all happen or none.
import { runBatch, StepFailed, type Step } from '../documents/batch.ts';
import { parseBody } from '../documents/content.ts';
import { isObject, type Json, type JsonObject } from '../query/values.ts';
import { jsonObject } from './body.ts';
import { chosenId, contentIn, expectedVersion, grantsIn, refuseVersion } from './document-body.ts';
import type { Answer } from './envelope.ts';
import { failureOf } from './errors.ts';
import { Failure } from './failure.ts';
import { belongsTo, itemKey } from './item.ts';
import { route, type ActorCall, type Route } from './route.ts';
import { documentJson } from './wire.ts';

export const batchRoutes: readonly Route[] = [
  route('POST', '/document/:collection/batch', { level: 'user', group: 'data.write' }, batch),
];

async function batch({ context, actor, params, body }: ActorCall): Promise<Answer> {
  const collection = params['collection'] ?? '';
  // Numbers are kept as they are spelled.
  const { operations } = parseBody(jsonObject(body).text);
  if (!Array.isArray(operations)) throw new Failure(400, 'operations must be an array');
  const steps = operations.map((operation, number) =>
    inOperation(number, () => stepOf(operation, collection, actor.tenant)),
  );
  const done = await runBatch(context, actor, steps).catch((error: unknown) => {
    if (error instanceof StepFailed) throw failureIn(error.step, error.cause);
    throw error;
  });
  const results = done.map(
    (document) => `{"status":200,"data":${document ? documentJson(document) : '""'}}`,
  );
  return { data: `[${results.join(',')}]` };
}

function stepOf(operation: Json, collection: string, tenant: string): Step {
  if (!isObject(operation)) throw new Failure(400, 'an operation must be an object');
  const { op, id } = operation;
  if (op === 'create') {
    const value = documentIn(operation);
    refuseVersion(value);
    const document = {
      collection,
      content: contentIn(value),
      id: chosenId(value),
      grants: grantsIn(value, tenant),
    };
    return { kind: 'create', document };
  }
  if (op !== 'update' && op !== 'delete') {
    throw new Failure(400, 'op must be create, update or delete');
  }
  if (typeof id !== 'string') throw new Failure(400, 'id must be a string');
  const key = itemKey(id, 'is not a document');
  const check = belongsTo(collection);
  if (op === 'delete') return { kind: 'delete', key, check };
  const value = documentIn(operation);
  const content = contentIn(value);
  const change = {
    content: () => content,
    grants: grantsIn(value, tenant),
    version: expectedVersion(value),
    check,
  };
  return { kind: 'update', key, change };
}

function documentIn({ document }: JsonObject): JsonObject {
  if (document === undefined || !isObject(document)) {
    throw new Failure(400, 'document must be an object');
  }
  return document;
}

function inOperation<T>(number: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failureIn(number, error);
  }
}

/** The failure of one operation; they are counted from 0. */
function failureIn(number: number, error: unknown): Failure {
  const { statusCode, message, bbCode } = failureOf(error);
  // What nobody foresaw stays what it is.
  if (statusCode >= 500) throw error;
  return new Failure(statusCode, `operation ${number}: ${message}`, bbCode);
}
