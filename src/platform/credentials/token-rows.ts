// The statements behind tokens.
import { sql, type RawBuilder } from 'kysely';
import { statement } from '../database/statement.ts';
import type { CredentialTables } from './tables.ts';

type TokenColumns = CredentialTables['platform_tokens'];

/** What a check needs, in one read: the token, and the password that it is bound to as it is now. */
export interface CheckRow {
  tenant_id: string;
  id: string;
  hash: string;
  subject: string;
  label: string;
  data: string;
  created_at: number;
  used_at: number | null;
  expires_at: number | null;
  sliding_ms: number | null;
  bound_name: string | null;
  bound_version: string | null;
  password_version: string | null;
  password_suspended: number | null;
}

// The hash comes from a subquery: a value that is compared directly makes SQLite plan a join anew at each run.
export const checkToken = statement<{ hash: string }, CheckRow, CredentialTables>((db, slot) =>
  db
    .selectFrom(sql<{ hash: string }>`(select cast(${slot('hash')} as text) as hash)`.as('wanted'))
    .crossJoin('platform_token_owners as o')
    .innerJoin('platform_tokens as t', (join) =>
      join
        .onRef('t.tenant_id', '=', 'o.tenant_id')
        .onRef('t.id', '=', 'o.token_id')
        .onRef('t.hash', '=', 'o.hash'),
    )
    .leftJoin('platform_passwords as p', (join) =>
      join
        .onRef('p.tenant_id', '=', 't.tenant_id')
        .onRef('p.realm', '=', 't.bound_realm')
        .onRef('p.name_key', '=', 't.bound_name'),
    )
    .select([
      't.tenant_id',
      't.id',
      't.hash',
      't.subject',
      't.label',
      't.data',
      't.created_at',
      't.used_at',
      't.expires_at',
      't.sliding_ms',
      't.bound_name',
      't.bound_version',
      'p.version as password_version',
      'p.suspended as password_suspended',
    ])
    .whereRef('o.hash', '=', 'wanted.hash'),
);

/** Takes the place of a row with the same id: that only happens to tokens of which a subject has one. */
export const putToken = statement<TokenColumns, unknown, CredentialTables>((db, slot) =>
  db
    .insertInto('platform_tokens')
    .values({
      tenant_id: slot('tenant_id'),
      id: slot('id'),
      kind: slot('kind'),
      hash: slot('hash'),
      subject: slot('subject'),
      label: slot('label'),
      data: slot('data'),
      sealed: slot('sealed'),
      bound_realm: slot('bound_realm'),
      bound_name: slot('bound_name'),
      bound_version: slot('bound_version'),
      created_at: slot('created_at'),
      used_at: slot('used_at'),
      expires_at: slot('expires_at'),
      sliding_ms: slot('sliding_ms'),
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'id']).doUpdateSet((row) => ({
        hash: row.ref('excluded.hash'),
        subject: row.ref('excluded.subject'),
        label: row.ref('excluded.label'),
        data: row.ref('excluded.data'),
        sealed: row.ref('excluded.sealed'),
        bound_realm: row.ref('excluded.bound_realm'),
        bound_name: row.ref('excluded.bound_name'),
        bound_version: row.ref('excluded.bound_version'),
        created_at: row.ref('excluded.created_at'),
        used_at: row.ref('excluded.used_at'),
        expires_at: row.ref('excluded.expires_at'),
        sliding_ms: row.ref('excluded.sliding_ms'),
      })),
    ),
);

export const insertOwner = statement<
  { hash: string; tenant_id: string; id: string },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .insertInto('platform_token_owners')
    .values({ hash: slot('hash'), tenant_id: slot('tenant_id'), token_id: slot('id') }),
);

export const ownerOf = statement<
  { hash: string },
  { tenant_id: string; token_id: string },
  CredentialTables
>((db, slot) =>
  db
    .selectFrom('platform_token_owners')
    .select(['tenant_id', 'token_id'])
    .where('hash', '=', slot('hash')),
);

export const removeOwner = statement<{ hash: string }, unknown, CredentialTables>((db, slot) =>
  db.deleteFrom('platform_token_owners').where('hash', '=', slot('hash')),
);

export const removeToken = statement<
  { tenant: string; id: string },
  { hash: string },
  CredentialTables
>((db, slot) =>
  db
    .deleteFrom('platform_tokens')
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id'))
    .returning('hash'),
);

export const removeTokenOfKind = statement<
  { tenant: string; id: string; kind: string },
  { hash: string },
  CredentialTables
>((db, slot) =>
  db
    .deleteFrom('platform_tokens')
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id'))
    .where('kind', '=', slot('kind'))
    .returning('hash'),
);

export const removeTokenOnce = statement<
  { tenant: string; id: string; hash: string },
  { hash: string },
  CredentialTables
>((db, slot) =>
  db
    .deleteFrom('platform_tokens')
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id'))
    .where('hash', '=', slot('hash'))
    .returning('hash'),
);

export const removeTokensOf = statement<
  { tenant: string; subject: string; kind: string },
  { hash: string },
  CredentialTables
