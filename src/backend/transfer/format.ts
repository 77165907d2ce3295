// The archive of an app: which entries it has, and what they say (docs/baasbox.md, "Export and import").

/** What the manifest calls the format. */
export const FORMAT = 'skep-backend';
/** Grows with each change that an older program could not read. */
export const FORMAT_VERSION = 1;

export const MANIFEST = 'manifest.json';

/** Rows of a table, one JSON object a line. Tables of the room are named without their prefix. */
export const tableEntry = (table: string) => `tables/${table.replace(/^backend_/, '')}.ndjson`;
/** The content of blobs, once for each. */
export const blobEntry = (hash: string) => `blobs/${hash}`;

/** Entries that are no table of the room. */
export const PASSWORDS = tableEntry('passwords');
export const SETTINGS = tableEntry('settings');

/** What a secret in an archive is sealed for: it opens in any app of an installation with the same server key. */
export const ARCHIVE_SEAL = 'archive';

export interface Manifest {
  format: typeof FORMAT;
  version: number;
  /** ISO 8601. */
  made: string;
  appcode: string;
  /** No document was ever given a later position. */
  lastPosition: number;
  /** By entry: how many lines it has, and the SHA-256 of its bytes. */
  tables: Record<string, { rows: number; sha256: string }>;
  blobs: number;
}

/** A blob in a row: its content is an entry of its own. */
export interface ArchivedBlob {
  sha256: string;
  type: string;
}

/** Positions beyond are not taken in: they must leave room for those that follow. */
export const MAX_POSITION = 2 ** 50;
