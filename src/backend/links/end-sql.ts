// The objects at the ends of links as JSON in SQL, as far as an actor may see them: for conditions on `in` and `out`.
import { sql } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import { readableBy } from '../acl/readable.ts';
import type { Actor } from '../context.ts';
import type { Sql } from '../query/bounds.ts';
import { friendsGrantee } from '../acl/grantees.ts';
import { amongList } from '../query/columns.ts';

/**
 * The object of the kind (`EndKind`) with the id, its own fields and those of the system together; JSON null when the
 * actor may not see it, or it is gone. On PostgreSQL jsonb, on SQLite JSON text.
 */
export function objectJson(dialect: Dialect, actor: Actor, kind: Sql, id: Sql): Sql {
  const tenant = sql`${actor.tenant}`;
  const author = (alias: string) =>
    sql`coalesce((select a.name from backend_users a where a.tenant_id = ${tenant} and a.id = ${sql.ref(`${alias}.author`)}), '')`;

  const document = sql`(select ${extended(dialect, fieldsOf(dialect, 'd'), {
    id: sql`d.id`,
    _author: author('d'),
    _creation_date: dateText(dialect, sql`d.created_at`),
    '@class': sql`c.name`,
    '@version': sql`d.version`,
  })} from backend_documents d join backend_collections c on c.tenant_id = d.tenant_id and c.number = d.collection
    where d.tenant_id = ${tenant} and d.id = ${id} and ${readableBy(dialect, actor, 'd')})`;

  const file = sql`(select ${extended(dialect, sql`f.fields`, {
    id: sql`f.id`,
    _author: author('f'),
    _creation_date: dateText(dialect, sql`f.created_at`),
    '@version': sql`f.version`,
  })} from backend_files f where f.tenant_id = ${tenant} and f.id = ${id} and ${readableBy(dialect, actor, 'f')})`;

  const user = sql`(select ${made(dialect, {
    user: made(dialect, {
      name: sql`u.name`,
      status: sql`(case u.status when 'suspended' then 'SUSPENDED' else 'ACTIVE' end)`,
    }),
    id: sql`u.id`,
    signUpDate: dateText(dialect, sql`u.created_at`),
    visibleByAnonymousUsers: asJson(dialect, sql`u.visible_to_anonymous`),
    visibleByRegisteredUsers: asJson(dialect, sql`u.visible_to_registered`),
    visibleByFriends: section(dialect, sql`u.visible_to_friends`, friend(dialect, actor)),
    visibleByTheUser: section(dialect, sql`u.visible_to_self`, himself(actor)),
  })} from backend_users u where u.tenant_id = ${tenant} and u.id = ${id})`;

  const object = sql`(case ${kind} when 'document' then ${document} when 'file' then ${file} when 'user' then ${user} end)`;
  // SQLite forgets on the way that the text is JSON.
  return dialect === 'postgres'
    ? sql`coalesce(${object}, 'null'::jsonb)`
    : sql`json(coalesce(${object}, 'null'))`;
}

function fieldsOf(dialect: Dialect, alias: string): Sql {
  const stored = sql.ref(`${alias}.query_body`);
  return dialect === 'postgres' ? stored : sql`coalesce(${stored}, ${sql.ref(`${alias}.body`)})`;
}

/** A moment as answers spell it. */
function dateText(dialect: Dialect, ms: Sql): Sql {
  return dialect === 'postgres'
    ? sql`to_char(to_timestamp(${ms} / 1000.0) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+0000"')`
    : sql`(strftime('%Y-%m-%dT%H:%M:%S', ${ms} / 1000, 'unixepoch') || printf('.%03d+0000', ${ms} % 1000))`;
}

function asJson(dialect: Dialect, text: Sql): Sql {
  return dialect === 'postgres' ? sql`(${text})::jsonb` : sql`json(${text})`;
}

function section(dialect: Dialect, text: Sql, visible: Sql): Sql {
  return asJson(dialect, sql`(case when ${visible} then ${text} else 'null' end)`);
}

function himself(actor: Actor): Sql {
  return actor.administrator ? sql`true` : sql`u.id = ${actor.user?.id ?? ''}`;
}

function friend(dialect: Dialect, actor: Actor): Sql {
  if (actor.administrator) return sql`true`;
  const prefix = friendsGrantee('');
  const followed = actor.grantees
    .filter((grantee) => grantee.startsWith(prefix))
    .map((grantee) => grantee.slice(prefix.length));
  const list = JSON.stringify([...followed, actor.user?.id ?? '']);
  return amongList(dialect, sql`u.id`, sql`${list}`);
}

/** An object. Names are our own. */
export function made(dialect: Dialect, members: Readonly<Record<string, Sql>>): Sql {
  const build = sql.raw(dialect === 'postgres' ? 'jsonb_build_object' : 'json_object');
  const list = Object.entries(members).map(([name, value]) => sql`${sql.lit(name)}, ${value}`);
  return sql`${build}(${sql.join(list)})`;
}

function extended(dialect: Dialect, fields: Sql, members: Readonly<Record<string, Sql>>): Sql {
  if (dialect === 'postgres') return sql`(${fields} || ${made(dialect, members)})`;
  const list = Object.entries(members).map(
    ([name, value]) => sql`${sql.lit(`$."${name}"`)}, ${value}`,
  );
  return sql`json_set(${fields}, ${sql.join(list)})`;
}