>((db, slot) =>
  db
    .deleteFrom('platform_tokens')
    .where('tenant_id', '=', slot('tenant'))
    .where('subject', '=', slot('subject'))
    .where('kind', '=', slot('kind'))
    .returning('hash'),
);

export const removeOwnersOfKind = statement<
  { tenant: string; kind: string },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .deleteFrom('platform_token_owners')
    .where('hash', 'in', (token) =>
      token
        .selectFrom('platform_tokens')
        .select('hash')
        .where('tenant_id', '=', slot('tenant'))
        .where('kind', '=', slot('kind')),
    ),
);

export const removeTokensOfKind = statement<
  { tenant: string; kind: string },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .deleteFrom('platform_tokens')
    .where('tenant_id', '=', slot('tenant'))
    .where('kind', '=', slot('kind')),
);

export interface ListRow {
  id: string;
  subject: string;
  label: string;
  data: string;
  sealed: string | null;
  created_at: number;
  used_at: number | null;
  expires_at: number | null;
}

const LISTED = [
  'id',
  'subject',
  'label',
  'data',
  'sealed',
  'created_at',
  'used_at',
  'expires_at',
] as const;

export const listOfSubject = statement<
  { tenant: string; subject: string; kind: string },
  ListRow,
  CredentialTables
>((db, slot) =>
  db
    .selectFrom('platform_tokens')
    .select(LISTED)
    .where('tenant_id', '=', slot('tenant'))
    .where('subject', '=', slot('subject'))
    .where('kind', '=', slot('kind'))
    .orderBy('created_at')
    .orderBy('id'),
);

export const listOfKind = statement<
  { tenant: string; kind: string; after: string; limit: number },
  ListRow,
  CredentialTables
>((db, slot) =>
  db
    .selectFrom('platform_tokens')
    .select(LISTED)
    .where('tenant_id', '=', slot('tenant'))
    .where('kind', '=', slot('kind'))
    .where('id', '>', slot('after'))
    .orderBy('id')
    .limit(slot('limit')),
);

/**
 * Tokens that a check would accept at `now`, newest first. An empty `subject` or `data` stands for any; what is only in
 * memory (the last uses) must be written before.
 */
export const listLive = statement<
  {
    tenant: string;
    kind: string;
    subject: string;
    data: string;
    now: number;
    skip: number;
    limit: number;
  },
  ListRow,
  CredentialTables
>((db, slot) =>
  db
    .selectFrom('platform_tokens as t')
    .leftJoin('platform_passwords as p', (join) =>
      join
        .onRef('p.tenant_id', '=', 't.tenant_id')
        .onRef('p.realm', '=', 't.bound_realm')
        .onRef('p.name_key', '=', 't.bound_name'),
    )
    .select(LISTED.map((column) => `t.${column}` as const))
    .where('t.tenant_id', '=', slot('tenant'))
    .where('t.kind', '=', slot('kind'))
    .where(anyOr(slot('subject'), sql.ref('t.subject')))
    .where(anyOr(slot('data'), sql.ref('t.data')))
    .where((row) =>
      row.or([row('t.expires_at', 'is', null), row('t.expires_at', '>', slot('now'))]),
    )
    .where((row) =>
      row.or([
        row('t.bound_version', 'is', null),
        row.and([row('p.version', '=', row.ref('t.bound_version')), row('p.suspended', '=', 0)]),
      ]),
    )
    .orderBy('t.id', 'desc')
    .limit(slot('limit'))
    .offset(slot('skip')),
);

function anyOr(wanted: never, column: RawBuilder<unknown>) {
  const text = sql<string>`cast(${wanted} as text)`;
  return sql<boolean>`(${text} = '' or ${column} = ${text})`;
}

/** Notes a use. The hash keeps a use of a replaced token away from its successor; times only move forward. */
export const touchToken = statement<
  { tenant: string; id: string; hash: string; usedAt: number; expiresAt: number | null },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .updateTable('platform_tokens')
    .set({ used_at: slot('usedAt'), expires_at: slot('expiresAt') })
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id'))
    .where('hash', '=', slot('hash'))
    .where((row) => row.or([row('used_at', 'is', null), row('used_at', '<', slot('usedAt'))])),
);

/** A watched column is set to itself, so that whoever remembers the row reads it again. */
export const setIdle = statement<
  { tenant: string; kind: string; slidingMs: number | null },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .updateTable('platform_tokens')
    .set({
      sliding_ms: slot('slidingMs'),
      expires_at: sql`coalesce(used_at, created_at) + cast(${slot('slidingMs')} as bigint)`,
      label: sql`label`,
    })
    .where('tenant_id', '=', slot('tenant'))
    .where('kind', '=', slot('kind')),
);

export const sealedToken = statement<
  { tenant: string; id: string },
  { sealed: string | null },
  CredentialTables
>((db, slot) =>
  db
    .selectFrom('platform_tokens')
    .select('sealed')
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

export const expiredTokens = statement<
  { before: number; limit: number },
  { tenant_id: string; id: string; hash: string },
  CredentialTables
>((db, slot) =>
  db
    .selectFrom('platform_tokens')
    .select(['tenant_id', 'id', 'hash'])
    .where('expires_at', '<', slot('before'))
    .limit(slot('limit')),
);
