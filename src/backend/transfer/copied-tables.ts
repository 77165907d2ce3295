// What of an app is in its archive: every table of the room with its columns, or why it is left out (BaasBox spec 5.14).
import { foldName } from '../../platform/credentials/names.ts';
import type { Dialect } from '../../platform/database/connection.ts';
import { parseJson } from '../../platform/json.ts';
import type { Random } from '../../platform/random.ts';
import { aclOf } from '../acl/acl.ts';
import { isCollectionName } from '../collections/collections.ts';
import { contentOf } from '../documents/content.ts';
import { indexesText, parseIndexes, type IndexDefinition } from '../indexes/definition.ts';
import { checkFields } from '../indexes/indexes.ts';
import type { JsonObject } from '../query/values.ts';
import { sealContext as sealedSocial } from '../social/links.ts';
import { emailOf, type Sections } from '../users/profile.ts';
import { sealedAs as sealedWebhook } from '../webhooks/webhooks.ts';

/**
 * What a column holds. `json`: the text of a JSON value, kept as it is; `object`: of a JSON object. `query`: JSON for queries, which the engines spell
 * differently. `blob`: the id of a blob, in the archive its content and type. A question mark: or nothing.
 */
export type ColumnKind =
  'text' | 'text?' | 'int' | 'int?' | 'json' | 'json?' | 'object' | 'query' | 'blob' | 'blob?';

export type Row = Readonly<Record<string, unknown>>;

export interface CopiedTable {
  /** Besides the tenant. */
  columns: Readonly<Record<string, ColumnKind>>;
  /** The order in which rows are read: unique, and an index begins with it. */
  key: readonly string[];
  /** Columns that are made from the others. `of` throws `Invalid` when the row makes no sense. */
  derived?: { columns: readonly string[]; of(row: Row, dialect: Dialect): Row };
  /** The row as an import stores it; `elsewhere`: in another app or installation. Throws when it makes no sense. */
  restored?: (row: Row, elsewhere: boolean) => Row;
  /** A column with a secret, sealed for its place. `lost`: what stands in for it on a server that cannot open it. */
  sealed?: {
    column: string;
    context(tenant: string, row: Row): string;
    lost(random: Random): string;
  };
}

/** Every table that is in an archive, by name. */
export const COPIED: Readonly<Record<string, CopiedTable>> = {
  backend_roles: {
    columns: { id: 'text', name: 'text', inherits: 'text?', description: 'text' },
    key: ['id'],
  },
  backend_users: {
    columns: {
      id: 'text',
      name: 'text',
      role: 'text',
      status: 'text',
      visible_to_self: 'object',
      visible_to_friends: 'object',
      visible_to_registered: 'object',
      visible_to_anonymous: 'object',
      generated_name: 'int',
      created_at: 'int',
      following: 'int',
    },
    key: ['id'],
    derived: {
      columns: ['name_key', 'email_key'],
      of: (row) => ({ name_key: foldName(String(row['name'])), email_key: emailKey(row) }),
    },
  },
  backend_friends: {
    columns: { follower: 'text', followed: 'text', created_at: 'int' },
    key: ['follower', 'followed'],
  },
  backend_acls: {
    columns: { grants: 'object' },
    key: ['acl'],
    derived: { columns: ['acl'], of: (row) => ({ acl: aclOf(String(row['grants'])) }) },
  },
  backend_acl_readers: {
    columns: { grantee: 'text', acl: 'text' },
    key: ['grantee', 'acl'],
  },
  backend_collections: {
    columns: {
      name: 'text',
      number: 'int',
      created_at: 'int',
      recorded: 'int',
      indexes: 'text',
      default_acl: 'text',
    },
    key: ['number'],
    restored: (row) => ({ ...row, indexes: indexesToBuild(row) }),
  },
  backend_collection_numbers: { columns: { last: 'int' }, key: ['last'] },
  backend_documents: {
    columns: {
      id: 'text',
      collection: 'int',
      position: 'int',
      version: 'int',
      author: 'text',
      acl: 'text',
      created_at: 'int',
      body: 'object',
    },
    key: ['collection', 'position'],
    derived: { columns: ['query_body'], of: queryBody },
  },
  backend_links: {
    columns: {
      id: 'text',
      label: 'text',
      source_kind: 'text',
      source: 'text',
      target_kind: 'text',
      target: 'text',
      author: 'text',
      created_at: 'int',
    },
    key: ['id'],
  },
  backend_files: {
    columns: {
      id: 'text',
      version: 'int',
      author: 'text',
      acl: 'text',
      created_at: 'int',
      name: 'text',
      content_type: 'text',
      size: 'int',
      blob: 'blob',
      metadata: 'object',
      attached: 'object',
      fields: 'query',
    },
    key: ['id'],
  },
  backend_file_texts: { columns: { file: 'text', text: 'text' }, key: ['file'] },
  backend_assets: {
    columns: {
      name: 'text',
      id: 'text',
      position: 'int',
      author: 'text',
      created_at: 'int',
      meta: 'object',
      blob: 'blob?',
      file_name: 'text?',
      content_type: 'text?',
      size: 'int?',
    },
    key: ['name'],
  },
  backend_asset_positions: { columns: { last: 'int' }, key: ['last'] },
  backend_devices: {
    columns: { os: 'text', token: 'text', user_id: 'text', registered_at: 'int' },
    key: ['os', 'token'],
  },
  backend_social_links: {
    columns: {
      network: 'text',
      social_id: 'text',
      user_id: 'text',
      username: 'text?',
      sealed: 'text',
      facts: 'object',
      linked_at: 'int',
    },
    key: ['network', 'social_id'],
    sealed: {
      column: 'sealed',
      context: (tenant, row) =>
        sealedSocial(tenant, String(row['network']), String(row['social_id'])),
      lost: () => JSON.stringify({ token: '', secret: '' }),
    },
  },
  backend_plugins: {
    columns: {
      name: 'text',
      id: 'text',
      lang: 'text',
      library: 'int',
      active: 'int',
      state: 'text',
      version: 'int',
      storage: 'json?',
      storage_version: 'int',
      created_at: 'int',
    },
    key: ['name'],
  },
  backend_plugin_versions: {
    columns: { plugin: 'text', version: 'int', code: 'text', created_at: 'int' },
    key: ['plugin', 'version'],
  },
  backend_webhooks: {
    columns: {
      id: 'text',
      url: 'text',
      secret: 'text',
      events: 'json',
      description: 'text',
      active: 'int',
      created_at: 'int',
    },
    key: ['id'],
    sealed: {
      column: 'secret',
      context: (tenant, row) => sealedWebhook(tenant, String(row['id'])),
      lost: (random) => random.alphanumeric(40),
    },
    // A copy to try things with must not call the receivers of the real app.
    restored: (row, elsewhere) => (elsewhere ? { ...row, active: 0 } : row),
  },
  backend_webhook_collections: {
    columns: { collection: 'int', webhook: 'text' },
    key: ['collection', 'webhook'],
  },
};

