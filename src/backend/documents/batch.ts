// Several changes of documents in one transaction: all of them, or none.
import { Invalid } from '../../platform/errors.ts';
import type { Transaction } from '../../platform/database/statement.ts';
import type { Actor, BackendContext } from '../context.ts';
import type { Document, DocumentKey } from './document.ts';
import {
  changeDocument,
  createDocument,
  removeDocument,
  type DocumentChange,
  type NewDocument,
} from './write.ts';

export type Step =
  | { kind: 'create'; document: NewDocument }
  | { kind: 'update'; key: DocumentKey; change: DocumentChange }
  | { kind: 'delete'; key: DocumentKey; check: (current: Document) => void };

/** Steps of one batch: others wait for it to end. */
const MAX_STEPS = 500;

/** A step failed, and with it the whole batch. */
export class StepFailed extends Error {
  /** Counts from 0. */
  readonly step: number;
  constructor(step: number, cause: unknown) {
    super(`Step ${step} of a batch failed`, { cause });
    this.step = step;
  }
}

/**
 * Runs the steps in their order; later ones see what earlier ones did. Gives the document of each step, `undefined` for
 * deletions. Throws `StepFailed` with what `createDocument`, `changeDocument` or `removeDocument` threw as its cause,
 * and `Invalid` (`batch_length`).
 */
export async function runBatch(
  context: BackendContext,
  actor: Actor,
  steps: readonly Step[],
): Promise<(Document | undefined)[]> {
  if (steps.length === 0 || steps.length > MAX_STEPS) {
    throw new Invalid('batch_length', `A batch has 1 to ${MAX_STEPS} operations`);
  }
  const done = await context.db.write(async (trx) => {
    const inside = within(context, trx);
    const results: (Document | undefined)[] = [];
    for (const [number, step] of steps.entries()) {
      try {
        results.push(await run(inside, actor, step));
      } catch (error) {
        // What the engine wants to run again, it must see as it is.
        throw error instanceof Error && isOfEngine(error) ? error : new StepFailed(number, error);
      }
    }
    return results;
  });
  context.feed.changed(actor.tenant);
  return done;
}

async function run(
  context: BackendContext,
  actor: Actor,
  step: Step,
): Promise<Document | undefined> {
  switch (step.kind) {
    case 'create':
      return createDocument(context, actor, step.document);
    case 'update':
      return changeDocument(context, actor, step.key, step.change);
    case 'delete':
      await removeDocument(context, actor, step.key, step.check);
      return undefined;
  }
}

/** The context with a database whose writes are part of the transaction. */
function within(context: BackendContext, trx: Transaction): BackendContext {
  const write = (work: (inner: never) => Promise<unknown>) => work(trx as never);
  return { ...context, db: { ...context.db, write: write as BackendContext['db']['write'] } };
}

/** Serialization failures and the like: PostgreSQL's five-character codes. */
function isOfEngine(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code);
}
