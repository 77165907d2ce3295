// The statements behind accounts at other networks.
import { statement } from '../../platform/database/statement.ts';
import type { BackendTables } from '../tables.ts';

export type LinkRow = Omit<BackendTables['backend_social_links'], 'tenant_id'>;

const COLUMNS = ['network', 'social_id', 'user_id', 'username', 'sealed', 'facts'] as const;

export const linkBySocialId = statement<
  { tenant: string; network: string; socialId: string },
  LinkRow,
  BackendTables
>((db, slot) =>
  db
    .selectFrom('backend_social_links')
    .select([...COLUMNS, 'linked_at'])
    .where('tenant_id', '=', slot('tenant'))
    .where('network', '=', slot('network'))
    .where('social_id', '=', slot('socialId')),
);

export const linksOfUser = statement<{ tenant: string; user: string }, LinkRow, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_social_links')
      .select([...COLUMNS, 'linked_at'])
      .where('tenant_id', '=', slot('tenant'))
      .where('user_id', '=', slot('user'))
      .orderBy('linked_at')
      .orderBy('network'),
);

/** Gives 0 when somebody has this account of the network already. */
export const insertLink = statement<BackendTables['backend_social_links'], unknown, BackendTables>(
  (db, slot) =>
    db
      .insertInto('backend_social_links')
      .values({
        tenant_id: slot('tenant_id'),
        network: slot('network'),
        social_id: slot('social_id'),
        user_id: slot('user_id'),
        username: slot('username'),
        sealed: slot('sealed'),
        facts: slot('facts'),
        linked_at: slot('linked_at'),
      })
      .onConflict((conflict) => conflict.doNothing()),
);

/** The same account with a newer token. */
export const renewLink = statement<
  {
    tenant: string;
    network: string;
    socialId: string;
    username: string | null;
    sealed: string;
    facts: string;
  },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .updateTable('backend_social_links')
    .set({ username: slot('username'), sealed: slot('sealed'), facts: slot('facts') })
    .where('tenant_id', '=', slot('tenant'))
    .where('network', '=', slot('network'))
    .where('social_id', '=', slot('socialId')),
);

export const removeLink = statement<
  { tenant: string; user: string; network: string },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .deleteFrom('backend_social_links')
    .where('tenant_id', '=', slot('tenant'))
    .where('user_id', '=', slot('user'))
    .where('network', '=', slot('network')),
);

export const removeLinksOfUser = statement<
  { tenant: string; user: string },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .deleteFrom('backend_social_links')
    .where('tenant_id', '=', slot('tenant'))
    .where('user_id', '=', slot('user')),
);

/** The section that holds `_social`, kept from others until the transaction ends. */
export const lockSection = statement<
  { tenant: string; user: string },
  { visible_to_registered: string; generated_name: number },
  BackendTables
>((db, slot, dialect) =>
  db
    .selectFrom('backend_users')
    .select(['visible_to_registered', 'generated_name'])
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('user'))
    .$if(dialect === 'postgres', (query) => query.forUpdate()),
);

export const writeSection = statement<
  { tenant: string; user: string; section: string },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .updateTable('backend_users')
    .set({ visible_to_registered: slot('section') })
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('user')),
);

/** Marks a name as one that nobody chose. */
export const markGenerated = statement<{ tenant: string; user: string }, unknown, BackendTables>(
  (db, slot) =>
    db
      .updateTable('backend_users')
      .set({ generated_name: 1 })
      .where('tenant_id', '=', slot('tenant'))
      .where('id', '=', slot('user')),
);