export interface LeftOutTable {
  why: string;
  /** Columns with ids of blobs, which go when the app's data go. */
  blobs?: readonly string[];
  /** Besides the tenant, for tables that SQLite keeps without row ids. */
  key?: readonly string[];
}

/** Tables of the room that are in no archive. */
export const LEFT_OUT: Readonly<Record<string, LeftOutTable>> = {
  backend_collection_totals: { why: 'counted again after an import' },
  backend_acl_totals: { why: 'counted again after an import' },
  backend_author_totals: { why: 'counted again after an import' },
  backend_index_entries: {
    why: 'indexes are built again after an import',
    key: ['path', 'rank', 'num', 'text', 'position'],
  },
  backend_unique_keys: { why: 'indexes are built again after an import' },
  backend_resized_images: { why: 'made again when somebody asks', blobs: ['blob'] },
  backend_push_batches: { why: 'messages on their way do not start again' },
  backend_push_targets: { why: 'messages on their way do not start again' },
  backend_changes: { why: 'the log of changes begins anew' },
  backend_change_feeds: { why: 'the log of changes begins anew' },
  backend_webhook_deliveries: { why: 'deliveries do not start again' },
};

/** Tables that neither an import nor a drop touches. */
export const KEPT: ReadonlySet<string> = new Set(['backend_exports']);

/** The indexes of a collection, all still to be built. Throws when they, or its name, are not as we make them. */
function indexesToBuild({ name, indexes: text }: Row): string {
  if (!isCollectionName(String(name))) throw new TypeError('a collection has an invalid name');
  const indexes: unknown = parseIndexes(String(text));
  if (!Array.isArray(indexes)) throw new TypeError('the indexes of a collection are no list');
  return indexesText(
    (indexes as IndexDefinition[]).map(({ id, fields, unique, createdAt }) => {
      if (!/^[A-Za-z0-9]{1,40}$/.test(id) || !Array.isArray(fields)) {
        throw new TypeError('an index is not complete');
      }
      checkFields(fields);
      const state = 'building';
      return { id, fields, unique, state, cut: false, createdAt };
    }),
  );
}

function emailKey(row: Row): string | null {
  const self = parseJson(String(row['visible_to_self'])) as Sections['self'];
  return self ? (emailOf({ self })?.toLowerCase() ?? null) : null;
}

/** Throws `Invalid` or `TooLarge` when the body is no JSON object as `contentOf` writes it. */
function queryBody(row: Row, dialect: Dialect): Row {
  const text = String(row['body']);
  const { body, queryBody } = contentOf(text, parseJson(text) as JsonObject, new Set());
  if (body !== text) throw new TypeError('The body of a document has another form');
  return { query_body: dialect === 'sqlite' && queryBody === body ? null : queryBody };
}
