// Keeps the entries of a document with it: called in the transaction of each change.
import { createHash } from 'node:crypto';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Conflict } from '../../platform/errors.ts';
import { evaluate } from '../query/evaluate.ts';
import { toJson } from '../query/projection.ts';
import type { JsonObject, Value } from '../query/values.ts';
import type { BackendTables } from '../tables.ts';
import { pathName, pathOf, type IndexDefinition } from './definition.ts';
import { entriesOf, isCut, type Entry } from './entries.ts';

type EntryRow = Omit<BackendTables['backend_index_entries'], 'tenant_id'> & { tenant: string };

const insert = statement<EntryRow, unknown, BackendTables>((db, slot) =>
  db
    .insertInto('backend_index_entries')
    .values({
      tenant_id: slot('tenant'),
      path: slot('path'),
      rank: slot('rank'),
      num: slot('num'),
      text: slot('text'),
      position: slot('position'),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

const remove = statement<EntryRow, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_index_entries')
    .where('tenant_id', '=', slot('tenant'))
    .where('path', '=', slot('path'))
    .where('rank', '=', slot('rank'))
    .where('num', '=', slot('num'))
    .where('text', '=', slot('text'))
    .where('position', '=', slot('position')),
);

type KeyRow = { tenant: string; index: string; hash: string; document: string };

const claim = statement<KeyRow, unknown, BackendTables>((db, slot) =>
  db
    .insertInto('backend_unique_keys')
    .values({
      tenant_id: slot('tenant'),
      index_id: slot('index'),
      hash: slot('hash'),
      document: slot('document'),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

/** Keys of documents that are gone are free. */
const takeOver = statement<KeyRow, unknown, BackendTables>((db, slot) =>
  db
    .updateTable('backend_unique_keys')
    .set({ document: slot('document') })
    .where('tenant_id', '=', slot('tenant'))
    .where('index_id', '=', slot('index'))
    .where('hash', '=', slot('hash'))
    .where((row) =>
      row.or([
        row('document', '=', slot('document')),
        row.not(
          row.exists(
            row
              .selectFrom('backend_documents as d')
              .select('d.id')
              .where('d.tenant_id', '=', slot('tenant'))
              .whereRef('d.id', '=', 'backend_unique_keys.document'),
          ),
        ),
      ]),
    ),
);

const release = statement<KeyRow, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_unique_keys')
    .where('tenant_id', '=', slot('tenant'))
    .where('index_id', '=', slot('index'))
    .where('hash', '=', slot('hash'))
    .where('document', '=', slot('document')),
);

/** Where a document is. */
export interface Indexed {
  id: string;
  position: number;
}

/** A document's content for queries before and after a change; `undefined`: it is not there. */
export interface Contents {
  before: string | undefined;
  after: string | undefined;
}

/**
 * Changes the entries of a document. Says whether a text was cut for the first time in one of the indexes. Throws
 * `Conflict` (`not_unique`, `details.fields`) when another document has the values of a unique index.
 */
export async function keepEntries(
  trx: Transaction,
  tenant: string,
  indexes: readonly IndexDefinition[],
  { id, position }: Indexed,
  { before, after }: Contents,
): Promise<{ cut: Set<string> }> {
  const old = before === undefined ? undefined : (JSON.parse(before) as JsonObject);
  const now = after === undefined ? undefined : (JSON.parse(after) as JsonObject);
  const cut = new Set<string>();
  for (const index of indexes) {
    if (index.state === 'failed') continue;
    for (const [ordinal, field] of index.fields.entries()) {
      const place = { tenant, path: pathName(index, ordinal), position };
      const [left, right] = [old && valueAt(field, old), now && valueAt(field, now)];
      if (now && isCut(right) && !index.cut) cut.add(index.id);
      const gone = old ? entriesOf(left) : [];
      const come = now ? entriesOf(right) : [];
      for (const entry of without(gone, come)) await remove.run(trx, { ...place, ...entry });
      for (const entry of without(come, gone)) await insert.run(trx, { ...place, ...entry });
    }
    if (!index.unique) continue;
    const [from, to] = [old && keyHash(index, old), now && keyHash(index, now)];
    if (from === to) continue;
    const key = { tenant, index: index.id, document: id };
    if (from !== undefined) await release.run(trx, { ...key, hash: from });
    if (to !== undefined) await claimKey(trx, { ...key, hash: to }, index);
  }
  return { cut };
}

/** Claims what a document of before the index has; throws like `keepEntries`. */
export async function claimKey(
  trx: Transaction,
  key: KeyRow,
  { fields }: IndexDefinition,
): Promise<void> {
  if ((await claim.run(trx, key)) > 0 || (await takeOver.run(trx, key)) > 0) return;
  const message = `Another document has the same ${fields.join(', ')}`;
  throw new Conflict('not_unique', message, { fields });
}

function valueAt(field: string, fields: JsonObject): Value {
  return evaluate(pathOf(field), { fields, system: () => undefined }, 0);
}

/** The hash of the values of a unique index; `undefined` when one of them is missing or null. */
function keyHash({ fields }: IndexDefinition, content: JsonObject): string | undefined {
  const values = fields.map((field) => valueAt(field, content));
  if (values.some((value) => value == null)) return undefined;
  const text = JSON.stringify(values.map(toJson));
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function without(entries: readonly Entry[], others: readonly Entry[]): Entry[] {
  return entries.filter(
    (entry) =>
      !others.some(
        (other) =>
          other.rank === entry.rank && other.num === entry.num && other.text === entry.text,
      ),
  );
}
