// The statements behind passwords.
import { sql } from 'kysely';
import { statement } from '../database/statement.ts';
import type { CredentialTables } from './tables.ts';

interface Key {
  tenant: string;
  realm: string;
  nameKey: string;
}

export interface PasswordRow {
  name: string;
  subject: string;
  hash: string;
  version: string;
  suspended: number;
}

export const findPassword = statement<Key, PasswordRow, CredentialTables>((db, slot) =>
  db
    .selectFrom('platform_passwords')
    .select(['name', 'subject', 'hash', 'version', 'suspended'])
    .where('tenant_id', '=', slot('tenant'))
    .where('realm', '=', slot('realm'))
    .where('name_key', '=', slot('nameKey')),
);

export const insertPassword = statement<
  Key & { name: string; subject: string; hash: string; version: string },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .insertInto('platform_passwords')
    .values({
      tenant_id: slot('tenant'),
      realm: slot('realm'),
      name_key: slot('nameKey'),
      name: slot('name'),
      subject: slot('subject'),
      hash: slot('hash'),
      version: slot('version'),
      suspended: 0,
    })
    .onConflict((conflict) => conflict.doNothing()),
);

/** In pages by name. */
export const listPasswords = statement<
  { tenant: string; realm: string; after: string; limit: number },
  PasswordRow & { name_key: string },
  CredentialTables
>((db, slot) =>
  db
    .selectFrom('platform_passwords')
    .select(['name_key', 'name', 'subject', 'hash', 'version', 'suspended'])
    .where('tenant_id', '=', slot('tenant'))
    .where('realm', '=', slot('realm'))
    .where('name_key', '>', slot('after'))
    .orderBy('name_key')
    .limit(slot('limit')),
);

export const removePasswords = statement<
  { tenant: string; realm: string },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .deleteFrom('platform_passwords')
    .where('tenant_id', '=', slot('tenant'))
    .where('realm', '=', slot('realm')),
);

export const changePassword = statement<
  Key & { hash: string; version: string },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .updateTable('platform_passwords')
    .set({ hash: slot('hash'), version: slot('version') })
    .where('tenant_id', '=', slot('tenant'))
    .where('realm', '=', slot('realm'))
    .where('name_key', '=', slot('nameKey')),
);

/** The same password at today's cost: sessions go on, so the version stays. */
export const rehashPassword = statement<
  Key & { hash: string; version: string },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .updateTable('platform_passwords')
    .set({ hash: slot('hash') })
    .where('tenant_id', '=', slot('tenant'))
    .where('realm', '=', slot('realm'))
    .where('name_key', '=', slot('nameKey'))
    .where('version', '=', slot('version')),
);

/** Without a version the one that is there stays. */
export const suspendPassword = statement<
  Key & { suspended: number; version: string | null },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .updateTable('platform_passwords')
    .set({
      suspended: slot('suspended'),
      version: sql<string>`coalesce(cast(${slot('version')} as text), version)`,
    })
    .where('tenant_id', '=', slot('tenant'))
    .where('realm', '=', slot('realm'))
    .where('name_key', '=', slot('nameKey')),
);

/** Fails with the engine's duplicate error when somebody else has the new name. */
export const renamePassword = statement<
  Key & { newKey: string; newName: string; version: string },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .updateTable('platform_passwords')
    .set({ name_key: slot('newKey'), name: slot('newName'), version: slot('version') })
    .where('tenant_id', '=', slot('tenant'))
    .where('realm', '=', slot('realm'))
    .where('name_key', '=', slot('nameKey')),
);

export const removePassword = statement<Key, unknown, CredentialTables>((db, slot) =>
  db
    .deleteFrom('platform_passwords')
    .where('tenant_id', '=', slot('tenant'))
    .where('realm', '=', slot('realm'))
    .where('name_key', '=', slot('nameKey')),
);
