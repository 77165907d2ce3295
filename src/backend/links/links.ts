// Links: labelled, directed edges between documents, files and users (BaasBox spec 5.6).
import { sql } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Forbidden, Invalid, NotFound, Unauthenticated } from '../../platform/errors.ts';
import { isAllowed } from '../acl/acl.ts';
import type { Actor, BackendContext } from '../context.ts';
import { newObjectId } from '../ids.ts';
import type { BackendTables } from '../tables.ts';
import { holdEnd, loadEnds, type Linked } from './ends.ts';
import type { EndKind } from './tables.ts';

export { removeLinksOf } from './removal.ts';

export interface Link {
  id: string;
  label: string;
  authorName: string;
  createdAt: number;
  /** Where it starts, and what it leads to; `undefined` for what the reader may not see. */
  source: Linked | undefined;
  target: Linked | undefined;
}

/** A link as it is stored. */
export interface LinkRow {
  id: string;
  label: string;
  sourceKind: EndKind;
  source: string;
  targetKind: EndKind;
  target: string;
  author: string;
  authorName: string | null;
  createdAt: number;
}

const LABEL = /^[A-Za-z0-9_-]{1,255}$/;

const insert = statement<
  Omit<BackendTables['backend_links'], 'tenant_id'> & { tenant: string },
  unknown,
  BackendTables
>((db, slot) =>
  db.insertInto('backend_links').values({
    tenant_id: slot('tenant'),
    id: slot('id'),
    label: slot('label'),
    source_kind: slot('source_kind'),
    source: slot('source'),
    target_kind: slot('target_kind'),
    target: slot('target'),
    author: slot('author'),
    created_at: slot('created_at'),
  }),
);

const byId = statement<{ tenant: string; id: string }, LinkRow, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_links as l')
    .select([
      'l.id',
      'l.label',
      'l.source_kind as sourceKind',
      'l.source',
      'l.target_kind as targetKind',
      'l.target',
      'l.author',
      'l.created_at as createdAt',
    ])
    .select(
      sql<
        string | null
      >`(select u.name from backend_users u where u.tenant_id = l.tenant_id and u.id = l.author)`.as(
        'authorName',
      ),
    )
    .where('l.tenant_id', '=', slot('tenant'))
    .where('l.id', '=', slot('id')),
);

const remove = statement<{ tenant: string; id: string }, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_links')
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

/**
 * Links two objects, which the actor must be able to read. Throws `Invalid` (`link_label`; `no_source`, `no_target`,
 * `details.id`, also for what he may not read).
 */
export async function createLink(
  context: BackendContext,
  actor: Actor,
  { source, label, target }: { source: string; label: string; target: string },
): Promise<Link> {
  const { tenant, user } = actor;
  if (!user) throw new Unauthenticated('not_logged_in', 'Only users make links');
  if (!LABEL.test(label)) {
    throw new Invalid('link_label', 'A label has letters, digits, _ and - only', { label });
  }
  const id = newObjectId(context.random);
  const createdAt = context.clock.now();
  return context.db.write(async (trx) => {
    const from = await holdEnd(trx, actor, source);
    if (!from) throw new Invalid('no_source', `The source ${source} was not found`, { id: source });
    const to = await holdEnd(trx, actor, target);
    if (!to)
      throw new Invalid('no_target', `The destination ${target} was not found`, { id: target });
    await insert.run(trx, {
      tenant,
      id,
      label,
      source_kind: from.kind,
      source,
      target_kind: to.kind,
      target,
      author: user.id,
      created_at: createdAt,
    });
    return { id, label, authorName: user.name, createdAt, source: from, target: to };
  });
}

/** The link as the actor sees it. Throws `NotFound` (`no_link`). */
export async function readLink(context: BackendContext, actor: Actor, id: string): Promise<Link> {
  const row = await byId.first(context.db, { tenant: actor.tenant, id });
  if (!row) throw noLink(id);
  const [link] = await linksOf(context.db, actor, [row]);
  return link as Link;
}

/** The links in rows, with what the actor may see of their ends. */
export async function linksOf(
  on: Database | Transaction,
  actor: Actor,
  rows: readonly LinkRow[],
): Promise<Link[]> {
  const ends = await loadEnds(
    on,
    actor,
    rows.flatMap((row) => [
      { kind: row.sourceKind, id: row.source },
      { kind: row.targetKind, id: row.target },
    ]),
  );
  return rows.map((row) => ({
    id: row.id,
    label: row.label,
    authorName: row.authorName ?? '',
    createdAt: row.createdAt,
    source: ends.get(row.source),
    target: ends.get(row.target),
  }));
}

/**
 * Deletes a link: its author may, those who see all, and whoever may update its source. Throws `NotFound` (`no_link`)
 * and `Forbidden` (`no_delete`).
 */
export async function removeLink(context: BackendContext, actor: Actor, id: string): Promise<void> {
  const { tenant } = actor;
  await context.db.write(async (trx) => {
    const row = await byId.first(trx, { tenant, id });
    if (!row) throw noLink(id);
    if (!(await mayDelete(trx, actor, row))) {
      throw new Forbidden('no_delete', `You have not the right to delete ${id}`);
    }
    await remove.run(trx, { tenant, id });
  });
}

async function mayDelete(
  trx: Transaction,
  actor: Actor,
  { author, source, sourceKind }: LinkRow,
): Promise<boolean> {
  if (actor.seesAll || author === actor.user?.id) return true;
  const end = (await loadEnds(trx, actor, [{ kind: sourceKind, id: source }])).get(source);
  if (!end) return false;
  // A user is nobody's to update but his own.
  if (end.kind === 'user') return end.id === actor.user?.id;
  return isAllowed(trx, actor, 'update', end.kind === 'file' ? end.file : end.document);
}

function noLink(id: string): NotFound {
  return new NotFound('no_link', `The link ${id} was not found`, { id });
}
